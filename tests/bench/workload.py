"""What a workload is: a description, a way to measure, and what should come of it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.bench.rounds import OURS, Round


class Target(NamedTuple):
    """A number to reach: of a figure itself, or of its ratio to another server's."""

    words: str
    setting: str
    figure: str
    bound: float
    against: str = ""
    is_least: bool = False
    """Whether the bound is what it must be at the least."""
    server: str = OURS


@dataclass
class Plan:
    """How much is measured."""

    folder: Path
    rounds: int
    seconds: float
    is_quick: bool = False
    documents: int = 50
    profile: bool = False
    profiles: dict[str, str] = field(default_factory=dict)
    """Where time goes, by title."""


Measure = Callable[[Plan], AsyncIterator[Round]]


class Workload(NamedTuple):
    """One row of the suite."""

    name: str
    title: str
    text: str
    measure: Measure
    targets: tuple[Target, ...] = ()
    rounds_max: int = 5
    """How many rounds are worth their time, if not told otherwise."""

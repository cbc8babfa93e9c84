"""What is measured of one server, once; and how rounds are compared. Measures nothing."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

OURS = "palimpsest"
FLOOR = "floor"


@dataclass(frozen=True)
class Round:
    """One server, in one setting of a workload, once."""

    workload: str
    setting: str
    server: str
    release: str
    number: int
    figures: dict[str, float] = field(default_factory=dict)
    """By name, which says the unit; the first is what servers are compared by."""
    client_cores: float = 0.0
    failure: str = ""
    """Why there are no figures."""


class Spread:
    """The median of some rounds, and how far they lie apart."""

    def __init__(self, values: Iterable[float]) -> None:
        found = list(values)
        self.median = statistics.median(found)
        self.least = min(found)
        self.most = max(found)

    def text(self) -> str:
        """Return it as tables have it."""
        if self.least == self.most:
            return number(self.median)
        return f"{number(self.median)} ({number(self.least)}-{number(self.most)})"


def number(value: float) -> str:
    """Return a figure as it is read: three digits, or all of what is larger."""
    for limit, digits in ((100, 0), (10, 1), (1, 2)):
        if abs(value) >= limit:
            return f"{value:,.{digits}f}"
    return f"{value:.3f}" if value else "0"


def spread(rounds: Iterable[Round], figure: str) -> Spread | None:
    """Return a figure over some rounds; None if nobody has it."""
    found = [each.figures[figure] for each in rounds if figure in each.figures]
    return Spread(found) if found else None


def ratio(rounds: Sequence[Round], server: str, peer: str, figure: str) -> Spread | None:
    """Return a server's figure in terms of a peer's, from the rounds that both ended."""
    ours, theirs = (
        {
            each.number: each.figures[figure]
            for each in rounds
            if each.server == who and figure in each.figures
        }
        for who in (server, peer)
    )
    both = [when for when in ours if theirs.get(when)]
    return Spread(ours[when] / theirs[when] for when in both) if both else None


def names(values: Iterable[str]) -> list[str]:
    """Return each of them once, as they first came."""
    return list(dict.fromkeys(values))

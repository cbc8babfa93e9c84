"""What the rounds add up to, as text: medians, spread, ratios, and what is reached."""

import platform
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.rounds import OURS, Round, Spread, names, number, ratio, spread
from tests.bench.workload import Target, Workload

CLIENT_BUSY = 0.9
"""Above this part of a core it may be the client that is measured."""

CLIENT = "client"


class Verdict(NamedTuple):
    """Whether a number is reached; `is_reached` is None if it was not measured."""

    target: Target
    found: Spread | None

    @property
    def is_reached(self) -> bool | None:
        """Whether the median is within the bound."""
        if self.found is None:
            return None
        value, bound = self.found.median, self.target.bound
        return value >= bound if self.target.is_least else value <= bound


def verdicts(workload: Workload, rounds: Sequence[Round]) -> list[Verdict]:
    """Return what became of each target."""
    return [_verdict(target, rounds) for target in workload.targets]


def _verdict(target: Target, rounds: Sequence[Round]) -> Verdict:
    some = [each for each in rounds if each.setting == target.setting]
    if target.against:
        return Verdict(target, ratio(some, target.server, target.against, target.figure))
    ours = [each for each in some if each.server == target.server]
    return Verdict(target, spread(ours, target.figure))


def text(workload: Workload, rounds: Sequence[Round]) -> str:
    """Return everything that was measured in a workload."""
    blocks = [f"{workload.name}: {workload.title}"]
    for setting in names(each.setting for each in rounds):
        blocks.append(_block(setting, [each for each in rounds if each.setting == setting]))
    reached = [_told(each) for each in verdicts(workload, rounds)]
    return "\n\n".join([*blocks, *(["\n".join(reached)] if reached else [])])


def columns(rounds: Sequence[Round]) -> list[str]:
    """Return the figures that any of some rounds has."""
    return names(figure for each in rounds for figure in each.figures)


def cells(rounds: Sequence[Round], figures: Sequence[str]) -> list[str]:
    """Return a server's figures, and how busy its client was."""
    found = [each for each in rounds if not each.failure]
    texts = [some.text() if (some := spread(found, figure)) else "" for figure in figures]
    return [*texts, client(found)]


def client(rounds: Sequence[Round]) -> str:
    """Return how busy the client was, marked where it may have been the bottleneck."""
    if not rounds:
        return ""
    median = statistics.median(each.client_cores for each in rounds)
    return f"{median:.0%}" + (" (!)" if median > CLIENT_BUSY else "")


def ratios(rounds: Sequence[Round], figures: Sequence[str]) -> dict[str, Spread]:
    """Return the first figure of ours in terms of each other server's."""
    found = {}
    for peer in names(each.server for each in rounds if each.server != OURS):
        if figures and (against := ratio(rounds, OURS, peer, figures[0])):
            found[peer] = against
    return found


def failures(rounds: Sequence[Round]) -> list[str]:
    """Return what went wrong."""
    return [
        f"{each.server}, round {each.number}: {each.failure}" for each in rounds if each.failure
    ]


def machine() -> str:
    """Return what all this ran on, in a line."""
    found = Path("/proc/cpuinfo").read_text().split("model name", 1)
    model = found[1].split(":", 1)[1].splitlines()[0].strip() if len(found) > 1 else "unknown"
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    kernel = platform.release().partition("-")[0]
    load = Path("/proc/loadavg").read_text().split()[0]
    return (
        f"{model}, {cores} cores, Linux {kernel}, Python {platform.python_version()},"
        f" load {load} before"
    )


def _block(setting: str, rounds: Sequence[Round]) -> str:
    figures = columns(rounds)
    rows = [[setting, *figures, CLIENT]]
    for server in names(each.server for each in rounds):
        some = [each for each in rounds if each.server == server]
        rows.append([f"{server} {some[0].release}", *cells(some, figures)])
    lines = _aligned(rows)
    for peer, against in ratios(rounds, figures).items():
        lines.append(f"{figures[0]}: {OURS} is {against.text()} of {peer}")
    return "\n".join([*lines, *failures(rounds)])


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([name.ljust(widths[0]), *map(str.rjust, texts, widths[1:])]).rstrip()
        for name, *texts in rows
    ]


def _told(verdict: Verdict) -> str:
    target, found = verdict
    sign = ">=" if target.is_least else "<="
    against = f" of {target.against}'s" if target.against else ""
    wanted = f"{target.setting}, {target.figure} {sign} {number(target.bound)}{against}"
    if found is None:
        return f"not measured: {wanted}"
    word = "reached" if verdict.is_reached else "NOT REACHED"
    return f"{word}: {wanted}: {found.text()}"

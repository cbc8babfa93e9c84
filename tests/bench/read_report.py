"""What the rounds of reading add up to: medians, spread, ratios. Measures nothing."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench.audience import Attendance
from tests.bench.load import Measured
from tests.bench.report import CLIENT_BUSY, Spread, percentile

OURS = "palimpsest read"

NAME_WIDTH, WIDTH = 28, 20

_MILLISECONDS = 1e3


@dataclass(frozen=True)
class Typing:
    """How it was to type."""

    edits_per_second: float
    p50_milliseconds: float
    p99_milliseconds: float
    cores: dict[str, float]
    """Seconds of CPU a second, by process."""


@dataclass(frozen=True)
class CrowdRound:
    """Typing alone, then before readers."""

    round: int
    alone: Typing
    crowd: Typing
    readers: Attendance

    @property
    def ratio(self) -> float:
        """By how much the slowest edits are slower with readers."""
        return self.crowd.p99_milliseconds / self.alone.p99_milliseconds


@dataclass(frozen=True)
class SnapshotRound:
    """Reads of one server, as fast as they went."""

    server: str
    release: str
    round: int
    bytes: int
    reads_per_second: float
    cpu_microseconds: float
    client_cores: float


@dataclass(frozen=True)
class RebuildRound:
    """A view that was made anew."""

    view: str
    round: int
    events: int
    seconds: float
    cpu_seconds: float


def typing_of(measured: Measured) -> Typing:
    """Return what was measured, for a second."""
    return Typing(
        measured.edits / measured.seconds,
        percentile(measured.latencies, 0.5) * _MILLISECONDS,
        percentile(measured.latencies, 0.99) * _MILLISECONDS,
        {part: used / measured.seconds for part, used in measured.cpu.items()},
    )


def crowd_table(rounds: Sequence[CrowdRound]) -> str:
    """Return what readers cost those who type, as text."""
    lines = [_row("from edit to partner", "edits/s", "p50 ms", "p99 ms")]
    settings = (
        ("alone", [each.alone for each in rounds]),
        ("with readers", [each.crowd for each in rounds]),
    )
    for name, some in settings:
        lines.append(
            _row(
                name,
                _spread((each.edits_per_second for each in some), 0),
                _spread((each.p50_milliseconds for each in some), 1),
                _spread((each.p99_milliseconds for each in some), 1),
            )
        )
    lines.append(f"p99 with readers is {_spread((each.ratio for each in rounds), 2)} of alone")
    return "\n".join(
        [*lines, "", *_cores(rounds), "", *_readers([each.readers for each in rounds])]
    )


def _cores(rounds: Sequence[CrowdRound]) -> list[str]:
    lines = [_row("CPU a second, of a core", "alone", "with readers")]
    for part in rounds[0].crowd.cores:
        alone = (each.alone.cores.get(part, 0.0) for each in rounds)
        crowd = (each.crowd.cores.get(part, 0.0) for each in rounds)
        lines.append(_row(f"  {part}", _spread(alone, 2), _spread(crowd, 2)))
    return lines


def _readers(readers: Sequence[Attendance]) -> list[str]:
    complete, streams = (
        sum(each.complete for each in readers),
        sum(each.streams for each in readers),
    )
    rate = statistics.median(each.stream_bytes_per_second for each in readers) / 1e6
    return [
        _row("readers", "reads/s", "p50 ms", "p99 ms", "client"),
        _row(
            OURS,
            _spread((each.reads_per_second for each in readers), 0),
            _spread((each.p50_milliseconds for each in readers), 1),
            _spread((each.p99_milliseconds for each in readers), 1),
            _client([each.client_cores for each in readers]),
        ),
        f"{complete:,} of {streams:,} streams told the last version; {rate:.1f} MB/s",
    ]


def snapshot_table(rounds: Sequence[SnapshotRound]) -> str:
    """Return what a read of a page costs, as text."""
    lines = [_row(f"reads of {rounds[0].bytes:,} bytes", "reads/s", "CPU us/read", "client")]
    for server in dict.fromkeys(each.server for each in rounds):
        some = [each for each in rounds if each.server == server]
        lines.append(
            _row(
                f"{server} {some[0].release}",
                _spread((each.reads_per_second for each in some), 0),
                _spread((each.cpu_microseconds for each in some), 1),
                _client([each.client_cores for each in some]),
            )
        )
    for peer, (speed, cost) in snapshot_ratios(rounds).items():
        lines.append(f"{OURS} reads {speed.text(2)} as fast as {peer}, for {cost.text(2)} the CPU")
    return "\n".join(lines)


def snapshot_ratios(rounds: Sequence[SnapshotRound]) -> dict[str, tuple[Spread, Spread]]:
    """Return speed and cost of ours as parts of each other server's, within rounds."""
    ours = {each.round: each for each in rounds if each.server == OURS}
    found = {}
    for peer in dict.fromkeys(each.server for each in rounds if each.server != OURS):
        pairs = [
            (ours[each.round], each)
            for each in rounds
            if each.server == peer and each.round in ours
        ]
        if pairs:
            found[peer] = (
                Spread(own.reads_per_second / other.reads_per_second for own, other in pairs),
                Spread(own.cpu_microseconds / other.cpu_microseconds for own, other in pairs),
            )
    return found


def rebuild_table(rounds: Sequence[RebuildRound]) -> str:
    """Return how fast views are made, as text."""
    lines = [
        _row(f"rebuilt from {rounds[0].events:,}", "events/s", "events/CPU s", "seconds", "CPU s")
    ]
    for view in dict.fromkeys(each.view for each in rounds):
        some = [each for each in rounds if each.view == view]
        lines.append(
            _row(
                f"  {view}",
                _spread((each.events / each.seconds for each in some), 0),
                _spread((each.events / each.cpu_seconds for each in some), 0),
                _spread((each.seconds for each in some), 1),
                _spread((each.cpu_seconds for each in some), 1),
            )
        )
    return "\n".join(lines)


def as_json(**rounds: Sequence[Any]) -> dict[str, list[dict[str, Any]]]:
    """Return rounds as they were, by workload."""
    return {workload: list(map(asdict, some)) for workload, some in rounds.items()}


def _client(cores: Sequence[float]) -> str:
    median = statistics.median(cores)
    return f"{median:.0%}" + (" (!)" if median > CLIENT_BUSY else "")


def _spread(values: Iterable[float], digits: int) -> str:
    found = list(values)
    return Spread(found).text(digits) if len(found) > 1 else f"{found[0]:,.{digits}f}"


def _row(name: str, *cells: str) -> str:
    return name.ljust(NAME_WIDTH) + "".join(cell.rjust(WIDTH) for cell in cells)

"""What the rounds add up to: medians, spread, ratios; as a table and as JSON. Measures nothing."""

import math
import platform
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.load import Measured
from tests.bench.servers import BESIDE, PALIMPSEST

CLIENT_BUSY = 0.9
"""Above this part of a core it may be the client that edits per second are a measure of."""

NAME_WIDTH, *WIDTHS = 28, 9, 24, 9, 9, 10

_MICROSECONDS = 1e6
_MILLISECONDS = 1e3


@dataclass(frozen=True)
class Result:
    """One round of one server in one setting."""

    server: str
    release: str
    in_flight: int
    round: int
    edits_per_second: float
    cpu_microseconds: dict[str, float]
    """CPU for an edit, by part of the server."""
    p50_milliseconds: float
    p99_milliseconds: float
    client_cores: float

    @property
    def cost(self) -> float:
        """CPU for an edit, in microseconds, of all that an edit has to go through."""
        parts = self.cpu_microseconds.items()
        return sum(microseconds for part, microseconds in parts if part != BESIDE)


class Spread:
    """The median of some rounds, and how far they lie apart."""

    def __init__(self, values: Iterable[float]) -> None:
        found = list(values)
        self.median = statistics.median(found)
        self.least = min(found)
        self.most = max(found)

    def text(self, digits: int) -> str:
        """Return it as the table has it."""
        median, least, most = (
            f"{value:.{digits}f}" for value in (self.median, self.least, self.most)
        )
        return f"{median} ({least}-{most})"


def result_of(
    server: str, release: str, in_flight: int, number: int, measured: Measured
) -> Result:
    """Return what was measured, for one edit."""
    return Result(
        server=server,
        release=release,
        in_flight=in_flight,
        round=number,
        edits_per_second=measured.edits / measured.seconds,
        cpu_microseconds={
            part: seconds / measured.edits * _MICROSECONDS
            for part, seconds in measured.cpu.items()
        },
        p50_milliseconds=percentile(measured.latencies, 0.5) * _MILLISECONDS,
        p99_milliseconds=percentile(measured.latencies, 0.99) * _MILLISECONDS,
        client_cores=measured.client_cpu / measured.seconds,
    )


def percentile(ordered: Sequence[float], fraction: float) -> float:
    """Return the least of some values, in order of size, that `fraction` of them do not exceed."""
    return ordered[max(math.ceil(len(ordered) * fraction) - 1, 0)]


def table(results: Sequence[Result]) -> str:
    """Return everything that was measured, as text: one block a setting."""
    settings = sorted({result.in_flight for result in results})
    return "\n\n".join(
        _block([result for result in results if result.in_flight == setting], setting)
        for setting in settings
    )


def ratios(results: Sequence[Result]) -> dict[str, Spread]:
    """Return Palimpsest's cost in terms of each peer's, from the rounds that both ended."""
    costs: dict[str, dict[tuple[int, int], float]] = {}
    for result in results:
        costs.setdefault(result.server, {})[result.in_flight, result.round] = result.cost
    ours = costs.pop(PALIMPSEST, {})
    return {
        peer: Spread(ours[when] / theirs[when] for when in both)
        for peer, theirs in costs.items()
        if (both := ours.keys() & theirs.keys())
    }


def machine() -> str:
    """Return what all this ran on, in a line."""
    found = Path("/proc/cpuinfo").read_text().split("model name", 1)
    model = found[1].split(":", 1)[1].splitlines()[0].strip() if len(found) > 1 else "unknown"
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    load = Path("/proc/loadavg").read_text().split()[0]
    return (
        f"{model}, {cores} cores, Linux {platform.release()}, Python {platform.python_version()},"
        f" load {load} before"
    )


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    """Return the rounds as they were, and the ratios in each setting."""
    settings = sorted({result.in_flight for result in results})
    return {
        "rounds": [vars(result) | {"cost_microseconds": result.cost} for result in results],
        "ratios": {
            str(setting): {peer: vars(spread) for peer, spread in ratios(found).items()}
            for setting in settings
            if (found := [result for result in results if result.in_flight == setting])
        },
    }


def _block(results: Sequence[Result], in_flight: int) -> str:
    title = f"{in_flight} in flight"
    lines = [_row((title, "edits/s", "CPU us/edit (min-max)", "p50 ms", "p99 ms", "client"))]
    for server in dict.fromkeys(result.server for result in results):
        lines += _rows_of([result for result in results if result.server == server])
    lines += [
        f"{PALIMPSEST} costs {spread.text(2)} of {peer}"
        for peer, spread in ratios(results).items()
    ]
    return "\n".join(lines)


def _rows_of(results: Sequence[Result]) -> list[str]:
    def median(figure: Callable[[Result], float]) -> float:
        return statistics.median(map(figure, results))

    client = median(lambda result: result.client_cores)
    figures = (
        f"{results[0].server} {results[0].release}",
        f"{median(lambda result: result.edits_per_second):,.0f}",
        Spread(result.cost for result in results).text(1),
        f"{median(lambda result: result.p50_milliseconds):.2f}",
        f"{median(lambda result: result.p99_milliseconds):.2f}",
        f"{client:.0%}" + (" (!)" if client > CLIENT_BUSY else ""),
    )
    parts = results[0].cpu_microseconds
    if len(parts) == 1:
        return [_row(figures)]
    return [_row(figures)] + [
        _row((f"  {part}", "", Spread(_of_part(results, part)).text(1))) for part in parts
    ]


def _of_part(results: Iterable[Result], part: str) -> Iterator[float]:
    return (result.cpu_microseconds.get(part, 0.0) for result in results)


def _row(cells: tuple[str, ...]) -> str:
    name, *figures = cells
    return name.ljust(NAME_WIDTH) + "".join(map(str.rjust, figures, WIDTHS))

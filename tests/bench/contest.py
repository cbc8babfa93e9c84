"""Servers in turn, each setting after the other, in rounds; and their rest between turns."""

import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from palimpsest.adapters.load.connection import LoadFailed
from palimpsest.adapters.load.pairs import Meter
from tests.bench.cpu import seconds_by_part
from tests.bench.rounds import OURS, Round
from tests.bench.servers import BESIDE, Contestant, Start, Unavailable
from tests.bench.workload import Plan
from tests.harness.server import ServerFailed

TURN_SECONDS_MAX = 120.0
REST_SECONDS_MAX = 60.0
LOOK_SECONDS = 0.25
RESTING_CORES_MAX = 0.1

_MICROSECONDS = 1e6


class Found(NamedTuple):
    """What a turn brought to light."""

    figures: dict[str, float]
    client_cores: float = 0.0


class Turn(NamedTuple):
    """Whose turn it is, in which round, and what is unlike in every turn: documents' names."""

    contestant: Contestant
    number: int
    name: str

    def meter(self) -> dict[str, float]:
        """Return the seconds of CPU that each part of the server has used."""
        return seconds_by_part(self.contestant.pid, self.contestant.part_of)


Act = Callable[[Turn], Awaitable[Found]]


@asynccontextmanager
async def contestants(
    folder: Path, starts: Sequence[tuple[str, Start]]
) -> AsyncIterator[list[Contestant]]:
    """Start all servers that can be had."""
    async with AsyncExitStack() as stack:
        found = []
        for name, start in starts:
            place = folder / name.replace("/", "-")
            place.mkdir(parents=True)
            try:
                found.append(await stack.enter_async_context(start(place)))
            except Unavailable as why:
                print(f"{name} is not measured: {why}.", file=sys.stderr)
        yield found


async def contest(
    plan: Plan, workload: str, starts: Sequence[tuple[str, Start]], acts: Mapping[str, Act]
) -> AsyncIterator[Round]:
    """Yield rounds of all settings, of servers that run all the time."""
    failed: set[tuple[str, str]] = set()
    async with contestants(plan.folder, starts) as all_of_them:
        for number in range(1, plan.rounds + 1):
            for setting, act in acts.items():
                # There and back again: who comes first, comes last next time.
                for contestant in all_of_them if number % 2 else reversed(all_of_them):
                    if (contestant.name, setting) in failed:
                        continue  # What a peer cannot do once, it is not asked again.
                    turn = Turn(contestant, number, f"{number:03}-{list(acts).index(setting)}")
                    found = await take(workload, setting, turn, act)
                    if found.failure and contestant.name != OURS:
                        failed.add((contestant.name, setting))
                    yield found


async def take(workload: str, setting: str, turn: Turn, act: Act) -> Round:
    """Return what comes of a turn, be it a failure."""
    name, release = turn.contestant.name, turn.contestant.release
    gc.collect()
    gc.disable()
    try:
        async with asyncio.timeout(TURN_SECONDS_MAX):
            figures, client_cores = await act(turn)
            await rest(turn.meter)
    except (LoadFailed, ServerFailed, OSError, TimeoutError) as failure:
        why = str(failure) or f"It took more than {TURN_SECONDS_MAX:.0f} s."
        with suppress(LoadFailed):
            await rest(turn.meter)  # What it was too slow for must not slow the next.
        return Round(workload, setting, name, release, turn.number, failure=why)
    finally:
        gc.enable()
    return Round(workload, setting, name, release, turn.number, figures, client_cores)


async def rest(meter: Meter) -> None:
    """Wait until a server has done what it put off, so that it is in nobody's way."""
    deadline = time.perf_counter() + REST_SECONDS_MAX
    used = sum(meter().values())
    while time.perf_counter() < deadline:
        await asyncio.sleep(LOOK_SECONDS)
        before, used = used, sum(meter().values())
        if used - before < LOOK_SECONDS * RESTING_CORES_MAX:
            return
    raise LoadFailed(f"It is still busy {REST_SECONDS_MAX:.0f} s later.")


def costs(cpu: dict[str, float], count: int, unit: str) -> dict[str, float]:
    """Return the CPU for one of something: of all that it goes through, then of each part."""
    if not count:
        raise LoadFailed(f"There was not a single {unit}.")
    each = {part: seconds / count * _MICROSECONDS for part, seconds in cpu.items()}
    through = sum(cost for part, cost in each.items() if part != BESIDE)
    parts = {f"{part} us": cost for part, cost in each.items()} if len(each) > 1 else {}
    return {f"CPU us/{unit}": through} | parts


def tally(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Return what each part has used meanwhile."""
    return {part: used - before.get(part, 0.0) for part, used in after.items()}


def used_since(turn: Turn, before: dict[str, float]) -> dict[str, float]:
    """Return what each part of a turn's server has used since then."""
    return tally(before, turn.meter())


def meter_of(contestant: Contestant) -> Meter:
    """Return what tells the CPU of a server."""
    return partial(seconds_by_part, contestant.pid, contestant.part_of)

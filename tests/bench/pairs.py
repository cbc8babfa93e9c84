"""Pairs of editors who type as fast as they are answered: Palimpsest and its peers, in turn."""

import argparse
import asyncio
import gc
import sys
import time
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from tests.bench import report
from tests.bench.cpu import pids_by_part, seconds_by_part
from tests.bench.editor import LoadFailed
from tests.bench.load import Load, Measured, Meter
from tests.bench.profiles import sample
from tests.bench.report import Result
from tests.bench.servers import BESIDE, PALIMPSEST, SERVERS, Contestant, Unavailable

WORKLOAD = """\
Workload "pairs": two editors at each of 50 documents. Every edit is a letter, followed by its
cursor move; an editor sends the next one when the partner has received an earlier one. Each edit
is checked to arrive, and all documents to be equal on both sides. CPU is what the operating
system counts for the server's processes, user and system, while everybody types."""

IN_FLIGHT = (1, 4)
WARM_UP_SECONDS = 1.0
REST_SECONDS_MAX = 120.0
LOOK_SECONDS = 0.5
RESTING_CORES_MAX = 0.1


class Pairs:
    """All rounds."""

    def __init__(self, arguments: argparse.Namespace, folder: Path) -> None:
        self.results: list[Result] = []
        self.profiles: dict[str, str] = {}
        self.failed = False
        self._arguments = arguments
        self._folder = folder

    async def run(self) -> None:
        """Start all servers that can be had, and measure them in turn."""
        async with AsyncExitStack() as stack:
            contestants = []
            for name, start in SERVERS:
                folder = self._folder / name.replace("/", "-")
                folder.mkdir(parents=True)
                try:
                    contestants.append(await stack.enter_async_context(start(folder)))
                except Unavailable as why:
                    print(f"{name} is not measured: {why}.", file=sys.stderr)
            for number in range(1, self._arguments.rounds + 1):
                for in_flight in IN_FLIGHT:
                    for contestant in contestants:
                        await self._measure(contestant, in_flight, number)
            if self._arguments.profile:
                await self._profile(contestants[0])

    async def _measure(self, contestant: Contestant, in_flight: int, number: int) -> None:
        try:
            measured = await self._load(contestant, in_flight, f"{number:03}")
        except LoadFailed as failure:
            self.failed = True
            print(f"{contestant.name}, {in_flight} in flight: {failure}", file=sys.stderr)
            return
        result = report.result_of(contestant.name, contestant.release, in_flight, number, measured)
        self.results.append(result)
        print(
            f"round {number}, {in_flight} in flight: {contestant.name}"
            f" {result.edits_per_second:,.0f} edits/s, {result.cost:.1f} us/edit",
            file=sys.stderr,
        )

    async def _load(self, contestant: Contestant, in_flight: int, name: str) -> Measured:
        documents = [f"{name}-{in_flight}-{each:04}" for each in range(self._arguments.documents)]
        load = Load(contestant.door, documents, in_flight=in_flight)
        meter = partial(seconds_by_part, contestant.pid, contestant.part_of)
        before = meter()
        gc.collect()
        gc.disable()
        try:
            measured = await load.run(
                meter, warm_up=WARM_UP_SECONDS, seconds=self._arguments.seconds
            )
        finally:
            gc.enable()
        await _rest(meter)
        if BESIDE in measured.cpu:
            # It may lag behind: what counts is what it took in the end, for all edits.
            used = meter()[BESIDE] - before.get(BESIDE, 0.0)
            measured.cpu[BESIDE] = used * measured.edits / sum(load.edits().values())
        await _check_versions(load.edits(), contestant)
        return measured

    async def _profile(self, contestant: Contestant) -> None:
        assert contestant.name == PALIMPSEST
        pids = pids_by_part(contestant.pid, contestant.part_of)
        for in_flight in IN_FLIGHT:
            seconds = WARM_UP_SECONDS + self._arguments.seconds
            sampling = asyncio.ensure_future(sample(pids, self._folder, seconds))
            await self._load(contestant, in_flight, "profile")
            for part, functions in (await sampling).items():
                self.profiles[f"{part}, {in_flight} in flight"] = functions


async def _rest(meter: Meter) -> None:
    """Wait until a server has done what it put off, so that it is in nobody's way."""
    deadline = time.perf_counter() + REST_SECONDS_MAX
    used = sum(meter().values())
    while time.perf_counter() < deadline:
        await asyncio.sleep(LOOK_SECONDS)
        before, used = used, sum(meter().values())
        if used - before < LOOK_SECONDS * RESTING_CORES_MAX:
            return
    raise LoadFailed(f"It is still busy {REST_SECONDS_MAX:.0f} s later.")


async def _check_versions(edits: dict[str, int], contestant: Contestant) -> None:
    """Compare what was sent with what is stored: an event an edit, and the document's creation."""
    if contestant.version_of is None:
        return
    for document, count in edits.items():
        version = await contestant.version_of(document)
        if version != count + 1:
            raise LoadFailed(f"{document} has {version} events for {count} edits.")

"""Editors at a human rate, alone and while many read what they write: promise 5, measured."""

import asyncio
import gc
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from palimpsest import __version__
from palimpsest.adapters.load.connection import Door, LoadFailed
from palimpsest.adapters.load.latency import percentiles
from palimpsest.adapters.load.pairs import Measured, PacedLoad
from tests.bench.audience import Attendance
from tests.bench.audience import Plan as Seating
from tests.bench.cpu import seconds_by_part
from tests.bench.prepared import VERSION, prepare
from tests.bench.rounds import OURS, Round
from tests.bench.servers import palimpsest_part, stop
from tests.bench.workload import Plan, Workload
from tests.harness.reading import QueryServer, query_server
from tests.harness.server import Server, running_server

NAME = "crowd"
DOCUMENTS = 5
EDITS_PER_SECOND = 5.0
STREAMS = 1000
READS_PER_SECOND = 1000
CONNECTIONS = 64
WARM_UP_SECONDS = 2.0
READER = "read"
ALONE, BEFORE_READERS = "alone", "before readers"


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds: alone, then before readers."""
    names = {
        (number, what): [f"{what}-{number}-{each}" for each in range(DOCUMENTS)]
        for number in range(1, plan.rounds + 1)
        for what in ("alone", "crowd")
    }
    prepare(plan.folder / "data", (name for some in names.values() for name in some))
    async with running_server(plan.folder) as server:
        for number in range(1, plan.rounds + 1):
            alone, _ = await _type(server, names[number, "alone"], plan.seconds)
            documents = names[number, "crowd"]
            async with (
                query_server(server.data, plan.folder / f"read-{number}.log") as reader,
                _audience(_plan(reader, documents)) as audience,
            ):
                crowd, last = await _type(server, documents, plan.seconds, reader)
                attendance = await _attendance(audience, last)
            yield _round(ALONE, number, alone, {})
            slower = (
                percentiles(crowd.latencies)["p99 ms"] / percentiles(alone.latencies)["p99 ms"]
            )
            yield _round(
                BEFORE_READERS, number, crowd, {"p99 of alone": slower, **read_figures(attendance)}
            )


def _round(setting: str, number: int, typed: Measured, more: dict[str, float]) -> Round:
    figures = {
        **percentiles(typed.latencies),
        "edits/s": typed.edits / typed.seconds,
        **{f"{part} cores": used / typed.seconds for part, used in typed.cpu.items()},
        **more,
    }
    cores = typed.client_cpu / typed.seconds
    return Round(NAME, setting, OURS, __version__, number, figures, cores)


def read_figures(attendance: Attendance) -> dict[str, float]:
    """Return what readers met with.

    Raises:
        LoadFailed: a stream did not tell of the last version.
    """
    if attendance.complete < attendance.streams:
        raise LoadFailed(f"{attendance.complete} of {attendance.streams} streams told the last.")
    return {
        "reads/s": attendance.reads_per_second,
        "read p50 ms": attendance.p50_milliseconds,
        "read p99 ms": attendance.p99_milliseconds,
        "streams MB/s": attendance.stream_bytes_per_second / 1e6,
        "readers' client cores": attendance.client_cores,
    }


async def _type(
    server: Server, documents: list[str], seconds: float, reader: QueryServer | None = None
) -> tuple[Measured, dict[str, int]]:
    """Type, and measure; return the documents' last versions too."""

    def meter() -> dict[str, float]:
        used = seconds_by_part(server.pid, palimpsest_part)
        if reader is not None:
            used |= seconds_by_part(reader.pid, lambda _command: READER)
        return used

    load = PacedLoad(Door(server.port, "/yjs/"), documents, per_second=EDITS_PER_SECOND)
    gc.collect()
    gc.disable()
    try:
        measured = await load.run(meter, warm_up=WARM_UP_SECONDS, seconds=seconds)
    finally:
        gc.enable()
    last = {document: VERSION + count for document, count in load.edits().items()}
    for document, version in last.items():
        if await server.version(document) != version:
            raise LoadFailed(f"{document} does not have {version} events.")
    return measured, last


def _plan(reader: QueryServer, documents: list[str]) -> Seating:
    port = int(reader.url.rpartition(":")[2])
    return Seating(port, documents, STREAMS, READS_PER_SECOND, CONNECTIONS)


@asynccontextmanager
async def _audience(plan: Seating) -> AsyncIterator[asyncio.subprocess.Process]:
    """Have readers read, from when all listen."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.audience"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await _tell(process, asdict(plan))
        assert await _heard(process) == "ready"
        yield process
    finally:
        await stop(process)


async def _attendance(audience: asyncio.subprocess.Process, last: dict[str, int]) -> Attendance:
    await _tell(audience, last)
    return Attendance(**await _heard(audience))


async def _tell(process: asyncio.subprocess.Process, what: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(what).encode() + b"\n")
    await process.stdin.drain()


async def _heard(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        raise LoadFailed("The readers gave up.")
    return json.loads(line)


CROWD = Workload(
    NAME,
    "Reading does not slow writing",
    "Two editors at each of five documents of 10 KB, five edits a second each; alone, then while"
    " `palimpsest read` holds 1,000 event streams of these documents and answers 1,000 reads of"
    " them a second, whether or not those before are answered. The readers are a process of their"
    " own. Each edit is checked to arrive, each stream to tell its document's last version.",
    measure,
)

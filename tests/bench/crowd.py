"""Editors at a human rate, alone and while many read what they write: promise 5, measured."""

import asyncio
import gc
import json
import resource
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench.audience import Attendance, Plan
from tests.bench.cpu import seconds_by_part
from tests.bench.editor import Door, LoadFailed
from tests.bench.load import Measured, PacedLoad
from tests.bench.prepared import VERSION, prepare
from tests.bench.read_report import CrowdRound, typing_of
from tests.bench.servers import palimpsest_part, stop
from tests.harness.reading import QueryServer, query_server
from tests.harness.server import Server, running_server

WORKLOAD = """\
Workload "crowd": two editors at each of five documents of 10 KB, five edits a second each; alone,
then while `palimpsest read` holds 1,000 event streams of these documents and answers 1,000 reads
of them a second, whether or not those before are answered. The readers are a process of their
own. Each edit is checked to arrive, each stream to tell its document's last version."""

DOCUMENTS = 5
EDITS_PER_SECOND = 5.0
STREAMS = 1000
READS_PER_SECOND = 1000
CONNECTIONS = 64
WARM_UP_SECONDS = 2.0
READER = "read"


async def measure(folder: Path, *, rounds: int, seconds: float) -> AsyncIterator[CrowdRound]:
    """Yield rounds.

    Raises:
        LoadFailed: something was lost.
    """
    _let_files_be_open()
    names = {
        (number, what): [f"{what}-{number}-{each}" for each in range(DOCUMENTS)]
        for number in range(1, rounds + 1)
        for what in ("alone", "crowd")
    }
    prepare(folder / "data", (name for some in names.values() for name in some))
    async with running_server(folder) as server:
        for number in range(1, rounds + 1):
            alone, _ = await _type(server, names[number, "alone"], seconds)
            documents = names[number, "crowd"]
            async with (
                query_server(server.data, folder / f"read-{number}.log") as reader,
                _audience(_plan(reader, documents)) as audience,
            ):
                crowd, last = await _type(server, documents, seconds, reader)
                attendance = await _attendance(audience, last)
            yield CrowdRound(number, typing_of(alone), typing_of(crowd), attendance)


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


def _plan(reader: QueryServer, documents: list[str]) -> Plan:
    port = int(reader.url.rpartition(":")[2])
    return Plan(port, documents, STREAMS, READS_PER_SECOND, CONNECTIONS)


@asynccontextmanager
async def _audience(plan: Plan) -> AsyncIterator[asyncio.subprocess.Process]:
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


def _let_files_be_open() -> None:
    """Let this process and its children have as many sockets as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

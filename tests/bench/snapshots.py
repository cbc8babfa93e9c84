"""Reads of one snapshot, as fast as they go: `palimpsest read`, and nginx with the same bytes."""

import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from palimpsest import __version__
from palimpsest.adapters.load.connection import LoadFailed
from tests.bench.cpu import seconds_by_part
from tests.bench.nginx import FILE, nginx
from tests.bench.prepared import VERSION, prepare
from tests.bench.profiles import sample
from tests.bench.reading import Askers
from tests.bench.rounds import Round
from tests.bench.servers import Unavailable
from tests.bench.workload import Plan, Target, Workload
from tests.harness.reading import query_server
from tests.harness.server import running_server

NAME = "snapshots"
READER = "palimpsest read"
SETTING = "one page of 10 KB"
CONNECTIONS = 32
WARM_UP_SECONDS = 0.5
DOCUMENT = "read"
PATH = f"/api/documents/{DOCUMENT}/content.html"


class Subject(NamedTuple):
    """Whom the page is asked of, and how large it is."""

    name: str
    release: str
    pid: int
    port: int
    path: str
    size: int


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[list[Subject]]:
    """Run `palimpsest read`, and nginx if it is here."""
    data = folder / "data"
    prepare(data, [DOCUMENT])
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        # What is read is kept in memory only while a server tells of what is newer.
        await enter(running_server(folder))
        reader = await enter(query_server(data, folder / "read.log"))
        body = await _page(reader.url)
        port = int(reader.url.rpartition(":")[2])
        subjects = [Subject(READER, __version__, reader.pid, port, PATH, len(body))]
        try:
            found = await enter(nginx(folder / "nginx", body))
        except Unavailable as why:
            print(f"nginx is not measured: {why}.", file=sys.stderr)
        else:
            subjects.append(
                Subject("nginx", found.release, found.pid, found.port, f"/{FILE}", len(body))
            )
        yield subjects


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds of each in turn.

    Raises:
        LoadFailed: something was answered otherwise.
    """
    async with serving(plan.folder) as subjects:
        for number in range(1, plan.rounds + 1):
            for subject in subjects:
                yield await _ask(subject, number, plan.seconds)
        if plan.profile:
            plan.profiles[NAME] = await profile(subjects[0], plan.folder, plan.seconds)


async def profile(subject: Subject, folder: Path, seconds: float) -> str:
    """Tell where somebody's time goes."""
    sampling = asyncio.ensure_future(sample({subject.name: subject.pid}, folder, seconds))
    await _ask(subject, 0, WARM_UP_SECONDS + seconds)
    return (await sampling)[subject.name]


async def _ask(subject: Subject, number: int, seconds: float) -> Round:
    def used() -> float:
        return sum(seconds_by_part(subject.pid, lambda _command: "").values())

    askers = Askers(subject.port, [subject.path])
    await askers.connect(CONNECTIONS)
    gc.collect()
    gc.disable()
    try:
        askers.ask_without_rest()
        await asyncio.sleep(WARM_UP_SECONDS)
        before, client, count = used(), time.process_time(), len(askers.latencies)
        began = time.perf_counter()
        await asyncio.sleep(seconds)
        reads = len(askers.latencies) - count
        elapsed = time.perf_counter() - began
        cpu, client = used() - before, time.process_time() - client
    finally:
        gc.enable()
        askers.close()
    if askers.failure is not None or not reads:
        raise askers.failure or LoadFailed("Nothing was answered.")
    figures = {
        "CPU us/read": cpu / reads * 1e6,
        "reads/s": reads / elapsed,
        "bytes": float(subject.size),
    }
    cores = client / elapsed
    return Round(NAME, SETTING, subject.name, subject.release, number, figures, cores)


async def _page(url: str) -> bytes:
    """Return the page, as soon as it can be read."""
    async with httpx.AsyncClient(verify=False, headers={"Accept-Encoding": "identity"}) as client:
        while True:
            answer = await client.get(f"{url}{PATH}?min_version={VERSION}")
            if answer.status_code == httpx.codes.OK:
                return answer.content
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                raise LoadFailed(f"{PATH}: {answer.status_code} {answer.text}")


SNAPSHOTS = Workload(
    NAME,
    "Reads of a page",
    "32 connections, each of which asks for the same page of 10 KB again as soon as it is"
    " answered; of `palimpsest read`, and of nginx, which has these bytes in a file.",
    measure,
    (Target("speed", SETTING, "reads/s", 1 / 3, "nginx", is_least=True, server=READER),),
)

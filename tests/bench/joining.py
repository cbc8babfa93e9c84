"""Who opens a large document: all at once, one alone, or behind what was only just typed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Self

from palimpsest.adapters.load.connection import Connection, Door, LoadFailed, Progress
from palimpsest.adapters.load.latency import percentiles
from palimpsest.protocol import sync
from palimpsest.protocol.scanner import scan
from palimpsest.protocol.websocket import binary_frame
from tests.bench.book import book
from tests.bench.contest import Act, Found, Turn, contest, used_since
from tests.bench.guest import Guest, Minutes, Table
from tests.bench.rounds import Round
from tests.bench.servers import BESIDE, SERVERS, floor_of
from tests.bench.workload import Plan, Target, Workload

NAME = "storm"
CLIENTS = 100
PENDING = 1000
TYPIST = 1_000_000_000
SECONDS_MAX = 60.0
LOOK_SECONDS = 0.005
STORM, PENDED, ALONE = f"{CLIENTS} at once", f"{PENDING:,} edits just typed", "one by one"


class Joiner(Connection):
    """Somebody who opens a document, and keeps what it was when it came.

    What was `seen` before is kept once: memory for another megabyte takes long to come by.
    """

    def __init__(self, progress: Progress, door: Door, document: str, seen: list[bytes]) -> None:
        super().__init__(progress, door, document)
        self.update = b""
        self._seen = seen
        self.began = time.perf_counter()
        self.seconds = 0.0

    def welcome(self, update: bytes | memoryview) -> None:
        """Keep it, and note how long it took."""
        self.seconds = time.perf_counter() - self.began
        # As bytes, or comparing them would take thirty times as long.
        self.update = bytes(update)
        for each in self._seen:
            if each == self.update:
                self.update = each
                return
        self._seen.append(self.update)


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds."""
    plan.folder.mkdir(exist_ok=True)
    file = plan.folder / "document"
    file.write_bytes(binary_frame(sync.step2(book().update)))
    starts = (*SERVERS[:-1], floor_of(file))
    acts: dict[str, Act] = {STORM: partial(_storm, CLIENTS)}
    if not plan.is_quick:
        acts |= {ALONE: _one_by_one, PENDED: _behind}
    async for each in contest(plan, NAME, starts, acts):
        yield each


async def _storm(count: int, turn: Turn) -> Found:
    async with Shelf(turn) as shelf:
        return await shelf.open(count)


async def _one_by_one(turn: Turn) -> Found:
    async with Shelf(turn) as shelf:
        before, client, began = turn.meter(), time.process_time(), time.perf_counter()
        joiners = [joiner for _ in range(20) for joiner in await shelf.join(1)]
        return shelf.found(joiners, before, client, began)


async def _behind(turn: Turn) -> Found:
    async with Shelf(turn) as shelf:
        await shelf.type(PENDING)
        return await shelf.open(1)


class Shelf:
    """The document in a server, which somebody keeps open."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._door = turn.contestant.door
        self._document = f"{NAME}-{turn.name}"
        self._progress = Progress()
        self._minutes, table = Minutes(), Table(self._document)
        self._typist, self._listener = (
            Guest(self._minutes, self._door, table, client, is_ear=False)
            for client in (TYPIST, TYPIST + 1)
        )
        self._letters = book().letters

    async def __aenter__(self) -> Self:
        """Have the document there."""
        await self._typist.connect()
        await self._listener.connect()
        await self._until(lambda: self._minutes.ready == len((self._typist, self._listener)))
        if self._turn.contestant.stores:
            self._typist.say(sync.update(book().update))
        while True:
            [joiner] = await self.join(1)
            if len(joiner.update) >= len(book().update):
                return self

    async def __aexit__(self, *failure: object) -> None:
        """Close it."""
        self._typist.drop()
        self._listener.drop()

    async def type(self, count: int) -> None:
        """Type something more, behind all that is there."""
        if self._turn.contestant.stores:
            for _ in range(count):
                self._typist.write(time.perf_counter())
            self._letters += count
            await self._until(self._listener.has_heard_all)

    async def open(self, count: int) -> Found:
        """Have some open it at once."""
        before, client, began = self._turn.meter(), time.process_time(), time.perf_counter()
        return self.found(await self.join(count), before, client, began)

    async def join(self, count: int, *, knows_the_book: bool = False) -> list[Joiner]:
        """Have some join, and leave when all are there."""
        ready = self._progress.ready
        seen: list[bytes] = []
        who = self._progress, self._door, self._document
        joiners = [Joiner(*who, seen) for _ in range(count)]
        if knows_the_book:
            for joiner in joiners:
                joiner.state_vector = book().state_vector
        await asyncio.gather(*(joiner.connect() for joiner in joiners))
        await self._until(lambda: self._progress.ready == ready + count)
        for joiner in joiners:
            joiner.leave()
        return joiners

    def found(
        self, joiners: Sequence[Joiner], before: dict[str, float], client: float, began: float
    ) -> Found:
        """Return what it cost; all must have seen the same."""
        elapsed, client = time.perf_counter() - began, time.process_time() - client
        cpu = used_since(self._turn, before)
        for vector, update in {(joiner.state_vector, joiner.update) for joiner in joiners}:
            self._check(update, known=book().letters if len(vector) > 1 else 0)
        through = sum(seconds for part, seconds in cpu.items() if part != BESIDE)
        figures = {
            "CPU ms/client": through / len(joiners) * 1e3,
            "all ms": elapsed * 1e3,
            **percentiles(sorted(joiner.seconds for joiner in joiners)),
            "MB/client": sum(joiner.bytes for joiner in joiners) / len(joiners) / 1e6,
        }
        return Found(figures, client / elapsed)

    def _check(self, update: bytes, *, known: int) -> None:
        letters = known + sum(end - start for _, start, end in scan(update).spans)
        if letters < self._letters and self._turn.contestant.stores:
            raise LoadFailed(f"Somebody saw {letters} letters of {self._letters}.")

    async def _until(self, condition: Callable[[], bool]) -> None:
        deadline = time.perf_counter() + SECONDS_MAX
        while not condition():
            failure = self._progress.failure or self._minutes.failure
            if failure is not None:
                raise failure
            if time.perf_counter() > deadline:
                raise LoadFailed(f"Not everybody could enter within {SECONDS_MAX:.0f} s.")
            await asyncio.sleep(LOOK_SECONDS)


JOINING = Workload(
    NAME,
    "Many open a document of a megabyte",
    "A document of a megabyte, in 12,000 passages, is opened by 100 clients at once; by 20, one"
    " after the other; and by one right after 1,000 edits. The floor is the system's own sending"
    " of a file. What each is sent is checked to be all there is.",
    measure,
    (
        Target("CPU a client", STORM, "CPU ms/client", 1 / 8, "@hocuspocus/server"),
        Target("time until all have it", STORM, "all ms", 1 / 8, "@hocuspocus/server"),
    ),
)

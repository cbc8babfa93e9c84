"""Adapters for tests: a log in memory, its reader, and an engine that can be held and killed.

They pass the same contract suites as the real ones.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from palimpsest.adapters.engine.committer import Committer
from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from palimpsest.domain import chain
from palimpsest.domain.event_codec import UPDATE_RECORDED, Stored
from palimpsest.limits import Limits
from palimpsest.ports import (
    Batch,
    Difference,
    EngineDied,
    EventLog,
    LogRefused,
    Opened,
    Origin,
    Outcome,
    Row,
    Update,
)


class FixedClock:
    """A clock that shows what it was set to."""

    def __init__(self, now: int = 1_000) -> None:
        self.now = now

    def milliseconds(self) -> int:
        """Return the time it was set to."""
        return self.now


class CountingIdentifiers:
    """Names that can be foretold."""

    def __init__(self) -> None:
        self._count = 0

    def identifier(self) -> str:
        """Return `name-1`, `name-2` ..."""
        self._count += 1
        return f"name-{self._count}"


class InMemoryEventLog:
    """A log that lasts as long as this object; `bytes_max` is how much its disk holds."""

    def __init__(self, bytes_max: int | None = None) -> None:
        self.bytes_max = bytes_max
        self.rows: list[Row] = []
        self.seeds: dict[tuple[str, int], bytes] = {}
        self._batches: dict[int, bytes] = {}
        self._begun = 0
        self._seeds_begun: set[tuple[str, int]] = set()

    def begin(self) -> None:
        """Open a transaction."""
        self._begun = len(self.rows)
        self._seeds_begun.clear()

    def append(self, document: str, origin: Origin, time: int, stored: Stored) -> int:
        """Append an event to the open transaction; return its version."""
        mine = [row for row in self.rows if row.document == document]
        version = len(mine) + 1
        run = (document, chain.run_of(version))
        if run not in self.seeds:
            self.seeds[run] = f"{run}".encode().ljust(chain.SEED_BYTES)[: chain.SEED_BYTES]
            self._seeds_begun.add(run)
        actor = (origin.actor_kind, origin.principal, origin.name)
        header = chain.header_of(document, stored.kind, actor, origin.session)
        digest = chain.digest_of(self.seeds[run], version, stored.payload)
        previous = mine[-1].link if mine else chain.GENESIS
        link = chain.link_of(previous, header, version, time, digest)
        position = len(self.rows) + 1
        self.rows.append(Row(position, document, version, time, origin, stored, link))
        return version

    def commit(self, batch: int, outcomes: bytes) -> None:
        """Make the transaction last, unless it is too much for the disk."""
        size = sum(len(row.stored.payload) for row in self.rows)
        if self.bytes_max is not None and size > self.bytes_max:
            raise LogRefused("The disk is full.")
        self._batches[batch] = outcomes
        self._begun = len(self.rows)
        self._seeds_begun.clear()

    def rollback(self) -> None:
        """Forget the open transaction, if there is one."""
        del self.rows[self._begun :]
        for run in self._seeds_begun:
            del self.seeds[run]
        self._seeds_begun.clear()

    def committed(self) -> list[Row]:
        """Return what stands in it, the open transaction left out."""
        return self.rows[: self._begun]

    def outcomes(self, batch: int) -> bytes | None:
        """Return the outcomes of a batch; None if it was not committed."""
        return self._batches.get(batch)

    def version(self, document: str) -> int:
        """Return the document's version, the open transaction included."""
        return sum(row.document == document for row in self.rows)

    def facts(self, document: str) -> list[Stored]:
        """Return the document's events that are not updates, in order."""
        return [
            row.stored
            for row in self.rows
            if row.document == document and row.stored.kind != UPDATE_RECORDED
        ]

    def link_of(self, document: str, version: int) -> bytes | None:
        """Return the link of a document's event that was committed."""
        return InMemoryLogReader(self).link_of(document, version)

    def updates(self, document: str, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Return version and payload of each update after a version."""
        return iter(
            [
                (row.version, row.stored.payload)
                for row in self.rows
                if row.document == document
                and row.stored.kind == UPDATE_RECORDED
                and row.version > after
            ]
        )


class InMemoryLogReader:
    """What others read in a log that lasts as long as its object."""

    def __init__(self, log: InMemoryEventLog, log_id: str = "log") -> None:
        self.log_id = log_id
        self._log = log

    def head(self) -> int:
        """Return the newest event's position; 0 if there is none."""
        return len(self._log.committed())

    def after(self, position: int, events_max: int) -> list[Row]:
        """Return the events after a position, in order."""
        return self._log.committed()[position : position + events_max]

    def updates(self, document: str, after: int, until: int) -> Iterator[Update]:
        """Yield the document's updates of versions `after` (excluded) to `until` (included)."""
        for row in self.history(document):
            if row.stored.kind == UPDATE_RECORDED and after < row.version <= until:
                yield Update(row.version, row.stored.payload)

    def history(self, document: str) -> Iterator[Row]:
        """Yield all of the document's events, in order."""
        return (row for row in self._log.committed() if row.document == document)

    def link(self, position: int) -> bytes | None:
        """Return the link of the event at a position."""
        return next((row.link for row in self._log.committed() if row.position == position), None)

    def link_of(self, document: str, version: int) -> bytes | None:
        """Return the link of a document's event."""
        links = (row.link for row in self.history(document) if row.version == version)
        return next(links, None)


class NoCheckpoints:
    """Views in which nothing was saved yet."""

    def newest(self, document: str, until: int) -> None:
        """Return None: there is none."""


class _Killed(BaseException):
    """What a signal would do to a process: nothing of the engine's own catches it."""


class _MortalReplica(PycrdtReplica):
    """A replica that some bytes kill, as they would the real library."""

    def __init__(self, deadly: set[bytes]) -> None:
        super().__init__()
        self._deadly = deadly

    def load(self, updates: Iterable[bytes]) -> None:
        """Integrate recorded updates, or die of one."""
        recorded = list(updates)
        if not self._deadly.isdisjoint(recorded):
            raise _Killed
        super().load(recorded)

    def integrate(self, update: bytes) -> bytes | None:
        """Integrate an update, or die of it."""
        if update in self._deadly:
            raise _Killed
        return super().integrate(update)


class InProcessEngine:
    """The engine without a process. Answers come in a later tick, or when it is let go on.

    `deadly` holds updates that kill it; `kill_at` (as PALIMPSEST_KILL_AT) is for its first life.
    """

    def __init__(
        self, open_log: Callable[[], EventLog], limits: Limits, *, kill_at: str = ""
    ) -> None:
        self.deadly: set[bytes] = set()
        self.deaths = 0
        self.asked: list[tuple[str, Any]] = []
        self._open_log = open_log
        self._limits = limits
        self._calls: deque[tuple[Callable[[Committer], Any], asyncio.Future[Any]]] = deque()
        self._held = False
        self._arrival = asyncio.Event()
        self._log = open_log()
        self._committer = self._live(kill_at)

    # The port.

    async def commit(self, batch: Batch) -> list[Outcome]:
        """Integrate, store and make durable; return an outcome an entry, in order."""
        outcomes: list[Outcome] = await self._ask("commit", batch, lambda it: it.commit(batch))
        return outcomes

    async def outcomes(self, identifier: int) -> list[Outcome] | None:
        """Return what became of a recent batch; None if it was not committed."""
        outcomes: list[Outcome] | None = await self._ask(
            "outcomes", identifier, lambda it: it.outcomes(identifier)
        )
        return outcomes

    async def open(self, document: str, *, load: bool, from_start: bool = False) -> Opened:
        """Return what the aggregate must know and, with `load`, load the document's replica."""
        opened: Opened | None = None
        while opened is None:
            opened = await self._ask(
                "open",
                (document, load),
                lambda it: it.open(document, load=load, from_start=from_start),
            )
        return opened

    async def difference(self, document: str, state_vector: bytes) -> Difference:
        """Return what a client with the state vector lacks."""
        difference: Difference = await self._ask(
            "difference", document, lambda it: it.difference(document, state_vector)
        )
        return difference

    def unload(self, document: str) -> None:
        """Have the document's replica forgotten."""
        call = self._ask("unload", document, lambda it: it.unload(document))
        call.add_done_callback(lambda answer: answer.exception())

    # For tests.

    def hold(self) -> None:
        """Answer nothing until `release`."""
        self._held = True

    def release(self) -> None:
        """Go on."""
        self._held = False
        self._work()

    async def until_held(self, calls: int) -> None:
        """Wait until so many calls wait for an answer."""
        while len(self._calls) < calls:
            self._arrival.clear()
            await self._arrival.wait()

    def asked_for(self, name: str) -> list[Any]:
        """Return what each call of that name was about."""
        return [about for asked, about in self.asked if asked == name]

    def _ask(
        self, name: str, about: object, work: Callable[[Committer], Any]
    ) -> "asyncio.Future[Any]":
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        self.asked.append((name, about))
        self._calls.append((work, answer))
        self._arrival.set()
        loop.call_soon(self._work)
        return answer

    def _work(self) -> None:
        while self._calls and not self._held:
            work, answer = self._calls.popleft()
            try:
                result = work(self._committer)
            except _Killed:
                self._die()
                result = EngineDied()
            except Exception as error:  # noqa: BLE001 (it is for who asked)
                result = error
            if answer.done():
                continue
            if isinstance(result, Exception):
                answer.set_exception(result)
            else:
                answer.set_result(result)

    def _die(self) -> None:
        """Lose what is in memory; what was committed is there again."""
        self.deaths += 1
        self._log.rollback()
        self._log = self._open_log()
        self._committer = self._live()

    def _live(self, kill_at: str = "") -> Committer:
        return Committer(
            self._log,
            lambda: _MortalReplica(self.deadly),
            self._limits,
            checkpoints=NoCheckpoints(),
            kill_point=_kill_point(kill_at),
        )


def opened(committer: Committer, document: str) -> Opened:
    """Return what a committer tells of a document once all of it is loaded."""
    while (told := committer.open(document, load=True)) is None:
        pass
    return told


def _kill_point(spec: str) -> Callable[[str], None]:
    point, _, number = spec.partition(":")
    left = int(number or 1)

    def passing(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                raise _Killed

    return passing

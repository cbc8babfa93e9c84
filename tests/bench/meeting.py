"""Many in a document, or in many documents: who writes at what pace, and that all hear all."""

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Self

from palimpsest.adapters.load.connection import Door, LoadFailed
from palimpsest.adapters.load.pace import Pace
from palimpsest.adapters.load.pairs import Meter
from tests.bench.guest import Guest, Minutes, SlowGuest, Table
from tests.bench.servers import Contestant
from tests.updates import text_of

READY_SECONDS_MAX = 40.0
DRAIN_SECONDS_MAX = 20.0
LOOK_SECONDS = 0.05
AT_ONCE = 50
EARS_MAX = 50
FIRST_CLIENT = 1_000_000_000


class Cast(NamedTuple):
    """Who is in each document, and what they do each second."""

    writers: int
    readers: int = 0
    edits: float = 0.0
    """How many edits a writer makes, each with a cursor move."""
    moves: float = 0.0
    """How many moves a reader makes."""
    slow: int = 0
    """How many of the readers are slow."""
    letters: int = 1
    """How many letters an edit has."""
    is_heard: bool = True
    """Whether it is noted how long everything took."""


class Heard(NamedTuple):
    """What happened while it was measured; latencies in seconds, in order of size."""

    edits: int
    delivered: int
    moves: int
    told: int
    """How often somebody was told somebody's presence."""
    bytes: int
    seconds: float
    cpu: dict[str, float]
    client_cpu: float
    latencies: list[float]

    @property
    def client_cores(self) -> float:
        """What the client took of a core."""
        return self.client_cpu / self.seconds


class Meeting:
    """All guests of some documents."""

    def __init__(self, contestant: Contestant, documents: Sequence[str], cast: Cast) -> None:
        self.minutes = Minutes()
        self.tables = [Table(document, cast.letters) for document in documents]
        self.writers: list[Guest] = []
        self.readers: list[Guest] = []
        self._slow: list[SlowGuest] = []
        self._contestant = contestant
        self._cast = cast
        self._paces: list[Pace] = []
        everybody = len(documents) * (cast.writers + cast.readers)
        self._ear_every = max(everybody // EARS_MAX, 1) if cast.is_heard else everybody + 1
        self._numbers = itertools.count(1)

    @property
    def guests(self) -> list[Guest]:
        """Everybody."""
        return self.writers + self.readers

    async def run(self, meter: Meter, *, warm_up: float, seconds: float) -> Heard:
        """Have everybody come, write and hear; measure after the warm-up; all must hear all.

        Raises:
            LoadFailed: somebody did not.
        """
        async with self:
            await self.gather()
            self.begin()
            await self.watch(warm_up)
            heard = await self.measure(meter, seconds)
            await self.end()
        return heard

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        """Have everybody go, whatever has happened."""
        for pace in self._paces:
            pace.stop()
        for guest in self.guests:
            guest.drop()

    async def gather(self) -> None:
        """Have everybody come; those of one document come as far apart as can be."""
        cast = self._cast
        for number in range(cast.writers + cast.readers):
            for first in range(0, len(self.tables), AT_ONCE):
                some = self.tables[first : first + AT_ONCE]
                await asyncio.gather(*(self._invite(table, number).connect() for table in some))
        await self.until(
            lambda: self.minutes.ready == len(self.guests), READY_SECONDS_MAX, "enter"
        )

    def begin(self) -> None:
        """Have those write and move who do."""
        cast = self._cast
        for some, per_second, act in (
            (self.writers, cast.edits, Guest.write),
            (self.readers, cast.moves, Guest.move),
        ):
            if some and per_second:
                self._paces.append(_pace(some, per_second, act))

    async def measure(self, meter: Meter, seconds: float) -> Heard:
        """Let them go on for some time; return what happened."""
        minutes = self.minutes
        before, cpu = self._counts(), meter()
        client_cpu, began = time.process_time(), time.perf_counter()
        await self.watch(seconds)
        elapsed = time.perf_counter() - began
        client_cpu = time.process_time() - client_cpu
        used = {part: now - cpu.get(part, 0.0) for part, now in meter().items()}
        counts = [after - earlier for after, earlier in zip(self._counts(), before, strict=True)]
        *some, noted = counts
        latencies = sorted(minutes.latencies[len(minutes.latencies) - noted :])
        edits, delivered, moves, told, received = some
        return Heard(edits, delivered, moves, told, received, elapsed, used, client_cpu, latencies)

    async def end(self) -> None:
        """Have all stop, and hear the rest; who comes now must hear all of it too.

        Raises:
            LoadFailed: somebody does not.
        """
        for pace in self._paces:
            pace.stop()
        for slow in self._slow:
            slow.hurry()
        await self.settle()
        if self._contestant.stores:
            await check_stored(self._contestant.door, self.tables[0])

    async def settle(self) -> None:
        """Wait until all have heard all, and know everybody's last cursor."""
        await self.until(
            lambda: all(guest.is_settled() for guest in self.guests), DRAIN_SECONDS_MAX, "hear all"
        )

    async def watch(self, seconds: float) -> None:
        """Let time pass, as long as all goes well."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            await asyncio.sleep(min(left, LOOK_SECONDS))
            self._raise_failure()

    async def until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for something.

        Raises:
            LoadFailed: it does not happen.
        """
        deadline = time.perf_counter() + seconds
        while not condition():
            self._raise_failure()
            if time.perf_counter() > deadline:
                raise LoadFailed(f"Not everybody could {what} within {seconds:.0f} s.")
            await asyncio.sleep(LOOK_SECONDS)

    def _invite(self, table: Table, number: int) -> Guest:
        cast, is_ear = self._cast, next(self._numbers) % self._ear_every == 0
        client = FIRST_CLIENT + number
        slow_from = cast.writers + cast.readers - cast.slow
        if number >= slow_from:
            slow = SlowGuest(self.minutes, self._contestant.door, table, client, is_ear=False)
            self._slow.append(slow)
            guest: Guest = slow
        else:
            guest = Guest(self.minutes, self._contestant.door, table, client, is_ear=is_ear)
        (self.writers if number < cast.writers else self.readers).append(guest)
        return guest

    def _counts(self) -> tuple[int, ...]:
        minutes = self.minutes
        return (
            sum(guest.written for guest in self.writers) // self._cast.letters,
            minutes.delivered,
            sum(sum(table.moved.values()) for table in self.tables),
            minutes.told,
            sum(guest.bytes for guest in self.guests),
            len(minutes.latencies),
        )

    def _raise_failure(self) -> None:
        if self.minutes.failure is not None:
            raise self.minutes.failure


async def check_stored(door: Door, table: Table, *, seconds: float = READY_SECONDS_MAX) -> None:
    """Enter a document as somebody new: all that was written must be there.

    Raises:
        LoadFailed: it is not.
    """
    minutes = Minutes()
    late = Guest(minutes, door, table, FIRST_CLIENT - 1, is_ear=False)
    late.updates = []
    await late.connect()
    deadline = time.perf_counter() + seconds
    # What is stored may come in more than one piece.
    while not (minutes.ready and late.has_heard_all()):
        if minutes.failure is not None:
            raise minutes.failure
        if time.perf_counter() > deadline:
            raise LoadFailed(f"Who enters {table.document} anew does not find all of it.")
        await asyncio.sleep(LOOK_SECONDS)
    late.leave()
    written = sum(table.written.values())
    if (found := len(text_of(*late.updates))) != written:
        raise LoadFailed(f"{table.document} has {found} letters of {written}.")


def _pace(guests: Sequence[Guest], per_second: float, act: Callable[[Guest, float], None]) -> Pace:
    turns = itertools.cycle(guests)
    pace = Pace(per_second * len(guests), lambda due: act(next(turns), due))
    pace.start()
    return pace

"""Pairs of editors: how long they type, what is measured, and that all came through."""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from palimpsest.adapters.load.connection import Door, LoadFailed
from palimpsest.adapters.load.editor import Editor, Typing
from palimpsest.adapters.load.keystrokes import Keystrokes
from palimpsest.adapters.load.pace import Pace

READY_SECONDS_MAX = 20.0
DRAIN_SECONDS_MAX = 30.0
LOOK_SECONDS = 0.05
CLIENT_IDS = (3_141_592_653, 2_718_281_828)

EDITS_PER_SECOND_MAX = 100_000
"""How many edits are at hand for all editors together: more than any server here can take."""

Meter = Callable[[], Mapping[str, float]]
"""Tells the seconds of CPU that each part of a server has used."""


class Measured(NamedTuple):
    """What happened while it was measured; latencies in seconds, in order of size."""

    edits: int
    seconds: float
    cpu: dict[str, float]
    client_cpu: float
    latencies: list[float]


class Load:
    """Two editors at each of some documents; each has `in_flight` edits under way."""

    def __init__(
        self,
        door: Door,
        documents: Sequence[str],
        *,
        in_flight: int,
        clients: tuple[int, int] = CLIENT_IDS,
    ) -> None:
        """Take the editors' client ids, which must be new to the documents."""
        self._door = door
        self._documents = documents
        self._in_flight = in_flight
        self._clients = clients
        self._progress = Typing()
        self._pairs: list[tuple[Editor, Editor]] = []

    async def run(self, meter: Meter, *, warm_up: float, seconds: float) -> Measured:
        """Have everybody type, and measure after the warm-up.

        Raises:
            LoadFailed: an edit did not arrive.
        """
        editors_count = 2 * len(self._documents)
        await self._connect(self._count(warm_up + seconds, editors_count))
        editors, progress = [editor for pair in self._pairs for editor in pair], self._progress
        await self._until(lambda: progress.ready == len(editors), READY_SECONDS_MAX, "enter")
        self._begin(editors)
        await self._pass(warm_up)
        measured = await self._measure(meter, seconds)
        self._end()
        await self._until(
            lambda: all(editor.is_settled for editor in editors), DRAIN_SECONDS_MAX, "hear all"
        )
        for editor in editors:
            editor.leave()
        return measured

    def pairs(self) -> dict[str, tuple[Editor, Editor]]:
        """Return who typed in each document."""
        return dict(zip(self._documents, self._pairs, strict=True))

    def edits(self) -> dict[str, int]:
        """Return how many edits each document was sent."""
        return {document: ann.sent + bob.sent for document, (ann, bob) in self.pairs().items()}

    def _count(self, seconds: float, editors_count: int) -> int:
        """Return how many edits each editor should have at hand."""
        return int(seconds * EDITS_PER_SECOND_MAX / editors_count)

    def _begin(self, editors: Sequence[Editor]) -> None:
        self._progress.runs = True
        for editor in editors:
            for _ in range(self._in_flight):
                editor.type()

    def _end(self) -> None:
        self._progress.runs = False

    async def _connect(self, count: int) -> None:
        sizes = {len(self._door.prefix_of(document)) for document in self._documents}
        [prefix_bytes] = sizes
        anns, bobs = (Keystrokes(client, count, prefix_bytes) for client in self._clients)
        for document in self._documents:
            ann = Editor(self._progress, self._door, document, anns, bobs)
            bob = Editor(self._progress, self._door, document, bobs, anns)
            ann.partner, bob.partner = bob, ann
            self._pairs.append((ann, bob))
            for editor in (ann, bob):
                await editor.connect()

    async def _measure(self, meter: Meter, seconds: float) -> Measured:
        progress = self._progress
        before = meter()
        heard, client_cpu, began = progress.heard, time.process_time(), time.perf_counter()
        await self._pass(seconds)
        edits = progress.heard - heard
        elapsed = time.perf_counter() - began
        client_cpu = time.process_time() - client_cpu
        cpu = {part: used - before.get(part, 0.0) for part, used in meter().items()}
        return Measured(edits, elapsed, cpu, client_cpu, sorted(progress.latencies[heard:]))

    async def _pass(self, seconds: float) -> None:
        """Let time pass."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            await asyncio.sleep(min(left, LOOK_SECONDS))
            self._raise_failure()

    async def _until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        deadline = time.perf_counter() + seconds
        while not condition():
            self._raise_failure()
            if time.perf_counter() > deadline:
                raise LoadFailed(f"Not everybody could {what} within {seconds:.0f} s.")
            await asyncio.sleep(LOOK_SECONDS)

    def _raise_failure(self) -> None:
        if self._progress.failure is not None:
            raise self._progress.failure


class PacedLoad(Load):
    """Editors who type at a rate, however soon they are answered; one after another."""

    def __init__(self, door: Door, documents: Sequence[str], *, per_second: float) -> None:
        """Take how many edits a second each editor makes."""
        super().__init__(door, documents, in_flight=0)
        self._per_second = per_second
        self._pace: Pace

    def _count(self, seconds: float, _editors_count: int) -> int:
        # What cannot be kept up with is typed all the same, as long as anybody waits for it.
        return int((seconds + READY_SECONDS_MAX) * self._per_second)

    def _begin(self, editors: Sequence[Editor]) -> None:
        turns = itertools.cycle(editors)
        self._pace = Pace(self._per_second * len(editors), lambda _due: next(turns).type())
        self._pace.start()

    def _end(self) -> None:
        self._pace.stop()

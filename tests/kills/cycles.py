"""Cycles of load and death: nothing acknowledged or seen may be missing, or there twice."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import cast

from tests.harness.server import Server, Which
from tests.kills.clients import Client, Watcher, Writer, running, synced

DOCUMENTS = ("alpha", "beta")
WRITERS = 3  # a document
POINTS = (
    "before_insert",
    "before_commit",
    "after_commit",
    "before_acknowledgement",
    "before_fan_out",
)
ENGINE_POINTS = POINTS[:3]
WAYS = ("sockets", "engine", "all", *POINTS)
LOAD_SECONDS = (0.05, 0.4)
SETTLE_SECONDS_MAX = 20


class Cycles:
    """A server under writers and watchers, killed in one way after another."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.server = Server(folder)
        self.ready_seconds: list[float] = []
        self._chance = random.Random(seed)
        port = self.server.port
        self._writers = [
            Writer(port, document, f"{document}{number}", speaks_hocuspocus=number % 2 == 1)
            for document in DOCUMENTS
            for number in range(WRITERS)
        ]
        self._watchers = [
            Watcher(port, document, speaks_hocuspocus=document == DOCUMENTS[0])
            for document in DOCUMENTS
        ]

    async def run(self, ways: list[str]) -> None:
        """Go through the ways to die, then check once more and stop."""
        await self._start()
        clients = [client.run() for client in (*self._writers, *self._watchers)]
        try:
            async with running(*clients, *(writer.write() for writer in self._writers)):
                for way in ways:
                    await self._cycle(way)
            await self.server.stop()
            await self.server.verify()
        finally:
            if self.server.runs:
                await self.server.kill9()

    @property
    def acknowledged(self) -> int:
        """How many edits were acknowledged so far."""
        return sum(len(writer.acked) for writer in self._writers)

    async def _cycle(self, way: str) -> None:
        if way in POINTS:
            await self._die_at(way)
        else:
            await self._work()
            await self.server.kill9(cast("Which", way))
        if not self.server.runs:
            await self._start()
        await self._check(way)

    async def _die_at(self, point: str) -> None:
        """Have the server stopped, and started so that it dies at a point under load."""
        await self.server.stop()
        passing = self._chance.randrange(3, 60)
        await self._start(kill_at=f"{point}:{passing}")
        before = self.acknowledged
        if point in ENGINE_POINTS:
            # The server lives on; the engine's death is over when edits are acknowledged again.
            await self._until(lambda: self.acknowledged > before + 4 * passing * WRITERS)
        else:
            await self._until(lambda: not self.server.runs)

    async def _start(self, *, kill_at: str = "") -> None:
        environment = {"PALIMPSEST_KILL_AT": kill_at}
        self.ready_seconds.append(await self.server.start(environment=environment))

    async def _work(self) -> None:
        before = self.acknowledged
        await self._until(lambda: self.acknowledged > before)
        await asyncio.sleep(self._chance.uniform(*LOAD_SECONDS))

    async def _check(self, way: str) -> None:
        """Ask the server anew for each document, and compare with all that anybody was told."""
        told = {document: set[str]() for document in DOCUMENTS}
        for writer in self._writers:
            told[writer.document] |= writer.acked
        for watcher in self._watchers:
            told[watcher.document] |= watcher.seen
        for document, tokens in told.items():
            late = Client(self.server.port, document, speaks_hocuspocus=False)
            await synced(late, SETTLE_SECONDS_MAX)
            there = Counter(f"{token};" for token in str(late.text).split(";")[:-1])
            missing = tokens - there.keys()
            assert not missing, f"{way}: {len(missing)} lost in {document}, as {min(missing)}"
            twice = [token for token, count in there.items() if count > 1]
            assert not twice, f"{way}: {len(twice)} twice in {document}, as {min(twice)}"

    async def _until(self, condition: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(SETTLE_SECONDS_MAX):
                while not condition():
                    await asyncio.sleep(0.005)
        except TimeoutError:
            connected = [writer.synced.is_set() for writer in self._writers]
            raise AssertionError(
                f"no progress at {self.acknowledged} edits; connected: {connected};"
                f" the server said: {self.server.log_tail()}"
            ) from None


def ways_of(count: int, seed: int) -> list[str]:
    """Return `count` ways to die, each as often as the others, in a random order."""
    chance = random.Random(seed)
    ways = [WAYS[number % len(WAYS)] for number in range(count)]
    chance.shuffle(ways)
    return ways

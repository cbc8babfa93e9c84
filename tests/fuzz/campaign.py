"""A campaign: mutated updates through real sockets, while two honest people edit undisturbed.

Afterwards every document opens, and reads the same after a restart, replayed from the log.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pycrdt import Doc, Text
from websockets.asyncio.client import ClientConnection, connect

from palimpsest.protocol import hocuspocus, sync
from palimpsest.protocol.lib0 import Decoder
from tests.fuzz.mutations import mutated, seeds
from tests.harness.server import Server
from tests.kills.clients import Client, Writer, running, synced

DOCUMENTS_PER_SOCKET = 50
JOINS_AT_ONCE = 50
SECONDS_MAX = 30
HONEST_SECONDS_MAX = 10
STEP_SECONDS = 0.005
TOKEN = b"\x02\x00\x00\x054.8.0"


class Campaign:
    """Sends one mutated update to each of many documents."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.verdicts: Counter[str] = Counter()
        self._server = Server(folder)
        self._chance = random.Random(seed)
        self._seeds = seeds(self._chance)
        self._documents: list[str] = []

    async def run(self, count: int) -> None:
        """Run the campaign."""
        server = self._server
        await server.start()
        try:
            honest = Writer(server.port, "honest", "honest", speaks_hocuspocus=False)
            async with running(honest.run(), honest.write()):
                while len(self._documents) < count:
                    await self._attack(min(DOCUMENTS_PER_SOCKET, count - len(self._documents)))
                    await _goes_on(honest)
            before_restart = await self._contents()
            await server.restart()
            assert await self._contents() == before_restart
            await server.stop()
            await server.verify()
        finally:
            if server.runs:
                await server.kill9()

    async def _attack(self, count: int) -> None:
        url = f"ws://127.0.0.1:{self._server.port}/hocuspocus"
        documents = [f"fuzz{len(self._documents) + number}" for number in range(count)]
        self._documents += documents
        async with connect(url, compression=None) as socket:
            for document in documents:
                await self._send(socket, document)
            await self._hear_verdicts(socket, documents)

    async def _send(self, socket: ClientConnection, document: str) -> None:
        """Send an honest beginning and what is to be judged."""
        seed, other = self._chance.choice(self._seeds), self._chance.choice(self._seeds)
        prefix = hocuspocus.prefix_of(document)
        await socket.send(prefix + TOKEN)
        await socket.send(prefix + sync.update(seed.base))
        bad = mutated(seed.update, other.update, self._chance)
        await socket.send(prefix + sync.update(bad))

    async def _hear_verdicts(self, socket: ClientConnection, documents: list[str]) -> None:
        """Hear two verdicts on each document, in any order: the beginning is always applied."""
        told: dict[str, list[str]] = {document: [] for document in documents}
        async with asyncio.timeout(SECONDS_MAX):
            while any(len(verdicts) < 2 for verdicts in told.values()):
                frame = await socket.recv()
                assert isinstance(frame, bytes)
                message = Decoder(frame)
                document, kind = message.var_string(), message.var_uint()
                verdict = _verdict(kind, message)
                if verdict:
                    told[document].append(verdict)
        # In the alphabet, "applied" comes first.
        self.verdicts.update(max(verdicts) for verdicts in told.values())

    async def _contents(self) -> dict[str, Any]:
        contents: dict[str, Any] = {}
        for batch in batched(self._documents, JOINS_AT_ONCE):
            found = await asyncio.gather(*(self._content(document) for document in batch))
            contents.update(zip(batch, found, strict=True))
        return contents

    async def _content(self, document: str) -> Any:
        late = Client(self._server.port, document, speaks_hocuspocus=False)
        await synced(late, SECONDS_MAX)
        doc: Doc[Text] = late.doc
        return str(doc.get("t", type=Text)), sorted(doc.keys()), doc.get_state()


async def _goes_on(writer: Writer) -> None:
    """See a writer being acknowledged an edit."""
    before = len(writer.acked)
    try:
        async with asyncio.timeout(HONEST_SECONDS_MAX):
            while len(writer.acked) <= before:
                await asyncio.sleep(STEP_SECONDS)
    except TimeoutError:
        raise AssertionError(f"the honest writer is held up after {before} edits") from None


def batched(items: list[str], size: int) -> Iterator[list[str]]:
    """Yield the items, `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _verdict(kind: int, message: Decoder) -> str:
    if kind == hocuspocus.MESSAGE_SYNC_STATUS:
        # What is refused is denied, too: that is the verdict that counts.
        return "applied" if message.var_uint() else ""
    if kind == hocuspocus.MESSAGE_AUTH:
        return "denied" if message.var_uint() == hocuspocus.AUTH_PERMISSION_DENIED else ""
    if kind == sync.MESSAGE_SYNC:
        return "waits" if message.var_uint() == sync.SYNC_STEP1 else ""
    return ""

"""Writers and watchers with real CRDTs, who note all that they were told."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from pycrdt import Doc, Text, TransactionEvent
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from palimpsest.protocol import hocuspocus, sync
from palimpsest.protocol.lib0 import Decoder
from palimpsest.protocol.scanner import scan

IN_FLIGHT_MAX = 4
CONNECT_PAUSE_SECONDS = 0.02
TEXT = "text"


class Client:
    """A client of one document that connects, again and again, until it is told to stop."""

    def __init__(self, port: int, document: str, *, speaks_hocuspocus: bool) -> None:
        self.document = document
        self.doc: Doc[Text] = Doc()
        self.text: Text = self.doc.get(TEXT, type=Text)
        self.synced = asyncio.Event()
        self._prefix = hocuspocus.prefix_of(document) if speaks_hocuspocus else b""
        path = "hocuspocus" if speaks_hocuspocus else f"yjs/{document}"
        self._url = f"ws://127.0.0.1:{port}/{path}"
        self._socket: ClientConnection | None = None

    async def run(self) -> None:
        """Stay connected for as long as there is a server, and come back when there is one."""
        while True:
            try:
                async with connect(self._url, compression=None, open_timeout=5) as socket:
                    await self._converse(socket)
            except (OSError, ConnectionClosed, TimeoutError, EOFError):
                pass
            except Exception as error:
                if type(error).__module__.partition(".")[0] != "websockets":
                    raise
            self._socket = None
            self.synced.clear()
            await asyncio.sleep(CONNECT_PAUSE_SECONDS)

    async def _converse(self, socket: ClientConnection) -> None:
        if self._prefix:
            await socket.send(self._prefix + b"\x02\x00\x00\x054.8.0")
        await socket.send(self._prefix + sync.step1(self.doc.get_state()))
        self._socket = socket
        self.connected()
        async for frame in frames(socket):
            await self._take(Decoder(frame, len(self._prefix)))

    async def _take(self, message: Decoder) -> None:
        kind = message.var_uint()
        if kind == sync.MESSAGE_SYNC:
            said, payload = sync.read_sync(message)
            if said == sync.SYNC_STEP1:
                await self.say(sync.step2(self.step2(payload)))
            else:
                if payload != b"\0\0":
                    self.doc.apply_update(payload)
                self.heard(payload)
                if said == sync.SYNC_STEP2:
                    self.synced.set()
        elif kind == hocuspocus.MESSAGE_SYNC_STATUS and self._prefix:
            assert message.var_uint() == 1, "the server refused an edit"
            self.acknowledged()

    async def say(self, message: bytes) -> None:
        """Send a message, if there is a server."""
        if self._socket is not None:
            try:
                await self._socket.send(self._prefix + message)
            except ConnectionClosed:
                self._socket = None

    def step2(self, state_vector: bytes) -> bytes:
        """Return what the server lacks."""
        return self.doc.get_update(state_vector)

    def connected(self) -> None:
        """Take note of a new connection."""

    def heard(self, update: bytes) -> None:
        """Take note of an update that the server sent."""

    def acknowledged(self) -> None:
        """Take note of an acknowledgement."""


class Writer(Client):
    """Writes one token after another, each with a name that is nowhere else."""

    def __init__(self, port: int, document: str, name: str, *, speaks_hocuspocus: bool) -> None:
        super().__init__(port, document, speaks_hocuspocus=speaks_hocuspocus)
        self.acked: set[str] = set()
        self.written = 0
        self._name = name
        # What waits for its acknowledgement: tokens, and the clock that they end at.
        self._unacked: deque[tuple[list[str], int]] = deque()
        self._clock = 0
        self._free = asyncio.Event()
        self._free.set()

    async def write(self) -> None:
        """Write one token after another."""
        while True:
            await self.synced.wait()
            await self._free.wait()
            token = f"{self._name}.{self.written};"
            self.written += 1
            added: list[bytes] = []

            def note(event: TransactionEvent, added: list[bytes] = added) -> None:
                added.append(event.update)

            subscription = self.doc.observe(note)
            # Where others write, too, but never inside of a token.
            self.text.insert(len(self.text) if self.written % 3 else 0, token)
            self.doc.unobserve(subscription)
            self._clock += len(token)
            self._unacked.append(([token], self._clock))
            if len(self._unacked) >= IN_FLIGHT_MAX:
                self._free.clear()
            await self.say(sync.update(added[0]))

    def connected(self) -> None:
        """What was unacknowledged goes once more, with the handshake."""
        self._handshake = True

    def step2(self, state_vector: bytes) -> bytes:
        """Return what the server lacks; its acknowledgement is that of all that waited before."""
        update = super().step2(state_vector)
        if self._handshake:
            self._handshake = False
            tokens = [token for tokens, _ in self._unacked for token in tokens]
            self._unacked.clear()
            self._unacked.append((tokens, self._clock))
        return update

    def heard(self, update: bytes) -> None:
        """In the y-websocket protocol, one's own clocks coming back are the acknowledgement."""
        if self._prefix:
            return
        for span in scan(update).spans:
            while (
                span.client == self.doc.client_id
                and self._unacked
                and self._unacked[0][1] <= span.end
            ):
                self.acknowledged()

    def acknowledged(self) -> None:
        """The oldest is safe now, says the server."""
        tokens, _ = self._unacked.popleft()
        self.acked.update(tokens)
        self._free.set()


class Watcher(Client):
    """Notes every token that it ever saw."""

    def __init__(self, port: int, document: str, *, speaks_hocuspocus: bool) -> None:
        super().__init__(port, document, speaks_hocuspocus=speaks_hocuspocus)
        self.seen: set[str] = set()
        self.text.observe(self._note)

    def _note(self, event: object) -> None:
        for part in event.delta:  # type: ignore[attr-defined]
            self.seen.update(f"{token};" for token in str(part.get("insert", "")).split(";")[:-1])


@asynccontextmanager
async def running(*coroutines: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run clients, and end them cleanly."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def synced(client: Client, seconds_max: float) -> None:
    """Join a document as a newcomer, and leave it."""
    async with running(client.run()):
        await asyncio.wait_for(client.synced.wait(), seconds_max)


async def frames(socket: ClientConnection) -> AsyncIterator[bytes]:
    """Yield the binary frames of a connection."""
    async for frame in socket:
        assert isinstance(frame, bytes)
        yield frame

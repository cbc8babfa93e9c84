"""`python -m tests.bench.floor PORT [FILE]`: the least that any program could do.

It keeps nothing and decides nothing: what one socket brings is written to all others of the same
path, gathered in large rooms as Palimpsest gathers it. With a file, whoever asks for a document is
sent its bytes by the system, from the file. What this costs, no server can do without.
"""

import asyncio
import sys
from base64 import b64encode
from collections import defaultdict
from hashlib import sha1
from pathlib import Path
from typing import cast

import uvloop

from palimpsest.limits import Limits
from palimpsest.protocol import sync
from palimpsest.protocol.websocket import binary_frame

NOTHING = binary_frame(sync.step1(b"\x00")) + binary_frame(sync.step2(b"\x00\x00"))
ASKS = binary_frame(sync.step1(b"\x00"))
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
HEAD_END = b"\r\n\r\n"
BINARY, CLOSE = 0x82, 0x88
GATHER_SESSIONS_MIN = Limits().room_gather_sessions_min
GATHER_SECONDS = Limits().room_gather_milliseconds / 1000


class Room:
    """The sockets of one path, and what has gathered for them."""

    def __init__(self) -> None:
        self.transports: list[asyncio.Transport] = []
        self._gathered: list[bytes] = []

    def tell(self, frame: bytes, author: asyncio.Transport) -> None:
        """Write a frame to all others, at once if they are few."""
        if len(self.transports) < GATHER_SESSIONS_MIN:
            for transport in self.transports:
                if transport is not author:
                    transport.write(frame)
            return
        if not self._gathered:
            asyncio.get_running_loop().call_later(GATHER_SECONDS, self._flush)
        self._gathered.append(frame)

    def _flush(self) -> None:
        frames = b"".join(self._gathered)
        self._gathered.clear()
        for transport in self.transports:
            transport.write(frames)


class Socket(asyncio.Protocol):
    """One socket."""

    def __init__(self, rooms: defaultdict[str, Room], document: Path | None) -> None:
        self._rooms = rooms
        self._document = document
        self._room: Room | None = None
        self._rest = b""
        self._transport: asyncio.Transport
        self._sending: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        offset = 0 if self._room is not None else self._upgrade(data)
        while self._room is not None and (stop := _end(data, offset)):
            start = stop - (_size(data, offset) + 4)
            self._take(data[offset], _unmasked(data[start:stop]))
            offset = stop
        self._rest = data[offset:]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._room is not None:
            self._room.transports.remove(self._transport)

    def _upgrade(self, data: bytes) -> int:
        head, end, _ = data.partition(HEAD_END)
        if not end:
            return 0
        lines = head.split(b"\r\n")
        [key] = [
            line.split(b": ")[1] for line in lines if line.lower().startswith(b"sec-websocket-key")
        ]
        accept = b64encode(sha1(key + GUID).digest())
        self._transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + HEAD_END
        )
        self._room = self._rooms[lines[0].split(b" ")[1].decode()]
        self._room.transports.append(self._transport)
        return len(head) + len(end)

    def _take(self, opcode: int, message: bytes) -> None:
        if opcode == CLOSE:
            self._transport.close()
        elif opcode == BINARY and message[:2] == b"\x00\x00":
            self._answer()
        elif opcode == BINARY and message[:2] != b"\x00\x01":
            assert self._room is not None
            self._room.tell(binary_frame(message), self._transport)

    def _answer(self) -> None:
        if self._document is None:
            self._transport.write(NOTHING)
        else:
            self._transport.write(ASKS)
            self._sending = asyncio.get_running_loop().create_task(self._send(self._document))

    async def _send(self, document: Path) -> None:
        with document.open("rb") as file:
            await asyncio.get_running_loop().sendfile(self._transport, file)


def _size(data: bytes, offset: int) -> int:
    size = data[offset + 1] & 127
    if size == 126:
        return int.from_bytes(data[offset + 2 : offset + 4])
    if size == 127:
        return int.from_bytes(data[offset + 2 : offset + 10])
    return size


def _end(data: bytes, offset: int) -> int:
    """Return where a client's frame ends; 0 if it is not whole."""
    if offset + 10 > len(data) and offset + 6 > len(data):
        return 0
    extra = {126: 2, 127: 8}.get(data[offset + 1] & 127, 0)
    stop = offset + 2 + extra + 4 + _size(data, offset)
    return stop if stop <= len(data) else 0


def _unmasked(masked: bytes) -> bytes:
    mask, size = masked[:4], len(masked) - 4
    mask = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(masked[4:]) ^ int.from_bytes(mask)).to_bytes(size)


async def serve(port: int, document: Path | None) -> None:
    rooms: defaultdict[str, Room] = defaultdict(Room)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Socket(rooms, document), "127.0.0.1", port, backlog=2048
    )
    await server.serve_forever()


def main() -> None:
    port, document = int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None
    # Only asyncio's own loop has the system send files.
    factory = uvloop.Loop if document is None else None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(port, document))


if __name__ == "__main__":
    main()

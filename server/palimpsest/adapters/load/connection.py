"""One client on one socket, of either protocol: enters, then hands on each message.

As cheap as Python allows, and the same for all servers: frames are read by hand.
"""

import asyncio
import os
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha1
from ssl import SSLContext
from typing import NamedTuple, cast

from palimpsest.adapters.load.keystrokes import frame
from palimpsest.protocol import hocuspocus, sync
from palimpsest.protocol.awareness import MESSAGE_AWARENESS
from palimpsest.protocol.lib0 import Decoder, var_string

NOTHING_YET = b"\x00"
"""The state vector of a client that has nothing."""

_BINARY, _CLOSE, _PING, _PONG = 0x82, 0x88, 0x89, 0x8A
_CLOSE_NORMALLY = frame(b"\x03\xe8", opcode=_CLOSE)
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_HEAD_END = b"\r\n\r\n"
_FRAME_HEAD_BYTES = 2
_MEDIUM, _LONG = 126, 127
_VIEWED_BYTES_MIN = 256 * 1024
"""A longer message of a handshake is not copied: that takes as long as to receive it."""

_LOGIN = (
    bytes((hocuspocus.MESSAGE_AUTH, hocuspocus.AUTH_TOKEN)) + var_string("") + var_string("4.7.0")
)
_SYNC_TYPES = (sync.MESSAGE_SYNC, hocuspocus.MESSAGE_SYNC_REPLY)
_APPLIED = 1


class LoadFailed(Exception):
    """The server did not do what it should; its figures would mean nothing."""


class Door(NamedTuple):
    """How a server is entered: its port, and the path that documents are behind."""

    port: int
    path: str
    is_hocuspocus: bool = False
    host: str = "127.0.0.1"
    token: str = ""
    tls: SSLContext | None = None

    def prefix_of(self, document: str) -> bytes:
        """Return what stands before each message."""
        return hocuspocus.prefix_of(document) if self.is_hocuspocus else b""

    def path_of(self, document: str) -> str:
        """Return the path of the WebSocket."""
        return self.path if self.is_hocuspocus else self.path + document


class Progress:
    """How far all clients together have come."""

    def __init__(self) -> None:
        self.ready = 0
        self.failure: LoadFailed | None = None

    def fail(self, why: str) -> None:
        """Take note of what went wrong first."""
        self.failure = self.failure or LoadFailed(why)


class Connection(asyncio.Protocol):
    """A client of one document, from the request to the close; what it hears is for others."""

    state_vector = NOTHING_YET
    """What the client has when it comes."""

    def __init__(self, progress: Progress, door: Door, document: str) -> None:
        self.document = document
        self.bytes = 0
        self.is_open = self.is_synced = False
        self._progress = progress
        self._door = door
        self._prefix = door.prefix_of(document)
        self._key = b64encode(os.urandom(16))
        self._transport: asyncio.Transport
        self._is_connected = False
        self._take: Callable[[bytes], None] = self._shake_hands
        self._answered = False
        self._pieces: list[bytes] = []
        self._missing = 0

    async def connect(self) -> None:
        """Open the socket; the rest follows by itself."""
        door = self._door
        connect = asyncio.get_running_loop().create_connection
        await connect(lambda: self, door.host, door.port, ssl=door.tls)

    def leave(self) -> None:
        """Close the connection."""
        self.is_open = False
        self._transport.write(_CLOSE_NORMALLY)
        self._transport.close()

    def drop(self) -> None:
        """Be gone, as if the network were."""
        self.is_open, self.is_synced = False, True
        if self._is_connected:
            self._transport.abort()

    # What others make of it.

    def greet(self) -> None:
        """Say more, once the document was asked for."""

    def welcome(self, update: bytes | memoryview) -> None:
        """Take the document, be it as a view of what was received."""

    def hear(self, message: bytes) -> None:
        """Take a message that comes later."""

    # The transport.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        self._transport = cast("asyncio.Transport", transport)
        self._is_connected = True
        door = self._door
        bearer = f"Authorization: Bearer {door.token}\r\n" if door.token else ""
        request = (
            f"GET {door.path_of(self.document)} HTTP/1.1\r\nHost: {door.host}:{door.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"{bearer}Sec-WebSocket-Key: {self._key.decode()}\r\n\r\n"
        )
        self._transport.write(request.encode())

    def data_received(self, data: bytes) -> None:
        """Take the frames that are whole."""
        self.bytes += len(data)
        if self._pieces:
            self._pieces.append(data)
            self._missing -= len(data)
            if self._missing > 0:
                return
            data = b"".join(self._pieces)
            self._pieces.clear()
        self._take_frames(data, 0 if self.is_open else self._upgraded(data))

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail, unless this client has left."""
        if self.is_open or not self.is_synced:
            self._progress.fail(f"The connection was lost ({exc}).")

    def _take_frames(self, data: bytes, offset: int) -> None:
        end, prefix_bytes, missing = len(data), len(self._prefix), 1
        while self.is_open and offset + _FRAME_HEAD_BYTES <= end:
            start, stop = extent(data, offset)
            if stop > end:
                missing = stop - end
                break
            if data[offset] == _BINARY:
                self._take(self._part(data, start + prefix_bytes, stop))
            else:
                self._take_control(data[offset], data[start:stop])
            offset = stop
        if offset < end:
            self._pieces, self._missing = [data[offset:]], missing

    def _part(self, data: bytes, start: int, stop: int) -> bytes:
        if stop - start < _VIEWED_BYTES_MIN or self.is_synced:
            return data[start:stop]
        # What reads a handshake reads both alike.
        return cast("bytes", memoryview(data)[start:stop])

    def _upgraded(self, data: bytes) -> int:
        """Return where the frames begin; 0 if the answer is not whole yet."""
        head, end, _ = data.partition(_HEAD_END)
        if not end:
            return 0
        accept = b64encode(sha1(self._key + _GUID, usedforsecurity=False).digest())
        if head.startswith(b"HTTP/1.1 101 ") and accept in head:
            self.is_open = True
            if self._door.is_hocuspocus:
                self.say(_LOGIN)
            else:
                self._begin()
        else:
            self._fail(f"No WebSocket: {head[:200]!r}")
        return len(head) + len(end)

    def _take_control(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._transport.write(frame(payload, opcode=_PONG))
        elif opcode != _PONG:
            self._fail(f"An unexpected frame: {opcode:#x} {payload[:200]!r}")

    def _fail(self, why: str) -> None:
        self._progress.fail(why)

    # The handshake.

    def say(self, message: bytes) -> None:
        """Send a message."""
        self._transport.write(frame(self._prefix + message))

    def _begin(self) -> None:
        self.say(sync.step1(self.state_vector))
        self.greet()

    def _shake_hands(self, message: bytes) -> None:
        decoder = Decoder(message)
        kind = decoder.var_uint()
        if kind == hocuspocus.MESSAGE_AUTH:
            said = decoder.var_uint()
            if said == hocuspocus.AUTH_AUTHENTICATED and self._door.is_hocuspocus:
                self._begin()
            else:
                reason = decoder.var_bytes().decode(errors="replace")
                self._fail(f"Permission was denied: {reason}")
        elif kind in _SYNC_TYPES:
            self._synchronize(*sync.read_sync(decoder))
        elif kind == MESSAGE_AWARENESS:
            self.hear(message)

    def _synchronize(self, said: int, payload: bytes) -> None:
        if said == sync.SYNC_STEP1:
            self.say(sync.step2(sync.NOTHING))
            self._answered = True
        elif said == sync.SYNC_STEP2:
            self.is_synced = True
            self.welcome(payload)
        else:
            self.hear(sync.update(payload))
        if self._answered and self.is_synced:
            self._take = self.hear
            self._progress.ready += 1


def is_receipt(kind: int, decoder: Decoder) -> bool:
    """Whether a message is Hocuspocus's word that an edit was applied."""
    return kind == hocuspocus.MESSAGE_SYNC_STATUS and decoder.var_uint() == _APPLIED


def extent(data: bytes, offset: int) -> tuple[int, int]:
    """Return where the payload of a server's frame begins and ends, perhaps beyond the data."""
    size = data[offset + 1]
    start = offset + _FRAME_HEAD_BYTES
    if size == _MEDIUM:
        start += 2
        size = int.from_bytes(data[offset + _FRAME_HEAD_BYTES : start])
    elif size == _LONG:
        start += 8
        size = int.from_bytes(data[offset + _FRAME_HEAD_BYTES : start])
    return start, start + size

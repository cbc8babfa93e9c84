"""One editor on one socket: shakes hands, then types, each edit answering one of the partner's.

As cheap as Python allows, and the same for all servers: frames are read by hand, and messages
compared with those that are expected. Only what a server has merged is looked into.
"""

import asyncio
import os
import time
from array import array
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha1
from typing import NamedTuple, cast

from palimpsest.limits import Limits
from palimpsest.protocol import awareness, hocuspocus, sync
from palimpsest.protocol.lib0 import Decoder, var_string
from palimpsest.protocol.scanner import scan
from tests.bench.keystrokes import Keystrokes, frame, masked
from tests.updates import NOTHING

_BINARY, _CLOSE, _PING, _PONG = 0x82, 0x88, 0x89, 0x8A
_CLOSE_NORMALLY = frame(b"\x03\xe8", opcode=_CLOSE)
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_HEAD_END = b"\r\n\r\n"

_LOGIN = (
    bytes((hocuspocus.MESSAGE_AUTH, hocuspocus.AUTH_TOKEN)) + var_string("") + var_string("4.7.0")
)
_SYNC_TYPES = (sync.MESSAGE_SYNC, hocuspocus.MESSAGE_SYNC_REPLY)

CURSORS_KEPT = 64


class LoadFailed(Exception):
    """The server did not do what it should; its figures would mean nothing."""


class Door(NamedTuple):
    """How a server is entered: its port, and the path that documents are behind."""

    port: int
    path: str
    is_hocuspocus: bool = False

    def prefix_of(self, document: str) -> bytes:
        """Return what stands before each message."""
        return hocuspocus.prefix_of(document) if self.is_hocuspocus else b""

    def path_of(self, document: str) -> str:
        """Return the path of the WebSocket."""
        return self.path if self.is_hocuspocus else self.path + document


@dataclass(slots=True)
class Progress:
    """How far all editors together have come."""

    ready: int = 0
    runs: bool = False
    heard: int = 0
    latencies: "array[float]" = field(default_factory=lambda: array("d"))
    failure: LoadFailed | None = None


class Editor(asyncio.Protocol):
    """Somebody who types what `own` says, and hears what `theirs` says."""

    partner: "Editor"

    def __init__(
        self, progress: Progress, door: Door, document: str, own: Keystrokes, theirs: Keystrokes
    ) -> None:
        self.sent = 0
        self.heard = 0
        self.updates: list[bytes] = []
        self._progress = progress
        self._door = door
        self._path = door.path_of(document)
        self._prefix = door.prefix_of(document)
        self._masked_prefix = masked(self._prefix)
        self._own = own
        self._theirs = theirs
        self._sent_at = array("d")
        self._echoed = 0
        self._cursors: deque[bytes] = deque(maxlen=CURSORS_KEPT)
        self._key = b64encode(os.urandom(16))
        self._transport: asyncio.Transport
        self._take: Callable[[bytes], None] = self._shake_hands
        self._answered = self._synced = self._open = False
        self._rest = b""
        self._now = 0.0

    def type(self) -> None:
        """Send the next edit and the cursor behind it, in one write."""
        if self.sent == len(self._own.typed):
            self._fail("An editor has nothing left to type; measure for fewer seconds.")
            return
        _, _, edit, cursor = self._own.typed[self.sent]
        prefix = self._masked_prefix
        self._transport.write(b"".join((edit[0], prefix, edit[1], cursor[0], prefix, cursor[1])))
        self._sent_at.append(time.perf_counter())
        self.sent += 1

    def leave(self) -> None:
        """Close the connection."""
        self._open = False
        self._transport.write(_CLOSE_NORMALLY)
        self._transport.close()

    @property
    def sent_updates(self) -> list[bytes]:
        """The updates that were sent."""
        return [typed.update for typed in self._own.typed[: self.sent]]

    @property
    def is_settled(self) -> bool:
        """Whether the partner's last edit is here, and its last cursor."""
        sent = self.partner.sent
        return self.heard == sent and self._newest_cursor() == sent + 1

    # The transport.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        self._transport = cast("asyncio.Transport", transport)
        request = (
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self._door.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {self._key.decode()}\r\n\r\n"
        )
        self._transport.write(request.encode())

    def data_received(self, data: bytes) -> None:
        """Take the frames that are whole."""
        self._now = time.perf_counter()
        if self._rest:
            data = self._rest + data
        offset = 0 if self._open else self._upgraded(data)
        end, prefix_bytes = len(data), len(self._prefix)
        while self._open and offset + 2 <= end:
            start, stop = extent(data, offset)
            if stop > end:
                break
            if data[offset] == _BINARY:
                self._take(data[start + prefix_bytes : stop])
            else:
                self._take_control(data[offset], data[start:stop])
            offset = stop
        self._rest = data[offset:]

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail, unless this editor has left."""
        if self._open or not self._synced:
            self._fail(f"The connection was lost ({exc}).")

    def _upgraded(self, data: bytes) -> int:
        """Return where the frames begin; 0 if the answer is not whole yet."""
        head, end, _ = data.partition(_HEAD_END)
        if not end:
            return 0
        accept = b64encode(sha1(self._key + _GUID, usedforsecurity=False).digest())
        if head.startswith(b"HTTP/1.1 101 ") and accept in head:
            self._open = True
            if self._door.is_hocuspocus:
                self._say(_LOGIN)
            else:
                self._begin()
        else:
            self._fail(f"No WebSocket: {head!r}")
        return len(head) + len(end)

    def _take_control(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._transport.write(frame(payload, opcode=_PONG))
        elif opcode != _PONG:
            self._fail(f"An unexpected frame: {opcode:#x} {payload!r}")

    def _fail(self, why: str) -> None:
        self._progress.failure = self._progress.failure or LoadFailed(why)

    # The handshake.

    def _say(self, message: bytes) -> None:
        self._transport.write(frame(self._prefix + message))

    def _begin(self) -> None:
        self._say(sync.step1(b"\x00"))
        self._say(self._own.first_cursor)

    def _shake_hands(self, message: bytes) -> None:
        decoder = Decoder(message)
        kind = decoder.var_uint()
        if kind == hocuspocus.MESSAGE_AUTH and self._door.is_hocuspocus:
            if decoder.var_uint() == hocuspocus.AUTH_AUTHENTICATED:
                self._begin()
            else:
                self._fail(f"Permission was denied: {message!r}")
        elif kind in _SYNC_TYPES:
            said, _ = sync.read_sync(decoder)
            if said == sync.SYNC_STEP1:
                self._say(sync.step2(NOTHING))
                self._answered = True
            elif said == sync.SYNC_STEP2:
                self._synced = True
            if self._answered and self._synced:
                self._take = self._hear
                self._progress.ready += 1
        elif kind == awareness.MESSAGE_AWARENESS:
            self._cursors.append(message)

    # Hearing the partner.

    def _hear(self, message: bytes) -> None:
        heard = self.heard
        if message[0] == awareness.MESSAGE_AWARENESS:
            self._cursors.append(message)
        elif heard < self.partner.sent and message == self._theirs.typed[heard].message:
            self.updates.append(self._theirs.typed[heard].update)
            self._hear_up_to(heard + 1)
        elif self._echoed < self.sent and message == self._own.typed[self._echoed].message:
            self._echoed += 1
        else:
            self._hear_otherwise(message)

    def _hear_up_to(self, clock: int) -> None:
        """Count the partner's edits, each of which is one tick of its clock, and answer each."""
        progress, partner = self._progress, self.partner
        for number in range(self.heard, clock):
            progress.latencies.append(self._now - partner._sent_at[number])
            progress.heard += 1
            if progress.runs:
                partner.type()
        self.heard = max(self.heard, clock)

    def _hear_otherwise(self, message: bytes) -> None:
        """Take what is not as an editor sent it: merged edits, and Hocuspocus's receipts."""
        decoder = Decoder(message)
        kind = decoder.var_uint()
        if kind == sync.MESSAGE_SYNC:
            said, update = sync.read_sync(decoder)
            if said == sync.UPDATE:
                self.updates.append(update)
                for span in scan(update).spans:
                    if span.client == self._theirs.client_id:
                        self._hear_up_to(span.end)
                return
        elif kind == hocuspocus.MESSAGE_SYNC_STATUS and decoder.var_uint() == 1:
            return
        self._fail(f"An unexpected message: {message!r}")

    def _newest_cursor(self) -> int:
        """Return the clock of the newest cursor of the partner's; 0 if none came."""
        clocks = [
            presence.clock
            for message in self._cursors
            for presence in awareness.read_presences(Decoder(message, 1).var_bytes(), Limits())
            if presence.client == self._theirs.client_id
        ]
        return max(clocks, default=0)


def extent(data: bytes, offset: int) -> tuple[int, int]:
    """Return where the payload of a server's frame begins and ends, perhaps beyond the data."""
    size = data[offset + 1]
    start = offset + 2
    if size == 126:
        start += 2
        size = int.from_bytes(data[offset + 2 : start])
    elif size == 127:
        start += 8
        size = int.from_bytes(data[offset + 2 : start])
    return start, start + size

"""Readers on sockets, as cheap as Python allows: those who ask, and those who listen.

The same for all servers. An answer is counted by its length, never looked into.
"""

import asyncio
import itertools
import time
from array import array
from collections import deque
from collections.abc import Sequence
from typing import cast

from palimpsest.adapters.load.connection import LoadFailed

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"\ncontent-length:"
_ID = b"\nid: "
_ID_BYTES_MAX = 32


class Answers:
    """The answers on one connection, each asked for when the one before is whole."""

    def __init__(self) -> None:
        self._head = b""
        self._left = 0

    def take(self, data: bytes) -> bool:
        """Take what has come; return whether an answer is whole now.

        Raises:
            LoadFailed: it is not a good answer, or more than one.
        """
        come = len(data)
        if not self._left:
            data = self._head + data
            end = data.find(_HEAD_END)
            if end < 0:
                self._head = data
                return False
            self._head = b""
            self._left = length_in(data[:end])
            come = len(data) - end - len(_HEAD_END)
        self._left -= come
        if self._left < 0:
            raise LoadFailed("More has come than was asked for.")
        return not self._left


def length_in(head: bytes) -> int:
    """Return the length of a good answer, by its head.

    Raises:
        LoadFailed: it is another one.
    """
    length = head.lower().partition(_LENGTH)[2].partition(b"\r")[0].strip()
    if not head.startswith(b"HTTP/1.1 200 ") or not length.isdigit():
        raise LoadFailed(f"Not a good answer: {head!r}")
    return int(length)


class Ids:
    """The ids of events on one stream; only the newest is kept."""

    def __init__(self) -> None:
        self.newest = 0
        self._rest = b""

    def take(self, data: bytes) -> None:
        """Take what has come, cut wherever it was."""
        data = self._rest + data
        at = data.rfind(_ID)
        end = data.find(b"\n", at + len(_ID)) if at >= 0 else -1
        if end >= 0:
            self.newest = int(data[at + len(_ID) : end])
        self._rest = data[-_ID_BYTES_MAX:]


class Askers:
    """Connections over which some paths are asked for, in turn, each when it is free."""

    def __init__(self, port: int, paths: Sequence[str]) -> None:
        self.latencies = array("d")
        self.failure: LoadFailed | None = None
        self.is_restless = False
        """Whether a connection asks again as soon as it is answered."""
        self._port = port
        self._requests = itertools.cycle([_request(path, port) for path in paths])
        self._free: deque[_Asker] = deque()
        self._waiting: deque[float] = deque()
        self._all: list[_Asker] = []

    async def connect(self, count: int) -> None:
        """Open connections."""
        loop = asyncio.get_running_loop()
        for _ in range(count):
            _, asker = await loop.create_connection(lambda: _Asker(self), "127.0.0.1", self._port)
            self._all.append(asker)
            self._free.append(asker)

    def ask(self, due: float) -> None:
        """Ask once, over the connection that is free longest; what is not free is waited for."""
        if self._free:
            self._free.popleft().ask(next(self._requests), due)
        else:
            self._waiting.append(due)

    def ask_without_rest(self) -> None:
        """Ask over all connections, each again as soon as it is answered."""
        self.is_restless = True
        for _ in range(len(self._free)):
            self.ask(time.perf_counter())

    @property
    def is_settled(self) -> bool:
        """Whether all is answered."""
        return len(self._free) == len(self._all) and not self._waiting

    def answered(self, asker: "_Asker") -> None:
        """Take note of an answer; ask for the next that is wanted."""
        now = time.perf_counter()
        self.latencies.append(now - asker.due)
        if self._waiting:
            asker.ask(next(self._requests), self._waiting.popleft())
        elif self.is_restless:
            asker.ask(next(self._requests), now)
        else:
            self._free.append(asker)

    def fail(self, failure: LoadFailed) -> None:
        """Take note that something went wrong."""
        self.failure = self.failure or failure

    def close(self) -> None:
        """Close the connections."""
        for asker in self._all:
            asker.close()


class _Asker(asyncio.Protocol):
    """A connection that is kept."""

    def __init__(self, askers: Askers) -> None:
        self.due = 0.0
        self._askers = askers
        self._answers = Answers()
        self._transport: asyncio.Transport
        self._closed = False

    def ask(self, request: bytes, due: float) -> None:
        """Ask for something that was due at a time."""
        self.due = due
        self._transport.write(request)

    def close(self) -> None:
        """Close it."""
        self._closed = True
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take an answer, or a part of it."""
        try:
            if self._answers.take(data):
                self._askers.answered(self)
        except LoadFailed as failure:
            self._askers.fail(failure)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail, unless it was closed here."""
        if not self._closed:
            self._askers.fail(LoadFailed(f"A reader's connection was lost ({exc})."))


class Listener(asyncio.Protocol):
    """One event stream of a document."""

    def __init__(self, port: int, document: str) -> None:
        self.document = document
        self.bytes = 0
        self.is_open = False
        self._ids = Ids()
        self._request = _request(f"/api/documents/{document}/stream", port)

    @property
    def version(self) -> int:
        """Return the newest version that was told of; 0 before the first."""
        return self._ids.newest

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.is_open = True
        cast("asyncio.Transport", transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take what is told."""
        self.bytes += len(data)
        self._ids.take(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Take note: it hears nothing more."""
        self.is_open = False


def _request(path: str, port: int) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()

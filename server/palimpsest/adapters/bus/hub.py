"""The server's end of the bus: takes subscribers, and tells each of them what there is to know."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import cast

from palimpsest.adapters.bus.address import listen
from palimpsest.adapters.bus.messages import AnyMessage, Committed, Hello, Lines, line

COMMITS_APART_SECONDS = 0.05
UNSENT_BYTES_MAX = 1024 * 1024
SUBSCRIBERS_MAX = 64

log = logging.getLogger(__name__)


class Hub:
    """The bus's middle: what one subscriber says goes to all others, and to the server itself."""

    def __init__(
        self, known: Callable[[], Iterable[AnyMessage]], hear: Callable[[AnyMessage], None]
    ) -> None:
        """Take `known`, which returns what who comes new must be told, and `hear`."""
        self._known = known
        self._hear = hear
        self._subscribers: set[_Subscriber] = set()
        self._server: asyncio.Server | None = None
        self._quiet_until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def open(self, folder: Path) -> None:
        """Begin to take subscribers in a data directory that is this server's."""
        loop = asyncio.get_running_loop()
        listener = listen(folder)
        self._server = await loop.create_unix_server(lambda: _Subscriber(self), sock=listener)

    async def adopt(self, end: socket.socket) -> None:
        """Take a subscriber that holds the other end of a pair of sockets; return when it goes."""
        loop = asyncio.get_running_loop()
        _, subscriber = await loop.create_unix_connection(
            lambda: _Subscriber(self, is_ours=True), sock=end
        )
        await subscriber.gone

    def close(self) -> None:
        """Let all subscribers go."""
        if self._server is not None:
            self._server.close()
        for subscriber in list(self._subscribers):
            subscriber.close()

    def committed(self) -> None:
        """Tell that something was committed: at once, then not more often than makes sense."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            if loop.time() < self._quiet_until:
                self._timer = loop.call_at(self._quiet_until, self._tell_of_commits)
            else:
                self._tell_of_commits()

    def tell(self, message: AnyMessage, but: "_Subscriber | None" = None) -> None:
        """Tell all subscribers, but one."""
        told = line(message)
        for subscriber in list(self._subscribers):
            if subscriber is not but:
                subscriber.send(told)

    def came(self, subscriber: "_Subscriber") -> None:
        """Take a new subscriber, and tell it what is known."""
        if not subscriber.is_ours and len(self._subscribers) >= SUBSCRIBERS_MAX:
            subscriber.close()
            return
        self._subscribers.add(subscriber)
        subscriber.greet(b"".join(map(line, [Hello(), Committed(), *self._known()])))

    def left(self, subscriber: "_Subscriber") -> None:
        """Let a subscriber go."""
        self._subscribers.discard(subscriber)

    def said(self, subscriber: "_Subscriber", message: AnyMessage) -> None:
        """Pass on what a subscriber said."""
        self._hear(message)
        self.tell(message, but=subscriber)

    def _tell_of_commits(self) -> None:
        self._timer = None
        self._quiet_until = asyncio.get_running_loop().time() + COMMITS_APART_SECONDS
        self.tell(Committed())


class _Subscriber(asyncio.Protocol):
    """One connection to the bus."""

    def __init__(self, hub: Hub, *, is_ours: bool = False) -> None:
        """Take whether this server started it: one more of those is always welcome."""
        self.is_ours = is_ours
        self._hub = hub
        self._unsent_bytes_max = UNSENT_BYTES_MAX
        self._lines = Lines()
        self._transport: asyncio.WriteTransport
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._hub.came(self)

    def data_received(self, data: bytes) -> None:
        try:
            for message in self._lines.feed(data):
                self._hub.said(self, message)
        except ValueError as error:
            log.warning("A subscriber of the bus is cut off: %s.", error)
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._hub.left(self)
        if not self.gone.done():
            self.gone.set_result(None)

    def greet(self, told: bytes) -> None:
        """Send what is known, however much that is."""
        self._unsent_bytes_max += len(told)
        self._transport.write(told)

    def send(self, told: bytes) -> None:
        """Send a line; one that does not read is cut off, and polls."""
        if self._transport.get_write_buffer_size() > self._unsent_bytes_max:
            self.close()
        else:
            self._transport.write(told)

    def close(self) -> None:
        self._hub.left(self)
        self._transport.abort()

"""A query server's end of the bus: hears what the server and the projections say."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import cast

from palimpsest.adapters.bus.address import short_path
from palimpsest.adapters.bus.messages import AnyMessage, Lines, line

RECONNECT_SECONDS = 1.0


class Subscription(asyncio.Protocol):
    """A connection to the bus that is made again whenever it is lost."""

    def __init__(
        self, folder: Path, hear: Callable[[AnyMessage], None], lost: Callable[[], None]
    ) -> None:
        """Take `hear`, called with every message, and `lost`.

        That is called whenever a look for the server finds none: it is time to poll.
        """
        self._folder = folder
        self._hear = hear
        self._lost = lost
        self._lines = Lines()
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a server that says what happens."""
        return self._transport is not None

    def tell(self, message: AnyMessage) -> None:
        """Tell the others, if there is anybody."""
        if self._transport is not None:
            self._transport.write(line(message))

    def open(self) -> None:
        """Begin to look for the server."""
        self._task = asyncio.ensure_future(self._look())

    def close(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to hear."""
        self._lines = Lines()
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hear."""
        assert self._transport is not None
        try:
            for message in self._lines.feed(data):
                self._hear(message)
        except ValueError:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Say that nothing is heard; look for the server again."""
        self._transport = None
        self._lost()

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if self._transport is None:
                with contextlib.suppress(OSError), short_path(self._folder) as path:
                    await loop.create_unix_connection(lambda: self, path)
                if self._transport is None:
                    self._lost()
            await asyncio.sleep(RECONNECT_SECONDS)

"""What pycrdt's Provider is given to speak through."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pycrdt import Channel, Doc, Provider
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed


class WebSocketChannel(Channel):
    """A channel over a WebSocket."""

    def __init__(self, connection: ClientConnection, path: str) -> None:
        self._connection = connection
        self._path = path

    @property
    def path(self) -> str:
        """The channel's path."""
        return self._path

    async def __anext__(self) -> bytes:
        """Return the next message, until the connection is closed."""
        try:
            return await self.recv()
        except ConnectionClosed:
            raise StopAsyncIteration from None

    async def send(self, message: bytes) -> None:
        """Send a message."""
        await self._connection.send(message)

    async def recv(self) -> bytes:
        """Receive a message."""
        message = await self._connection.recv()
        assert isinstance(message, bytes), "the server sent text"
        return message


@asynccontextmanager
async def provided(doc: Doc[Any], url: str) -> AsyncIterator[Provider]:
    """Keep a pycrdt document in step with the one at a `ws://` address."""
    async with (
        connect(url, compression=None, max_size=None, proxy=None) as connection,
        Provider(doc, WebSocketChannel(connection, url)) as provider,
    ):
        yield provider

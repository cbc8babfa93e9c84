"""Somebody who types over a real socket, and goes on when told that it is saved."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import quote

from palimpsest.protocol import sync
from tests.harness.raw import RawClient, raw_client
from tests.updates import Client

WORD_SECONDS = 0.01


class Address(Protocol):
    """Where documents are written."""

    @property
    def yjs_url(self) -> str:
        """What a y-websocket client is given."""
        ...


class Typist:
    """A writer who has a document to themself: `version` is what it has come to by now."""

    def __init__(self, socket: RawClient, client: Client) -> None:
        self.client = client
        self.version = 0
        self._socket = socket

    @property
    def text(self) -> str:
        """What the typist sees."""
        return self.client.text

    async def type(self, text: str, at: int | None = None) -> int:
        """Write, in one edit; return the version that it made."""
        return await self.send(self.client.type(text, at))

    async def delete(self, start: int, end: int) -> int:
        """Delete, in one edit; return the version that it made."""
        return await self.send(self.client.delete(start, end))

    async def send(self, update: bytes) -> int:
        """Send an update and wait until it is saved; return the version that it made."""
        await self._socket.send(sync.update(update))
        await self._socket.expect_among(sync.update(update))
        # The first edit of a document makes it, too.
        self.version += 1 if self.version else 2
        return self.version

    async def type_on(self, stop: asyncio.Event, *, words: str = "word ") -> None:
        """Type without end, until told to stop, some words in the time of a keystroke."""
        while not stop.is_set():
            await self.type(words)
            await asyncio.sleep(WORD_SECONDS)


@asynccontextmanager
async def typing_into(
    server: Address, document: str, *, client_id: int = 7, token: str | None = None
) -> AsyncIterator[Typist]:
    """Begin to type into a new document."""
    url = f"{server.yjs_url}/{quote(document, safe='')}"
    if token is not None:
        url += f"?token={token}"
    async with raw_client(url) as socket:
        yield Typist(socket, Client(client_id))


async def write(server: Address, document: str, *texts: str, token: str | None = None) -> int:
    """Write a new document, an edit for each text; return its version."""
    async with typing_into(server, document, token=token) as typist:
        for text in texts:
            await typist.type(text)
        return typist.version

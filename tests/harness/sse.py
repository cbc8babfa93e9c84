"""A reader of an event stream: hears one event after another (WHATWG HTML, section 9.2)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

SECONDS_MAX = 10.0


class Heard(NamedTuple):
    """An event: its kind, its id if it has one, and what it says."""

    kind: str
    id: str | None
    data: Any


class EventStream:
    """An open stream."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def next(self, kind: str | None = None, *, seconds: float = SECONDS_MAX) -> Heard:
        """Return the next event, of a kind if one is named; fail if none comes."""
        async with asyncio.timeout(seconds):
            while True:
                heard = await self._event()
                if kind in {None, heard.kind}:
                    return heard

    async def snapshot(self, version: int, *, seconds: float = SECONDS_MAX) -> Any:
        """Return what the first snapshot says that is of a version at least."""
        async with asyncio.timeout(seconds):
            while True:
                heard = await self.next("snapshot", seconds=seconds)
                if heard.data["version"] >= version:
                    return heard.data

    async def ended(self, *, seconds: float = SECONDS_MAX) -> None:
        """Take what comes until the server ends the stream."""
        async with asyncio.timeout(seconds):
            async for _ in self._lines:
                pass

    async def _event(self) -> Heard:
        fields: dict[str, str] = {}
        async for line in self._lines:
            if line:
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
            elif "event" in fields:
                return Heard(fields["event"], fields.get("id"), json.loads(fields["data"]))
            else:
                fields = {}
        raise AssertionError("the stream has ended")


@asynccontextmanager
async def listening(
    url: str, document: str, *, had: str | int | None = None, token: str | None = None
) -> AsyncIterator[EventStream]:
    """Listen to what happens to a document of the server at a URL."""
    headers = {}
    if had is not None:
        headers["Last-Event-ID"] = str(had)
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    address = f"{url}/api/documents/{quote(document, safe='')}/stream"
    async with (
        # Without certificates: to read them takes longer than all the rest.
        httpx.AsyncClient(timeout=httpx.Timeout(SECONDS_MAX, read=60), verify=False) as client,
        client.stream("GET", address, headers=headers) as answer,
    ):
        yield EventStream(answer)

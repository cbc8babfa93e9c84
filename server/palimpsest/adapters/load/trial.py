"""A small load on a running server: documents of its own, typed in, checked, and put away.

Knows the server by its address and a token alone.
"""

import asyncio
import json
import secrets
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from palimpsest.adapters.load.connection import Door, LoadFailed
from palimpsest.adapters.load.pairs import Load, Measured
from palimpsest.protocol.scanner import scan

WARM_UP_SECONDS = 1.0
ANSWER_SECONDS_MAX = 30.0

_OK = 200
_MADE = (200, 201)
_PORTS = {"http": 80, "https": 443}


class Address(NamedTuple):
    """Where a server is, and what it is shown."""

    scheme: str
    host: str
    port: int
    token: str

    @property
    def door(self) -> Door:
        """Where its documents are entered."""
        tls = ssl.create_default_context() if self.scheme == "https" else None
        return Door(self.port, "/yjs/", host=self.host, token=self.token, tls=tls)

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Ask over HTTP; return the status and what was said.

        Raises:
            LoadFailed: nobody answers.
        """
        kind = HTTPSConnection if self.scheme == "https" else HTTPConnection
        connection = kind(self.host, self.port, timeout=ANSWER_SECONDS_MAX)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException) as error:
            raise LoadFailed(f"{self.host}:{self.port} does not answer: {error}") from error
        finally:
            connection.close()


def address_of(url: str, token: str) -> Address:
    """Read a server's address; a token in it, as `serve` prints it, counts if no other is given.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(
            f"{url!r} is not the address of a server; one looks like http://127.0.0.1:8000"
        )
    port = parts.port or _PORTS[parts.scheme]
    given = parts.query.removeprefix("token=") if parts.query.startswith("token=") else ""
    return Address(parts.scheme, parts.hostname, port, token or given)


async def pairs(address: Address, *, documents: int, in_flight: int, seconds: float) -> Measured:
    """Have two editors type in each of some new documents; all must end equal, here and there.

    Raises:
        LoadFailed: they could not, or do not.
    """
    async with _documents(address, documents) as names:
        load = Load(address.door, names, in_flight=in_flight)
        measured = await load.run(dict, warm_up=WARM_UP_SECONDS, seconds=seconds)
        for document, editors in load.pairs().items():
            sent = {editor.client_id: editor.sent for editor in editors}
            await asyncio.to_thread(_check, address, document, sent)
        return measured


@asynccontextmanager
async def _documents(address: Address, count: int) -> AsyncIterator[list[str]]:
    """Create documents, and put them into the trash at the end, whatever comes."""
    made: list[str] = []
    try:
        for name in _names(count):
            body = {"id": name, "title": "A benchmark's"}
            status, said = await asyncio.to_thread(address.ask, "POST", "/api/documents", body)
            if status not in _MADE:
                raise LoadFailed(f"No document could be created: {status} {_reason(said)}")
            made.append(name)
        yield made
    finally:
        for name in made:
            await asyncio.to_thread(address.ask, "DELETE", f"/api/documents/{name}")


def _names(count: int) -> Iterator[str]:
    run = secrets.token_hex(4)
    return (f"bench-{run}-{number:03}" for number in range(count))


def _check(address: Address, document: str, sent: dict[int, int]) -> None:
    """Read a document back: of each editor it must hold all that was sent.

    Raises:
        LoadFailed: it does not.
    """
    path = f"/api/documents/{document}/content.yjs?min_version={sum(sent.values()) + 1}"
    status, said = address.ask("GET", path)
    if status != _OK:
        raise LoadFailed(f"{document} could not be read back: {status} {_reason(said)}")
    found = {span.client: span.end for span in scan(said).spans}
    if found != sent:
        raise LoadFailed(f"{document} holds {found} of what was sent: {sent}")


def _reason(said: bytes) -> str:
    try:
        return str(json.loads(said)["detail"])
    except (ValueError, KeyError, TypeError):
        return said[:200].decode(errors="replace")

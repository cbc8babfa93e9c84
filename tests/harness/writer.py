"""Somebody who writes pages in our own schema, over a real socket: blocks, marks, cells."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from pycrdt import Doc, TransactionEvent, XmlElement, XmlFragment, XmlText

from palimpsest.protocol import sync
from palimpsest.protocol.lib0 import Decoder
from tests.harness.raw import RawClient, raw_client
from tests.harness.server import Server

STEP2 = bytes((sync.MESSAGE_SYNC, sync.SYNC_STEP2))
UPDATE = bytes((sync.MESSAGE_SYNC, sync.UPDATE))

Marks = Mapping[str, Any]
Words = str | tuple[str, Marks]


class Made(NamedTuple):
    """An element to be written: its name, its attributes and what is in it."""

    name: str
    attributes: dict[str, Any]
    inside: "tuple[Words | Made, ...]"


def block(*words: "Words | Made", **attributes: Any) -> Made:
    """Return a block of text; a paragraph, if its type is not said."""
    return Made("block", attributes, words)


def code(text: str, language: str) -> Made:
    """Return lines of a program."""
    return Made("code_block", {"language": language}, (text,))


def table(*rows: Iterable[str]) -> Made:
    """Return a table; its first row is its head."""
    return Made(
        "table",
        {},
        tuple(
            Made("row", {}, tuple(_cell(words, header=number == 0) for words in row))
            for number, row in enumerate(rows)
        ),
    )


def figure(src: str, **attributes: Any) -> Made:
    """Return a picture."""
    return Made("figure", {"src": src} | attributes, ())


def _cell(words: str, *, header: bool) -> Made:
    return Made("cell", {"header": True} if header else {}, (block(words),))


class Writer:
    """One connection of somebody to one document; what is written is committed at the return."""

    def __init__(self, client: RawClient, doc: "Doc[XmlFragment]") -> None:
        self._client = client
        self._doc = doc
        self._fragment = doc.get("default", type=XmlFragment)
        self._sent: list[bytes] = []
        self._subscription = doc.observe(self._note)

    async def write(self, *made: Made, at: int | None = None) -> None:
        """Write blocks at the end, or before the block at a place, as one edit."""
        place = len(self._fragment.children) if at is None else at
        with self._doc.transaction():
            for number, each in enumerate(made):
                _insert(self._fragment, place + number, each)
        await self._commit()

    async def type(self, words: str, *, block: int = -1) -> None:
        """Type at the end of a block's text, the last block's if not said otherwise."""
        text = self._text(block)
        text.insert(len(_plain(text).encode()), words)
        await self._commit()

    async def delete(self, characters: int, *, block: int = -1) -> None:
        """Delete from the beginning of a block's text."""
        del self._text(block)[0:characters]
        await self._commit()

    async def remove(self, block: int) -> None:
        """Remove a block."""
        del self._fragment.children[block]
        await self._commit()

    def _text(self, block: int) -> XmlText:
        number = block if block >= 0 else len(self._fragment.children) + block
        element = self._fragment.children[number]
        assert isinstance(element, XmlElement)
        text = element.children[0]
        assert isinstance(text, XmlText)
        return text

    async def join(self) -> None:
        """Take what is in the document already."""
        await self._client.send(sync.step1(self._doc.get_state()))
        while (message := await self._client.receive())[:2] != STEP2:
            pass
        self._take(message)

    async def _commit(self) -> None:
        """Send what was changed, and wait until the server says that it has it."""
        sent, self._sent = self._sent, []
        for update in map(sync.update, sent):
            await self._client.send(update)
            while (message := await self._client.receive()) != update:
                if message[:2] == UPDATE:
                    self._take(message)

    def _take(self, message: bytes) -> None:
        """Apply what others wrote."""
        self._doc.apply_update(Decoder(message[2:]).var_bytes())
        self._sent.clear()

    def _note(self, event: TransactionEvent) -> None:
        self._sent.append(event.update)


@asynccontextmanager
async def writing(
    server: Server, document: str, token: str | None = None
) -> AsyncIterator[Writer]:
    """Let somebody write in a document, which may be new."""
    query = f"?token={token}" if token else ""
    async with raw_client(f"{server.yjs_url}/{document}{query}") as client:
        writer = Writer(client, Doc())
        await writer.join()
        yield writer


def _insert(parent: XmlFragment | XmlElement, place: int, made: Made) -> None:
    element = XmlElement(made.name, made.attributes)
    parent.children.insert(place, element)
    text: XmlText | None = None
    for each in made.inside:
        if isinstance(each, Made):
            _insert(element, len(element.children), each)
            text = None
            continue
        if text is None:
            text = XmlText()
            element.children.append(text)
        words, marks = (each, {}) if isinstance(each, str) else each
        text.insert(len(_plain(text).encode()), words, dict(marks) or None)


def _plain(text: XmlText) -> str:
    return "".join(str(words) for words, _ in text.diff())

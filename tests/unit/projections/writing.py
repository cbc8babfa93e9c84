"""People who write with pycrdt, online and off, and what the engine would record of it."""

from collections.abc import Iterable, Iterator
from typing import Any

import pycrdt

from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica

WORDS = ["a", "word ", "ü€", "𝒳", "mixed 𝒳é\n", "x" * 50]


class House:
    """A replica as the engine has it, what it recorded, and how many characters it then showed."""

    def __init__(self) -> None:
        self.replica = PycrdtReplica()
        self.recorded: list[bytes] = []
        self.showed: list[int] = []

    def integrate(self, update: bytes) -> bool:
        """Take an update; return whether there was something to record."""
        added = self.replica.integrate(update)
        if added is not None:
            self.recorded.append(added)
            self.showed.append(self.characters())
        return added is not None

    def characters(self) -> int:
        """Return how many characters the document shows, wherever they are."""
        document = self.replica._doc
        tree = document.get("xml", type=pycrdt.XmlFragment)
        keys = document.get("map", type=pycrdt.Map)
        row = document.get("array", type=pycrdt.Array)
        letters = document.get("text", type=pycrdt.Text)
        return sum(map(_characters, (letters, tree, keys, row)))


class Writer:
    """Somebody who writes, and whose client garbage-collects what was deleted."""

    def __init__(self, client_id: int, house: House) -> None:
        self.document: pycrdt.Doc[Any] = pycrdt.Doc(client_id=client_id)
        self.online = True
        self._house = house
        self._unsent: list[bytes] = []
        self._subscription = self.document.observe(self._note)
        self._letters = self.document.get("text", type=pycrdt.Text)
        self._tree = self.document.get("xml", type=pycrdt.XmlFragment)
        self._keys = self.document.get("map", type=pycrdt.Map)
        self._row = self.document.get("array", type=pycrdt.Array)

    def send(self) -> int:
        """Let the house have what is new; return how much of that was recorded."""
        unsent, self._unsent = self._unsent, []
        return sum(self._house.integrate(update) for update in unsent) if self.online else 0

    def leave(self) -> None:
        """Go offline."""
        self.online = False

    def come_back(self) -> int:
        """Exchange with the house what either lacks; return how much of that was recorded."""
        self.online = True
        self.receive()
        difference = self.document.get_update(self._house.replica.state_vector())
        self._unsent.clear()
        return self._house.integrate(difference)

    def receive(self) -> None:
        """Take what others wrote."""
        if self.online:
            unsent = list(self._unsent)
            self.document.apply_update(self._house.replica.difference(self.document.get_state()))
            self._unsent = unsent

    def _note(self, event: pycrdt.TransactionEvent) -> None:
        self._unsent.append(event.update)

    # What can be written; `place` is between 0 and 1.

    def type(self, place: float, word: str) -> None:
        _type(self._letters, place, word)

    def delete(self, place: float, word: str) -> None:
        _delete(self._letters, place, word)

    def format(self, place: float, word: str) -> None:
        _format(self._letters, place, word)

    def embed(self, place: float, word: str) -> None:
        self._letters.insert_embed(_offset(self._letters, place), {"image": word})

    def type_and_delete_at_once(self, place: float, word: str) -> None:
        with self.document.transaction():
            _type(self._letters, place, word * 2)
            _delete(self._letters, place, word)

    def add_paragraph(self, place: float, word: str) -> None:
        at = int(place * len(self._tree.children))
        paragraph = pycrdt.XmlElement("paragraph", {"level": word})
        self._tree.children.insert(at, paragraph)
        paragraph.children.append(pycrdt.XmlText(word))

    def remove_paragraph(self, place: float, _word: str) -> None:
        if count := len(self._tree.children):
            del self._tree.children[min(count - 1, int(place * count))]

    def set_attribute(self, place: float, word: str) -> None:
        if count := len(self._tree.children):
            paragraph = self._tree.children[min(count - 1, int(place * count))]
            if isinstance(paragraph, pycrdt.XmlElement):
                paragraph.attributes["level"] = word

    def write_in_paragraph(self, place: float, word: str) -> None:
        if (text := self._paragraph_text(place)) is not None:
            _type(text, 1 - place, word)

    def delete_in_paragraph(self, place: float, word: str) -> None:
        if (text := self._paragraph_text(place)) is not None:
            _delete(text, 1 - place, word)

    def format_in_paragraph(self, place: float, word: str) -> None:
        if (text := self._paragraph_text(place)) is not None:
            _format(text, 1 - place, word)

    def set_value(self, place: float, word: str) -> None:
        self._keys["abc"[int(place * 2.9)]] = word

    def set_text(self, place: float, word: str) -> None:
        self._keys["abc"[int(place * 2.9)]] = pycrdt.Text(word)

    def append_values(self, _place: float, word: str) -> None:
        self._row.extend([word, 1, pycrdt.Text(word), None])

    def remove_value(self, place: float, _word: str) -> None:
        if count := len(self._row):
            del self._row[min(count - 1, int(place * count))]

    def _paragraph_text(self, place: float) -> pycrdt.XmlText | None:
        if not (count := len(self._tree.children)):
            return None
        paragraph = self._tree.children[min(count - 1, int(place * count))]
        if not isinstance(paragraph, pycrdt.XmlElement) or not len(paragraph.children):
            return None
        text = paragraph.children[0]
        return text if isinstance(text, pycrdt.XmlText) else None


TEXT_EDITS = ("type", "delete", "format", "embed", "type_and_delete_at_once")
EDITS = (
    *TEXT_EDITS,
    "add_paragraph",
    "remove_paragraph",
    "set_attribute",
    "write_in_paragraph",
    "delete_in_paragraph",
    "format_in_paragraph",
    "set_value",
    "set_text",
    "append_values",
    "remove_value",
)


def _pieces(text: pycrdt.Text | pycrdt.XmlText) -> list[str]:
    """Return what a text consists of, character by character; "\\0" is no character."""
    pieces: list[str] = []
    for value, _ in text.diff():
        pieces.extend(value if isinstance(value, str) else "\0")
    return pieces


def _size(piece: str) -> int:
    return len(piece.encode())


def _offset(text: pycrdt.Text | pycrdt.XmlText, place: float) -> int:
    """Return an offset between two characters, as pycrdt counts: in bytes."""
    pieces = _pieces(text)
    return sum(map(_size, pieces[: int(place * len(pieces))]))


def _type(text: pycrdt.Text | pycrdt.XmlText, place: float, word: str) -> None:
    text.insert(_offset(text, place), word)


def _range(text: pycrdt.Text | pycrdt.XmlText, place: float, word: str) -> tuple[int, int]:
    pieces = _pieces(text)
    at = int(place * len(pieces))
    start = sum(map(_size, pieces[:at]))
    return start, start + sum(map(_size, pieces[at : at + len(word)]))


def _delete(text: pycrdt.Text | pycrdt.XmlText, place: float, word: str) -> None:
    start, stop = _range(text, place, word)
    if start < stop:
        del text[start:stop]


def _format(text: pycrdt.Text | pycrdt.XmlText, place: float, word: str) -> None:
    start, stop = _range(text, place, word)
    if start < stop:
        text.format(start, stop, {"bold": True if place < 0.5 else None})


def _characters(shared: object) -> int:
    """Return how many UTF-16 units there are in a type and all that is in it."""
    match shared:
        case str():
            return len(shared.encode("utf-16-le")) // 2
        case pycrdt.Text() | pycrdt.XmlText():
            return sum(_characters(value) for value, _ in shared.diff())
        case pycrdt.XmlElement() | pycrdt.XmlFragment():
            return sum(map(_characters, shared.children))
        case pycrdt.Map():
            return sum(map(_characters, _types(shared.values())))
        case pycrdt.Array():
            return sum(map(_characters, _types(shared)))
        case _:
            return 0


def _types(values: Iterable[object]) -> Iterator[object]:
    """Leave out strings: as values they are no text."""
    return (value for value in values if not isinstance(value, str))

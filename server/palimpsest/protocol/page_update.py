"""Writes a whole new page as a Yjs update: elements, their attributes, their text and its marks.

The items are those that an editor's binding would have made in one transaction. This writes into
a document that has nothing of the client's yet; what is there already is not its matter.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from palimpsest.protocol.contents import (
    ANY,
    FORMAT,
    TEXT,
    TYPE,
    XML_ELEMENT,
    XML_TEXT,
    utf16_length,
)
from palimpsest.protocol.lib0 import var_string, var_uint

ROOT: Final = "default"

_HAS_ORIGIN: Final = 0x80
_HAS_KEY: Final = 0x20
_NAMED_PARENT: Final = 1
_PARENT_IS_ITEM: Final = 0

_ANY_INTEGER: Final = 125
_ANY_TRUE, _ANY_FALSE = 120, 121
_ANY_STRING: Final = 119
_SMALL_MAX: Final = 63
"""Greater numbers take a second byte; no attribute has any."""

Value = str | bool | int
Id = int
"""An item's clock: all items are of one client."""


class Run(NamedTuple):
    """Words with the same marks, none of which has attributes of its own."""

    text: str
    marks: tuple[str, ...] = ()


class Element(NamedTuple):
    """An element with its attributes; `runs` are its text, None where it cannot have any."""

    name: str
    attributes: Mapping[str, Value] = {}
    runs: tuple[Run, ...] | None = None


def page_update(client: int, elements: Iterable[Element]) -> bytes:
    """Return the update in which a client writes elements, one after another."""
    items = _Items(client)
    last: Id | None = None
    for element in elements:
        last = _write_element(items, element, last)
    one_section = var_uint(1) + var_uint(len(items.written)) + var_uint(client) + var_uint(0)
    nothing_deleted = var_uint(0)
    return one_section + b"".join(items.written) + nothing_deleted


class _Items:
    """The items written so far, and the clock of the next one."""

    def __init__(self, client: int) -> None:
        self.written: list[bytes] = []
        self._client = var_uint(client)
        self._clock = 0

    def first(self, kind: int, parent: Id | None, content: bytes, *, length: int = 1) -> Id:
        """Write the first item in a parent, or in the page itself."""
        if parent is None:
            place = bytes((_NAMED_PARENT,)) + var_string(ROOT)
        else:
            place = bytes((_PARENT_IS_ITEM,)) + self._id(parent)
        return self._write(bytes((kind,)) + place + content, length)

    def behind(self, kind: int, origin: Id, content: bytes, *, length: int = 1) -> Id:
        """Write an item behind another."""
        return self._write(bytes((kind | _HAS_ORIGIN,)) + self._id(origin) + content, length)

    def attribute(self, parent: Id, name: str, value: Value) -> None:
        """Write an element's attribute."""
        place = bytes((ANY | _HAS_KEY, _PARENT_IS_ITEM)) + self._id(parent) + var_string(name)
        self._write(place + var_uint(1) + _any(value), 1)

    def _id(self, clock: Id) -> bytes:
        return self._client + var_uint(clock)

    def _write(self, item: bytes, length: int) -> Id:
        """Keep an item; return the clock of its last part, which the next one stands behind."""
        self.written.append(item)
        self._clock += length
        return self._clock - 1


def _write_element(items: _Items, element: Element, last: Id | None) -> Id:
    content = bytes((XML_ELEMENT,)) + var_string(element.name)
    if last is None:
        written = items.first(TYPE, None, content)
    else:
        written = items.behind(TYPE, last, content)
    if element.runs is not None:
        _write_text(items, element.runs, items.first(TYPE, written, bytes((XML_TEXT,))))
    for name, value in element.attributes.items():
        items.attribute(written, name, value)
    return written


def _write_text(items: _Items, runs: Iterable[Run], text: Id) -> None:
    last: Id | None = None
    for run in runs:
        begin = [(FORMAT, var_string(mark) + var_string("{}"), 1) for mark in run.marks]
        end = [(FORMAT, var_string(mark) + var_string("null"), 1) for mark in reversed(run.marks)]
        words = (TEXT, var_string(run.text), utf16_length(run.text.encode()))
        for kind, content, length in (*begin, words, *end):
            if last is None:
                last = items.first(kind, text, content, length=length)
            else:
                last = items.behind(kind, last, content, length=length)


def _any(value: Value) -> bytes:
    """Return a value in lib0's encoding of anything."""
    match value:
        case bool():
            return bytes((_ANY_TRUE if value else _ANY_FALSE,))
        case int():
            assert 0 <= value <= _SMALL_MAX
            return bytes((_ANY_INTEGER, value))
        case str():
            return bytes((_ANY_STRING,)) + var_string(value)

"""Writes Yjs updates by hand, valid or not: what a test says of an update, in one line."""

from collections.abc import Mapping, Sequence

from palimpsest.protocol.lib0 import var_bytes, var_string, var_uint

Id = tuple[int, int]

DELETED = 1
JSON = 2
BINARY = 3
TEXT = 4
EMBED = 5
FORMAT = 6
TYPE = 7
ANY = 8
DOCUMENT = 9

ARRAY = b"\x00"
MAP = b"\x01"
XML_FRAGMENT = b"\x04"

NULL = b"\x7e"


def update(*sections: bytes, deletions: Mapping[int, Sequence[Id]] | None = None) -> bytes:
    """Sections of structs, then ranges of clock and length by client."""
    written = [var_uint(len(sections)), *sections, var_uint(len(deletions or {}))]
    for client, ranges in (deletions or {}).items():
        written += var_uint(client), var_uint(len(ranges))
        for clock, length in ranges:
            written += var_uint(clock), var_uint(length)
    return b"".join(written)


def section(client: int, clock: int, *structs: bytes) -> bytes:
    """The structs of a client from a clock on."""
    return var_uint(len(structs)) + var_uint(client) + var_uint(clock) + b"".join(structs)


def item(
    kind: int,
    content: bytes,
    *,
    origin: Id | None = None,
    right_origin: Id | None = None,
    parent: str | Id = "t",
    key: str | None = None,
) -> bytes:
    """An item beside others or, if it stands beside none, the first in its parent."""
    info = kind
    info |= 0x80 if origin else 0
    info |= 0x40 if right_origin else 0
    info |= 0x20 if key is not None else 0
    written = bytes((info,))
    for neighbour in (origin, right_origin):
        if neighbour:
            written += var_uint(neighbour[0]) + var_uint(neighbour[1])
    if not origin and not right_origin:
        if isinstance(parent, str):
            written += b"\x01" + var_string(parent)
        else:
            written += b"\x00" + var_uint(parent[0]) + var_uint(parent[1])
        if key is not None:
            written += var_string(key)
    return written + content


def text(
    content: str,
    *,
    origin: Id | None = None,
    right_origin: Id | None = None,
    parent: str | Id = "t",
) -> bytes:
    """An item of text."""
    written = var_string(content)
    return item(TEXT, written, origin=origin, right_origin=right_origin, parent=parent)


def array(*, origin: Id | None = None, parent: str | Id = "t") -> bytes:
    """An item that holds a type."""
    return item(TYPE, ARRAY, origin=origin, parent=parent)


def element(name: str, *, parent: str | Id = "x") -> bytes:
    """An item that holds an XML element."""
    return item(TYPE, b"\x03" + var_string(name), parent=parent)


def value(encoded: bytes, count: int = 1) -> bytes:
    """A map's value, or several, in lib0's encoding of any value."""
    return item(ANY, var_uint(count) + encoded, parent="m", key="k")


def embed(json: bytes) -> bytes:
    """An item of embedded JSON."""
    return item(EMBED, var_bytes(json))


def mark(key: str, json: bytes) -> bytes:
    """An item that begins or ends a format."""
    return item(FORMAT, var_string(key) + var_bytes(json))


def gone(length: int) -> bytes:
    """What was garbage-collected."""
    return b"\x00" + var_uint(length)


def skip(length: int) -> bytes:
    """What the update leaves out."""
    return b"\x0a" + var_uint(length)


def deep(levels: int) -> bytes:
    """An array in an array in an array, in lib0's encoding of any value."""
    return b"\x75\x01" * (levels - 1) + b"\x75\x00"

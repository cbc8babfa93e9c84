"""What a recorded update changed: characters written, other things written, what it deleted.

For updates that the scanner let through: nothing is validated again. Counts are UTF-16 units, as
Yjs and the editors count.
"""

from typing import NamedTuple

from palimpsest.domain.ledger import Span
from palimpsest.limits import Limits
from palimpsest.protocol.contents import DELETED, GC, READERS, SKIP, TEXT, utf16_length
from palimpsest.protocol.lib0 import MORE, SAFE_INTEGER_MAX, read_var_uint

_BESIDE = 0xC0  # an origin, a right origin, or both
_KEYED = 0x20  # it is the value of a key
_GONE = frozenset((GC, DELETED, SKIP))

_LIMITLESS = Limits(update_key_bytes_max=SAFE_INTEGER_MAX, update_json_depth_max=SAFE_INTEGER_MAX)
"""What was let through was within the limits of its time."""


class Changes(NamedTuple):
    """`characters` written; the clocks of `others`, which are no characters; those deleted."""

    characters: int
    others: list[Span]
    deleted: list[Span]


def changes_of(update: bytes) -> Changes:
    """Return what a recorded update changed."""
    characters = 0
    others: list[Span] = []
    sections, i = read_var_uint(update, 0)
    for _ in range(sections):
        count, i = read_var_uint(update, i)
        client, i = read_var_uint(update, i)
        clock, i = read_var_uint(update, i)
        for _ in range(count):
            info = update[i]
            i = _content_at(update, i + 1, info)
            kind = info & 31
            if kind == TEXT:
                length, i = _read_text(update, i)
            elif kind in _GONE:
                length, i = read_var_uint(update, i)
            else:
                i, length = _READERS[kind](update, i, _LIMITLESS)
            if kind == TEXT and not info & _KEYED:
                characters += length
            elif kind != SKIP:
                others.append(Span(client, clock, clock + length))
            clock += length
    return Changes(characters, others, _read_deleted(update, i) if update[i] else [])


def _content_at(update: bytes, i: int, info: int) -> int:
    """Return where a struct's content begins: behind what it stands beside, or its parent."""
    if info & _BESIDE:
        if info & 0x80:
            i = _behind_number(update, _behind_number(update, i))
        if info & 0x40:
            i = _behind_number(update, _behind_number(update, i))
    elif info not in (GC, SKIP):
        is_root = update[i] == 1
        if is_root:
            i = _behind_bytes(update, i + 1)
        else:
            i = _behind_number(update, _behind_number(update, i + 1))
        if info & _KEYED:
            i = _behind_bytes(update, i)
    return i


def _behind_number(update: bytes, i: int) -> int:
    while update[i] >= MORE:
        i += 1
    return i + 1


def _behind_bytes(update: bytes, i: int) -> int:
    size, i = read_var_uint(update, i)
    return i + size


def _read_json(update: bytes, i: int, limits: Limits) -> tuple[int, int]:  # noqa: ARG001
    return _behind_bytes(update, i), 1


def _read_format(update: bytes, i: int, limits: Limits) -> tuple[int, int]:  # noqa: ARG001
    return _behind_bytes(update, _behind_bytes(update, i)), 1


_READERS = {**READERS, 5: _read_json, 6: _read_format}
"""As the scanner's, but nobody parses the JSON again."""


def _read_text(update: bytes, i: int) -> tuple[int, int]:
    size, i = read_var_uint(update, i)
    text = update[i : i + size]
    return (size if text.isascii() else utf16_length(text)), i + size


def _read_deleted(update: bytes, i: int) -> list[Span]:
    deleted = []
    clients, i = read_var_uint(update, i)
    for _ in range(clients):
        client, i = read_var_uint(update, i)
        count, i = read_var_uint(update, i)
        for _ in range(count):
            start, i = read_var_uint(update, i)
            length, i = read_var_uint(update, i)
            deleted.append(Span(client, start, start + length))
    return deleted

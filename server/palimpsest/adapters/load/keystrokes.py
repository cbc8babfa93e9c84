"""What an editor types, made beforehand: real updates, and the cursor move behind each.

A client of a benchmark must be cheap. So all that is left to do for an edit is to put together
bytes: the mask of every frame is one byte four times, so that what was masked before can stand
at any place in a frame.
"""

import itertools
import json
import struct
from typing import NamedTuple

from palimpsest.protocol import awareness, sync
from palimpsest.protocol.awareness import Presence
from palimpsest.protocol.lib0 import var_string, var_uint

PROSE = "The quick brown fox jumps over the lazy dog, and so does everybody else. "

ROOT = "text"
"""The name of the text that all is typed into."""

_CONTENT_STRING, _HAS_ORIGIN, _IN_ROOT = 4, 0x80, 1
_NOTHING_DELETED = b"\x00"

_BINARY = 0x82
_MASKED = 0x80
_SHORT_MAX = 125
_MEDIUM_MAX = 0xFFFF
_MASK = b"\x5a" * 4
_MASKING = bytes(byte ^ _MASK[0] for byte in range(256))


class Keystroke(NamedTuple):
    """An update, its message as others hear it, and edit and cursor move as they are sent."""

    update: bytes
    message: bytes
    edit: tuple[bytes, bytes]
    cursor: tuple[bytes, bytes]


class Keystrokes:
    """All that one editor may come to type; `prefix_bytes` stand before each message."""

    def __init__(self, client_id: int, count: int, prefix_bytes: int) -> None:
        self.client_id = client_id
        self.typed: list[Keystroke] = []
        self.first_cursor = cursor(client_id, 0)
        for number, letter in zip(range(count), itertools.cycle(PROSE), strict=False):
            update = insertion(client_id, number, letter)
            message = sync.update(update)
            edit = _parts(message, prefix_bytes)
            moved = _parts(cursor(client_id, number + 1), prefix_bytes)
            self.typed.append(Keystroke(update, message, edit, moved))


def insertion(client_id: int, clock: int, text: str) -> bytes:
    """Return the update (Yjs, version 1) of ASCII text behind all that a client typed before."""
    client = var_uint(client_id)
    if clock:
        place = bytes((_CONTENT_STRING | _HAS_ORIGIN,)) + client + var_uint(clock - 1)
    else:
        place = bytes((_CONTENT_STRING, _IN_ROOT)) + var_string(ROOT)
    return b"".join(
        (b"\x01\x01", client, var_uint(clock), place, var_string(text), _NOTHING_DELETED)
    )


def cursor(client_id: int, clock: int) -> bytes:
    """Return the message of a cursor behind the letter `clock`, as editors' bindings write it."""
    place = {
        "type": None,
        "tname": ROOT,
        "item": {"client": client_id, "clock": max(clock - 1, 0)},
        "assoc": 0,
    }
    state = {
        "user": {"name": "Ann", "color": "#30bced", "colorLight": "#30bced33"},
        "cursor": {"anchor": place, "head": place},
    }
    text = json.dumps(state, separators=(",", ":")).encode()
    return awareness.message(awareness.write_presences([Presence(client_id, clock + 1, text)]))


def frame(message: bytes, *, opcode: int = _BINARY) -> bytes:
    """Return the frame that carries a message from a client to a server."""
    return _head(len(message), opcode) + masked(message)


def masked(content: bytes) -> bytes:
    """Return bytes as they stand in a client's frame."""
    return content.translate(_MASKING)


def _parts(message: bytes, prefix_bytes: int) -> tuple[bytes, bytes]:
    """Return what stands in a frame before the prefix, and behind it."""
    return _head(prefix_bytes + len(message), _BINARY), masked(message)


def _head(size: int, opcode: int) -> bytes:
    if size <= _SHORT_MAX:
        return bytes((opcode, _MASKED | size)) + _MASK
    if size <= _MEDIUM_MAX:
        return struct.pack(">BBH", opcode, _MASKED | 126, size) + _MASK
    return struct.pack(">BBQ", opcode, _MASKED | 127, size) + _MASK

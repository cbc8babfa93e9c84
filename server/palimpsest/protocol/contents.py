"""What an item of an update holds: one reader for each kind of content. Keeps none of it.

Each reader takes the update and the offset of the content, and returns the offset behind it and
how many clocks the content takes. An IndexError means that the update ends too early.
"""

from collections.abc import Callable

from palimpsest.domain.refusals import MalformedUpdate, UpdateTooLarge
from palimpsest.limits import Limits
from palimpsest.protocol import json_text
from palimpsest.protocol.lib0 import MORE, SAFE_INTEGER_MAX, read_var_uint

GC = 0
DELETED = 1
TEXT = 4
FORMAT = 6
TYPE = 7
ANY = 8
SKIP = 10

_FOUR_BYTES_IN_UTF8 = 0xF0
_FEWER_BYTES = bytes(range(_FOUR_BYTES_IN_UTF8))


def malformed(reason: str) -> MalformedUpdate:
    """Return the refusal of an update that is not valid."""
    return MalformedUpdate(f"The update is malformed: {reason}.")


def too_large(reason: str) -> UpdateTooLarge:
    """Return the refusal of an update that is valid but too much."""
    return UpdateTooLarge(f"The update is too large: {reason}.")


def read_bytes(update: bytes, offset: int) -> tuple[bytes, int]:
    """Return the bytes whose length is at `offset` and the offset behind them."""
    size = update[offset]
    offset += 1
    if size >= MORE:
        size, offset = read_var_uint(update, offset - 1)
    stop = offset + size
    if stop > len(update):
        raise IndexError
    return update[offset:stop], stop


def read_string(update: bytes, offset: int) -> tuple[bytes, int]:
    """Return the bytes of the string at `offset` and the offset behind it."""
    text, offset = read_bytes(update, offset)
    if not text.isascii():
        _decode(text)
    return text, offset


def read_key(update: bytes, offset: int, limits: Limits) -> int:
    """Return the offset behind a string that names something."""
    key, offset = read_string(update, offset)
    if len(key) > limits.update_key_bytes_max:
        raise too_large(f"a name is longer than {limits.update_key_bytes_max} bytes")
    return offset


def utf16_length(text: bytes) -> int:
    """Return how many UTF-16 code units a string in UTF-8 has."""
    return len(_decode(text)) + len(text.translate(None, _FEWER_BYTES))


def _decode(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise malformed("a string is not UTF-8") from None


def _read_json(update: bytes, offset: int, limits: Limits) -> int:
    text, offset = read_bytes(update, offset)
    try:
        json_text.parse(text, limits.update_json_depth_max)
    except json_text.NotJson:
        raise malformed("a value is not JSON") from None
    except json_text.TooMuch:
        raise _too_deep(limits) from None
    return offset


def _too_deep(limits: Limits) -> UpdateTooLarge:
    levels = limits.update_json_depth_max
    return too_large(f"a value is nested deeper than {levels} levels, or has too many parts")


def _read_count(update: bytes, offset: int) -> tuple[int, int]:
    count, offset = read_var_uint(update, offset)
    # Each of them takes a byte at least.
    if count > len(update) - offset:
        raise malformed("it promises more than it holds")
    return count, offset


def _read_binary(update: bytes, offset: int, limits: Limits) -> tuple[int, int]:  # noqa: ARG001
    _, offset = read_bytes(update, offset)
    return offset, 1


def _read_embed(update: bytes, offset: int, limits: Limits) -> tuple[int, int]:
    return _read_json(update, offset, limits), 1


def _read_format(update: bytes, offset: int, limits: Limits) -> tuple[int, int]:
    return _read_json(update, read_key(update, offset, limits), limits), 1


XML_ELEMENT = 3
_XML_HOOK = 5
XML_TEXT = 6


def _read_type(update: bytes, offset: int, limits: Limits) -> tuple[int, int]:
    type_ref = update[offset]
    offset += 1
    if type_ref == XML_ELEMENT:
        return read_key(update, offset, limits), 1
    # Yjs writes a name after a hook, yrs reads none: they would disagree about all that follows.
    if type_ref > XML_TEXT or type_ref == _XML_HOOK:
        raise malformed("a type is unknown")
    return offset, 1


def _read_any_values(update: bytes, offset: int, limits: Limits) -> tuple[int, int]:
    count, offset = _read_count(update, offset)
    return _skip_any_values(update, offset, count, limits), count


_ARRAY = 117
_OBJECT = 118


def _skip_any_values(update: bytes, offset: int, remaining: int, limits: Limits) -> int:
    depth_max = limits.update_json_depth_max
    outer: list[tuple[int, bool]] = []
    keyed = False
    while True:
        while not remaining:
            if not outer:
                return offset
            remaining, keyed = outer.pop()
        remaining -= 1
        if keyed:
            offset = read_key(update, offset, limits)
        tag = update[offset]
        offset += 1
        if _ARRAY <= tag <= _OBJECT:
            outer.append((remaining, keyed))
            if len(outer) > depth_max:
                raise _too_deep(limits)
            remaining, offset = _read_count(update, offset)
            keyed = tag == _OBJECT
        else:
            skip = _SCALARS.get(tag)
            if skip is None:
                raise malformed("a value is of an unknown kind")
            offset = skip(update, offset)


def _skip_nothing(update: bytes, offset: int) -> int:  # noqa: ARG001
    return offset


_INTEGER_BITS_MAX = 6 + 7 * 7  # in eight bytes


def _skip_integer(update: bytes, offset: int) -> int:
    # Six bits and a sign, then seven bits a byte.
    byte = update[offset]
    value = byte & 63
    shift = 6
    while byte >= MORE:
        offset += 1
        byte = update[offset]
        value |= (byte & 127) << shift
        shift += 7
        if value > SAFE_INTEGER_MAX or shift > _INTEGER_BITS_MAX:
            raise malformed("a number is too large")
    return offset + 1


def _skip_four(update: bytes, offset: int) -> int:
    offset += 4
    update[offset - 1]
    return offset


def _skip_eight(update: bytes, offset: int) -> int:
    offset += 8
    update[offset - 1]
    return offset


def _skip_string(update: bytes, offset: int) -> int:
    return read_string(update, offset)[1]


def _skip_bytes(update: bytes, offset: int) -> int:
    return read_bytes(update, offset)[1]


_SCALARS: dict[int, Callable[[bytes, int], int]] = {
    116: _skip_bytes,
    119: _skip_string,
    120: _skip_nothing,  # true
    121: _skip_nothing,  # false
    122: _skip_eight,  # a 64-bit integer
    123: _skip_eight,  # a 64-bit float
    124: _skip_four,  # a 32-bit float
    125: _skip_integer,
    126: _skip_nothing,  # null
    127: _skip_nothing,  # undefined
}

READERS: dict[int, Callable[[bytes, int, Limits], tuple[int, int]]] = {
    3: _read_binary,
    5: _read_embed,
    FORMAT: _read_format,
    TYPE: _read_type,
    ANY: _read_any_values,
}
"""By kind of content; the scanner reads lengths and text itself.

Refused are subdocuments (9) and JSON (2), which Yjs has not written since version 13: yrs reads
one value more than there is, and would disagree with Yjs about all that follows.
"""

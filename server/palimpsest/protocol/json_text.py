"""Whether bytes are strict JSON, not nested too deep, found out without recursion."""

import orjson

PARTS_MAX = 100_000
"""More values than any client has in one: parsing more would hold everybody up."""

_SQUARE = bytes.maketrans(b"{}", b"[]")
_UNSTRUCTURAL = bytes(byte for byte in range(256) if byte not in b'[]{},"')


class NotJson(Exception):
    """The bytes are not strict JSON."""


class TooMuch(Exception):
    """The JSON is nested too deep, or has too many parts."""


def parse(text: bytes, depth_max: int) -> object:
    """Return the value that `text` denotes; a scalar is 0 levels deep, `[]` is one.

    Raises:
        NotJson: it is not strict JSON in UTF-8.
        TooMuch: it has more than `depth_max` levels, or more than PARTS_MAX parts.
    """
    # Most JSON has fewer brackets than levels are allowed, and is shorter than it has parts.
    if text.count(b"[") + text.count(b"{") > depth_max or len(text) > PARTS_MAX:
        _check_structure(text, depth_max)
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise NotJson from None
    return value


def _check_structure(text: bytes, depth_max: int) -> None:
    # Escaped backslashes go first, then escaped quotes: what is left of these ends strings.
    text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    text = text.translate(_SQUARE, _UNSTRUCTURAL)
    # A pair of quotes changes nothing for what is behind it. Then every other piece is a string.
    text = text.replace(b'""', b"")
    if text.count(b'"') > 2 * PARTS_MAX:
        raise TooMuch
    text = b"".join(text.split(b'"')[::2])
    if len(text) > PARTS_MAX:
        raise TooMuch
    brackets = text.replace(b",", b"")
    for _ in range(depth_max):
        if not brackets:
            return
        # Takes away exactly the innermost level.
        brackets = brackets.replace(b"[]", b"")
    if brackets:
        raise TooMuch

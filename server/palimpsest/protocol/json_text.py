"""Whether bytes are strict JSON and how deep it is nested, found out without recursion."""

import orjson

_SQUARE = bytes.maketrans(b"{}", b"[]")
_NEITHER_BRACKET_NOR_QUOTE = bytes(byte for byte in range(256) if byte not in b'[]{}"')


class NotJson(Exception):
    """The bytes are not strict JSON."""


class TooDeep(Exception):
    """The JSON is nested too deep."""


def parse(text: bytes, depth_max: int) -> object:
    """Return the value that `text` denotes; a scalar is 0 levels deep, `[]` is one.

    Raises:
        NotJson: it is not strict JSON in UTF-8.
        TooDeep: it has more than `depth_max` levels.
    """
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise NotJson from None
    # Most JSON has fewer brackets than levels are allowed, in strings or not.
    if text.count(b"[") + text.count(b"{") > depth_max and _depth_exceeds(text, depth_max):
        raise TooDeep
    return value


def _depth_exceeds(text: bytes, depth_max: int) -> bool:
    # Escaped backslashes go first, then escaped quotes: what is left of these ends strings.
    text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    text = text.translate(_SQUARE, _NEITHER_BRACKET_NOR_QUOTE)
    # A pair of quotes changes nothing for what is behind it. Then every other part is a string.
    brackets = b"".join(text.replace(b'""', b"").split(b'"')[::2])
    for _ in range(depth_max):
        if not brackets:
            return False
        # Takes away exactly the innermost level.
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)

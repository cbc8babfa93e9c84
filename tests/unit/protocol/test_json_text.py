"""JSON on the wire: strict, and not too deep."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palimpsest.protocol.json_text import PARTS_MAX, NotJson, TooMuch, parse

_TRICKY = st.text(alphabet='[]{}",\\ aé😀\n', max_size=8)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TRICKY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TRICKY, inner, max_size=3),
    max_leaves=30,
)


def _depth(value: Any) -> int:
    match value:
        case list():
            return 1 + max(map(_depth, value), default=0)
        case dict():
            return 1 + max(map(_depth, value.values()), default=0)
        case _:
            return 0


@settings(max_examples=300)
@given(_VALUES, st.integers(0, 6), st.booleans())
def test_what_is_nested_too_deep_is_refused_and_nothing_else(
    value: Any,
    depth_max: int,
    escape: bool,  # noqa: FBT001 - drawn
) -> None:
    text = json.dumps(value, ensure_ascii=escape).encode()
    if _depth(value) > depth_max:
        with pytest.raises(TooMuch):
            parse(text, depth_max)
    else:
        assert parse(text, depth_max) == value


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"NaN",
        b"[Infinity]",
        b"undefined",
        b"'a'",
        b"[1,]",
        b"01",
        b'"\\ud800"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b'{"a":1}x',
        b"[[]",
        b'"\t"',
    ],
)
def test_what_is_not_strict_json_is_refused(text: bytes) -> None:
    with pytest.raises(NotJson):
        parse(text, 8)


@given(st.binary(max_size=30), st.integers(0, 3))
def test_arbitrary_bytes_are_parsed_or_refused(text: bytes, depth_max: int) -> None:
    with suppress(NotJson, TooMuch):
        parse(text, depth_max)


@pytest.mark.parametrize("text", [b"[" * 10**6, b"]" * 10**6, b"[" * 10**6 + b"]" * 10**6])
def test_any_depth_is_survived(text: bytes) -> None:
    with pytest.raises(TooMuch):
        parse(text, 32)


@pytest.mark.parametrize("part", [b"[]", b"1", b'"["', b'{"a":1}'])
def test_a_value_of_too_many_parts_is_refused(part: bytes) -> None:
    text = b"[" + b",".join([part] * (PARTS_MAX + 2)) + b"]"
    with pytest.raises(TooMuch):
        parse(text, 32)


def test_a_long_string_is_one_part() -> None:
    text = "[,{" * PARTS_MAX
    assert parse(json.dumps({"src": text}).encode(), 8) == {"src": text}

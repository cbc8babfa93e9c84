"""What an item of an update holds."""

import dataclasses
import struct
from typing import Any

import pycrdt
import pytest

from palimpsest.domain.refusals import MalformedUpdate, Refusal, UpdateTooLarge
from palimpsest.limits import Limits
from palimpsest.protocol.lib0 import var_bytes, var_string, var_uint
from palimpsest.protocol.scanner import scan
from palimpsest.protocol.sync import read_state_vector
from tests.unit.protocol.updates import (
    ANY,
    ARRAY,
    BINARY,
    DELETED,
    DOCUMENT,
    EMBED,
    FORMAT,
    JSON,
    MAP,
    NULL,
    TEXT,
    TYPE,
    XML_FRAGMENT,
    deep,
    element,
    embed,
    item,
    mark,
    section,
    text,
    update,
    value,
)

LIMITS = Limits()


def _length(written: bytes, limits: Limits = LIMITS) -> int:
    """Return how many clocks a struct takes."""
    (span,) = scan(update(section(1, 0, written)), limits).spans
    return span.end


@pytest.mark.parametrize(
    ("written", "length"),
    [
        (item(DELETED, var_uint(300)), 300),
        (item(BINARY, var_bytes(bytes(200))), 1),
        (item(BINARY, var_bytes(b"")), 1),
        (text("hello"), 5),
        (text("x" * 300), 300),
        (text("héllo"), 5),
        (text("\ufeff漢字"), 3),
        (text("a😀b"), 4),
        (text("\ufffd"), 1),
        (embed(b'{"image":"http://x"}'), 1),
        (embed(b"null"), 1),
        (mark("bold", b"true"), 1),
        (mark("", b"null"), 1),
        (item(TYPE, ARRAY), 1),
        (item(TYPE, MAP), 1),
        (item(TYPE, XML_FRAGMENT), 1),
        (element("paragraph"), 1),
        (item(ANY, var_uint(0x80) + NULL * 0x80), 0x80),
    ],
)
def test_each_kind_of_content_takes_its_clocks(written: bytes, length: int) -> None:
    assert _length(written) == length


@pytest.mark.parametrize(
    "encoded",
    [
        b"\x7f",
        NULL,
        b"\x7d\x00",
        b"\x7d\x7f",
        b"\x7d\xff\xff\xff\xff\xff\xff\xff\x1f",
        b"\x7c" + struct.pack(">f", 0.5),
        b"\x7b" + struct.pack(">d", float("nan")),
        b"\x7a" + struct.pack(">q", -(2**63)),
        b"\x79",
        b"\x78",
        b"\x77" + var_string("héllo"),
        b"\x76\x00",
        b"\x76\x02" + var_string("a") + NULL + var_string("b") + b"\x75\x02" + NULL + b"\x75\x00",
        b"\x75\x00",
        b"\x74" + var_bytes(bytes(200)),
    ],
)
def test_any_value_of_lib0_is_read_to_its_end(encoded: bytes) -> None:
    assert _length(value(encoded)) == 1
    assert _length(value(encoded * 3, 3)) == 3
    assert _length(value(b"\x76\x01" + var_string("k") + encoded)) == 1
    with pytest.raises(Refusal):
        _length(value(encoded + b"\x00"))
    for cut in range(len(encoded)):
        with pytest.raises(MalformedUpdate):
            scan(update(section(1, 0, value(encoded[:cut])))[:-1])


@pytest.mark.parametrize(
    "written",
    [
        item(0, var_uint(1)),  # the number of what is gone, but as an item
        item(10, var_uint(1)),
        item(DOCUMENT, var_string("guid") + b"\x76\x00"),
        item(11, b"\x00"),
        item(31, b"\x00"),
        item(TYPE, b"\x05" + var_string("hook")),
        item(TYPE, b"\x07"),
        item(TYPE, b"\x0f"),
        item(TYPE, b"\x82\x00"),
        item(DELETED, var_uint(0)),
        item(DELETED, var_uint(2**31)),
        item(JSON, var_uint(1) + var_string("1")),
        item(ANY, var_uint(0)),
        item(ANY, var_uint(2**40) + NULL),
        item(TEXT, var_string("")),
        item(TEXT, var_bytes(b"a\xff")),
        item(TEXT, var_bytes(b"\xed\xa0\x80")),
        item(TEXT, var_uint(2**50)),
        item(EMBED, var_string("undefined")),
        item(EMBED, var_string("{")),
        item(EMBED, var_bytes(b'"\xff"')),
        item(FORMAT, var_bytes(b"\xff") + var_string("1")),
        item(FORMAT, var_string("bold") + var_string("")),
        value(b"\x73"),
        value(b"\x80"),
        value(b"\x7d\xff\xff\xff\xff\xff\xff\xff\x20"),
        value(b"\x7d" + b"\x80" * 8 + b"\x00"),
        value(b"\x77" + var_bytes(b"\xff")),
        value(b"\x76\x01" + var_bytes(b"\xff") + NULL),
        value(b"\x75" + var_uint(2**40)),
    ],
)
def test_what_no_client_writes_is_malformed(written: bytes) -> None:
    with pytest.raises(MalformedUpdate, match=r"^The update is malformed: .*\.$"):
        _length(written)


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        (text("a", parent="n" * 8), text("a", parent="n" * 9)),
        (item(DELETED, b"\1", key="é" * 4), item(DELETED, b"\1", key="é" * 4 + "a")),
        (mark("n" * 8, b"1"), mark("n" * 9, b"1")),
        (element("n" * 8), element("n" * 9)),
        (
            value(b"\x76\x01" + var_string("n" * 8) + NULL),
            value(b"\x76\x01" + var_string("n" * 9) + NULL),
        ),
        (value(deep(4)), value(deep(5))),
        (embed(b"[[[[]]]]"), embed(b"[[[[[]]]]]")),
        (mark("k", b'[[[["[["]]]]'), mark("k", b"[[[[[1]]]]]")),
    ],
)
def test_names_and_depth_are_limited(within: bytes, beyond: bytes) -> None:
    limits = dataclasses.replace(LIMITS, update_key_bytes_max=8, update_json_depth_max=4)
    assert _length(within, limits) == 1
    assert _length(beyond) == 1
    with pytest.raises(UpdateTooLarge, match=r"^The update is too large: .*\.$"):
        _length(beyond, limits)


@pytest.mark.parametrize(
    ("structs", "read_by_yrs"),
    [
        # Yjs reads one value, then three letters; yrs reads two values, then one clock of nothing.
        ((item(JSON, var_uint(1) + var_string("1")), text("\x00\x01\x00")), 3),
        # Yjs reads a hook without a name; yrs reads a hook, and the name for what follows.
        ((item(TYPE, b"\x05" + var_string("")),), 1),
    ],
)
def test_what_yrs_reads_otherwise_is_refused(structs: tuple[bytes, ...], read_by_yrs: int) -> None:
    as_yjs_reads_it = update(section(1, 0, *structs))
    document: pycrdt.Doc[Any] = pycrdt.Doc()
    document.apply_update(as_yjs_reads_it)
    assert read_state_vector(document.get_state(), 1) == {1: read_by_yrs}
    with pytest.raises(MalformedUpdate):
        scan(as_yjs_reads_it)

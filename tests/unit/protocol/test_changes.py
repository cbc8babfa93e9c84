"""What a recorded update changed, and that nothing the scanner lets through is too much for it."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pycrdt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palimpsest.domain.ledger import Claims, Span
from palimpsest.domain.refusals import Refusal
from palimpsest.limits import Limits
from palimpsest.protocol.changes import changes_of
from palimpsest.protocol.lib0 import var_bytes, var_uint
from palimpsest.protocol.scanner import scan
from tests.hostile import hostile_updates
from tests.unit.protocol.scenes import SCENES, Edits, Scene
from tests.unit.protocol.updates import (
    ANY,
    BINARY,
    DELETED,
    TEXT,
    array,
    deep,
    element,
    embed,
    gone,
    item,
    mark,
    section,
    skip,
    text,
    update,
    value,
)

YJS = json.loads((Path(__file__).parent / "yjs_updates.json").read_text())["updates"]
YJS_UPDATES = [bytes.fromhex(entry["hex"]) for entry in YJS]
LIMITLESS = replace(
    Limits(),
    update_bytes_max=2**40,
    update_structs_max=2**40,
    update_deleted_ranges_max=2**40,
    update_clients_max=2**40,
    update_nesting_max=2**40,
    update_json_depth_max=2**40,
    update_key_bytes_max=2**40,
)


def clocks(spans: Iterable[Span]) -> int:
    return sum(end - start for _, start, end in spans)


def covers(spans: Iterable[Span], inner: Span) -> bool:
    return any(
        client == inner.client and start <= inner.start and inner.end <= end
        for client, start, end in spans
    )


def assert_agrees(written: bytes, claims: Claims) -> None:
    """Check that the changes account for all that the scanner has seen, and for nothing else."""
    changes = changes_of(written)
    assert changes.characters + clocks(changes.others) == clocks(claims.spans)
    assert all(covers(claims.spans, other) for other in changes.others)
    assert bool(changes.deleted) == claims.deletes
    for client, start, end in changes.deleted:
        assert 0 <= start < end <= claims.needs[client]


# What it reads.


def test_nothing_is_no_change() -> None:
    assert changes_of(update()) == (0, [], [])
    assert changes_of(update(deletions={7: []})) == (0, [], [])
    assert changes_of(b"\x00\x80\x00") == (0, [], [])


@pytest.mark.parametrize(
    ("written", "characters"),
    [
        (text("a"), 1),
        (text("word"), 4),
        (text("ü€"), 2),
        (text("𝒳"), 2),
        (text("x" * 300), 300),
        (text("ö" * 300, origin=(2**40, 1)), 300),
    ],
)
def test_characters_are_utf_16_units(written: bytes, characters: int) -> None:
    assert changes_of(update(section(9, 5, written))) == (characters, [], [])


@pytest.mark.parametrize(
    "written",
    [
        array(),
        element("paragraph"),
        mark("bold", b"true"),
        embed(b'{"image": "https://example.org/a.png"}'),
        value(b"\x77\x04text"),
        item(BINARY, var_bytes(b"text")),
        # Versions of yrs wrote attributes of elements so.
        item(TEXT, var_bytes(b"t"), key="style"),
        item(TEXT | 0x20, var_bytes(b"t"), origin=(7, 3)),
        gone(1),
        item(DELETED, var_uint(1)),
        item(DELETED, var_uint(1), origin=(7, 300), right_origin=(8, 300)),
    ],
    ids=lambda written: written.hex()[:16],
)
def test_what_is_no_character_is_told_by_its_clocks(written: bytes) -> None:
    changes = changes_of(update(section(9, 5, text("ab"), written, text("c"))))
    assert changes == (3, [Span(9, 7, 8)], [])


def test_several_values_of_an_array_take_several_clocks() -> None:
    values = item(ANY, var_uint(3) + b"\x78\x79\x7e")
    assert changes_of(update(section(9, 0, values))) == (0, [Span(9, 0, 3)], [])


def test_clocks_that_an_update_leaves_out_are_not_told() -> None:
    written = section(9, 5, skip(4), text("ab"), skip(300), gone(2), text("c"), skip(1))
    assert changes_of(update(written)) == (3, [Span(9, 311, 313)], [])


def test_deletions_are_told_by_client() -> None:
    written = update(
        section(9, 0, text("ab")), deletions={9: [(0, 1)], 2**40: [(300, 200), (600, 1)]}
    )
    deleted = [Span(9, 0, 1), Span(2**40, 300, 500), Span(2**40, 600, 601)]
    assert changes_of(written) == (2, [], deleted)


def test_each_client_has_clocks_of_its_own() -> None:
    written = update(section(9, 300, text("ab"), gone(1)), section(2**40, 7, gone(2), text("c")))
    assert changes_of(written) == (3, [Span(9, 302, 303), Span(2**40, 7, 9)], [])


# What the scanner lets through.


@pytest.mark.parametrize("entry", YJS, ids=lambda entry: f"{entry['kind']}-{entry['hex'][:12]}")
def test_changes_are_what_yjs_reads(entry: dict[str, Any]) -> None:
    written = bytes.fromhex(entry["hex"])
    changes = changes_of(written)
    spans = [Span(*span) for span in entry["spans"]]
    assert changes.characters + clocks(changes.others) == clocks(spans)
    assert all(covers(spans, other) for other in changes.others)
    assert bool(changes.deleted) == entry["deletes"]


@pytest.mark.parametrize("hostile", hostile_updates(), ids=lambda hostile: hostile.name)
def test_hostile_updates_that_pass_are_read(hostile: Any) -> None:
    for written in hostile.updates:
        try:
            claims = scan(written)
        except Refusal:
            continue
        assert_agrees(written, claims)


@pytest.mark.parametrize(
    "written",
    [
        text("a", parent="k" * 5_000),
        item(ANY, var_uint(1) + deep(500), parent="m", key="k" * 5_000),
        element("p" * 5_000),
        mark("b" * 5_000, b"[" * 500 + b"]" * 500),
        embed(b"[" * 500 + b"]" * 500),
    ],
    ids=lambda written: written.hex()[:16],
)
def test_what_was_within_other_limits_is_read_all_the_same(written: bytes) -> None:
    whole = update(section(9, 5, written))
    with pytest.raises(Refusal):
        scan(whole)
    assert_agrees(whole, scan(whole, LIMITLESS))


@given(SCENES)
def test_what_pycrdt_writes_is_read(edits: Edits) -> None:
    scene = Scene(edits)
    for written in scene.written:
        assert_agrees(written, scan(written))
    for _, difference in scene.differences:
        assert_agrees(difference, scan(difference))
    for document in scene.documents:
        assert_agrees(document.get_update(), scan(document.get_update()))


@given(SCENES, st.sets(st.integers(0, 39)))
def test_what_is_merged_with_gaps_is_read(edits: Edits, left_out: set[int]) -> None:
    written = Scene(edits).written
    if some := [one for number, one in enumerate(written) if number not in left_out]:
        merged = pycrdt.merge_updates(*some)
        assert_agrees(merged, scan(merged))


@settings(max_examples=500)
@given(st.sampled_from(YJS_UPDATES) | SCENES.map(lambda edits: b"".join(_last(edits))), st.data())
def test_damaged_updates_that_pass_are_read(written: bytes, data: st.DataObject) -> None:
    damaged = bytearray(written)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255) | st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]))
    try:
        claims = scan(bytes(damaged), LIMITLESS)
    except Refusal:
        return
    assert_agrees(bytes(damaged), claims)


def _last(edits: Edits) -> list[bytes]:
    return Scene(edits).written[-1:] or [update()]


_NUMBERS = st.sampled_from([0, 1, 5, 127, 128, 300, 2**28])
_IDS = st.tuples(st.sampled_from([7, 9, 300, 2**40]), _NUMBERS)
_WORDS = st.sampled_from(["", "a", "ü", "𝒳y", "x" * 200])
_JSON = st.sampled_from([b"null", b'{"k":[1,2]}', b'"\\u00fc"', b"[[[]]]"])
_CONTENTS = (
    st.tuples(st.just(TEXT), _WORDS.map(lambda word: var_bytes(word.encode())))
    | st.tuples(st.just(DELETED), _NUMBERS.map(var_uint))
    | st.tuples(st.just(BINARY), st.binary(max_size=3).map(var_bytes))
    | st.tuples(st.just(5), _JSON.map(var_bytes))
    | st.tuples(st.just(6), st.builds(lambda json: var_bytes(b"bold") + var_bytes(json), _JSON))
    | st.tuples(st.just(7), st.sampled_from([b"\x00", b"\x01", b"\x02", b"\x03\x01p", b"\x06"]))
    | st.tuples(st.just(ANY), st.sampled_from([b"\x01\x7e", b"\x02\x78\x77\x01a", b"\x00"]))
)
_STRUCTS = (
    st.builds(
        lambda content, origin, right, parent, key: item(
            *content, origin=origin, right_origin=right, parent=parent, key=key
        ),
        _CONTENTS,
        st.none() | _IDS,
        st.none() | _IDS,
        st.just("t") | _IDS,
        st.none() | st.just("k"),
    )
    | _NUMBERS.map(gone)
    | _NUMBERS.map(skip)
)
_SECTIONS = st.builds(
    lambda id_, structs: section(*id_, *structs), _IDS, st.lists(_STRUCTS, max_size=4)
)
_DELETIONS = st.dictionaries(
    st.sampled_from([7, 9, 2**40]), st.lists(st.tuples(_NUMBERS, _NUMBERS), max_size=2)
)


@settings(max_examples=500)
@given(st.lists(_SECTIONS, max_size=3), _DELETIONS)
def test_well_formed_updates_that_pass_are_read(
    sections: list[bytes], deletions: dict[int, list[tuple[int, int]]]
) -> None:
    written = update(*sections, deletions=deletions)
    try:
        claims = scan(written)
    except Refusal:
        return
    assert_agrees(written, claims)

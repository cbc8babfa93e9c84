"""What an update claims, and which updates are refused."""

import dataclasses
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pycrdt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palimpsest.domain.ledger import Claims, Span
from palimpsest.domain.refusals import MalformedUpdate, Refusal, UpdateTooLarge
from palimpsest.limits import Limits
from palimpsest.protocol.lib0 import var_uint
from palimpsest.protocol.scanner import scan
from palimpsest.protocol.sync import read_state_vector
from tests.hostile import HostileUpdates, hostile_updates
from tests.unit.protocol.scenes import SCENES, Edits, Scene
from tests.unit.protocol.updates import array, gone, item, section, skip, text, update

LIMITS = Limits()
YJS = json.loads((Path(__file__).parent / "yjs_updates.json").read_text())["updates"]
YJS_UPDATES = [bytes.fromhex(entry["hex"]) for entry in YJS]


def _limits(**changed: int) -> Limits:
    return dataclasses.replace(LIMITS, **changed)


# What it reads.


@pytest.mark.parametrize("entry", YJS, ids=lambda entry: f"{entry['kind']}-{entry['hex'][:12]}")
def test_claims_are_what_yjs_reads(entry: dict[str, Any]) -> None:
    claims = scan(bytes.fromhex(entry["hex"]))
    assert claims.spans == tuple(Span(*span) for span in entry["spans"])
    assert claims.needs == {int(client): clock for client, clock in entry["needs"].items()}
    assert claims.deletes == entry["deletes"]


def test_an_update_of_nothing_claims_nothing() -> None:
    claims = scan(b"\x00\x00")
    assert claims == Claims((), {}, deletes=False)
    assert claims.empty


def test_what_a_client_writes_on_is_one_span() -> None:
    written = section(9, 5, text("ab"), text("c", origin=(9, 6)), gone(3), text("d"))
    assert scan(update(written)).spans == (Span(9, 5, 12),)


def test_what_follows_a_gap_is_a_span_of_its_own() -> None:
    structs = (skip(1), text("ab"), skip(3), skip(4), gone(1), text("c"), skip(2))
    assert scan(update(section(9, 5, *structs))).spans == (Span(9, 6, 8), Span(9, 15, 17))
    assert scan(update(section(9, 5, skip(1)))).spans == ()


def test_an_update_needs_what_it_refers_to_of_others() -> None:
    written = section(
        9,
        5,
        text("a", origin=(9, 4), right_origin=(7, 300)),
        text("b", origin=(7, 200), right_origin=(9, 5)),
        text("c", parent=(6, 2)),
        text("d", origin=(8, 0)),
    )
    assert scan(update(written)).needs == {7: 301, 6: 3, 8: 1}


def test_an_update_needs_what_it_deletes() -> None:
    written = update(
        section(9, 0, text("ab")), deletions={9: [(0, 1)], 7: [(3, 2), (5, 1), (9, 4)]}
    )
    assert scan(written) == Claims((Span(9, 0, 2),), {9: 1, 7: 13}, deletes=True)
    assert scan(update(deletions={7: []})) == Claims((), {}, deletes=False)


def test_long_ids_and_clocks_are_read() -> None:
    client, other = 2**53 - 1, 2**40
    structs = (text("a", origin=(client, 2**30)), text("b", right_origin=(other, 2**31 - 2)))
    claims = scan(update(section(client, 2**31 - 3, *structs)))
    assert claims.spans == (Span(client, 2**31 - 3, 2**31 - 1),)
    assert claims.needs == {other: 2**31 - 1}


def test_numbers_may_be_longer_than_they_must() -> None:
    written = bytes.fromhex("8100 8100 8900 8500 84 8900 8400 8100 61 8000")
    assert scan(written) == Claims((Span(9, 5, 6),), {}, deletes=False)


# What it refuses.


@pytest.mark.parametrize("hostile", hostile_updates(), ids=lambda hostile: hostile.name)
def test_hostile_updates_are_refused_here_or_left_to_the_ledger(hostile: HostileUpdates) -> None:
    for written in hostile.updates:
        if hostile.refused_by_scanner:
            with pytest.raises(Refusal):
                scan(written)
        else:
            assert not scan(written).empty


def test_deletions_of_what_is_not_here_are_claims_for_the_ledger() -> None:
    (hostile,) = (each for each in hostile_updates() if "delete_everything" in each.name)
    assert scan(hostile.updates[0]) == Claims((), {500: 2**31 - 1}, deletes=True)


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"\x00",
        b"\x00\x00\x00",
        update(section(1, 0)),
        update(section(1, 0, text("a")), section(1, 1, text("b"))),
        update(section(2**53, 0, text("a"))),
        update(section(1, 2**31 - 1, text("a"))),
        update(section(1, 2**31 - 2, text("ab"))),
        update(section(1, 0, gone(0))),
        update(section(1, 0, skip(0))),
        update(section(1, 0, gone(2**31))),
        update(section(1, 0, skip(2**31 - 1), text("a"))),
        var_uint(1) + var_uint(2**40) + b"\x01\x00",
        update(section(1, 0, text("a", origin=(1, 0)))),
        update(section(1, 5, text("a", origin=(1, 6)))),
        update(section(1, 0, text("a", right_origin=(1, 0)))),
        update(section(1, 0, text("a", parent=(1, 0)))),
        update(section(1, 5, text("a", origin=(1, 3), right_origin=(1, 3)))),
        update(section(1, 5, text("a", origin=(2, 3), right_origin=(2, 3)))),
        update(section(1, 5, text("a", origin=(2, 2**31 - 1)))),
        bytes.fromhex("01 01 01 00 84 8100 00 01 61 00"),  # its own id, spelt longer
        bytes.fromhex("01 01 01 00 04 02 01 74 01 61 00"),  # a parent that is neither
        bytes.fromhex("01 01 01 00 04 8100 01 74 01 61 00"),
        bytes.fromhex("01 01 01 00 80 01 00 01 00"),  # what is gone stands beside nothing
        bytes.fromhex("01 01 01 05 8a 01 00 01 00"),
        bytes.fromhex("01 01 01 00 20 01 01 74 01 61 01 00"),
        update(deletions={1: [(0, 0)]}),
        update(deletions={1: [(5, 2), (6, 1)]}),
        update(deletions={1: [(5, 2), (0, 1)]}),
        update(deletions={1: [(2**31 - 2, 2)]}),
        update(deletions={1: [(2**40, 1)]}),
        b"\x00\x02\x01\x01\x00\x01\x01\x01\x05\x01",  # one client twice
        b"\x00\x01\x01" + var_uint(2**40),
    ],
    ids=lambda written: written.hex()[:40],
)
def test_what_no_client_writes_is_malformed(written: bytes) -> None:
    with pytest.raises(MalformedUpdate, match=r"^The update is malformed: .*\.$"):
        scan(written)


@pytest.mark.parametrize(
    ("within", "beyond", "limits"),
    [
        (b"\x00\x00", b"\x00\x00\x00", _limits(update_bytes_max=2)),
        (
            update(section(1, 0, gone(1)), section(2, 0, gone(1))),
            update(section(1, 0, gone(1)), section(2, 0, gone(1), gone(1))),
            _limits(update_structs_max=2),
        ),
        (
            update(deletions={1: [(0, 1)], 2: [(0, 1)]}),
            update(deletions={1: [(0, 1)], 2: [(0, 1), (1, 1)]}),
            _limits(update_deleted_ranges_max=2),
        ),
        (
            update(deletions=dict.fromkeys(range(200), ((0, 1),))),
            update(deletions=dict.fromkeys(range(201), ((0, 1),))),
            _limits(update_clients_max=200),
        ),
        (
            update(*(section(client, 0, gone(1)) for client in range(200))),
            update(*(section(client, 0, gone(1)) for client in range(201))),
            _limits(update_clients_max=200),
        ),
    ],
)
def test_size_is_limited(within: bytes, beyond: bytes, limits: Limits) -> None:
    scan(within, limits)
    with pytest.raises(UpdateTooLarge, match=r"^The update is too large: .*\.$"):
        scan(beyond, limits)


@pytest.mark.parametrize("written", YJS_UPDATES, ids=lambda written: written.hex()[:16])
def test_an_update_that_is_cut_off_is_refused(written: bytes) -> None:
    for size in range(0, len(written), 1 + len(written) // 200):
        with pytest.raises(MalformedUpdate):
            scan(written[:size])


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_scanned_or_refused(written: bytes) -> None:
    with suppress(MalformedUpdate, UpdateTooLarge):
        scan(written)


@settings(max_examples=300)
@given(st.sampled_from(YJS_UPDATES), st.data())
def test_damaged_updates_are_scanned_or_refused(written: bytes, data: st.DataObject) -> None:
    damaged = bytearray(written)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255) | st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]))
    try:
        claims = scan(bytes(damaged))
    except (MalformedUpdate, UpdateTooLarge):
        return
    last: dict[int, int] = {}
    for client, start, end in claims.spans:
        assert last.get(client, -1) < start < end < 2**31
        last[client] = end
    assert all(0 < clock < 2**31 for clock in claims.needs.values())


@pytest.mark.parametrize(
    "written",
    [
        b"\xff" * 256 * 1024,
        b"\x80" * 256 * 1024,
        b"\x01" * 256 * 1024,
        b"\x7f" * 256 * 1024,
        update(section(1, 0, *[gone(1)] * 500_001)),
        update(section(1, 0, *(array(parent=(1, clock)) for clock in range(1000)))),
        update(deletions={1: [(clock, 1) for clock in range(0, 400_004, 2)]}),
        update(section(1, 0, item(8, var_uint(1) + b"\x75\x01" * 10**6 + b"\x7e"))),
    ],
    ids=lambda written: written.hex()[:16],
)
def test_large_nonsense_is_refused(written: bytes) -> None:
    with pytest.raises(Refusal):
        scan(written)


def test_the_largest_update_is_scanned() -> None:
    structs = [gone(1), skip(1)] * (LIMITS.update_structs_max // 2)
    ranges = [(clock, 1) for clock in range(0, 2 * LIMITS.update_deleted_ranges_max, 2)]
    claims = scan(update(section(1, 0, *structs), deletions={2: ranges}))
    assert len(claims.spans) == LIMITS.update_structs_max // 2
    assert claims.needs == {2: 2 * LIMITS.update_deleted_ranges_max - 1}


# What pycrdt writes.


def _ends(*updates: bytes) -> dict[int, int]:
    ends: dict[int, int] = {}
    for one in updates:
        for client, _, end in scan(one).spans:
            ends[client] = max(end, ends.get(client, 0))
    return ends


@given(SCENES)
def test_a_state_claims_what_its_state_vector_says(edits: Edits) -> None:
    for document in Scene(edits).documents:
        clocks = read_state_vector(document.get_state(), 9)
        state = document.get_update()
        assert _ends(state) == {client: clock for client, clock in clocks.items() if clock}
        needs = scan(state).needs
        assert all(clock <= clocks.get(client, 0) for client, clock in needs.items())


@given(SCENES)
def test_a_difference_follows_on_what_is_known(edits: Edits) -> None:
    for state_vector, difference in Scene(edits).differences:
        clocks = read_state_vector(state_vector, 9)
        for client, start, end in scan(difference).spans:
            assert start <= clocks.get(client, 0) < end


@given(SCENES, st.sets(st.integers(0, 39)))
def test_updates_claim_the_same_when_merged_with_gaps(edits: Edits, left_out: set[int]) -> None:
    written = Scene(edits).written
    some = [one for number, one in enumerate(written) if number not in left_out]
    if some:
        assert _ends(pycrdt.merge_updates(*some)) == _ends(*some)

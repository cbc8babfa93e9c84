"""The stored form of events: what goes in comes out, and the bytes never change."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.domain.event_codec import (
    UPDATE_RECORDED,
    Stored,
    UnknownEvent,
    decode,
    encode,
    introduction,
    split_update,
)
from palimpsest.domain.events import (
    DocumentCreated,
    DocumentRenamed,
    DocumentRestored,
    DocumentTrashed,
    Event,
    QuarantineImposed,
    QuarantineLifted,
    UpdateRecorded,
)
from palimpsest.domain.ledger import Span

STORED: list[tuple[Event, str, bytes]] = [
    (
        DocumentCreated("Übersicht", "ab12"),
        "document_created.v1",
        '{"title":"Übersicht","lineage":"ab12"}'.encode(),
    ),
    (DocumentRenamed('"'), "document_renamed.v1", b'{"title":"\\""}'),
    (DocumentTrashed(), "document_trashed.v1", b""),
    (DocumentRestored(), "document_restored.v1", b""),
    (
        QuarantineImposed("it died", opens=False),
        "quarantine_imposed.v1",
        b'{"reason":"it died","opens":false}',
    ),
    (QuarantineLifted(), "quarantine_lifted.v1", b""),
    (UpdateRecorded(b"\x00\x00", (), {}), "update_recorded.v1", b"\x00\x00\x00\x00"),
    (
        UpdateRecorded(b"update", (), {5: "user:ann", 2**53: "user:ann"}),
        "update_recorded.v1",
        bytes.fromhex("0002 0000000000000005 0020000000000000 0008") + b"user:annupdate",
    ),
]

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(DocumentCreated, TEXT, TEXT),
    st.builds(DocumentRenamed, TEXT),
    st.builds(QuarantineImposed, TEXT, st.booleans()),
    st.sampled_from([DocumentTrashed(), DocumentRestored(), QuarantineLifted()]),
)
INTRODUCED = st.builds(
    dict.fromkeys, st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=5), TEXT
)


@pytest.mark.parametrize(("event", "kind", "payload"), STORED)
def test_stored_names_and_bytes_never_change(event: Event, kind: str, payload: bytes) -> None:
    assert encode(event) == Stored(kind, payload)
    assert decode(Stored(kind, payload)) == event


def test_every_kind_of_event_has_its_stored_bytes_in_these_tests() -> None:
    assert {type(event) for event, _, _ in STORED} == set(Event.__args__)


@given(EVENTS)
def test_facts_come_back_as_they_were(event: Event) -> None:
    assert decode(encode(event)) == event


@given(st.binary(), INTRODUCED)
def test_an_update_comes_back_with_whom_it_introduces(
    update: bytes, introduced: dict[int, str]
) -> None:
    stored = encode(UpdateRecorded(update, (), introduced))
    assert decode(stored) == UpdateRecorded(update, (), introduced)
    assert split_update(stored.payload) == (introduced, update)


def test_an_update_is_stored_as_its_introduction_and_its_bytes() -> None:
    event = UpdateRecorded(b"update", (Span(5, 0, 1),), {5: "user:ann"})
    assert encode(event).payload == introduction({5: "user:ann"}) + b"update"


def test_spans_are_not_stored() -> None:
    event = UpdateRecorded(b"update", (Span(5, 0, 1),), {})
    assert decode(encode(event)) == UpdateRecorded(b"update", (), {})


def test_the_name_of_a_recorded_update_is_the_one_that_the_log_numbers_first() -> None:
    assert UPDATE_RECORDED == "update_recorded.v1"


def test_what_is_not_an_event_has_no_stored_form() -> None:
    assert encode(cast("Event", None)) is None


def test_an_event_of_a_later_version_is_refused_by_name() -> None:
    with pytest.raises(UnknownEvent, match=r"document_shredded\.v1"):
        decode(Stored("document_shredded.v1", b""))

"""The documents there are, after each kind of event and however events are batched."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palimpsest.adapters.sqlite.views import FILE_NAME, SqliteViews
from palimpsest.domain.event_codec import UPDATE_RECORDED, Stored, UnknownEvent, encode
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
from palimpsest.ports import Row
from palimpsest.projections.catalogue import Catalogue
from tests.updates import ANN, BOB

COLUMNS = (
    "document",
    "version",
    "title",
    "lineage",
    "trashed",
    "quarantine",
    "created_at",
    "edited_at",
    "edited_by",
)
CREATED = DocumentCreated("Plan", "lineage-1")
CASES: list[tuple[list[Event], dict[str, Any]]] = [
    ([UpdateRecorded(b"\x00\x00", (), {})], {}),
    ([UpdateRecorded(b"\x00\x00", (), {7: "user:bob"})], {}),
    ([DocumentRenamed("Goal")], {"title": "Goal"}),
    ([DocumentRenamed("Ziel “𝒳”"), DocumentRenamed("")], {"title": ""}),
    ([DocumentTrashed()], {"trashed": 1}),
    ([DocumentTrashed(), DocumentRestored()], {"trashed": 0}),
    (
        [QuarantineImposed("it killed the engine twice", opens=True)],
        {"quarantine": "it killed the engine twice"},
    ),
    ([QuarantineImposed("broken", opens=False), QuarantineLifted()], {"quarantine": ""}),
]
"""Events, and what they change in the catalogue."""


def rows_of(events: Sequence[Event | Stored], documents: Iterable[str] = ()) -> list[Row]:
    """Return events as they stand in the log; Ann's and Bob's by turns, a second apart."""
    versions: dict[str, int] = {}
    rows = []
    names = itertools.chain(documents, itertools.repeat("d"))
    for position, (event, document) in enumerate(zip(events, names, strict=False), start=1):
        versions[document] = version = versions.get(document, 0) + 1
        stored = event if isinstance(event, Stored) else encode(event)
        origin = (BOB, ANN)[position % 2]
        rows.append(Row(position, document, version, 1_000 * position, origin, stored, b""))
    return rows


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteViews]:
    made = SqliteViews(Path(tmp_path_factory.mktemp("views")) / FILE_NAME)
    yield made
    made.close()


def fold(views: SqliteViews, rows: Sequence[Row], size: int = 1_000) -> list[dict[str, Any]]:
    """Return the catalogue of events that come in batches, each to an instance of its own."""
    with views.transaction() as tables:
        tables.execute("DROP TABLE IF EXISTS catalogue")
        tables.execute(Catalogue.schema)
    for start in range(0, len(rows), size):
        projection = Catalogue()
        with views.transaction() as tables:
            for row in rows[start : start + size]:
                projection.fold(row, tables)
            projection.flush(tables)
    with views.transaction() as tables:
        found = tables.execute(f"SELECT {', '.join(COLUMNS)} FROM catalogue ORDER BY document")
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


def test_a_document_is_listed_as_it_was_created(views: SqliteViews) -> None:
    assert fold(views, rows_of([CREATED])) == [
        {
            "document": "d",
            "version": 1,
            "title": "Plan",
            "lineage": "lineage-1",
            "trashed": 0,
            "quarantine": "",
            "created_at": 1_000,
            "edited_at": 1_000,
            "edited_by": "Ann",
        }
    ]


@pytest.mark.parametrize(
    ("events", "changed"),
    CASES,
    ids=lambda case: "-".join(type(each).__name__ for each in case) if case else "",
)
@pytest.mark.parametrize("size", [1, 1_000])
def test_each_event_changes_what_it_says_and_when_and_by_whom_it_was_edited(
    views: SqliteViews, events: list[Event], changed: dict[str, Any], size: int
) -> None:
    [created] = fold(views, rows_of([CREATED]))
    [found] = fold(views, rows_of([CREATED, *events]), size)
    last = 1 + len(events)
    when = {"version": last, "edited_at": 1_000 * last, "edited_by": ("Bob", "Ann")[last % 2]}
    assert found == created | when | changed


@pytest.mark.parametrize(
    ("document", "events", "folded"),
    [
        ("Über-plan", [DocumentCreated("", "l")], "\nuber-plan"),
        ("plan", [DocumentCreated("Größe", "l"), UpdateRecorded(b"\0\0", (), {})], "grosse\nplan"),
        ("plan", [CREATED, DocumentRenamed("ZIEL"), DocumentTrashed()], "ziel\nplan"),
        ("sn3V_pG0aJ-bQvT5aKx9Zw", [CREATED], "plan\n"),
    ],
)
def test_a_document_is_found_by_its_title_and_by_an_id_that_somebody_chose(
    views: SqliteViews, document: str, events: list[Event], folded: str
) -> None:
    fold(views, rows_of(events, [document] * len(events)), size=1)
    with views.transaction() as tables:
        assert tables.execute("SELECT folded FROM catalogue") == [(folded,)]


def test_every_kind_of_event_is_known_to_it() -> None:
    kinds = {type(event) for events, _ in CASES for event in events}
    assert kinds | {DocumentCreated} == set(Event.__args__)


def test_an_event_of_tomorrow_is_a_failure_of_today(views: SqliteViews) -> None:
    with pytest.raises(UnknownEvent):
        fold(views, rows_of([CREATED, Stored("something_of_tomorrow.v1", b"")]))


def test_documents_do_not_mix(views: SqliteViews) -> None:
    events: list[Event] = [CREATED, DocumentCreated("Other", "lineage-2"), DocumentTrashed()]
    found = fold(views, rows_of(events, "abb"))
    assert [(each["document"], each["title"], each["trashed"]) for each in found] == [
        ("a", "Plan", 0),
        ("b", "Other", 1),
    ]


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(
            [
                UpdateRecorded(b"\x00\x00", (), {}),
                DocumentRenamed("Goal"),
                DocumentTrashed(),
                DocumentRestored(),
                QuarantineImposed("broken", opens=True),
                QuarantineLifted(),
            ]
        ),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(_EVENTS, st.integers(1, 9))
def test_the_catalogue_is_the_same_however_events_are_batched(
    views: SqliteViews, drawn: list[tuple[str, Event]], size: int
) -> None:
    events = [CREATED, CREATED, CREATED, *(event for _, event in drawn)]
    rows = rows_of(events, itertools.chain("abc", (document for document, _ in drawn)))
    assert fold(views, rows, size) == fold(views, rows)


def test_an_update_is_not_looked_into(views: SqliteViews) -> None:
    found = fold(views, rows_of([CREATED, Stored(UPDATE_RECORDED, b"not even an update")]))
    assert found[0]["version"] == 2

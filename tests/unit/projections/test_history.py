"""Who wrote what, when: runs of edits, however they come, and the characters that they count."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palimpsest.adapters.sqlite.views import FILE_NAME, SqliteViews
from palimpsest.domain.event_codec import UPDATE_RECORDED, Stored, encode, introduction
from palimpsest.domain.events import DocumentRenamed, DocumentTrashed
from palimpsest.ports import Origin, Row, Rows, Value
from palimpsest.projections import history
from palimpsest.projections.history import EDITS, PAUSE_MILLISECONDS, History
from palimpsest.projections.runner import EventRunner
from tests.doubles import InMemoryEventLog, InMemoryLogReader
from tests.unit.projections import writing
from tests.unit.projections.writing import WORDS, House, Writer
from tests.unit.protocol.updates import gone, mark, section, text, update
from tests.updates import ANN, BOB, CREATED

CAROL = Origin(3, "session-of-carol", "agent", "key:carol", "Carol")
AMY = Origin(4, "session-of-amy", "guest", "guest", "Amy (guest)")
BEN = Origin(5, "session-of-ben", "guest", "guest", "Ben (guest)")
RENAMED = encode(DocumentRenamed("Goal"))
MINUTE = 60_000


class Entry(NamedTuple):
    """A row of the history, but for its document."""

    first_version: int
    last_version: int
    kind: str
    principal: str
    actor: str
    started_at: int
    ended_at: int
    edits: int
    added: int
    removed: int


Event = tuple[Origin, int, Stored]


def edit(update_bytes: bytes, *, introduces: int | None = None) -> Stored:
    """Return what is recorded of an update."""
    introduced = {} if introduces is None else {introduces: "user:ann"}
    return Stored(UPDATE_RECORDED, introduction(introduced) + update_bytes)


def types(client: int, clock: int, word: str) -> Stored:
    return edit(update(section(client, clock, text(word))))


def deletes(client: int, *ranges: tuple[int, int]) -> Stored:
    return edit(update(deletions={client: ranges}))


def rows_of(events: Sequence[Event], documents: Iterable[str] = ()) -> list[Row]:
    """Return events as they stand in the log, all of document `d` if not said otherwise."""
    versions: dict[str, int] = {}
    rows = []
    names = itertools.chain(documents, itertools.repeat("d"))
    for position, ((origin, time, stored), document) in enumerate(
        zip(events, names, strict=False), start=1
    ):
        versions[document] = versions.get(document, 0) + 1
        rows.append(Row(position, document, versions[document], time, origin, stored, b""))
    return rows


def batches(rows: Sequence[Row], sizes: Iterable[int]) -> Iterator[Sequence[Row]]:
    """Cut events into batches of these sizes, over and over."""
    start = 0
    for size in itertools.cycle(sizes):
        if start >= len(rows):
            return
        yield rows[start : start + size]
        start += size


class Place:
    """Views with the history's tables, emptied for each fold."""

    def __init__(self, path: Path) -> None:
        self.views = SqliteViews(path)

    def fold(
        self, rows: Sequence[Row], sizes: Sequence[int] = (1_000,), restarts: Sequence[bool] = ()
    ) -> dict[str, list[Entry]]:
        """Return the entries of each document, of events taken in batches of these sizes.

        After a batch, a new instance takes the place of the old one if `restarts` says so.
        """
        projection = History()
        fresh = itertools.cycle(restarts or [False])
        with self.views.transaction() as tables:
            for name in projection.tables:
                tables.execute(f"DROP TABLE IF EXISTS {name}")
            tables.execute(projection.schema)
        for batch in batches(rows, sizes):
            with self.views.transaction() as tables:
                for row in batch:
                    projection.fold(row, tables)
                projection.flush(tables)
            if next(fresh):
                projection = History()
        found: dict[str, list[Entry]] = {}
        with self.views.transaction() as tables:
            for document, *entry in tables.execute(
                "SELECT * FROM history ORDER BY document, first_version"
            ):
                found.setdefault(document, []).append(Entry(*entry))
        return found

    def entries(self, *events: Event) -> list[Entry]:
        """Return the entries of one document."""
        return self.fold(rows_of(events))["d"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = Place(tmp_path_factory.mktemp("views") / FILE_NAME)
    yield made
    made.views.close()


# Runs.


def test_edits_of_one_actor_are_one_entry(place: Place) -> None:
    assert place.entries(
        (ANN, 1_000, CREATED),
        (ANN, 2_000, types(7, 0, "ab")),
        (ANN, 2_500, deletes(7, (0, 1))),
        (ANN, 3_000, types(7, 2, "c")),
    ) == [
        Entry(1, 1, CREATED.kind, "user:ann", "Ann", 1_000, 1_000, 0, 0, 0),
        Entry(2, 4, EDITS, "user:ann", "Ann", 2_000, 3_000, 3, 3, 1),
    ]


def test_actors_who_write_beside_each_other_have_entries_of_their_own(place: Place) -> None:
    entries = place.entries(
        *(
            (who, 1_000 + number, types(number, 0, "a"))
            for number, who in enumerate([ANN, BOB] * 5)
        )
    )
    assert [(entry.actor, entry.edits) for entry in entries] == [("Ann", 5), ("Bob", 5)]
    assert [(entry.first_version, entry.last_version) for entry in entries] == [(1, 9), (2, 10)]


def test_a_pause_ends_an_entry_and_less_than_that_does_not(place: Place) -> None:
    second = 1_000 + PAUSE_MILLISECONDS
    entries = place.entries(
        (ANN, 1_000, types(7, 0, "a")),
        (ANN, second, types(7, 1, "b")),
        (BOB, second + PAUSE_MILLISECONDS, types(8, 0, "b")),
        (ANN, second + PAUSE_MILLISECONDS + 1, types(7, 2, "c")),
    )
    assert [(entry.actor, entry.started_at, entry.edits) for entry in entries] == [
        ("Ann", 1_000, 2),
        ("Bob", second + PAUSE_MILLISECONDS, 1),
        ("Ann", second + PAUSE_MILLISECONDS + 1, 1),
    ]


def test_a_clock_that_runs_backwards_ends_nothing(place: Place) -> None:
    times = [10 * MINUTE, 2 * MINUTE, 11 * MINUTE, 0]
    entries = place.entries(
        *((ANN, time, types(7, clock, "a")) for clock, time in enumerate(times))
    )
    assert entries == [Entry(1, 4, EDITS, "user:ann", "Ann", 10 * MINUTE, 11 * MINUTE, 4, 4, 0)]


def test_what_else_was_done_is_an_entry_of_its_own_and_ends_nothing(place: Place) -> None:
    trashed = encode(DocumentTrashed())
    unknown = Stored("something_of_tomorrow.v1", b"?")
    entries = place.entries(
        (ANN, 1_000, types(7, 0, "a")),
        (ANN, 1_001, RENAMED),
        (BOB, 1_002, trashed),
        (CAROL, 1_003, unknown),
        (ANN, 1_004, types(7, 1, "a")),
    )
    assert [(each.kind, each.actor, each.edits, each.first_version) for each in entries] == [
        (EDITS, "Ann", 2, 1),
        (RENAMED.kind, "Ann", 0, 2),
        (trashed.kind, "Bob", 0, 3),
        (unknown.kind, "Carol", 0, 4),
    ]


def test_one_principal_in_two_sessions_writes_one_run(place: Place) -> None:
    elsewhere = ANN._replace(number=9, session="another")
    entries = place.entries((ANN, 1_000, types(7, 0, "a")), (elsewhere, 1_001, types(8, 0, "b")))
    assert [(entry.actor, entry.edits) for entry in entries] == [("Ann", 2)]


def test_guests_are_one_principal_and_write_a_run_under_each_name(place: Place) -> None:
    entries = place.entries(
        (AMY, 1_000, types(7, 0, "a")),
        (BEN, 1_001, types(8, 0, "b")),
        (AMY, 1_002, types(7, 1, "c")),
    )
    assert [(entry.actor, entry.edits) for entry in entries] == [
        ("Amy (guest)", 2),
        ("Ben (guest)", 1),
    ]


def test_documents_have_entries_of_their_own(place: Place) -> None:
    events = [(ANN, 1_000, types(7, number // 2, "a")) for number in range(6)]
    found = place.fold(rows_of(events, documents=itertools.cycle("xy")))
    assert [(name, entries[0].edits, len(entries)) for name, entries in found.items()] == [
        ("x", 3, 1),
        ("y", 3, 1),
    ]


# Characters.


def test_what_is_no_character_counts_neither_when_written_nor_when_deleted(place: Place) -> None:
    bold = edit(update(section(7, 3, mark("bold", b"true"), mark("bold", b"null"))))
    [entry] = place.entries(
        (ANN, 1, types(7, 0, "abc")), (ANN, 2, bold), (ANN, 3, deletes(7, (1, 4)))
    )
    assert (entry.added, entry.removed) == (3, 2)


def test_what_was_deleted_before_it_was_sent_counts_nothing(place: Place) -> None:
    offline = edit(update(section(7, 0, text("ab"), gone(5), text("c")), deletions={7: [(2, 5)]}))
    [entry] = place.entries((ANN, 1, offline), (ANN, 2, deletes(7, (0, 2), (7, 1))))
    assert (entry.added, entry.removed) == (3, 3)


def test_clients_that_an_update_introduces_change_no_count(place: Place) -> None:
    written = update(section(7, 0, text("abc")))
    [entry] = place.entries((ANN, 1, edit(written, introduces=7)))
    assert (entry.added, entry.removed) == (3, 0)


@pytest.mark.parametrize("size", [1, 2, 1_000])
def test_clocks_that_are_no_characters_are_known_wherever_a_deletion_begins_and_ends(
    place: Place, size: int
) -> None:
    """Characters and marks by turns, and every stretch of them deleted once."""
    structs = [text("ab"), mark("b", b"1"), gone(3), text("c"), mark("b", b"1"), text("de")]
    characters = [True, True, False, False, False, False, True, False, True, True]
    for start, stop in itertools.combinations(range(11), 2):
        events = [
            (ANN, 1, edit(update(section(7, clock, struct))))
            for clock, struct in zip((0, 2, 3, 6, 7, 8), structs, strict=True)
        ]
        events.append((BOB, 2, deletes(7, (start, stop - start))))
        *_, last = place.fold(rows_of(events), [size], [True])["d"]
        assert last.removed == sum(characters[start:stop])


def test_clocks_that_follow_each_other_are_one_stretch(place: Place) -> None:
    bold = [edit(update(section(7, clock, mark("b", b"1")))) for clock in range(4)]
    typed = types(7, 4, "a")
    later = edit(update(section(7, 5, mark("b", b"1"))))
    place.fold(rows_of([(ANN, 1, each) for each in (*bold, typed, later)]), [2], [False, True])
    with place.views.transaction() as tables:
        stretches = tables.execute("SELECT client, start, stop FROM history_others")
    assert stretches == [(7, 0, 4), (7, 5, 6)]


# However they come.


def model(rows: Sequence[Row]) -> list[tuple[str, int, int, int, str, int, int]]:
    """Return runs as they are defined: by what one actor did since its last pause."""
    runs: dict[tuple[str, str, str], list[list[Row]]] = {}
    for row in rows:
        if row.stored.kind == UPDATE_RECORDED:
            actor = row.origin.principal, row.origin.name
            own = runs.setdefault((row.document, *actor), [])
            if not own or row.time - max(each.time for each in own[-1]) > PAUSE_MILLISECONDS:
                own.append([])
            own[-1].append(row)
    return sorted(
        (
            document,
            run[0].version,
            run[-1].version,
            len(run),
            principal,
            run[0].time,
            max(row.time for row in run),
        )
        for (document, principal, _name), own in runs.items()
        for run in own
    )


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from([ANN, AMY, BEN, CAROL]),
        st.sampled_from([1, MINUTE, 4 * MINUTE, 6 * MINUTE, 20 * MINUTE, -3 * MINUTE]),
        st.sampled_from(["type", "delete", "mark", "rename"]),
        st.sampled_from("dee"),
    ),
    max_size=40,
)


def _written(drawn: Any) -> list[Row]:
    """Return events of what was drawn, each updates' clocks behind the last."""
    time, clock = 10_000_000, 0
    events: list[Event] = []
    for origin, pause, what, _ in drawn:
        time += pause
        match what:
            case "type":
                stored = types(7, clock, "ab")
                clock += 2
            case "mark":
                stored = edit(update(section(7, clock, mark("bold", b"true"))))
                clock += 1
            case "delete" if clock > 3:
                stored = deletes(7, (clock - 3, 2))
            case _:
                stored = RENAMED
        events.append((origin, time, stored))
    return rows_of(events, [document for *_, document in drawn])


@settings(max_examples=150, deadline=None)
@given(
    _EVENTS,
    st.lists(st.integers(1, 7), min_size=1, max_size=5),
    st.lists(st.booleans(), min_size=1, max_size=3),
)
def test_entries_are_the_same_however_events_are_batched(
    place: Place, drawn: Any, sizes: list[int], restarts: list[bool]
) -> None:
    rows = _written(drawn)
    at_once = place.fold(rows)
    assert place.fold(rows, sizes, restarts) == at_once
    for kept in ("DOCUMENTS_KEPT", "ROWS_KEPT"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(history, kept, 1)
            assert place.fold(rows, sizes) == at_once
    assert model(rows) == sorted(
        (document, *entry[:2], entry.edits, entry.principal, entry.started_at, entry.ended_at)
        for document, entries in at_once.items()
        for entry in entries
        if entry.kind == EDITS
    )


class CountedRows:
    """Tables that count what is asked of them."""

    def __init__(self, rows: Rows) -> None:
        self.asked = 0
        self._rows = rows

    def execute(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        self.asked += 1
        return self._rows.execute(sql, values)

    def execute_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        self.asked += 1
        self._rows.execute_many(sql, rows)


def test_documents_that_nobody_touches_cost_nothing(place: Place) -> None:
    place.fold([])
    projection = History()
    many = rows_of([(ANN, 1, types(7, 0, "a"))] * 200, map(str, range(200)))
    with place.views.transaction() as tables:
        for row in many:
            projection.fold(row, tables)
        projection.flush(tables)
        counted = CountedRows(tables)
        projection.fold(
            rows_of([(ANN, 2, types(7, 1, "b"))], ["199"])[0]._replace(version=2), counted
        )
        projection.flush(counted)
    assert counted.asked <= 2


@pytest.mark.parametrize(("kept", "number"), [("DOCUMENTS_KEPT", 50), ("ROWS_KEPT", 200)])
def test_memory_is_bounded(
    place: Place, kept: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, kept, number)
    place.fold([])
    projection = History()
    written = edit(update(section(7, 0, mark("b", b"1"), text("a"), mark("b", b"1"), text("a"))))
    held = 0
    with place.views.transaction() as tables:
        for row in rows_of([(ANN, 1, written)] * 200, map(str, range(200))):
            projection.fold(row, tables)
            projection.flush(tables)
            held = max(held, len(projection._documents))
    assert 20 < held < 100


# And the truth.

_PLACES = st.floats(0, 1)


def _scenes(edits: Sequence[str]) -> st.SearchStrategy[Any]:
    deeds = st.tuples(st.sampled_from(edits), _PLACES, st.sampled_from(WORDS))
    moves = st.sampled_from(["send", "send", "receive", "leave", "come_back", ""])
    return st.lists(st.tuples(st.integers(0, 2), deeds, moves), min_size=1, max_size=40)


def _play(scene: Any) -> House:
    """Return a house after a scene, at whose end everybody is online."""
    house = House()
    writers = [Writer(client, house) for client in (7, 300, 2**40)]
    for number, (does, where, word), move in scene:
        getattr(writers[number], does)(where, word)
        if move:
            getattr(writers[number], move)()
    for writer in writers:
        writer.come_back()
    return house


def _counts(place: Place, house: House) -> list[tuple[int, int]]:
    """Return what each record added and removed: each is made an entry of its own."""
    events = [
        (ANN, number * (PAUSE_MILLISECONDS + 1), edit(recorded))
        for number, recorded in enumerate(house.recorded)
    ]
    entries = place.fold(rows_of(events), [3], [False, True]).get("d", [])
    return [(entry.added, entry.removed) for entry in entries]


@settings(max_examples=200, deadline=None)
@given(_scenes(writing.EDITS))
def test_what_is_added_less_what_is_removed_is_what_there_is(place: Place, scene: Any) -> None:
    house = _play(scene)
    grown = [after - before for before, after in itertools.pairwise([0, *house.showed])]
    counts = _counts(place, house)
    assert [added - removed for added, removed in counts] == grown
    assert all(added >= 0 and removed >= 0 for added, removed in counts)


def test_a_paragraph_that_goes_takes_its_characters_with_it_and_no_more(place: Place) -> None:
    house = House()
    writer = Writer(7, house)
    for does, word in [
        ("add_paragraph", "hello 𝒳"),
        ("format_in_paragraph", "hel"),
        ("set_attribute", "two"),
        ("write_in_paragraph", "!"),
        ("delete_in_paragraph", "!"),
        ("remove_paragraph", ""),
    ]:
        # At the beginning of the only paragraph.
        getattr(writer, does)(0.999, word)
        writer.send()
    # The paragraph comes in two steps: the element, then the text in it.
    assert _counts(place, house) == [(0, 0), (8, 0), (0, 0), (0, 0), (1, 0), (0, 1), (0, 8)]


def test_what_several_delete_at_once_is_removed_once(place: Place) -> None:
    house = House()
    ann, bob = Writer(7, house), Writer(8, house)
    ann.type(0.0, "word ")
    ann.send()
    bob.receive()
    ann.delete(0.0, "wor")
    bob.delete(0.2, "ord ")
    ann.send()
    bob.send()
    assert _counts(place, house) == [(5, 0), (0, 3), (0, 2)]


def test_what_somebody_typed_and_deleted_offline_counts_as_it_is_seen(place: Place) -> None:
    house = House()
    writer = Writer(7, house)
    writer.leave()
    writer.type(0.0, "word ")
    writer.type(1.0, "mixed 𝒳é\n")
    writer.delete(0.0, "wor")
    writer.come_back()
    assert _counts(place, house) == [(5 + 10 - 3, 0)]
    writer.delete(0.0, "x" * 50)
    writer.send()
    assert _counts(place, house)[1:] == [(0, 12)]


def test_text_that_is_typed_where_somebody_else_deleted_all_is_added_and_removed(
    place: Place,
) -> None:
    house = House()
    ann, bob = Writer(7, house), Writer(8, house)
    ann.add_paragraph(0.0, "word ")
    ann.send()
    bob.receive()
    bob.leave()
    bob.write_in_paragraph(0.0, "late")
    ann.remove_paragraph(0.0, "")
    ann.send()
    bob.come_back()
    *_, (added, removed) = _counts(place, house)
    assert (added, house.characters()) == (removed, 0)


# In the frame.


def test_a_history_that_was_parked_comes_back_whole(tmp_path: Path) -> None:
    log = InMemoryEventLog()
    events = InMemoryLogReader(log)
    views = SqliteViews(tmp_path / FILE_NAME)
    broken = Stored(UPDATE_RECORDED, b"\x00\x00\x01\x01")
    log.begin()
    for stored in (CREATED, types(7, 0, "abc"), broken, deletes(7, (0, 2))):
        log.append("d", ANN, 1_000, stored)
    log.append("e", BOB, 1_000, CREATED)
    log.commit(1, b"")
    runner = EventRunner(History, views, events)
    while runner.step(0.0):
        pass
    assert runner.standing.parked == {"d"}
    with views.transaction() as rows:
        assert rows.execute("SELECT document, edits, added FROM history") == [
            ("d", 0, 0),
            ("d", 1, 3),
            ("e", 0, 0),
        ]
    log.rows[2] = log.rows[2]._replace(stored=types(7, 3, "d"))
    runner.retry("d")
    with views.transaction() as rows:
        found = rows.execute("SELECT edits, added, removed FROM history WHERE document = 'd'")
    assert found == [(0, 0, 0), (3, 4, 2)]
    views.close()

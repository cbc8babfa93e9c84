"""What every log shows those who read it: one suite for the real reader and the one in memory."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import apsw
import pytest

from palimpsest.adapters.sqlite import log_reader
from palimpsest.adapters.sqlite.database import ForeignDatabase
from palimpsest.adapters.sqlite.event_log import SqliteEventLog
from palimpsest.adapters.sqlite.log_reader import SqliteLogReader
from palimpsest.domain.event_codec import UPDATE_RECORDED, Stored, encode
from palimpsest.domain.events import DocumentRenamed, DocumentTrashed, QuarantineImposed
from palimpsest.ports import LogReader, Origin, Row, Update
from tests.contract.logs import LogSubject
from tests.updates import ANN, BOB, CREATED

RENAMED = encode(DocumentRenamed("Goal"))
KINDS = [
    CREATED,
    RENAMED,
    encode(DocumentTrashed()),
    encode(QuarantineImposed("it killed the engine twice", opens=True)),
    Stored("something_of_tomorrow.v1", b"{}"),
    Stored(UPDATE_RECORDED, b"\x00\x00x"),
]


def update(payload: bytes) -> Stored:
    return Stored(UPDATE_RECORDED, payload)


def commit(
    subject: LogSubject, batch: int, *events: tuple[str, Stored], origin: Origin = ANN
) -> None:
    subject.log.begin()
    for document, stored in events:
        subject.log.append(document, origin, 1_000 + batch, stored)
    subject.log.commit(batch, b"")


@pytest.fixture
def reader(subject: LogSubject) -> LogReader:
    return subject.reader()


def test_an_empty_log_has_nothing_to_read(reader: LogReader) -> None:
    assert reader.head() == 0
    assert reader.after(0, 10) == []
    assert list(reader.history("a")) == []
    assert list(reader.updates("a", 0, 10)) == []
    assert reader.link(1) is None
    assert reader.link_of("a", 1) is None


def test_events_are_read_as_they_stand_in_the_log(subject: LogSubject, reader: LogReader) -> None:
    commit(subject, 1, *(("a", stored) for stored in KINDS))
    commit(subject, 2, *(("b", stored) for stored in reversed(KINDS)), origin=BOB)
    assert reader.after(0, 100) == subject.rows()
    assert {row.stored for row in reader.after(0, 100)} == set(KINDS)
    assert {row.origin for row in reader.after(0, 100)} == {ANN, BOB}


def test_events_are_read_on_from_any_position(subject: LogSubject, reader: LogReader) -> None:
    commit(subject, 1, *(("ab"[number % 2], update(b"%d" % number)) for number in range(9)))
    rows = subject.rows()
    for position in range(11):
        for events_max in (1, 2, 100):
            assert reader.after(position, events_max) == rows[position : position + events_max]


def test_what_is_committed_is_seen_by_the_next_call_and_not_before(
    subject: LogSubject, reader: LogReader
) -> None:
    commit(subject, 1, ("a", CREATED))
    assert reader.head() == 1
    subject.log.begin()
    subject.log.append("a", ANN, 2_000, RENAMED)
    subject.log.append("b", ANN, 2_000, CREATED)
    assert reader.head() == 1
    assert reader.after(1, 10) == []
    assert list(reader.history("b")) == []
    subject.log.commit(2, b"")
    assert reader.head() == 3
    assert [row.document for row in reader.after(1, 10)] == ["a", "b"]
    assert [row.version for row in reader.history("a")] == [1, 2]


def test_what_was_rolled_back_is_never_seen(subject: LogSubject, reader: LogReader) -> None:
    commit(subject, 1, ("a", CREATED))
    subject.log.begin()
    subject.log.append("b", BOB, 2_000, Stored("lost.v1", b""))
    subject.log.rollback()
    commit(subject, 2, ("c", Stored("found.v1", b"")))
    assert [(row.document, row.stored.kind) for row in reader.after(1, 10)] == [("c", "found.v1")]


def test_a_documents_updates_are_those_after_a_version_up_to_another(
    subject: LogSubject, reader: LogReader
) -> None:
    events = [CREATED, *(update(b"%d" % number) for number in range(3)), RENAMED, update(b"3")]
    commit(subject, 1, *(("a", stored) for stored in events), ("b", update(b"other")))
    everything = [Update(2, b"0"), Update(3, b"1"), Update(4, b"2"), Update(6, b"3")]
    for after in range(8):
        for until in range(8):
            assert list(reader.updates("a", after, until)) == [
                each for each in everything if after < each.version <= until
            ]


def test_a_documents_history_is_its_own_events_in_order(
    subject: LogSubject, reader: LogReader
) -> None:
    commit(subject, 1, ("a", CREATED), ("b", CREATED), ("a", update(b"x")))
    commit(subject, 2, ("b", RENAMED), ("a", RENAMED))
    rows = subject.rows()
    assert list(reader.history("a")) == [row for row in rows if row.document == "a"]
    assert list(reader.history("c")) == []


def test_a_link_is_found_by_position_and_by_version(
    subject: LogSubject, reader: LogReader
) -> None:
    commit(subject, 1, ("a", CREATED), ("b", CREATED), ("a", RENAMED))
    rows = subject.rows()
    assert [reader.link(position) for position in range(5)] == [
        None,
        *(row.link for row in rows),
        None,
    ]
    assert reader.link_of("a", 2) == rows[2].link
    assert reader.link_of("b", 2) is None


def test_two_readers_know_one_log(subject: LogSubject) -> None:
    assert subject.reader().log_id == subject.reader().log_id


# Of the real one alone.


@pytest.fixture
def written(tmp_path: Path) -> Iterator[SqliteEventLog]:
    """A real log, to write."""
    log = SqliteEventLog(tmp_path, free_bytes_min=0)
    yield log
    log.close()


def in_pieces(reader: LogReader) -> list[list[Row]]:
    pieces: list[list[Row]] = []
    while piece := reader.after(pieces[-1][-1].position if pieces else 0, 1_000):
        pieces.append(piece)
    return pieces


def test_large_events_are_read_few_at_a_time_and_at_least_one(
    written: SqliteEventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_reader, "BYTES_AT_ONCE", 1_000)
    sizes = [10, 990, 5_000, 5_000, 10, 10]
    written.begin()
    for size in sizes:
        written.append("a", ANN, 1_000, update(bytes(size)))
    written.commit(1, b"")
    reader = SqliteLogReader(tmp_path)
    pieces = [[len(row.stored.payload) for row in piece] for piece in in_pieces(reader)]
    assert pieces == [[10, 990, 5_000], [5_000], [10, 10]]
    reader.close()


def test_nothing_holds_on_to_the_log_after_large_events_were_read(
    written: SqliteEventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_reader, "BYTES_AT_ONCE", 1)
    written.begin()
    for _ in range(3):
        written.append("a", ANN, 1_000, update(b"ab"))
    written.commit(1, b"")
    reader = SqliteLogReader(tmp_path)
    assert len(reader.after(0, 10)) == 1
    # A reader in the middle of something would keep the WAL from being emptied.
    written._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    assert (tmp_path / "events.db-wal").stat().st_size == 0
    reader.close()


def test_any_number_of_origins_is_told_apart(
    written: SqliteEventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_reader, "ORIGINS_KEPT", 10)
    origins = [Origin(n, f"session-{n}", "user", f"user:{n}", f"N. {n}") for n in range(1, 101)]
    written.begin()
    for origin in origins + origins[::-1]:
        written.append("a", origin, 1_000, update(b"x"))
    written.commit(1, b"")
    reader = SqliteLogReader(tmp_path)
    assert [row.origin for row in reader.after(0, 1_000)] == origins + origins[::-1]
    assert len(reader._origins) <= 12
    reader.close()


def test_a_log_of_its_own_has_an_id_of_its_own(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        SqliteEventLog(tmp_path / name, free_bytes_min=0).close()
        reader = SqliteLogReader(tmp_path / name)
        ids.append(reader.log_id)
        reader.close()
    assert ids[0] != ids[1]


def test_a_reader_can_write_nothing(written: SqliteEventLog, tmp_path: Path) -> None:
    reader = SqliteLogReader(tmp_path)
    with pytest.raises(Exception, match="readonly"):
        reader._connection.execute("DELETE FROM events")
    reader.close()


def test_where_there_is_no_log_there_is_no_reader(tmp_path: Path) -> None:
    with pytest.raises(ForeignDatabase):
        SqliteLogReader(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_positions_are_walked_in_order_without_sorting(
    written: SqliteEventLog, tmp_path: Path
) -> None:
    reader = SqliteLogReader(tmp_path)
    plans = {
        sql: [row[3] for row in reader._connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
        for sql, values in (
            (log_reader._AFTER, (1, 1)),
            (log_reader._HISTORY, ("a",)),
            (log_reader._UPDATES, ("a", 1, 2)),
        )
    }
    for plan in plans.values():
        assert not [step for step in plan if step.startswith(("SCAN", "USE TEMP"))]
    reader.close()


def test_versions_follow_each_other_in_what_is_read(
    written: SqliteEventLog, tmp_path: Path
) -> None:
    written.begin()
    for number in range(5_000):
        written.append("ab"[number % 2], ANN, 1_000, update(b"x"))
    written.commit(1, b"")
    reader = SqliteLogReader(tmp_path)
    rows = [row for piece in in_pieces(reader) for row in piece]
    assert len(rows) == 5_000
    assert all(first.position + 1 == second.position for first, second in pairwise(rows))
    reader.close()

"""What every log promises its only writer: one suite for the real log and the one in memory."""

import pytest

from palimpsest.domain import chain
from palimpsest.domain.event_codec import UPDATE_RECORDED, Stored, encode
from palimpsest.domain.events import DocumentCreated, DocumentRenamed, UpdateRecorded
from palimpsest.ports import LogRefused
from tests.contract.logs import LogSubject, assert_chained
from tests.updates import ANN, BOB

CREATED = encode(DocumentCreated("Plan", "lineage"))
RENAMED = encode(DocumentRenamed("Goal"))


def update(payload: bytes) -> Stored:
    return Stored(UPDATE_RECORDED, payload)


def commit(subject: LogSubject, batch: int, *events: tuple[str, Stored]) -> list[int]:
    subject.log.begin()
    versions = [subject.log.append(document, ANN, 1_000, stored) for document, stored in events]
    subject.log.commit(batch, b"outcomes of %d" % batch)
    return versions


def test_an_empty_log_knows_no_document(subject: LogSubject) -> None:
    log = subject.log
    assert log.version("a") == 0
    assert log.facts("a") == []
    assert list(log.updates("a")) == []
    assert log.outcomes(1) is None


def test_versions_count_from_one_in_each_document(subject: LogSubject) -> None:
    assert commit(subject, 1, ("a", CREATED), ("b", CREATED), ("a", RENAMED)) == [1, 1, 2]
    assert commit(subject, 2, ("b", RENAMED), ("a", update(b"x"))) == [2, 3]
    assert (subject.log.version("a"), subject.log.version("b")) == (3, 2)


def test_positions_and_links_have_no_gaps_over_several_documents(subject: LogSubject) -> None:
    commit(subject, 1, ("a", CREATED), ("b", CREATED), ("a", update(b"x")))
    subject.log.begin()
    subject.log.append("b", BOB, 2_000, RENAMED)
    subject.log.commit(2, b"")
    rows = subject.rows()
    assert [(row.document, row.version) for row in rows] == [
        ("a", 1),
        ("b", 1),
        ("a", 2),
        ("b", 2),
    ]
    assert_chained(rows, subject.seeds())


def test_an_event_stands_in_the_log_as_it_was_appended(subject: LogSubject) -> None:
    subject.log.begin()
    subject.log.append("a", BOB, 2_000, CREATED)
    subject.log.commit(1, b"")
    [row] = subject.rows()
    assert (row.origin, row.time, row.stored) == (BOB, 2_000, CREATED)


def test_facts_and_updates_are_read_apart_and_in_order(subject: LogSubject) -> None:
    commit(subject, 1, ("a", CREATED), ("a", update(b"x")), ("b", CREATED), ("a", RENAMED))
    commit(subject, 2, ("a", update(b"y")))
    assert subject.log.facts("a") == [CREATED, RENAMED]
    assert list(subject.log.updates("a")) == [(2, b"x"), (4, b"y")]


def test_the_open_transaction_is_seen_by_its_writer_and_by_nobody_else(
    subject: LogSubject,
) -> None:
    log = subject.log
    log.begin()
    log.append("a", ANN, 1_000, CREATED)
    log.append("a", ANN, 1_000, update(b"x"))
    assert log.version("a") == 2
    assert log.facts("a") == [CREATED]
    assert list(log.updates("a")) == [(2, b"x")]
    assert log.outcomes(1) is None
    log.rollback()


def test_outcomes_are_read_back_by_the_batchs_id(subject: LogSubject) -> None:
    commit(subject, 7, ("a", CREATED))
    commit(subject, 8)
    assert subject.log.outcomes(7) == b"outcomes of 7"
    assert subject.log.outcomes(8) == b"outcomes of 8"
    assert subject.log.outcomes(9) is None


def test_nothing_is_left_of_what_was_rolled_back(subject: LogSubject) -> None:
    commit(subject, 1, ("a", CREATED))
    subject.log.begin()
    subject.log.append("a", BOB, 1_000, RENAMED)
    subject.log.append("b", BOB, 1_000, CREATED)
    subject.log.rollback()
    assert (subject.log.version("a"), subject.log.version("b")) == (1, 0)
    assert subject.log.facts("a") == [CREATED]
    assert len(subject.rows()) == 1


def test_a_rollback_leaves_no_gap(subject: LogSubject) -> None:
    commit(subject, 1, ("a", CREATED))
    subject.log.begin()
    subject.log.append("b", BOB, 1_000, encode(DocumentRenamed("lost")))
    subject.log.rollback()
    assert commit(subject, 2, ("b", CREATED), ("a", RENAMED)) == [1, 2]
    assert_chained(subject.rows(), subject.seeds())


def test_rolling_back_when_nothing_is_open_does_nothing(subject: LogSubject) -> None:
    commit(subject, 1, ("a", CREATED))
    subject.log.rollback()
    assert subject.log.version("a") == 1


def test_what_was_committed_is_there_after_reopening(subject: LogSubject) -> None:
    commit(subject, 1, ("a", CREATED), ("a", update(b"x")))
    subject.log.begin()
    subject.log.append("a", ANN, 1_000, RENAMED)
    subject.reopen()
    assert subject.log.version("a") == 2
    assert list(subject.log.updates("a")) == [(2, b"x")]
    assert subject.log.outcomes(1) == b"outcomes of 1"
    assert commit(subject, 2, ("a", RENAMED)) == [3]
    assert_chained(subject.rows(), subject.seeds())


def test_each_run_of_events_has_a_seed_of_its_own(
    subject: LogSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "RUN_EVENTS", 3)
    commit(subject, 1, ("a", CREATED), *[("a", update(b"%d" % n)) for n in range(5)])
    subject.reopen()
    commit(subject, 2, ("a", RENAMED), ("b", CREATED))
    seeds = subject.seeds()
    assert sorted(seeds) == [("a", 0), ("a", 1), ("a", 2), ("b", 0)]
    assert len(set(seeds.values())) == 4
    assert_chained(subject.rows(), seeds)


def test_on_a_full_disk_nothing_of_the_batch_is_stored(subject: LogSubject) -> None:
    commit(subject, 1, ("a", CREATED))
    subject.fill_disk()
    with pytest.raises(LogRefused):
        commit(subject, 2, ("a", RENAMED), ("b", update(bytes(200_000))))
    subject.log.rollback()
    assert (subject.log.version("a"), subject.log.version("b")) == (1, 0)
    assert subject.log.outcomes(2) is None
    assert len(subject.rows()) == 1


def test_the_log_goes_on_when_there_is_room_again(subject: LogSubject) -> None:
    subject.fill_disk()
    with pytest.raises(LogRefused):
        commit(subject, 1, ("a", CREATED), ("a", update(bytes(200_000))))
    subject.log.rollback()
    subject.make_room()
    assert commit(subject, 2, ("a", CREATED), ("a", update(bytes(200_000)))) == [1, 2]
    assert_chained(subject.rows(), subject.seeds())


def test_no_seed_is_lost_when_the_disk_fills_up_where_a_run_begins(
    subject: LogSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "RUN_EVENTS", 1)
    documents = [f"document {number}" for number in range(2_000)]
    commit(subject, 1, *[(document, CREATED) for document in documents])
    subject.fill_disk()
    edits = [(document, update(b"x" * 20)) for document in documents]
    with pytest.raises(LogRefused):
        commit(subject, 2, *edits)
    subject.log.rollback()
    subject.make_room()
    commit(subject, 3, *edits)
    assert_chained(subject.rows(), subject.seeds())


def test_an_update_is_stored_whole_whatever_its_size(subject: LogSubject) -> None:
    stored = encode(UpdateRecorded(bytes(range(256)) * 4_000, (), {5: "user:ann"}))
    commit(subject, 1, ("a", CREATED), ("a", stored))
    assert list(subject.log.updates("a")) == [(2, stored.payload)]

"""A projection that takes every event: batches, poison, deaths, retrying, want of space."""

from functools import partial
from pathlib import Path

import pytest

from palimpsest.adapters.sqlite.views import SqliteViews, remove
from palimpsest.domain.event_codec import UPDATE_RECORDED, Stored
from palimpsest.projections import runner as frame
from palimpsest.projections.rebuilding import Rebuilding
from palimpsest.projections.runner import EventRunner
from tests.doubles import InMemoryEventLog, InMemoryLogReader
from tests.unit.projections.faults import Faults, Killed, MortalViews, Tally, table
from tests.updates import ANN


def write(log: InMemoryEventLog, *events: str) -> None:
    """Commit an event for each `document payload`."""
    log.begin()
    for event in events:
        document, _, payload = event.partition(" ")
        log.append(document, ANN, 1_000, Stored(UPDATE_RECORDED, payload.encode()))
    log.commit(len(log.rows), b"")


def counts(views: SqliteViews | MortalViews) -> dict[str, int]:
    with views.transaction() as rows:
        return dict(table(rows, "SELECT document, events FROM tally"))


def parked(views: SqliteViews | MortalViews) -> list[tuple[str, int, int, str]]:
    with views.transaction() as rows:
        return table(rows, "SELECT document, version, position, reason FROM parked")


def attempts(views: SqliteViews | MortalViews) -> list[tuple[str, int]]:
    with views.transaction() as rows:
        return table(rows, "SELECT subject, deaths FROM attempts")


def finish(runner: EventRunner) -> None:
    while runner.step(0.0):
        pass


@pytest.fixture
def runner(views: MortalViews, events: InMemoryLogReader, faults: Faults) -> EventRunner:
    return EventRunner(lambda: Tally(faults), views, events)


def next_life(
    views: SqliteViews | MortalViews, events: InMemoryLogReader, faults: Faults, *, blame: bool
) -> EventRunner:
    runner = EventRunner(lambda: Tally(faults), views, events)
    runner.begin(blame=blame)
    return runner


# Going on.


def test_an_empty_log_is_nothing_to_do(runner: EventRunner, file: SqliteViews) -> None:
    assert not runner.step(0.0)
    assert runner.standing.position == 0
    assert counts(file) == {}
    assert runner.idle_seconds(0.0) is None


def test_events_are_taken_in_batches_until_there_are_no_more(
    runner: EventRunner,
    log: InMemoryEventLog,
    file: SqliteViews,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frame, "EVENTS_AT_ONCE", 2)
    write(log, "a 1", "b 1", "a 2", "a 3", "b 2")
    positions = []
    while runner.step(0.0):
        positions.append(runner.standing.position)
    assert positions == [2, 4, 5]
    assert counts(file) == {"a": 3, "b": 2}
    write(log, "c 1")
    assert runner.step(0.0)
    assert counts(file) == {"a": 3, "b": 2, "c": 1}


def test_what_was_taken_is_told_once_with_its_newest_version(
    runner: EventRunner, log: InMemoryEventLog
) -> None:
    write(log, "a 1", "b 1", "a 2")
    finish(runner)
    assert runner.take_shown() == {"a": 2, "b": 1}
    assert runner.take_shown() == {}


def test_no_attempt_is_left_when_there_is_nothing_to_do(
    runner: EventRunner, log: InMemoryEventLog, file: SqliteViews, faults: Faults
) -> None:
    faults.poison.add(b"2")
    write(log, "a 1", "b 1", "a 2")
    finish(runner)
    assert attempts(file) == []


# Poison.


@pytest.mark.parametrize("kind", ["poison", "poison_at_flush"])
def test_an_event_that_fails_parks_its_document_there_and_holds_up_no_other(
    kind: str, runner: EventRunner, log: InMemoryEventLog, file: SqliteViews, faults: Faults
) -> None:
    getattr(faults, kind).add(b"bad")
    write(log, "a 1", "b 1", "a bad", "b 2", "a 3", "c 1")
    finish(runner)
    assert counts(file) == {"a": 1, "b": 2, "c": 1}
    [(document, version, position, reason)] = parked(file)
    assert (document, version, position) == ("a", 2, 3)
    assert reason.startswith("ValueError: cannot ")
    write(log, "a 4", "b 3")
    finish(runner)
    assert counts(file) == {"a": 1, "b": 3, "c": 1}
    assert runner.standing.position == 8


def test_a_parked_document_comes_back_whole(
    runner: EventRunner, log: InMemoryEventLog, file: SqliteViews, faults: Faults
) -> None:
    faults.poison.add(b"bad")
    write(log, "a 1", "a bad", "b 1", "a 3")
    finish(runner)
    faults.cure()
    runner.retry("a")
    assert (counts(file), parked(file)) == ({"a": 3, "b": 1}, [])
    write(log, "a 4")
    finish(runner)
    assert counts(file) == {"a": 4, "b": 1}


def test_a_document_that_fails_again_stays_parked_and_its_rows_stay(
    runner: EventRunner, log: InMemoryEventLog, file: SqliteViews, faults: Faults
) -> None:
    faults.poison.add(b"bad")
    write(log, "a 1", "a bad", "b 1")
    finish(runner)
    before = parked(file)
    with pytest.raises(ValueError, match="cannot digest"):
        runner.retry("a")
    assert (counts(file), parked(file)) == ({"a": 1, "b": 1}, before)
    write(log, "a 3", "b 2")
    finish(runner)
    assert (counts(file), parked(file)) == ({"a": 1, "b": 2}, before)


# Deaths.


def lives_until_done(
    views: MortalViews, events: InMemoryLogReader, faults: Faults, *, blame: bool, at_most: int
) -> int:
    """Let processes die one after the other; return how many died."""
    for deaths in range(at_most):
        runner = next_life(views, events, faults, blame=blame)
        try:
            finish(runner)
        except Killed:
            continue
        return deaths
    return at_most


def test_an_event_that_kills_is_found_and_its_document_parked(
    log: InMemoryEventLog,
    views: MortalViews,
    events: InMemoryLogReader,
    file: SqliteViews,
    faults: Faults,
) -> None:
    faults.deadly.add(b"bad")
    write(log, "a 1", "b 1", "a bad", "b 2", "a 3")
    # Once among others, and twice when nothing else could be to blame.
    assert lives_until_done(views, events, faults, blame=True, at_most=10) == 3
    assert parked(file) == [("a", 2, 3, frame.KILLED)]
    assert counts(file) == {"a": 1, "b": 2}
    faults.cure()
    next_life(views, events, faults, blame=True).retry("a")
    assert (counts(file), parked(file)) == ({"a": 3, "b": 2}, [])


def test_every_event_that_kills_is_found(
    log: InMemoryEventLog,
    views: MortalViews,
    events: InMemoryLogReader,
    file: SqliteViews,
    faults: Faults,
) -> None:
    faults.deadly |= {b"bad", b"worse"}
    write(log, "a bad", "b 1", "b worse", "c 1", "c 2")
    assert lives_until_done(views, events, faults, blame=True, at_most=10) <= 6
    assert [document for document, *_ in parked(file)] == ["a", "b"]
    assert counts(file) == {"b": 1, "c": 2}


def test_a_process_that_is_killed_from_outside_parks_nothing(
    log: InMemoryEventLog,
    views: MortalViews,
    events: InMemoryLogReader,
    file: SqliteViews,
    faults: Faults,
) -> None:
    faults.deadly.add(b"2")
    write(log, "a 1", "a 2", "a 3")
    assert lives_until_done(views, events, faults, blame=False, at_most=20) == 20
    assert parked(file) == []
    faults.cure()
    finish(next_life(views, events, faults, blame=True))
    assert (counts(file), parked(file)) == ({"a": 3}, [])


@pytest.mark.parametrize("where", ["before", "inside", "after"])
@pytest.mark.parametrize("transactions", range(5))
def test_one_death_anywhere_leaves_nothing_out_and_counts_nothing_twice(
    where: str,
    transactions: int,
    log: InMemoryEventLog,
    views: MortalViews,
    events: InMemoryLogReader,
    file: SqliteViews,
    faults: Faults,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frame, "EVENTS_AT_ONCE", 2)
    write(log, "a 1", "b 1", "a 2", "b 2")
    views.die(where, transactions)
    with pytest.raises(Killed):
        finish(next_life(views, events, faults, blame=True))
    finish(next_life(views, events, faults, blame=True))
    assert (counts(file), parked(file), attempts(file)) == ({"a": 2, "b": 2}, [], [])


# Others, and views that go away.


def test_of_two_that_take_the_same_events_one_is_overtaken(
    log: InMemoryEventLog, events: InMemoryLogReader, path: Path, file: SqliteViews, faults: Faults
) -> None:
    own = SqliteViews(path)
    runners = [next_life(each, events, faults, blame=False) for each in (file, own)]
    for number in range(10):
        write(log, f"a {number}", f"b {number}")
        for runner in runners[:: 1 if number % 3 else -1]:
            runner.step(0.0)
    for runner in runners:
        finish(runner)
    assert counts(file) == {"a": 10, "b": 10}
    own.close()


def test_projections_that_share_views_all_begin_anew_when_these_are_gone(
    log: InMemoryEventLog, events: InMemoryLogReader, path: Path, file: SqliteViews, faults: Faults
) -> None:
    names = ("first", "second")
    runners = [EventRunner(partial(Tally, name=name), file, events) for name in names]
    write(log, "a 1", "b 1")
    for runner in runners:
        finish(runner)
    remove(path)
    write(log, "a 2")
    for _ in range(3):
        for runner in runners:
            runner.step(0.0)
    with file.transaction() as rows:
        tallies = [dict(table(rows, f"SELECT document, events FROM {name}")) for name in names]
    assert tallies == [{"a": 2, "b": 1}] * 2
    assert parked(file) == []


# Rebuilding.


def test_a_rebuilt_view_catches_up_with_what_came_meanwhile(
    runner: EventRunner,
    log: InMemoryEventLog,
    events: InMemoryLogReader,
    path: Path,
    file: SqliteViews,
) -> None:
    write(log, "a 1", "b 1")
    finish(runner)
    beside = path.with_name("beside.db")
    new = SqliteViews(beside)
    rebuilding = Rebuilding(EventRunner(Tally, new, events), events)
    for _ in rebuilding.steps():
        pass
    write(log, "a 2", "b 2", "a 3")
    finish(runner)
    with file.beside(beside):
        rebuilding.swap(file)
    write(log, "c 1")
    finish(runner)
    assert counts(file) == {"a": 3, "b": 2, "c": 1}
    new.close()

"""A projection that takes every event: batches, poison, deaths, retrying, want of space."""

import logging
from functools import partial

import pytest

from palimpsest.adapters.sqlite.views import remove
from palimpsest.ports import Row, Rows, ViewsRefused
from palimpsest.projections import runner as frame
from palimpsest.projections.rebuilding import Rebuilding
from palimpsest.projections.runner import EventRunner, Runner
from tests.doubles import InMemoryLogReader
from tests.unit.projections.faults import Killed, Tally
from tests.unit.projections.scene import Scene, finish

# Going on.


def test_an_empty_log_is_nothing_to_do(scene: Scene) -> None:
    runner = scene.tallying()
    assert not runner.step(0.0)
    assert runner.standing.position == 0
    assert scene.counts() == {}
    assert runner.idle_seconds(0.0) is None


def test_events_are_taken_in_batches_until_there_are_no_more(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "EVENTS_AT_ONCE", 2)
    scene.write("a 1", "b 1", "a 2", "a 3", "b 2")
    runner = scene.tallying()
    positions = []
    while runner.step(0.0):
        positions.append(runner.standing.position)
    assert positions == [2, 4, 5]
    assert scene.counts() == {"a": 3, "b": 2}
    scene.write("c 1")
    assert runner.step(0.0)
    assert scene.counts() == {"a": 3, "b": 2, "c": 1}


def test_what_was_taken_is_told_once_with_its_newest_version(scene: Scene) -> None:
    scene.write("a 1", "b 1", "a 2")
    runner = scene.tallying()
    finish(runner)
    assert runner.take_shown() == {"a": 2, "b": 1}
    assert runner.take_shown() == {}


def test_no_attempt_is_left_when_there_is_nothing_to_do(scene: Scene) -> None:
    scene.faults.poison.add(b"2")
    scene.write("a 1", "b 1", "a 2")
    finish(scene.tallying())
    assert scene.attempts() == []


# Poison.


@pytest.mark.parametrize("kind", ["poison", "poison_at_flush"])
def test_an_event_that_fails_parks_its_document_there_and_holds_up_no_other(
    kind: str, scene: Scene
) -> None:
    getattr(scene.faults, kind).add(b"bad")
    scene.write("a 1", "b 1", "a bad", "b 2", "a 3", "c 1")
    runner = scene.tallying()
    finish(runner)
    assert scene.counts() == {"a": 1, "b": 2, "c": 1}
    [(document, version, position, reason)] = scene.parked()
    assert (document, version, position) == ("a", 2, 3)
    assert reason.startswith("ValueError: cannot ")
    scene.write("a 4", "b 3")
    finish(runner)
    assert scene.counts() == {"a": 1, "b": 3, "c": 1}
    assert runner.standing.position == 8


def test_a_parked_document_is_not_told_as_taken(scene: Scene) -> None:
    scene.faults.poison.add(b"bad")
    scene.write("a 1", "a bad", "b 1")
    runner = scene.tallying()
    finish(runner)
    assert runner.take_shown() == {"a": 1, "b": 1}
    scene.write("a 3", "b 2")
    finish(runner)
    assert runner.take_shown() == {"b": 2}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("no"), "ValueError: no"),
        (KeyError(), "KeyError"),
        (ValueError("half a pair: \ud800"), "ValueError: half a pair: \\ud800"),
        (ValueError("x" * 100_000), "ValueError: " + "x" * (frame.REASON_CHARACTERS_MAX - 12)),
    ],
    ids=["short", "nothing", "surrogate", "long"],
)
def test_the_reason_is_told_whatever_it_is(
    error: Exception,
    reason: str,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Half a pair cannot be handed from one process of the tests to another.
    caplog.set_level(logging.CRITICAL + 1)

    def fail(tally: Tally, event: Row, rows: Rows) -> None:
        raise error

    monkeypatch.setattr(Tally, "fold", fail)
    scene.write("a 1")
    finish(scene.tallying())
    assert scene.parked() == [("a", 1, 1, reason)]


# Taking in again.


def test_a_parked_document_comes_back_whole(scene: Scene) -> None:
    scene.faults.poison.add(b"bad")
    scene.write("a 1", "a bad", "b 1", "a 3")
    runner = scene.tallying()
    finish(runner)
    scene.faults.cure()
    runner.retry("a")
    assert (scene.counts(), scene.parked()) == ({"a": 3, "b": 1}, [])
    scene.write("a 4")
    finish(runner)
    assert scene.counts() == {"a": 4, "b": 1}


def test_a_document_that_fails_again_stays_parked_and_its_rows_stay(scene: Scene) -> None:
    scene.faults.poison.add(b"bad")
    scene.write("a 1", "a bad", "b 1")
    runner = scene.tallying()
    finish(runner)
    before = scene.parked()
    with pytest.raises(ValueError, match="cannot digest"):
        runner.retry("a")
    assert (scene.counts(), scene.parked()) == ({"a": 1, "b": 1}, before)
    scene.write("a 3", "b 2")
    finish(runner)
    assert (scene.counts(), scene.parked()) == ({"a": 1, "b": 2}, before)


def test_a_document_is_taken_in_again_beside_a_process_that_goes_on(scene: Scene) -> None:
    scene.faults.poison |= {b"bad", b"worse"}
    scene.write("a 1", "a bad", "b worse", "c 1")
    runner = scene.tallying()
    finish(runner)
    scene.faults.cure()
    command = scene.tallying(views=scene.open())
    scene.write("a 3", "c 2")
    finish(runner)
    command.retry("a")
    scene.write("b 2", "c 3")
    finish(runner)
    command.retry("b")
    scene.write("a 4", "b 3")
    finish(runner)
    assert (scene.counts(), scene.parked()) == ({"a": 4, "b": 3, "c": 3}, [])


def test_nothing_is_counted_twice_after_taking_in_again_failed_beside_others(
    scene: Scene,
) -> None:
    scene.faults.poison.add(b"bad")
    runner, other = scene.tallying(), scene.tallying(views=scene.open())
    scene.write("a bad", "b 1")
    finish(runner)
    finish(other)
    scene.write("b 2")
    finish(runner)
    with pytest.raises(ValueError, match="cannot digest"):
        other.retry("a")
    scene.write("b 3")
    finish(other)
    assert scene.counts() == {"b": 3}


def test_what_is_taken_in_again_ends_where_everything_else_does(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "EVENTS_AT_ONCE", 2)
    scene.faults.poison.add(b"bad")
    scene.write("a bad", "b 1", "a 2", "b 2")
    runner = scene.tallying()
    runner.step(0.0)
    scene.faults.cure()
    runner.retry("a")
    assert scene.counts() == {"a": 1, "b": 1}
    finish(runner)
    assert scene.counts() == {"a": 2, "b": 2}


# Deaths.


def lives_until_done(scene: Scene, *, blame: bool, at_most: int) -> int:
    """Let processes die one after the other; return how many died."""
    for deaths in range(at_most):
        runner = scene.tallying(blame=blame)
        try:
            finish(runner)
        except Killed:
            continue
        return deaths
    return at_most


def test_an_event_that_kills_is_found_and_its_document_parked(scene: Scene) -> None:
    scene.faults.deadly.add(b"bad")
    scene.write("a 1", "b 1", "a bad", "b 2", "a 3")
    # Once among others, and twice when nothing else could be to blame.
    assert lives_until_done(scene, blame=True, at_most=10) == 3
    assert scene.parked() == [("a", 2, 3, frame.KILLED)]
    assert scene.counts() == {"a": 1, "b": 2}
    scene.faults.cure()
    scene.tallying(blame=True).retry("a")
    assert (scene.counts(), scene.parked()) == ({"a": 3, "b": 2}, [])


def test_every_event_that_kills_is_found(scene: Scene) -> None:
    scene.faults.deadly |= {b"bad", b"worse"}
    scene.write("a bad", "b 1", "b worse", "c 1", "c 2")
    assert lives_until_done(scene, blame=True, at_most=10) <= 6
    assert [document for document, *_ in scene.parked()] == ["a", "b"]
    assert scene.counts() == {"b": 1, "c": 2}


def test_a_process_that_is_killed_from_outside_parks_nothing(scene: Scene) -> None:
    scene.faults.deadly.add(b"2")
    scene.write("a 1", "a 2", "a 3")
    assert lives_until_done(scene, blame=False, at_most=20) == 20
    assert scene.parked() == []
    scene.faults.cure()
    finish(scene.tallying(blame=True))
    assert (scene.counts(), scene.parked()) == ({"a": 3}, [])


@pytest.mark.parametrize("where", ["before", "inside", "after"])
@pytest.mark.parametrize("transactions", range(5))
def test_one_death_anywhere_leaves_nothing_out_and_counts_nothing_twice(
    where: str, transactions: int, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "EVENTS_AT_ONCE", 2)
    scene.write("a 1", "b 1", "a 2", "b 2")
    scene.views.die(where, transactions)
    with pytest.raises(Killed):
        finish(scene.tallying(blame=True))
    finish(scene.tallying(blame=True))
    assert (scene.counts(), scene.parked(), scene.attempts()) == ({"a": 2, "b": 2}, [], [])


def test_a_process_that_is_asked_to_stop_is_not_dead(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(tally: Tally, event: Row, rows: Rows) -> None:
        raise KeyboardInterrupt

    scene.write("a 1")
    with monkeypatch.context() as patch:
        patch.setattr(Tally, "fold", stop)
        for _ in range(frame.DEATHS_MAX + 1):
            with pytest.raises(KeyboardInterrupt):
                finish(scene.tallying(blame=True))
    finish(scene.tallying(blame=True))
    assert (scene.counts(), scene.parked()) == ({"a": 1}, [])


# Others, and views that go away or take nothing.


def test_of_two_that_take_the_same_events_one_is_overtaken(scene: Scene) -> None:
    runners = [scene.tallying(), scene.tallying(views=scene.open())]
    for number in range(10):
        scene.write(f"a {number}", f"b {number}")
        for runner in runners[:: 1 if number % 3 else -1]:
            runner.step(0.0)
    for runner in runners:
        finish(runner)
    assert scene.counts() == {"a": 10, "b": 10}


def test_projections_that_share_views_all_begin_anew_when_these_are_gone(scene: Scene) -> None:
    names = ("first", "second")
    runners = [EventRunner(partial(Tally, name=name), scene.file, scene.events) for name in names]
    scene.write("a 1", "b 1")
    for runner in runners:
        finish(runner)
    remove(scene.path)
    scene.write("a 2")
    for _ in range(3):
        for runner in runners:
            runner.step(0.0)
    for name in names:
        rows = scene.rows(f"SELECT document, events FROM {name}")
        assert rows == [("a", 2), ("b", 1)]
    assert scene.parked() == []


def test_views_that_are_gone_come_back_though_nothing_is_written(scene: Scene) -> None:
    names = ("first", "second")
    runners = [EventRunner(partial(Tally, name=name), scene.file, scene.events) for name in names]
    scene.write("a 1", "b 1")
    for runner in runners:
        finish(runner)
    remove(scene.path)
    for _ in range(3):
        for runner in runners:
            runner.step(0.0)
    for name in names:
        assert scene.rows(f"SELECT document, events FROM {name}") == [("a", 1), ("b", 1)]


def test_a_log_of_another_id_is_another_log(scene: Scene) -> None:
    scene.write("a 1")
    finish(scene.tallying())
    scene.events = InMemoryLogReader(scene.log, "another")
    assert scene.tallying().standing.position == 0


def test_no_document_is_to_blame_when_nothing_can_be_written(scene: Scene) -> None:
    scene.write("a 1")
    runner = scene.tallying()
    finish(runner)
    with scene.file.transaction() as rows:
        rows.execute("PRAGMA max_page_count = 1")
    scene.write(*(f"document-{number} {number}" for number in range(500)))
    for _ in range(3):
        with pytest.raises(ViewsRefused):
            finish(runner)
    with scene.file.transaction() as rows:
        rows.execute("PRAGMA max_page_count = 10000")
    finish(runner)
    assert len(scene.counts()) == 501
    assert set(scene.counts().values()) == {1}
    assert scene.parked() == []


# Rebuilding.


def rebuild(scene: Scene, runner: Runner) -> Rebuilding:
    """Return a rebuilding that only has to be swapped."""
    rebuilding = Rebuilding(runner, scene.events)
    for _ in rebuilding.steps():
        pass
    return rebuilding


def test_a_rebuilt_view_catches_up_with_what_came_meanwhile(scene: Scene) -> None:
    scene.write("a 1", "b 1")
    runner = scene.tallying()
    finish(runner)
    rebuilding = rebuild(scene, scene.tallying(views=scene.open("beside.db")))
    scene.write("a 2", "b 2", "a 3")
    finish(runner)
    with scene.file.beside(scene.path.with_name("beside.db")):
        rebuilding.swap(scene.file)
    scene.write("c 1")
    finish(runner)
    assert scene.counts() == {"a": 3, "b": 2, "c": 1}


@pytest.mark.parametrize("kind", ["tallying", "showing"])
def test_rebuilding_comes_to_an_end_though_people_write_on(kind: str, scene: Scene) -> None:
    scene.write(*(f"{document} 1" for document in "abc"))
    runner: Runner = getattr(scene, kind)()
    new: Runner = getattr(scene, kind)(views=scene.open("beside.db"))
    rebuilding = Rebuilding(new, scene.events)
    steps = 0
    for _ in rebuilding.steps():
        scene.write(*(f"{document} more" for document in "abc"))
        steps += 1
        assert steps < 100
    for now in range(100):
        runner.step(float(now))
    with scene.file.beside(scene.path.with_name("beside.db")):
        rebuilding.swap(scene.file)
    everything = dict.fromkeys("abc", 1 + steps)
    assert (scene.counts() or scene.shown(), scene.checkpoint()) == (everything, 3 * (1 + steps))


def test_a_view_of_an_empty_log_can_be_rebuilt(scene: Scene) -> None:
    rebuilding = rebuild(scene, EventRunner(Tally, scene.open("beside.db"), scene.events))
    with scene.file.beside(scene.path.with_name("beside.db")):
        rebuilding.swap(scene.file)
    scene.write("a 1")
    finish(scene.tallying())
    assert scene.counts() == {"a": 1}


@pytest.mark.parametrize("kind", ["tallying", "showing"])
def test_a_view_of_a_longer_log_than_there_is_can_be_rebuilt(kind: str, scene: Scene) -> None:
    scene.write(*(f"a {number}" for number in range(10)))
    runner: Runner = getattr(scene, kind)()
    for now in range(10):
        runner.step(float(now))
    assert scene.checkpoint() == 10
    scene.shorten_log(5)
    rebuilding = rebuild(scene, getattr(scene, kind)(views=scene.open("beside.db")))
    with scene.file.beside(scene.path.with_name("beside.db")):
        rebuilding.swap(scene.file)
    assert scene.checkpoint() == 5
    scene.write(*(f"a other {number}" for number in range(6)))
    for now in range(10, 20):
        runner.step(float(now))
    assert scene.checkpoint() == 11
    assert scene.counts() == ({"a": 11} if kind == "tallying" else {})
    assert scene.shown() == ({"a": 11} if kind == "showing" else {})

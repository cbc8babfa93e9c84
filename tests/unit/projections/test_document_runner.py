"""A projection that looks at whole documents: when, in which order, and what its place says."""

from itertools import pairwise

import pytest

from palimpsest.adapters.sqlite.views import remove
from palimpsest.ports import LogReader, Row, ViewsRefused
from palimpsest.projections import runner as frame
from palimpsest.projections.pauses import AT_ONCE
from palimpsest.projections.runner import DocumentRunner
from tests.unit.projections.faults import Killed, Showing
from tests.unit.projections.scene import Scene

PAUSE_SECONDS, LATEST_SECONDS = AT_ONCE
SOON = PAUSE_SECONDS / 2
TICK = LATEST_SECONDS / 8  # less than a pause


def looked_at(runner: DocumentRunner) -> list[tuple[str, int]]:
    """Return what the projection was asked to show, in order."""
    assert isinstance(runner._projection, Showing)
    return runner._projection.shown


def finish(runner: DocumentRunner, now: float = 0.0) -> float:
    """Let a process show all that there is, as time goes by; return the time then."""
    while runner.step(now) or runner.idle_seconds(now) is not None:
        now += runner.idle_seconds(now) or 0.0
    return now


class Piecemeal:
    """A log that is read a single event at a time, as one with large events is."""

    def __init__(self, events: LogReader) -> None:
        self._events = events

    def after(self, position: int, events_max: int) -> list[Row]:
        return self._events.after(position, min(1, events_max))

    def __getattr__(self, name: str) -> object:
        return getattr(self._events, name)


# When.


def test_an_empty_log_is_nothing_to_do(scene: Scene) -> None:
    runner = scene.showing()
    assert not runner.step(0.0)
    assert runner.idle_seconds(0.0) is None
    assert scene.shown() == {}


def test_a_document_is_shown_when_it_pauses(scene: Scene) -> None:
    runner = scene.showing()
    scene.write("a 1")
    assert not runner.step(10.0)
    assert runner.idle_seconds(10.0) == pytest.approx(PAUSE_SECONDS)
    assert scene.shown() == {}
    assert runner.step(10.0 + PAUSE_SECONDS)
    assert scene.shown() == {"a": 1}
    assert runner.idle_seconds(10.0 + PAUSE_SECONDS) is None
    assert scene.checkpoint() == 1


def test_a_document_that_is_typed_into_is_shown_after_the_latest_time(scene: Scene) -> None:
    runner = scene.showing()
    shown_at = []
    for tick in range(40):
        now = tick * TICK
        scene.write(f"a {tick}")
        before = len(looked_at(runner))
        runner.step(now)
        if len(looked_at(runner)) > before:
            shown_at.append((now, looked_at(runner)[-1]))
    times = [now for now, _ in shown_at]
    assert len(times) == 4
    assert times[0] == LATEST_SECONDS
    for first, second in pairwise(times):
        # It is not shown again before there is something new, so a tick is lost.
        assert second - first == LATEST_SECONDS + TICK
    # What is shown is what was there then, and nothing is shown twice.
    assert [version for _, (_, version) in shown_at] == [round(now / TICK) + 1 for now in times]


def test_the_time_to_wait_is_that_of_the_next_document_that_is_due(scene: Scene) -> None:
    runner = scene.showing()
    scene.write("a 1")
    runner.step(0.0)
    scene.write("b 1")
    runner.step(SOON)
    assert runner.idle_seconds(SOON) == pytest.approx(PAUSE_SECONDS - SOON)
    assert runner.idle_seconds(PAUSE_SECONDS * 3) == 0.0
    wait = runner.idle_seconds(SOON)
    assert wait is not None
    # Whoever waits so long and no longer finds it due.
    assert runner.step(SOON + wait)
    assert scene.shown() == {"a": 1}
    assert not runner.step(SOON + wait)
    assert scene.shown() == {"a": 1}


def test_a_document_that_somebody_waits_for_is_shown_at_once(scene: Scene) -> None:
    runner = scene.showing()
    scene.write("a 1", "b 1")
    assert not runner.step(0.0)
    runner.want("b")
    runner.want("nothing of that name")
    assert runner.step(0.0)
    assert (scene.shown(), scene.checkpoint()) == ({"b": 1}, 1 - 1)
    assert not runner.step(0.0)


def test_what_was_shown_is_told_once_with_its_version(scene: Scene) -> None:
    runner = scene.showing()
    scene.faults.poison.add(b"bad")
    scene.write("a 1", "b 1", "a 2", "c bad")
    finish(runner)
    assert runner.take_shown() == {"a": 2, "b": 1}
    assert runner.take_shown() == {}


# Its place.


def test_what_lies_before_its_place_is_shown_in_any_order_of_pauses(scene: Scene) -> None:
    runner = scene.showing()
    scene.write("a 1", "b 1", "c 1")
    runner.step(0.0)
    scene.write("a 2")
    runner.step(SOON)
    for document, place in (("b", 0), ("c", 0), ("a", 4)):
        assert runner.step(PAUSE_SECONDS + (SOON if document == "a" else 0))
        assert looked_at(runner)[-1][0] == document
        assert scene.checkpoint() == runner.standing.position == place
    assert scene.shown() == {"a": 2, "b": 1, "c": 1}


def test_after_a_restart_what_was_not_yet_shown_is_shown(scene: Scene) -> None:
    runner = scene.showing()
    scene.write("a 1", "b 1")
    runner.step(0.0)
    scene.write("a 2")
    runner.step(SOON)
    runner.step(PAUSE_SECONDS)
    assert scene.shown() == {"b": 1}
    reborn = scene.showing()
    finish(reborn)
    assert scene.shown() == {"a": 2, "b": 1}
    assert scene.checkpoint() == 3


def test_nothing_is_shown_before_all_that_was_there_is_known(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "EVENTS_AT_ONCE", 2)
    scene.write(*(f"a {number}" for number in range(7)), "b 1")
    runner = scene.showing()
    now = 0.0
    while not looked_at(runner):
        assert runner.step(now)
        now += LATEST_SECONDS
    finish(runner, now)
    assert looked_at(runner) == [("a", 7), ("b", 1)]


def test_events_that_are_read_one_by_one_are_all_read_without_waiting(scene: Scene) -> None:
    scene.faults.poison.add(b"bad")
    scene.write("a bad")
    finish(scene.showing())
    scene.write(*(f"a {number}" for number in range(5)), "b 1")
    scene.events = Piecemeal(scene.events)  # type: ignore[assignment]
    runner = scene.showing()
    steps = 0
    while runner.step(0.0):
        steps += 1
    # Nothing says that there is nothing to do while there is.
    assert runner.idle_seconds(0.0) == PAUSE_SECONDS
    assert steps >= 5
    finish(runner)
    assert scene.shown() == {"b": 1}


def test_events_of_parked_documents_hold_up_no_place(scene: Scene) -> None:
    scene.faults.poison.add(b"bad")
    scene.write("a 1", "b bad")
    runner = scene.showing()
    now = finish(runner)
    scene.write("b 2", "b 3", "a 2", "b 4")
    runner.step(now)
    assert (scene.shown(), scene.checkpoint()) == ({"a": 1}, 4)
    finish(runner, now)
    assert (scene.shown(), scene.checkpoint()) == ({"a": 2}, 6)


def test_events_of_parked_documents_alone_move_the_place(scene: Scene) -> None:
    scene.faults.poison.add(b"bad")
    scene.write("a 1", "b bad")
    runner = scene.showing()
    now = finish(runner)
    scene.write("b 2", "b 3")
    assert runner.step(now)
    assert (scene.shown(), scene.checkpoint()) == ({"a": 1}, 4)
    assert runner.idle_seconds(now) is None


# Failures.


def test_a_document_that_fails_is_parked_with_the_first_event_that_is_not_shown(
    scene: Scene,
) -> None:
    runner = scene.showing()
    scene.write("a 1", "b 1")
    now = finish(runner)
    scene.faults.poison.add(b"bad")
    scene.write("a 2", "b 2", "a bad", "a 4")
    now = finish(runner, now)
    assert scene.shown() == {"a": 1, "b": 2}
    assert scene.parked() == [("a", 2, 3, "ValueError: cannot digest b'bad'")]
    scene.write("a 5", "b 3")
    finish(runner, now)
    assert scene.shown() == {"a": 1, "b": 3}
    assert scene.checkpoint() == 8


def test_a_parked_document_comes_back_as_it_is_then(scene: Scene) -> None:
    scene.faults.poison.add(b"bad")
    scene.write("a 1", "a bad", "b 1")
    runner = scene.showing()
    now = finish(runner)
    scene.write("a 3")
    now = finish(runner, now)
    with pytest.raises(ValueError, match="cannot digest"):
        runner.retry("a")
    assert [document for document, *_ in scene.parked()] == ["a"]
    scene.faults.cure()
    runner.retry("a")
    assert (scene.shown(), scene.parked()) == ({"a": 3, "b": 1}, [])
    scene.write("a 4")
    finish(runner, now)
    assert scene.shown() == {"a": 4, "b": 1}


def test_taking_a_document_in_again_costs_no_other_its_rows(scene: Scene) -> None:
    scene.faults.poison.add(b"bad")
    scene.write("a bad", "b 1")
    runner = scene.showing()
    now = finish(runner)
    scene.faults.cure()
    runner.retry("a")
    finish(runner, now)
    assert scene.showing().standing.position == 2
    assert (scene.shown(), looked_at(runner)) == ({"a": 1, "b": 1}, [])


def test_what_comes_while_a_document_is_taken_in_again_is_shown_too(scene: Scene) -> None:
    scene.faults.poison.add(b"bad")
    scene.write("a bad", "b 1")
    runner = scene.showing()
    now = finish(runner)
    scene.faults.cure()
    command = scene.showing(views=scene.open())
    scene.write("a 2")
    runner.step(now)
    command.retry("a")
    scene.write("a 3", "b 2")
    now = finish(runner, now)
    assert (scene.shown(), scene.parked()) == ({"a": 3, "b": 2}, [])


def lives_until_done(scene: Scene, *, blame: bool, at_most: int) -> int:
    """Let processes die one after the other; return how many died."""
    for deaths in range(at_most):
        runner = scene.showing(blame=blame)
        try:
            finish(runner)
        except Killed:
            continue
        return deaths
    return at_most


@pytest.mark.parametrize("piecemeal", [False, True])
def test_a_document_that_kills_twice_is_parked_and_holds_up_no_other(
    piecemeal: bool,  # noqa: FBT001
    scene: Scene,
) -> None:
    if piecemeal:
        scene.events = Piecemeal(scene.events)  # type: ignore[assignment]
    scene.faults.deadly.add(b"bad")
    scene.write("b 1", "a 1", "c 1", "a bad", "b 2")
    assert lives_until_done(scene, blame=True, at_most=10) == 2
    assert scene.shown() == {"b": 2, "c": 1}
    assert scene.parked() == [("a", 1, 2, frame.KILLED)]


def test_the_document_that_a_process_died_of_is_tried_first(scene: Scene) -> None:
    scene.faults.deadly.add(b"bad")
    scene.write("b 1", "a bad")
    runner = scene.showing()
    runner.step(0.0)
    runner.want("a")
    with pytest.raises(Killed):
        runner.step(0.0)
    # If another were tried first, its being shown would be noted in the place of that death.
    assert lives_until_done(scene, blame=True, at_most=10) == 1
    assert scene.parked() == [("a", 1, 2, frame.KILLED)]


def test_every_document_that_kills_is_parked(scene: Scene) -> None:
    scene.faults.deadly |= {b"bad", b"worse"}
    scene.write("a bad", "b 1", "c worse", "d 1")
    assert lives_until_done(scene, blame=True, at_most=10) == 4
    assert scene.shown() == {"b": 1, "d": 1}
    assert [document for document, *_ in scene.parked()] == ["a", "c"]


def test_a_new_revision_is_charged_with_nothing_of_the_old(scene: Scene) -> None:
    scene.faults.deadly.add(b"bad")
    scene.write("a bad", "b 1")
    assert lives_until_done(scene, blame=True, at_most=2) == 2
    scene.faults.cure()
    scene.revision = 2
    assert lives_until_done(scene, blame=True, at_most=1) == 0
    assert (scene.shown(), scene.parked()) == ({"a": 1, "b": 1}, [])


def test_a_process_that_is_killed_from_outside_parks_nothing(scene: Scene) -> None:
    scene.faults.deadly.add(b"2")
    scene.write("a 1", "a 2", "b 1")
    assert lives_until_done(scene, blame=False, at_most=20) == 20
    assert scene.parked() == []
    scene.faults.cure()
    finish(scene.showing(blame=True))
    assert (scene.shown(), scene.parked()) == ({"a": 2, "b": 1}, [])


@pytest.mark.parametrize("where", ["before", "inside", "after"])
@pytest.mark.parametrize("transactions", range(5))
def test_one_death_anywhere_leaves_nothing_out(
    where: str, transactions: int, scene: Scene
) -> None:
    scene.write("a 1", "b 1", "a 2")
    runner = scene.showing(blame=True)
    scene.views.die(where, transactions)
    while True:
        try:
            finish(runner)
        except Killed:
            runner = scene.showing(blame=True)
            continue
        if transactions < 4:
            break
        # The fifth transaction is one of the second round.
        scene.write("b 2")
        transactions = 0
    finish(runner)
    newest = {row.document: row.version for row in scene.log.rows}
    assert (scene.shown(), scene.parked(), scene.attempts()) == (newest, [], [])
    assert scene.checkpoint() == len(scene.log.rows)


def test_no_document_is_to_blame_when_nothing_can_be_written(scene: Scene) -> None:
    runner = scene.showing()
    finish(runner)
    with scene.file.transaction() as rows:
        rows.execute("PRAGMA max_page_count = 1")
    scene.write(*(f"document-{number} {number}" for number in range(500)))
    for now in range(3):
        with pytest.raises(ViewsRefused):
            finish(runner, float(now))
        assert runner.idle_seconds(float(now)) is None
    with scene.file.transaction() as rows:
        rows.execute("PRAGMA max_page_count = 10000")
    finish(runner, 3.0)
    assert len(scene.shown()) == 500
    assert scene.parked() == []


# Views that go away, and logs that are others.


def test_views_that_are_gone_are_all_made_anew(scene: Scene) -> None:
    scene.write("a 1", "b 1")
    runner = scene.showing()
    now = finish(runner)
    remove(scene.path)
    scene.write("b 2")
    finish(runner, now)
    assert scene.shown() == {"a": 1, "b": 2}


def test_views_that_are_gone_come_back_though_nothing_is_written(scene: Scene) -> None:
    scene.write("a 1", "b 1")
    runner = scene.showing()
    now = finish(runner)
    remove(scene.path)
    finish(runner, now)
    assert scene.shown() == {"a": 1, "b": 1}


def test_of_two_that_show_the_same_documents_none_leaves_any_out(scene: Scene) -> None:
    runners = [scene.showing(), scene.showing(views=scene.open())]
    now = 0.0
    for number in range(10):
        scene.write(f"a {number}", f"b {number}")
        for runner in runners[:: 1 if number % 3 else -1]:
            runner.step(now)
            now += PAUSE_SECONDS / (1 + number % 3)
    for runner in runners:
        now = finish(runner, now)
    assert scene.shown() == {"a": 10, "b": 10}
    assert scene.checkpoint() == 20


def test_nothing_is_shown_of_a_future_that_the_log_no_longer_has(scene: Scene) -> None:
    runner = scene.showing()
    scene.write("a 1", "b 1", "b 2")
    runner.step(0.0)
    scene.write("a 2")
    runner.step(SOON)
    runner.step(PAUSE_SECONDS)
    # The place is before the first event of a document that has not paused.
    assert (scene.shown(), scene.checkpoint()) == ({"b": 2}, 0)
    scene.write("c 1")
    now = finish(runner, PAUSE_SECONDS)
    scene.write("a 3")
    runner.step(now)
    scene.write("b 3")
    runner.step(now + SOON)
    runner.want("b")
    runner.step(now + SOON)
    assert (scene.shown(), scene.checkpoint()) == ({"a": 2, "b": 3, "c": 1}, 5)
    # A backup is put back: all up to the place is in it, but nothing behind.
    scene.shorten_log(5)
    finish(scene.showing())
    assert scene.shown() == {"a": 2, "b": 2, "c": 1}


def test_a_document_taken_in_again_shows_no_future_that_the_log_no_longer_has(
    scene: Scene,
) -> None:
    scene.faults.poison.add(b"bad")
    scene.write("a bad", "b 1")
    runner = scene.showing()
    finish(runner)
    scene.faults.cure()
    scene.write("a 2", "a 3")
    runner.retry("a")
    assert (scene.shown(), scene.checkpoint()) == ({"a": 3, "b": 1}, 2)
    scene.shorten_log(2)
    finish(scene.showing())
    assert scene.shown() == {"a": 1, "b": 1}

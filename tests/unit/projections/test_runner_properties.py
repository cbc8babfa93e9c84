"""Whatever happens to those who run it, a view ends as the log says; told by chance."""

from collections.abc import Iterable

from hypothesis import settings
from hypothesis.stateful import invariant, precondition

from palimpsest.ports import LogReader, Row
from palimpsest.projections import runner as frame
from palimpsest.projections.runner import DocumentRunner, EventRunner, Runner
from tests.unit.projections.faults import MortalViews, Showing, Tally, digest
from tests.unit.projections.lives import Lives, LogsThatChange, RealLogs

MANY = settings(max_examples=30, stateful_step_count=30, deadline=None)
SOME = settings(max_examples=10, stateful_step_count=20, deadline=None)


def straight_fold(rows: Iterable[Row]) -> dict[str, tuple[int, str]]:
    """Return how many events of each document there are, and their digest."""
    tally: dict[str, tuple[int, str]] = {}
    for row in rows:
        events, before = tally.get(row.document, (0, ""))
        tally[row.document] = (events + 1, digest(before, row.stored.payload))
    return tally


class EventRunners(Lives):
    """Processes that take every event."""

    def runner(self, views: MortalViews, events: LogReader) -> Runner:
        faults, revision = self.faults, self.revision
        return EventRunner(lambda: Tally(faults, revision), views, events)

    def tally(self) -> dict[str, tuple[int, str]]:
        rows = self.rows("SELECT document, events, digest FROM tally")
        return {document: (events, seen) for document, events, seen in rows}

    @precondition(lambda self: self.path.exists())
    @invariant()
    def rows_are_a_fold_up_to_the_place(self) -> None:
        place, parked, committed = self.place(), self.parked(), self.committed()
        if place <= len(committed):
            assert self.tally() == straight_fold(
                row
                for row in committed[:place]
                if row.document not in parked or row.version < parked[row.document][0]
            )

    def end_well(self) -> None:
        self.finish()
        parked, committed, sick = self.parked(), self.committed(), self.faults.all()
        assert self.place() == len(committed)
        for row in committed:
            if row.stored.payload in sick:
                assert row.version >= parked[row.document][0]
            version, reason = parked.get(row.document, (0, ""))
            if row.version == version:
                assert reason in (
                    f"ValueError: cannot digest {row.stored.payload!r}",
                    f"ValueError: cannot write {row.stored.payload!r}",
                    frame.KILLED,
                )
        self.faults.cure()
        for document in parked:
            self.lives[0].runner.retry(document)
        self.finish()
        assert (self.tally(), self.parked()) == (straight_fold(committed), {})


class DocumentRunners(Lives):
    """Processes that show documents."""

    def runner(self, views: MortalViews, events: LogReader) -> Runner:
        faults, revision = self.faults, self.revision
        return DocumentRunner(lambda: Showing(events, faults, revision), views, events)

    def shown(self) -> dict[str, tuple[int, str]]:
        rows = self.rows("SELECT document, version, digest FROM showing")
        return {document: (version, seen) for document, version, seen in rows}

    @precondition(lambda self: self.path.exists())
    @invariant()
    def the_place_is_never_ahead_of_what_is_shown(self) -> None:
        place, parked, committed = self.place(), self.parked(), self.committed()
        if place > len(committed):
            return
        shown = self.shown()
        for document, (events, _) in straight_fold(committed[:place]).items():
            if document not in parked:
                assert shown[document][0] >= events
        for document, (version, seen) in shown.items():
            rows = [row for row in committed if row.document == document]
            assert straight_fold(rows[:version])[document] == (version, seen)

    def end_well(self) -> None:
        self.finish()
        parked, committed = self.parked(), self.committed()
        sick = self.faults.poison | self.faults.deadly
        assert self.place() == len(committed)
        shown, newest = self.shown(), straight_fold(committed)
        for row in committed:
            if row.stored.payload in sick:
                assert row.document in parked
        for document, (version, reason) in parked.items():
            assert version <= shown.get(document, (0, ""))[0] + 1
            assert reason.startswith("ValueError: cannot digest ") or reason == frame.KILLED
        for document, seen in newest.items():
            assert document in parked or shown[document] == seen
        self.faults.cure()
        for document in parked:
            self.lives[0].runner.retry(document)
        self.finish()
        assert (self.shown(), self.parked()) == (newest, {})


class EventRunnersOnLogsThatChange(EventRunners, LogsThatChange):
    """As before, on logs that change."""


class EventRunnersOnRealLogs(EventRunners, RealLogs):
    """As before, on real logs."""


class DocumentRunnersOnLogsThatChange(DocumentRunners, LogsThatChange):
    """As before, on logs that change."""


class DocumentRunnersOnRealLogs(DocumentRunners, RealLogs):
    """As before, on real logs."""


TestEventRunners = EventRunners.TestCase
TestEventRunners.settings = MANY
TestEventRunnersOnLogsThatChange = EventRunnersOnLogsThatChange.TestCase
TestEventRunnersOnLogsThatChange.settings = MANY
TestEventRunnersOnRealLogs = EventRunnersOnRealLogs.TestCase
TestEventRunnersOnRealLogs.settings = SOME
TestDocumentRunners = DocumentRunners.TestCase
TestDocumentRunners.settings = MANY
TestDocumentRunnersOnLogsThatChange = DocumentRunnersOnLogsThatChange.TestCase
TestDocumentRunnersOnLogsThatChange.settings = MANY
TestDocumentRunnersOnRealLogs = DocumentRunnersOnRealLogs.TestCase
TestDocumentRunnersOnRealLogs.settings = SOME

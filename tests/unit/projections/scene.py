"""What runs projections, with a log in memory and real views: a test's one way to all of it."""

from pathlib import Path
from typing import Any

from palimpsest.adapters.sqlite.views import FILE_NAME, SqliteViews
from palimpsest.domain.event_codec import UPDATE_RECORDED, Stored
from palimpsest.projections.runner import DocumentRunner, EventRunner
from tests.doubles import InMemoryEventLog, InMemoryLogReader
from tests.unit.projections.faults import Faults, MortalViews, Showing, Tally, table
from tests.updates import ANN


class Scene:
    """A log, views, and processes that run projections on them."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self.log = InMemoryEventLog()
        self.events = InMemoryLogReader(self.log)
        self.faults = Faults()
        self.revision = 1
        self._opened: list[SqliteViews] = []
        self.file = self.open()
        self.views = MortalViews(self.file)

    def open(self, name: str = FILE_NAME) -> SqliteViews:
        """Return a connection of its own."""
        self._opened.append(SqliteViews(self.path.with_name(name)))
        return self._opened[-1]

    def close(self) -> None:
        """End."""
        for each in self._opened:
            each.close()

    def write(self, *events: str) -> None:
        """Commit an event for each `document payload`."""
        self.log.begin()
        for event in events:
            document, _, payload = event.partition(" ")
            self.log.append(document, ANN, 1_000, Stored(UPDATE_RECORDED, payload.encode()))
        self.log.commit(len(self.log.rows), b"")

    def shorten_log(self, events: int) -> None:
        """Leave only so many events, as if restored from a backup."""
        del self.log.rows[events:]
        self.log.begin()
        self.log.commit(0, b"")

    def tallying(self, *, blame: bool = False, views: SqliteViews | None = None) -> EventRunner:
        """Return a process that takes every event, begun."""
        faults, revision = self.faults, self.revision
        runner = EventRunner(lambda: Tally(faults, revision), views or self.views, self.events)
        runner.begin(blame=blame)
        return runner

    def showing(self, *, blame: bool = False, views: SqliteViews | None = None) -> DocumentRunner:
        """Return a process that shows documents, begun."""
        faults, revision, events = self.faults, self.revision, self.events
        runner = DocumentRunner(
            lambda: Showing(events, faults, revision), views or self.views, events
        )
        runner.begin(blame=blame)
        return runner

    def counts(self) -> dict[str, int]:
        """Return how many events of each document were taken."""
        return dict(self.rows("SELECT document, events FROM tally"))

    def shown(self) -> dict[str, int]:
        """Return the version at which each document is shown."""
        return dict(self.rows("SELECT document, version FROM showing"))

    def parked(self) -> list[tuple[str, int, int, str]]:
        """Return documents that are left out: version, position, reason."""
        return self.rows("SELECT document, version, position, reason FROM parked")

    def attempts(self) -> list[tuple[str, int]]:
        """Return what is noted to be at work, and its deaths."""
        return self.rows("SELECT subject, deaths FROM attempts")

    def checkpoint(self) -> Any:
        """Return the position up to which everything is in the rows."""
        return self.rows("SELECT max(position) FROM projections")[0][0]

    def rows(self, sql: str) -> list[Any]:
        """Return what a query finds in the views."""
        with self.file.transaction() as rows:
            return table(rows, sql)


def finish(runner: EventRunner) -> None:
    """Let a process do all that there is to do."""
    while runner.step(0.0):
        pass

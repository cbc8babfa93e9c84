"""What can happen to processes that run a projection: rules for tests by chance."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw
import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from palimpsest.adapters.sqlite import views as views_file
from palimpsest.adapters.sqlite.event_log import SqliteEventLog
from palimpsest.adapters.sqlite.log_reader import SqliteLogReader
from palimpsest.adapters.sqlite.views import FILE_NAME, SqliteViews, remove
from palimpsest.domain.event_codec import UPDATE_RECORDED, Stored
from palimpsest.ports import EventLog, LogReader, Row, ViewsGone
from palimpsest.projections import runner as frame
from palimpsest.projections.runner import Runner
from tests.doubles import InMemoryEventLog, InMemoryLogReader
from tests.unit.projections.faults import Died, Faults, Killed, MortalViews, table
from tests.updates import ANN

DOCUMENTS = ("a", "b", "c")
NUMBERS = st.integers(0, 1)
STEPS_MAX = 300
TICK = 0.3


class Life:
    """A process that runs a projection, until it dies."""

    def __init__(self, path: Path, make: Callable[[MortalViews], Runner]) -> None:
        self.file = SqliteViews(path)
        self.views = MortalViews(self.file)
        self.runner = make(self.views)

    def end(self) -> None:
        """End, as the operating system ends a process."""
        self.file.close()


class Lives(RuleBasedStateMachine):
    """Two processes that run one projection on one file. What it is, subclasses say."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / FILE_NAME
        self.faults = Faults()
        self.revision = 1
        self.count = 0
        self.now = 0.0
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(views_file, "_connect", _unsynced(views_file._connect))
        self.log = self.make_log()
        self.lives: list[Life] = []

    def make_log(self) -> EventLog:
        """Return an empty log."""
        return InMemoryEventLog()

    def reader(self) -> LogReader:
        """Return a reader of the log."""
        assert isinstance(self.log, InMemoryEventLog)
        return InMemoryLogReader(self.log)

    def runner(self, views: MortalViews, events: LogReader) -> Runner:
        """Return what runs the projection, with `faults` and `revision` as they are."""
        raise NotImplementedError

    def life(self) -> Life:
        """Return a process that has just started."""
        return Life(self.path, lambda views: self.runner(views, self.reader()))

    def reborn(self, number: int, *, blame: bool) -> None:
        """Have another process come in the place of one that has ended."""
        self.lives[number].end()
        self.lives[number] = self.life()
        self.lives[number].runner.begin(blame=blame)

    def step(self, number: int) -> bool:
        """Have a process do a piece of work; if it dies of that, it is to blame for it."""
        runner = self.lives[number].runner
        try:
            return runner.step(self.now) or runner.idle_seconds(self.now) is not None
        except Killed:
            self.reborn(number, blame=True)
            return True

    def finish(self) -> None:
        """Let all go on until there is nothing to do: it ends."""
        for _ in range(STEPS_MAX + 10 * self.count):
            self.now += TICK
            if not sum(self.step(number) for number in range(len(self.lives))):
                return
        raise AssertionError("It never ends.")

    # What happens.

    @initialize(events_at_once=st.integers(1, 7))
    def start(self, events_at_once: int) -> None:
        """Begin."""
        self.patch.setattr(frame, "EVENTS_AT_ONCE", events_at_once)
        self.lives = [self.life(), self.life()]

    @rule(documents=st.lists(st.sampled_from(DOCUMENTS), min_size=1, max_size=12))
    def commit(self, documents: list[str]) -> None:
        """Commit an event of each document."""
        self.log.begin()
        for document in documents:
            self.count += 1
            self.log.append(document, ANN, self.count, stored(self.count))
        self.log.commit(self.count, b"")

    @rule(fault=st.sampled_from(["poison", "poison_at_flush", "deadly"]), ahead=st.integers(1, 6))
    def sicken(self, fault: str, ahead: int) -> None:
        """Let one of the next events fail or kill."""
        getattr(self.faults, fault).add(stored(self.count + ahead).payload)

    @rule(number=NUMBERS, steps=st.integers(1, 4), tick=st.sampled_from([0.0, 0.1, TICK]))
    def work(self, number: int, steps: int, tick: float) -> None:
        """Let some time go by, and a process do something."""
        for _ in range(steps):
            self.now += tick
            self.step(number)

    @rule(
        number=NUMBERS,
        where=st.sampled_from(["before", "inside", "after"]),
        transactions=st.integers(0, 4),
    )
    def kill(self, number: int, where: str, transactions: int) -> None:
        """Kill a process from outside, somewhere in its work, if it does not die before."""
        self.lives[number].views.die(where, transactions)
        blame = False
        try:
            while self.lives[number].runner.step(self.now):
                self.now += TICK
        except Killed as death:
            blame = isinstance(death, Died)
        self.reborn(number, blame=blame)

    @rule(with_what_is_beside=st.booleans())
    def delete_views(self, *, with_what_is_beside: bool) -> None:
        """Delete the views under those who use them."""
        if with_what_is_beside:
            remove(self.path)
        else:
            self.path.unlink(missing_ok=True)

    @precondition(lambda self: self.path.exists())
    @rule()
    def replace_views_by_a_copy(self) -> None:
        """Put an old copy of the database in its place."""
        copy = self.path.with_name("copy.db")
        views = SqliteViews(self.path)
        with views.transaction():
            shutil.copy(self.path, copy)
        views.close()
        copy.replace(self.path)

    @rule()
    def raise_the_revision(self) -> None:
        """Start both processes in a newer version."""
        self.revision += 1
        for number in range(len(self.lives)):
            self.reborn(number, blame=False)

    @rule(number=NUMBERS)
    def cure_and_retry(self, number: int) -> None:
        """Mend the projection, and take in again what is parked, and what is not."""
        self.faults.cure()
        for document in DOCUMENTS:
            with suppress(ViewsGone):
                self.lives[number].runner.retry(document)

    @rule(document=st.sampled_from(DOCUMENTS))
    def retry_by_a_command(self, document: str) -> None:
        """Take a document in again from a process of its own; if it fails, nothing changes."""
        command = self.life()
        with suppress(ValueError, Killed):
            command.runner.retry(document)
        command.end()

    # What there is to see.

    def rows(self, sql: str) -> list[Any]:
        """Return what a query finds in the views."""
        views = SqliteViews(self.path)
        with views.transaction() as rows:
            found = table(rows, sql)
        views.close()
        return found

    def place(self) -> int:
        """Return the position up to which everything is in the rows."""
        found = self.rows("SELECT position FROM projections")
        return found[0][0] if found else 0

    def parked(self) -> dict[str, tuple[int, str]]:
        """Return the documents that are left out: from which version on, and why."""
        return {
            document: (version, reason)
            for document, version, reason in self.rows(
                "SELECT document, version, reason FROM parked"
            )
        }

    def committed(self) -> list[Row]:
        """Return the whole log."""
        return self.reader().after(0, 10_000)

    # How it ends.

    def end_well(self) -> None:
        """Check what is there when all is done; subclasses know what that must be."""
        raise NotImplementedError

    def teardown(self) -> None:
        """Check the end, and clear up."""
        try:
            self.end_well()
        finally:
            for life in self.lives:
                life.end()
            self.patch.undo()
            shutil.rmtree(self.folder)


class LogsThatChange(Lives):
    """More that can happen: the log is restored from a backup, or is another one."""

    @rule(kept=st.floats(0, 1), another=st.booleans())
    def restore_the_log(self, kept: float, *, another: bool) -> None:
        """Let the log be shorter than it was, and go on otherwise; for that, all is restarted."""
        assert isinstance(self.log, InMemoryEventLog)
        rows = self.log.rows
        self.log = InMemoryEventLog()
        self.log.begin()
        for row in rows[: round(len(rows) * kept)]:
            payload = b"another " * another + row.stored.payload
            self.log.append(row.document, ANN, row.time, Stored(row.stored.kind, payload))
        self.count += 1
        self.log.commit(self.count, b"")
        for number in range(len(self.lives)):
            self.reborn(number, blame=False)


class RealLogs(Lives):
    """The same on the real log."""

    def make_log(self) -> EventLog:
        """Return an empty log."""
        return SqliteEventLog(self.folder, free_bytes_min=0)

    def reader(self) -> LogReader:
        """Return a reader of the log."""
        return SqliteLogReader(self.folder)


def stored(number: int) -> Stored:
    """Return an event that is like no other."""
    return Stored(UPDATE_RECORDED, b"event %d" % number)


def _unsynced(connect: Callable[[Path], apsw.Connection]) -> Callable[[Path], apsw.Connection]:
    """Return what opens views without waiting for a disk: no power is cut here."""

    def connect_unsynced(path: Path) -> apsw.Connection:
        connection = connect(path)
        connection.pragma("synchronous", "off")
        return connection

    return connect_unsynced

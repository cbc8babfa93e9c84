"""The projector's loop in this process: what it does while its views take nothing."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from palimpsest.adapters.bus.messages import Committed, line
from palimpsest.adapters.sqlite import views as views_module
from palimpsest.bootstrap import projecting
from palimpsest.bootstrap.projecting import PROJECTIONS, Projector
from palimpsest.limits import Limits
from tests.harness.recording import record
from tests.updates import typing

SECONDS_MAX = 20.0


class Running:
    """A projector at work in a thread, and the server's end of its bus."""

    def __init__(self, folder: Path) -> None:
        self.views = folder / "views.db"
        self._folder = folder
        self._end, theirs = socket.socketpair()
        self._end.settimeout(0.01)
        self._theirs = theirs
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def commit(self, document: str) -> None:
        """Have something committed, and wake the projector."""
        record(self._folder, document, typing(1, "abc"))
        self.wake()

    def wake(self) -> None:
        """Say that something was committed, and hear what is said."""
        self._end.sendall(line(Committed()))
        try:
            self._end.recv(1 << 16)
        except TimeoutError:
            return

    def rows(self, table: str) -> int:
        """Return how many rows there are; -1 while there is no such table."""
        if not self.views.exists():
            return -1
        # With the same library: two in one process would take each other's locks.
        try:
            with closing(apsw.Connection(str(self.views))) as connection:
                connection.set_busy_timeout(10_000)
                [(count,)] = connection.execute(f"SELECT count(*) FROM {table}")
        except apsw.SQLError:
            return -1
        return int(count)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wake it until something is so."""
        deadline = time.monotonic() + SECONDS_MAX
        while not condition():
            assert time.monotonic() < deadline
            assert self._thread.is_alive()
            self.wake()

    def end(self) -> None:
        """End as a server ends."""
        self._end.close()
        self._thread.join(SECONDS_MAX)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        with self._theirs as parent:
            Projector(self._folder, Limits(), parent=parent, blame=True).run()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory with a document, whose views are not waited for."""
    monkeypatch.setattr(views_module, "BUSY_MILLISECONDS", 10)
    monkeypatch.setattr(projecting, "REFUSED_REST_SECONDS", 0.2)
    record(tmp_path, "first", typing(1, "abc"))
    return tmp_path


class Holder:
    """Somebody who has the views for themself."""

    def __init__(self, views: Path) -> None:
        self._connection = apsw.Connection(str(views))
        self._connection.set_busy_timeout(10_000)
        self._connection.execute("PRAGMA journal_mode = wal")
        self._connection.execute("BEGIN IMMEDIATE")

    def let_go(self) -> None:
        """Let others write again."""
        self._connection.close()


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    running = Running(folder)
    yield running
    running.end()


def test_while_its_views_take_nothing_it_rests_however_often_it_is_woken(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    running.until(lambda: running.rows("snapshots") == 1)
    holder = Holder(running.views)
    with caplog.at_level(logging.WARNING):
        running.commit("second")
        began = time.monotonic()
        running.until(lambda: time.monotonic() > began + 1.0)
    complaints = [record for record in caplog.records if "waits" in record.message]
    # One from each view at most, each time that it has rested.
    assert 1 <= len(complaints) <= 6 * len(PROJECTIONS)
    holder.let_go()
    running.until(lambda: running.rows("catalogue") == running.rows("snapshots") == 2)
    assert running.rows("parked") == 0


def test_when_it_cannot_begin_it_begins_later(folder: Path) -> None:
    holder = Holder(folder / "views.db")
    running = Running(folder)
    began = time.monotonic()
    running.until(lambda: time.monotonic() > began + 0.5)
    holder.let_go()
    running.until(lambda: running.rows("snapshots") == 1)
    running.end()


def test_it_ends_with_its_server_even_while_its_views_take_nothing(folder: Path) -> None:
    holder = Holder(folder / "views.db")
    running = Running(folder)
    running.wake()
    running.end()
    holder.let_go()

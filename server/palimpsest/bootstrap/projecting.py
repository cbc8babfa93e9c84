"""The projector's composition root: which projections there are, and the loop that runs them."""

import fcntl
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from palimpsest.adapters.bus.bell import Bell, ServerGone
from palimpsest.adapters.bus.messages import Moved
from palimpsest.adapters.sqlite import views as views_file
from palimpsest.adapters.sqlite.log_reader import SqliteLogReader
from palimpsest.adapters.sqlite.views import SqliteViews
from palimpsest.ports import LogReader, Views
from palimpsest.projections.catalogue import Catalogue
from palimpsest.projections.history import History
from palimpsest.projections.rebuilding import Rebuilding
from palimpsest.projections.runner import EventRunner, Runner

MakeRunner = Callable[[Views, LogReader], Runner]
LOCK_NAME = "projector.lock"

PROJECTIONS: Mapping[str, MakeRunner] = {
    "catalogue": lambda views, log: EventRunner(Catalogue, views, log),
    "history": lambda views, log: EventRunner(History, views, log),
}
"""Every projection, by name: the one line of wiring that a new one needs."""


class Projector:
    """Runs all projections, each a piece at a time, and sleeps while there is nothing to do."""

    def __init__(self, folder: Path, *, parent: socket.socket | None, blame: bool) -> None:
        """Take the server's end if it started this process, and whether a death may be blamed."""
        self._bell = Bell(folder, parent)
        self._folder = folder
        log = SqliteLogReader(folder)
        views = SqliteViews(folder / views_file.FILE_NAME)
        self._blame = blame
        self._runners = [make(views, log) for make in PROJECTIONS.values()]

    def run(self) -> None:
        """Run until the server that started it is gone, or for good."""
        lock = os.open(self._folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not _locked(lock):
                self._bell.wait(None)
            for runner in self._runners:
                runner.begin(blame=self._blame)
            while True:
                self._turn()
        except ServerGone:
            return

    def _turn(self) -> None:
        now = time.monotonic()
        worked = [self._step(runner, now) for runner in self._runners]
        idle = (runner.idle_seconds(now) for runner in self._runners)
        wait = min((each for each in idle if each is not None), default=None)
        for document in self._bell.wait(0 if any(worked) else wait):
            for runner in self._runners:
                runner.want(document)

    def _step(self, runner: Runner, now: float) -> bool:
        worked = runner.step(now)
        if worked:
            standing = runner.standing
            self._bell.tell(Moved(standing.name, standing.position, runner.take_shown()))
        return worked


def project(folder: Path, *, parent: socket.socket | None, blame: bool) -> None:
    """Run the projections of a data directory."""
    if parent is not None:
        # It ends when its parent does. Ctrl-C in a terminal reaches both.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    Projector(folder, parent=parent, blame=blame).run()


def rebuild(folder: Path, name: str) -> Iterator[tuple[int, int]]:
    """Make a projection's rows anew beside the old, then swap them; yield position and goal."""
    log = SqliteLogReader(folder)
    beside = folder / f"{views_file.FILE_NAME}.{name}"
    views_file.remove(beside)
    views = SqliteViews(folder / views_file.FILE_NAME)
    new = SqliteViews(beside)
    try:
        rebuilding = Rebuilding(PROJECTIONS[name](new, log), log)
        for position in rebuilding.steps():
            yield position, log.head()
        with views.beside(beside):
            rebuilding.swap(views)
    finally:
        new.close()
        views.close()
        views_file.remove(beside)


def retry(folder: Path, name: str) -> Iterator[tuple[str, str]]:
    """Take a projection's parked documents in again; yield each, and why not if it could not."""
    log = SqliteLogReader(folder)
    views = SqliteViews(folder / views_file.FILE_NAME)
    runner = PROJECTIONS[name](views, log)
    runner.begin(blame=False)
    for document in sorted(runner.standing.parked):
        try:
            runner.retry(document)
        except Exception as error:  # noqa: BLE001 - it stays parked, and is told.
            yield document, str(error) or type(error).__name__
        else:
            yield document, ""


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

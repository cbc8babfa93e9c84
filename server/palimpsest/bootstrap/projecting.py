"""The projector's composition root: which projections there are, and the loop that runs them."""

import fcntl
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from palimpsest.adapters.bus.bell import Bell, ServerGone, tell_once
from palimpsest.adapters.bus.messages import Moved, Renewed
from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from palimpsest.adapters.sqlite import views as views_file
from palimpsest.adapters.sqlite.checkpoints import SqliteCheckpoints
from palimpsest.adapters.sqlite.log_reader import SqliteLogReader
from palimpsest.adapters.sqlite.views import SqliteViews
from palimpsest.adapters.system.bounds import bound_memory, end_unless_called_again, within
from palimpsest.content.dress import Wardrobe
from palimpsest.limits import Limits
from palimpsest.ports import Checkpoints, LogReader, Views, ViewsGone, ViewsRefused
from palimpsest.projections.catalogue import Catalogue
from palimpsest.projections.checkpoints import CheckpointsProjection
from palimpsest.projections.history import History
from palimpsest.projections.pauses import AT_LEISURE, AT_ONCE, Pace
from palimpsest.projections.projection import DocumentProjection, EventProjection
from palimpsest.projections.rebuilding import Rebuilding
from palimpsest.projections.replicas import Replicas
from palimpsest.projections.runner import DocumentRunner, EventRunner, Runner
from palimpsest.projections.snapshots import Snapshots

LOCK_NAME = "projector.lock"
NICENESS = 10
"""How much its processor time matters less than that of the server: reading waits for writing."""

REFUSED_REST_SECONDS = 1.0
"""How long nothing is tried when the views take nothing: the disk is full, for instance."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What projections are made of."""

    views: Views
    log: LogReader
    checkpoints: Checkpoints
    own_checkpoints: Checkpoints
    """Those that stand in `views`: what makes them builds on no others."""
    limits: Limits

    def replicas(self, checkpoints: Checkpoints) -> Replicas:
        """Return replicas of a projection's own."""
        bytes_max = self.limits.projection_bytes_max
        return Replicas(self.log, checkpoints, PycrdtReplica, bytes_max=bytes_max)

    def of_events(self, make: Callable[[], EventProjection]) -> Runner:
        """Return what runs a projection that takes every event."""
        return EventRunner(make, self.views, self.log)

    def of_documents(self, make: Callable[[], DocumentProjection], pace: Pace = AT_ONCE) -> Runner:
        """Return what runs a projection that looks at whole documents."""
        return DocumentRunner(make, self.views, self.log, pace)


def _checkpoints(parts: Parts) -> CheckpointsProjection:
    replicas = parts.replicas(parts.own_checkpoints)
    return CheckpointsProjection(parts.log, replicas, parts.limits.checkpoint_bytes_min)


def _snapshots(parts: Parts) -> Snapshots:
    wardrobe = Wardrobe(parts.limits, within(parts.limits.dressing_milliseconds_max))
    return Snapshots(parts.replicas(parts.checkpoints), wardrobe, parts.limits)


PROJECTIONS: Mapping[str, Callable[[Parts], Runner]] = {
    "catalogue": lambda parts: parts.of_events(Catalogue),
    "history": lambda parts: parts.of_events(History),
    "snapshots": lambda parts: parts.of_documents(lambda: _snapshots(parts)),
    "checkpoints": lambda parts: parts.of_documents(lambda: _checkpoints(parts), AT_LEISURE),
}
"""Every projection, by name: the one line of wiring that a new one needs."""


def parts_of(
    folder: Path, limits: Limits, views: SqliteViews, progress: Callable[[], None] = lambda: None
) -> Parts:
    """Return what projections of a data directory are made of; their rows go into `views`.

    `progress` is called in the midst of long work, whenever a part of it is done.
    """
    checkpoints = SqliteCheckpoints(folder / views_file.FILE_NAME)
    own = SqliteCheckpoints(views.path)
    log = SqliteLogReader(folder, updates_at_once=limits.updates_at_once, progress=progress)
    return Parts(views, log, checkpoints, own, limits)


class Projector:
    """Runs all projections, each a piece at a time, and sleeps while there is nothing to do."""

    def __init__(
        self, folder: Path, limits: Limits, *, parent: socket.socket | None, blame: bool
    ) -> None:
        """Take the server's end if it started this process, and whether a death may be blamed."""
        self._bell = Bell(folder, parent)
        self._folder = folder
        self._limits = limits
        views = SqliteViews(folder / views_file.FILE_NAME)
        parts = parts_of(folder, limits, views, self._go_on)
        self._blame = blame
        self._refused = False
        self._news: list[Moved] = []
        self._runners = [make(parts) for make in PROJECTIONS.values()]

    def run(self) -> None:
        """Run until the server that started it is gone, or for good."""
        lock = os.open(self._folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not _locked(lock):
                self._bell.wait(None)
            # Whoever had the lock before may have died before it could tell.
            self._bell.tell(Renewed())
            for runner in self._runners:
                while not self._begins(runner):
                    self._rest()
            while True:
                self._turn()
        except ServerGone:
            return

    def _begins(self, runner: Runner) -> bool:
        """Let a runner find its place; tell whether it could."""
        try:
            runner.begin(blame=self._blame)
        except ViewsGone:
            # New ones are made by the next attempt.
            return False
        except ViewsRefused as error:
            self._waits(runner, error)
            return False
        return True

    def _waits(self, runner: Runner, error: ViewsRefused) -> None:
        log.warning("The view %s waits: %s.", runner.standing.name, error)
        self._refused = True

    def _rest(self) -> None:
        """Give the views time to become usable again, whoever would wake this process."""
        self._refused = False
        self._bell.wait(0)
        time.sleep(REFUSED_REST_SECONDS)

    def _turn(self) -> None:
        if self._refused:
            self._rest()
        now = time.monotonic()
        worked = [self._step(runner, now) for runner in self._runners]
        self._tell_news()
        idle = (runner.idle_seconds(now) for runner in self._runners)
        wait = min((each for each in idle if each is not None), default=None)
        for document in self._bell.wait(0 if any(worked) else wait):
            for runner in self._runners:
                runner.want(document)

    def _go_on(self) -> None:
        """Give the work at hand its time, anew with each part of it."""
        end_unless_called_again(self._limits.projection_seconds_max)

    def _step(self, runner: Runner, now: float) -> bool:
        if isinstance(runner, DocumentRunner):
            # That may take long; what is known is told before it.
            self._tell_news()
        self._go_on()
        try:
            worked = runner.step(now)
        except ViewsRefused as error:
            self._waits(runner, error)
            worked = False
        end_unless_called_again(0)
        if worked:
            standing = runner.standing
            self._news.append(Moved(standing.name, standing.position, runner.take_shown()))
        return worked

    def _tell_news(self) -> None:
        """Tell what gathered in one piece: each wakes all who listen."""
        news, self._news = self._news, []
        self._bell.tell(*news)


def project(folder: Path, limits: Limits, *, parent: socket.socket | None, blame: bool) -> None:
    """Run the projections of a data directory."""
    if parent is not None:
        # It ends when its parent does. Ctrl-C in a terminal reaches both.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.nice(NICENESS)
    projector = Projector(folder, limits, parent=parent, blame=blame)
    bound_memory(2 * limits.projection_bytes_max + limits.engine_bytes_max)
    projector.run()


def rebuild(folder: Path, limits: Limits, name: str) -> Iterator[tuple[int, int]]:
    """Make a projection's rows anew beside the old, then swap them; yield position and goal."""
    beside = folder / f"{views_file.FILE_NAME}.{name}"
    views_file.remove(beside)
    views = SqliteViews(folder / views_file.FILE_NAME)
    new = SqliteViews(beside)
    try:
        parts = parts_of(folder, limits, new)
        rebuilding = Rebuilding(PROJECTIONS[name](parts), parts.log)
        for position in rebuilding.steps():
            yield position, parts.log.head()
        with views.beside(beside):
            rebuilding.swap(views)
        tell_once(folder, Renewed())
    finally:
        new.close()
        views.close()
        views_file.remove(beside)


def retry(folder: Path, limits: Limits, name: str) -> Iterator[tuple[str, str]]:
    """Take a projection's parked documents in again; yield each, and why not if it could not."""
    views = SqliteViews(folder / views_file.FILE_NAME)
    runner = PROJECTIONS[name](parts_of(folder, limits, views))
    runner.begin(blame=False)
    for document in sorted(runner.standing.parked):
        try:
            runner.retry(document)
        except Exception as error:  # noqa: BLE001 - it stays parked, and is told.
            yield document, str(error) or type(error).__name__
        else:
            tell_once(folder, Renewed())
            yield document, ""


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

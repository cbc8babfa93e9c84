"""Takes a projection along the log, in batches, each one transaction with its checkpoint.

Correct at any restart and without being woken. A failure is held against one document, which is
parked: it is left out from then on, and everything else goes on. So it is when the process has
died of one event, or of one document, twice.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from palimpsest.ports import LogReader, Row, Rows, Views, ViewsGone, ViewsRefused
from palimpsest.projections.pauses import AT_ONCE, Backlog, Pace, Unshown
from palimpsest.projections.projection import DocumentProjection, EventProjection
from palimpsest.projections.standing import Attempt, Overtaken, Standing

EVENTS_AT_ONCE = 2000
DEATHS_MAX = 2
REASON_CHARACTERS_MAX = 500
KILLED = "it ended the projections' process twice"
NOBODYS_FAULT = (Overtaken, ViewsGone, ViewsRefused)

log = logging.getLogger(__name__)


class Runner(Protocol):
    """A projection on its way along the log."""

    standing: Standing

    def begin(self, *, blame: bool) -> None:
        """Find the place to go on from; `blame` as `Standing.begin` takes it.

        A runner that was not begun begins when it must, and blames nobody.
        """
        ...

    def step(self, now: float) -> bool:
        """Do the next piece of work, if there is one; `now` in seconds of any steady clock.

        Raises:
            ViewsRefused: the views can take nothing just now; try again a little later.
        """
        ...

    def idle_seconds(self, now: float) -> float | None:
        """Return how long there is nothing to do unless something is committed; None: for good."""
        ...

    def want(self, document: str) -> None:
        """Show a document as soon as may be: somebody waits for it."""
        ...

    def take_shown(self) -> dict[str, int]:
        """Return the documents with newer rows since this was last asked, and their versions."""
        ...

    def retry(self, document: str) -> None:
        """Take a parked document in again, from its first event on.

        Raises:
            Exception: what it was parked for happened again; it stays parked.
        """
        ...

    def catch_up(self, rows: Rows, until: int) -> None:
        """Take the events up to a position in a transaction of somebody else's."""
        ...


class EventRunner:
    """Runs a projection that takes every event as it comes."""

    def __init__(
        self,
        make: Callable[[], EventProjection],
        views: Views,
        events: LogReader,
    ) -> None:
        """Take `make`, which returns a new instance of the projection."""
        self._make = make
        self._events = events
        self._projection = make()
        self.standing = Standing(self._projection, views, events)
        self._begun = False
        self._died: Attempt | None = None
        # A process died among the events up to here, so they are taken one by one.
        self._careful_until = 0
        self._shown: dict[str, int] = {}

    def begin(self, *, blame: bool) -> None:
        """Find the place to go on from."""
        self._died = self.standing.begin(blame=blame)
        if self._died is not None:
            self._careful_until = int(self._died.subject.partition("-")[2])
        self._begun = True

    def step(self, now: float) -> bool:  # noqa: ARG002
        """Take a batch, if there is one."""
        try:
            self._begin()
            position = self.standing.position
            count = 1 if position < self._careful_until else EVENTS_AT_ONCE
            batch = self._events.after(position, count)
            if batch:
                self._take(batch)
            else:
                self.standing.check()
        except (Overtaken, ViewsGone):
            self._forget()
            return True
        except ViewsRefused:
            self._forget()
            raise
        return bool(batch)

    def idle_seconds(self, now: float) -> float | None:  # noqa: ARG002
        """Return None: there is nothing to do until something is committed."""
        return None

    def want(self, document: str) -> None:
        """Do nothing: every event is taken as soon as may be."""

    def take_shown(self) -> dict[str, int]:
        """Return the documents with newer rows since this was last asked, and their versions."""
        shown, self._shown = self._shown, {}
        return shown

    def retry(self, document: str) -> None:
        """Take a parked document in again, from its first event on."""
        self._forget()
        projection = self._make()
        with self.standing.transaction(anew=True) as rows:
            self.standing.release(rows, document)
            for event in self._events.history(document):
                if event.position > self.standing.position:
                    break
                projection.fold(event, rows)
            projection.flush(rows)

    def catch_up(self, rows: Rows, until: int) -> None:
        """Take the events up to a position in a transaction of somebody else's."""
        projection, event = self._make(), None
        for event in _between(self._events, self.standing.position, until):
            if event.document not in self.standing.parked:
                projection.fold(event, rows)
        projection.flush(rows)
        if event is not None:
            self.standing.advance(rows, event.position, event.link)

    def _begin(self) -> None:
        if not self._begun:
            self.begin(blame=False)

    def _forget(self) -> None:
        self._projection = self._make()
        self._begun = False

    def _take(self, batch: list[Row]) -> None:
        first = batch[0]
        subject = f"{first.position}-{batch[-1].position}"
        died, self._died = self._died, None
        deaths = died.deaths if died is not None and died.subject == subject else 0
        if deaths >= DEATHS_MAX and len(batch) == 1:
            self._park(first, KILLED)
            return
        try:
            with self.standing.attempt(subject, deaths=deaths):
                self._fold(batch)
        except NOBODYS_FAULT:
            raise
        except Exception as error:
            self._projection = self._make()
            if len(batch) == 1:
                log.exception("%s cannot take an event; its document is parked.", first.document)
                self._park(first, reason_of(error))
            else:
                for event in batch:
                    self._take([event])

    def _fold(self, batch: list[Row]) -> None:
        standing, fold = self.standing, self._projection.fold
        with standing.transaction() as rows:
            taken = [event for event in batch if event.document not in standing.parked]
            for event in taken:
                fold(event, rows)
            self._projection.flush(rows)
            standing.advance(rows, batch[-1].position, batch[-1].link)
        standing.position = batch[-1].position
        for event in taken:
            self._shown[event.document] = event.version

    def _park(self, event: Row, reason: str) -> None:
        with self.standing.transaction() as rows:
            self.standing.park(rows, event.document, event.version, event.position, reason)
            self.standing.advance(rows, event.position, event.link)
        self.standing.parked.add(event.document)
        self.standing.position = event.position


class DocumentRunner:
    """Runs a projection that looks at whole documents, each once it pauses."""

    def __init__(
        self,
        make: Callable[[], DocumentProjection],
        views: Views,
        events: LogReader,
        pace: Pace = AT_ONCE,
    ) -> None:
        """Take `make`, which returns a new instance of the projection."""
        self._make = make
        self._pace = pace
        self._events = events
        self._projection = make()
        self.standing = Standing(self._projection, views, events)
        self._begun = False
        self._died: Attempt | None = None
        self._backlog = Backlog(0, self._pace)
        # The log's end when this began: nothing is shown before all up to there is seen.
        self._head = 0
        self._wanted: dict[str, None] = {}
        self._shown: dict[str, int] = {}

    def begin(self, *, blame: bool) -> None:
        """Find the place to go on from."""
        self._died = self.standing.begin(blame=blame)
        self._backlog = Backlog(self.standing.position, self._pace)
        self._head = self._events.head()
        self._begun = True

    def step(self, now: float) -> bool:
        """Take note of events, or show a document that is due, if there is one."""
        try:
            self._begin()
            backlog = self._backlog
            batch = self._events.after(backlog.seen, EVENTS_AT_ONCE)
            backlog.see(batch, now, but=self.standing.parked)
            if batch and backlog.seen < self._head:
                return True
            worked = self._show_next(now)
        except (Overtaken, ViewsGone):
            self._forget()
            return True
        except ViewsRefused:
            self._forget()
            raise
        return worked or backlog.seen < self._events.head()

    def idle_seconds(self, now: float) -> float | None:
        """Return how long it is until the next document is due."""
        return self._backlog.idle_seconds(now)

    def want(self, document: str) -> None:
        """Show a document with the next step: somebody waits for it."""
        self._wanted[document] = None

    def take_shown(self) -> dict[str, int]:
        """Return the documents with newer rows since this was last asked, and their versions."""
        shown, self._shown = self._shown, {}
        return shown

    def retry(self, document: str) -> None:
        """Take a parked document in again."""
        self._forget()
        with self.standing.transaction(anew=True) as rows:
            self.standing.release(rows, document)
            for last in deque(self._events.history(document), maxlen=1):
                self._make().show(document, last.version, rows)
                position = self.standing.position
                self.standing.advance(rows, position, last.link, reach=last.position)

    def catch_up(self, rows: Rows, until: int) -> None:
        """Take the events up to a position in a transaction of somebody else's."""
        projection, event = self._make(), None
        newest: dict[str, int] = {}
        for event in _between(self._events, self.standing.position, until):
            if event.document not in self.standing.parked:
                newest[event.document] = event.version
        for document, version in newest.items():
            projection.show(document, version, rows)
        if event is not None:
            self.standing.advance(rows, event.position, event.link)

    def _begin(self) -> None:
        if not self._begun:
            self.begin(blame=False)

    def _forget(self) -> None:
        self._projection = self._make()
        self._backlog = Backlog(0, self._pace)
        self._begun = False

    def _show_next(self, now: float) -> bool:
        """Show a document that is due, if there is one; return whether there was work."""
        document = self._next(now)
        if document is not None:
            self._take(document)
        elif self.standing.position < self._backlog.shown_until():
            # What came in between has not to be shown.
            self._advance()
        else:
            self.standing.check()
            return False
        return True

    def _next(self, now: float) -> str | None:
        """Return a document that is due; first of all the one that the process has died of."""
        if self._died is not None and self._backlog.of(self._died.subject):
            return self._died.subject
        while self._wanted:
            document, _ = self._wanted.popitem()
            if self._backlog.of(document):
                return document
        return self._backlog.next_due(now)

    def _take(self, document: str) -> None:
        unshown = self._backlog.of(document)
        assert unshown is not None, "it is due"
        died, self._died = self._died, None
        deaths = died.deaths if died is not None and died.subject == document else 0
        reason = KILLED if deaths >= DEATHS_MAX else self._show(document, unshown, deaths)
        self._backlog.remove(document)
        if reason is not None:
            self._park(document, unshown, reason)

    def _show(self, document: str, unshown: Unshown, deaths: int) -> str | None:
        """Show a document; return why that cannot be, if it cannot."""
        standing, backlog = self.standing, self._backlog
        position = backlog.shown_until(but=document)
        try:
            with standing.attempt(document, deaths=deaths), standing.transaction() as rows:
                self._projection.show(document, unshown.last_version, rows)
                standing.advance(rows, position, backlog.link, reach=backlog.seen)
        except NOBODYS_FAULT:
            raise
        except Exception as error:
            log.exception("%s cannot be shown and is parked.", document)
            self._projection = self._make()
            return reason_of(error)
        standing.position = position
        self._shown[document] = unshown.last_version
        return None

    def _park(self, document: str, unshown: Unshown, reason: str) -> None:
        standing, backlog = self.standing, self._backlog
        position, version = backlog.shown_until(), unshown.first_version
        with standing.transaction() as rows:
            standing.park(rows, document, version, unshown.position, reason)
            standing.advance(rows, position, backlog.link, reach=backlog.seen)
        standing.parked.add(document)
        standing.position = position

    def _advance(self) -> None:
        standing, backlog = self.standing, self._backlog
        position = backlog.shown_until()
        with standing.transaction() as rows:
            standing.advance(rows, position, backlog.link, reach=backlog.seen)
        standing.position = position


def _between(events: LogReader, after: int, until: int) -> Iterator[Row]:
    """Yield the events after a position up to another, which the log may not have reached."""
    while batch := events.after(after, EVENTS_AT_ONCE):
        for event in batch:
            if event.position > until:
                return
            yield event
        after = batch[-1].position


def reason_of(error: Exception) -> str:
    """Return what is said of a failure."""
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    # Half a surrogate pair is no text that can be stored.
    return said.encode(errors="backslashreplace").decode()[:REASON_CHARACTERS_MAX]

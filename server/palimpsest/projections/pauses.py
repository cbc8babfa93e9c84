"""Which documents have events that are not shown, and when each is due. Knows no view."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from palimpsest.ports import Row


class Pace(NamedTuple):
    """When a document is due, in seconds.

    `pause`: nobody has touched it for so long. `latest`: while people type on, that long after the
    first edit that is not shown.
    """

    pause: float
    latest: float


AT_ONCE = Pace(0.2, 1.0)
"""For what people look at."""

AT_LEISURE = Pace(2.0, 10.0)
"""For what nobody waits for."""


@dataclass(slots=True)
class Unshown:
    """A document's events that are not shown."""

    position: int  # of the first of them
    first_version: int
    last_version: int
    since: float
    touched: float


class Backlog:
    """All that was seen of the log and is not shown."""

    def __init__(self, position: int, pace: Pace) -> None:
        """Take the position up to which everything is shown."""
        self._pace = pace
        self.seen = position
        self.link = b""
        # In the order of their first position: what lies before the first is shown. So they are in
        # the order of `since`, too; those below are in that of `touched`. Who is due stands first
        # in one of the two, however many there are.
        self._documents: dict[str, Unshown] = {}
        self._touched: dict[str, Unshown] = {}

    def see(self, batch: Iterable[Row], now: float, but: set[str]) -> None:
        """Take note of the next events, and leave out those of some documents."""
        for event in batch:
            self.seen, self.link = event.position, event.link
            if event.document in but:
                continue
            unshown = self._documents.get(event.document)
            if unshown is None:
                version = event.version
                unshown = Unshown(event.position, version, version, now, now)
                self._documents[event.document] = unshown
            else:
                unshown.last_version, unshown.touched = event.version, now
                del self._touched[event.document]
            self._touched[event.document] = unshown

    def of(self, document: str) -> Unshown | None:
        """Return what is not shown of a document."""
        return self._documents.get(document)

    def next_due(self, now: float) -> str | None:
        """Return a document that is due."""
        return next((name for name, due_at in self._first() if now >= due_at), None)

    def idle_seconds(self, now: float) -> float | None:
        """Return how long it is until the next document is due; None if there is none."""
        soonest = min((due_at for _, due_at in self._first()), default=None)
        return None if soonest is None else max(0.0, soonest - now)

    def shown_until(self, *, but: str = "") -> int:
        """Return the position up to which everything is shown, if one document is, too."""
        first = next((each for name, each in self._documents.items() if name != but), None)
        return self.seen if first is None else first.position - 1

    def remove(self, document: str) -> None:
        """Take note that a document is shown, or left out."""
        del self._documents[document], self._touched[document]

    def _first(self) -> Iterator[tuple[str, float]]:
        """Yield the documents of which one is due before all others, and when they are."""
        for name, each in islice(self._documents.items(), 1):
            yield name, each.since + self._pace.latest
        for name, each in islice(self._touched.items(), 1):
            yield name, each.touched + self._pace.pause

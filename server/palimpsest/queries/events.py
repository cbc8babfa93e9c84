"""The events themselves, as the log has them: who, when, what kind, how large. No payloads."""

from collections.abc import Sequence
from typing import NamedTuple

from palimpsest.domain.refusals import DocumentNotFound
from palimpsest.ports import Value
from palimpsest.queries.tables import Tables

PAGE_MAX = 500
FACTS_MAX = 100
LOOKED_AT_MAX = 200_000
"""How many events one answer looks at: whoever filters for what is rare asks on."""

_EVENTS = """
SELECT position, documents.id, version, kinds.name, time, actor_kind, principal, origins.name,
       session, length(payload), hex(link)
FROM events
JOIN documents ON documents.number = events.document
JOIN kinds ON kinds.number = events.kind
JOIN origins ON origins.number = events.origin
"""


class LoggedEvent(NamedTuple):
    """An event without its payload; `time` in milliseconds since 1970, `size` in bytes."""

    position: int
    document: str
    version: int
    kind: str
    time: int
    actor_kind: str
    principal: str
    actor: str
    session: str
    size: int
    link: str


class Wanted(NamedTuple):
    """Which events are wanted; None means whichever. Times include `since`, not `until`."""

    document: str | None = None
    principal: str | None = None
    kind: str | None = None
    since: int | None = None
    until: int | None = None


class EventPage(NamedTuple):
    """Events, the newest first; `before` continues, if there may be more.

    It is a position or, where one document's events are wanted, a version.
    """

    events: list[LoggedEvent]
    before: int | None


class EventQueries:
    """Answers from the log."""

    def __init__(self, log: Tables) -> None:
        self._log = log

    async def page(self, wanted: Wanted, *, count: int, before: int | None = None) -> EventPage:
        """Return events from before a place, or the newest."""
        document = wanted.document
        place = "position" if document is None else "version"
        if before is None:
            before = 1 + (await self.head() if document is None else await self.version(document))
        after = before - 1 - LOOKED_AT_MAX
        conditions, values = _conditions(wanted)
        rows = await self._log.rows(
            f"{_EVENTS} WHERE {' AND '.join([f'{place} < ?', f'{place} > ?', *conditions])}"
            f" ORDER BY {place} DESC LIMIT ?",
            [before, after, *values, count + 1],
        )
        events = [LoggedEvent._make(row) for row in rows[:count]]
        if len(rows) > count:
            return EventPage(events, getattr(events[-1], place))
        return EventPage(events, after + 1 if after > 0 else None)

    async def head(self) -> int:
        """Return the newest event's position; 0 if there is none."""
        [(position,)] = await self._log.rows("SELECT max(position) FROM events")
        return position or 0

    async def version(self, document: str) -> int:
        """Return a document's version; 0 if there is no such document."""
        [(version,)] = await self._log.rows(
            "SELECT max(version) FROM events"
            " WHERE document = (SELECT number FROM documents WHERE id = ?)",
            (document,),
        )
        return version or 0

    async def require(self, document: str, version: int = 1) -> None:
        """Return if there is a version of a document: the log knows, however far views are.

        Raises:
            DocumentNotFound: there is no such document, or no such version of it.
        """
        newest = await self.version(document)
        if version > newest:
            raise DocumentNotFound(f"There is no version {version} of it." if newest else "")

    async def kinds(self) -> list[str]:
        """Return which kinds of events there are."""
        return [name for (name,) in await self._log.rows("SELECT name FROM kinds ORDER BY name")]

    async def facts(self, document: str, after: int) -> list[LoggedEvent]:
        """Return a document's events after a version that are no edits, in order.

        Of more than FACTS_MAX, the last ones.
        """
        rows = await self._log.rows(
            f"{_EVENTS} WHERE documents.id = ? AND version > ? AND kind <> 1"
            " ORDER BY version DESC LIMIT ?",
            (document, after, FACTS_MAX),
        )
        return [LoggedEvent._make(row) for row in reversed(rows)]


def _conditions(wanted: Wanted) -> tuple[list[str], Sequence[Value]]:
    each: list[tuple[str, Value]] = [
        ("events.document = (SELECT number FROM documents WHERE id = ?)", wanted.document),
        ("events.origin IN (SELECT number FROM origins WHERE principal = ?)", wanted.principal),
        ("events.kind = (SELECT number FROM kinds WHERE name = ?)", wanted.kind),
        ("time >= ?", wanted.since),
        ("time < ?", wanted.until),
    ]
    chosen = [(condition, value) for condition, value in each if value is not None]
    return [condition for condition, _ in chosen], [value for _, value in chosen]

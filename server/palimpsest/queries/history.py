"""Who wrote what, when: the entries of one document's history."""

from typing import NamedTuple

from palimpsest.queries.events import EventQueries
from palimpsest.queries.freshness import Freshness, NotYet
from palimpsest.queries.tables import Tables

PAGE_MAX = 200

# One statement: the version is that of these very entries.
_ENTRIES = """
SELECT newest.version, entries.* FROM
    (SELECT max(last_version) AS version FROM history WHERE document = ?1) AS newest
    LEFT JOIN (
        SELECT first_version, last_version, kind, principal, actor, started_at, ended_at, edits,
               added, removed
        FROM history WHERE document = ?1 AND first_version < ?2
        ORDER BY first_version DESC LIMIT ?3
    ) AS entries ON true
ORDER BY first_version DESC
"""

VERSION_ENDLESS = 2**62


class HistoryEntry(NamedTuple):
    """A run of one actor's edits, or another event; times in milliseconds since 1970."""

    first_version: int
    last_version: int
    kind: str
    principal: str
    actor: str
    started_at: int
    ended_at: int
    edits: int
    added: int
    removed: int


class HistoryPage(NamedTuple):
    """Entries, the newest first, as of `version`; `before` continues, if there are more."""

    version: int
    entries: list[HistoryEntry]
    before: int | None


class HistoryQueries:
    """Answers from the history."""

    def __init__(self, views: Tables, log: EventQueries, freshness: Freshness) -> None:
        self._views = views
        self._log = log
        self._freshness = freshness

    async def page(
        self, document: str, *, count: int, before: int | None = None, min_version: int = 0
    ) -> HistoryPage:
        """Return entries that begin before a version, or the newest.

        Raises:
            DocumentNotFound: there is no such document.
            NotYet: the history has not come to `min_version`, or not to any.
        """
        wanted = max(min_version, 1)
        place = VERSION_ENDLESS if before is None else before
        version, entries = await self._read(document, place, count + 1)
        if version < wanted:
            await self._log.require(document)
            await self._freshness.at_least(document, wanted, self._version)
            version, entries = await self._read(document, place, count + 1)
        if version < wanted:
            # The views were deleted just now.
            raise NotYet(version, wanted)
        more = entries[count - 1].first_version if len(entries) > count else None
        return HistoryPage(version, entries[:count], more)

    async def _read(
        self, document: str, before: int, count: int
    ) -> tuple[int, list[HistoryEntry]]:
        rows = await self._views.rows(_ENTRIES, (document, before, count))
        entries = [HistoryEntry._make(row[1:]) for row in rows if row[1] is not None]
        return rows[0][0] or 0, entries

    async def _version(self, document: str) -> int:
        [(version,)] = await self._views.rows(
            "SELECT max(last_version) FROM history WHERE document = ?", (document,)
        )
        return version or 0

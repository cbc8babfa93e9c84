"""The log as everybody else uses it: read-only, beside its writer. Knows no CRDT."""

from collections.abc import Callable, Iterator
from pathlib import Path

from palimpsest.adapters.sqlite.database import open_for_reading
from palimpsest.domain.event_codec import Stored
from palimpsest.ports import Origin, Row, Update

BYTES_AT_ONCE = 16 * 1024 * 1024
ORIGINS_KEPT = 10_000

_ROWS = """
SELECT position, documents.id, version, time, origin, kind, payload, link
FROM events JOIN documents ON documents.number = events.document
"""
_AFTER = _ROWS + "WHERE position > ? ORDER BY position LIMIT ?"
_HISTORY = _ROWS + "WHERE documents.id = ? ORDER BY version"

_UPDATES = """
SELECT version, payload FROM events
WHERE document = (SELECT number FROM documents WHERE id = ?)
  AND kind = 1 AND version > ? AND version <= ?
ORDER BY version
"""

_Found = tuple[int, str, int, int, int, int, bytes, bytes]


class SqliteLogReader:
    """Reads the log of a data directory."""

    def __init__(
        self,
        folder: Path,
        *,
        updates_at_once: int = 0,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        """Open the log; call `progress` whenever so many more updates were read, 0 is never.

        Raises:
            ForeignDatabase: there is none, or it is not of this server's.
        """
        self._connection = open_for_reading(folder)
        self._updates_at_once = updates_at_once
        self._progress = progress
        self._updates_read = 0
        self._kinds: dict[int, str] = {}
        self._origins: dict[int, Origin] = {}
        [(self.log_id,)] = self._connection.execute("SELECT value FROM meta WHERE name = 'log_id'")

    def head(self) -> int:
        """Return the newest event's position; 0 if there is none."""
        [(position,)] = self._connection.execute("SELECT max(position) FROM events")
        return position or 0

    def after(self, position: int, events_max: int) -> list[Row]:
        """Return the events after a position, in order; few if they are large, at least one."""
        rows: list[Row] = []
        size = 0
        for found in self._connection.execute(_AFTER, (position, events_max)):
            rows.append(self._row(found))
            size += len(found[6])
            if size > BYTES_AT_ONCE:
                break
        return rows

    def updates(self, document: str, after: int, until: int) -> Iterator[Update]:
        """Yield the document's updates of versions `after` (excluded) to `until` (included)."""
        found = self._connection.execute(_UPDATES, (document, after, until))
        updates: Iterator[Update] = map(Update._make, found)
        return self._watched(updates) if self._updates_at_once else updates

    def history(self, document: str) -> Iterator[Row]:
        """Yield all of the document's events, in order."""
        return map(self._row, self._connection.execute(_HISTORY, (document,)))

    def link(self, position: int) -> bytes | None:
        """Return the link of the event at a position."""
        return self._link("SELECT link FROM events WHERE position = ?", position)

    def link_of(self, document: str, version: int) -> bytes | None:
        """Return the link of a document's event."""
        return self._link(
            "SELECT link FROM events JOIN documents ON documents.number = events.document"
            " WHERE documents.id = ? AND version = ?",
            document,
            version,
        )

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def _watched(self, updates: Iterator[Update]) -> Iterator[Update]:
        for update in updates:
            self._updates_read += 1
            if self._updates_read % self._updates_at_once == 0:
                self._progress()
            yield update

    def _link(self, sql: str, *values: int | str) -> bytes | None:
        found = self._connection.execute(sql, values).fetchone()
        return found[0] if found else None

    def _row(self, found: _Found) -> Row:
        position, document, version, time, origin, kind, payload, link = found
        stored = Stored(self._kinds.get(kind) or self._kind(kind), payload)
        who = self._origins.get(origin) or self._origin(origin)
        return Row(position, document, version, time, who, stored, link)

    def _kind(self, number: int) -> str:
        self._kinds = dict(self._connection.execute("SELECT number, name FROM kinds"))
        return self._kinds[number]

    def _origin(self, number: int) -> Origin:
        if len(self._origins) > ORIGINS_KEPT:
            self._origins.clear()
        [found] = self._connection.execute("SELECT * FROM origins WHERE number = ?", (number,))
        origin = self._origins[number] = Origin(*found)
        return origin

"""The documents there are: title, state, newest version, who edited last and when."""

from dataclasses import dataclass

from palimpsest.content.folding import folded
from palimpsest.domain.event_codec import UPDATE_RECORDED, decode
from palimpsest.domain.events import (
    DocumentCreated,
    DocumentRenamed,
    DocumentRestored,
    DocumentTrashed,
    QuarantineImposed,
    QuarantineLifted,
)
from palimpsest.domain.identifiers import is_by_chance
from palimpsest.ports import Row, Rows

_SAVE = """
INSERT INTO catalogue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document) DO UPDATE SET
    version = excluded.version, title = excluded.title, lineage = excluded.lineage,
    trashed = excluded.trashed, quarantine = excluded.quarantine,
    edited_at = excluded.edited_at, edited_by = excluded.edited_by, folded = excluded.folded
"""


@dataclass(slots=True)
class _Entry:
    document: str
    version: int = 0
    title: str = ""
    lineage: str = ""
    trashed: bool = False
    quarantine: str = ""
    created_at: int = 0
    edited_at: int = 0
    edited_by: str = ""
    folded: str = ""

    def call(self, title: str) -> None:
        """Take a title, and how one finds the document by it or by an id that somebody chose."""
        self.title = title
        name = "" if is_by_chance(self.document) else self.document
        self.folded = folded(f"{title}\n{name}")


class Catalogue:
    """One row a document."""

    name = "catalogue"
    revision = 2
    tables = ("catalogue",)
    schema = """
    CREATE TABLE catalogue (
        document TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        title TEXT NOT NULL,
        lineage TEXT NOT NULL,
        trashed INTEGER NOT NULL,
        quarantine TEXT NOT NULL,   -- why it is read-only; empty if it is not
        created_at INTEGER NOT NULL,
        edited_at INTEGER NOT NULL, -- by whatever event
        edited_by TEXT NOT NULL,
        folded TEXT NOT NULL        -- title and chosen id, as they are compared
    ) WITHOUT ROWID;
    CREATE INDEX catalogue_by_edit ON catalogue (trashed, edited_at, document);
    CREATE INDEX catalogue_by_creation ON catalogue (trashed, created_at, document);
    CREATE INDEX catalogue_by_title ON catalogue (trashed, title COLLATE NOCASE, document);
    """

    def __init__(self) -> None:
        self._touched: dict[str, _Entry] = {}

    def fold(self, event: Row, rows: Rows) -> None:
        """Take an event."""
        entry = self._touched.get(event.document) or self._load(event.document, rows)
        entry.version = event.version
        entry.edited_at = event.time
        entry.edited_by = event.origin.name
        if event.stored.kind == UPDATE_RECORDED:
            return
        match decode(event.stored):
            case DocumentCreated(title, lineage):
                entry.lineage, entry.created_at = lineage, event.time
                entry.call(title)
            case DocumentRenamed(title):
                entry.call(title)
            case DocumentTrashed():
                entry.trashed = True
            case DocumentRestored():
                entry.trashed = False
            case QuarantineImposed(reason):
                entry.quarantine = reason
            case QuarantineLifted():
                entry.quarantine = ""
            case _:
                """An update: it says no more than when."""

    def flush(self, rows: Rows) -> None:
        """Write the entries that were touched."""
        touched, self._touched = self._touched, {}
        rows.execute_many(_SAVE, map(_values, touched.values()))

    def _load(self, document: str, rows: Rows) -> _Entry:
        found = rows.execute("SELECT * FROM catalogue WHERE document = ?", (document,))
        entry = self._touched[document] = _Entry(*found[0]) if found else _Entry(document)
        return entry


def _values(entry: _Entry) -> tuple[str | int, ...]:
    return (
        entry.document,
        entry.version,
        entry.title,
        entry.lineage,
        entry.trashed,
        entry.quarantine,
        entry.created_at,
        entry.edited_at,
        entry.edited_by,
        entry.folded,
    )

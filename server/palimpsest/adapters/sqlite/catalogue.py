"""The documents there are, read from the log itself, beside its writer."""

import asyncio
from pathlib import Path
from typing import Any

import apsw

from palimpsest.adapters.sqlite.database import open_for_reading
from palimpsest.domain.document import Document, evolve
from palimpsest.domain.event_codec import Stored, decode
from palimpsest.ports import DocumentSummary

_NEWEST = """
SELECT documents.number, documents.id, newest.version, oldest.time, newest.time
FROM documents
JOIN events AS oldest ON oldest.document = documents.number AND oldest.version = 1
JOIN events AS newest ON newest.document = documents.number AND newest.version = (
    SELECT max(version) FROM events WHERE document = documents.number
)
"""

_FACTS = """
SELECT document, name, payload FROM events JOIN kinds ON kinds.number = kind
WHERE kind <> 1 {} ORDER BY document, version
"""


class SqliteCatalogue:
    """Answers from the log: always as new as the last commit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def documents(self) -> list[DocumentSummary]:
        """Return every document, the one edited last first."""
        return await asyncio.to_thread(self.read)

    async def document(self, document: str) -> DocumentSummary | None:
        """Return one document, or None if there is none of that id."""
        found = await asyncio.to_thread(self.read, document)
        return found[0] if found else None

    def read(self, document: str | None = None) -> list[DocumentSummary]:
        """Return the documents, or the one asked for, without waiting for the event loop."""
        connection = open_for_reading(self._folder)
        try:
            # One transaction: the two answers fit together.
            connection.execute("BEGIN")
            return _summaries(connection, document)
        finally:
            connection.close()


def _summaries(connection: apsw.Connection, document: str | None) -> list[DocumentSummary]:
    one = document is not None
    newest = _NEWEST + ("WHERE documents.id = ?" if one else "ORDER BY newest.position DESC")
    rows: list[Any] = connection.execute(newest, (document,) if one else ()).fetchall()
    facts = _FACTS.format("AND document = ?" if one else "")
    aggregates: dict[int, Document] = {}
    if rows:
        for number, kind, payload in connection.execute(facts, (rows[0][0],) if one else ()):
            aggregate = aggregates.get(number, Document())
            aggregates[number] = evolve(aggregate, decode(Stored(kind, payload)))
    return [
        DocumentSummary(
            identifier,
            aggregates[number].title,
            aggregates[number].trashed,
            aggregates[number].quarantine,
            version,
            created_at,
            edited_at,
        )
        for number, identifier, version, created_at, edited_at in rows
    ]

"""The documents there are, read from the log itself: for the command line, without any view."""

from pathlib import Path
from typing import Any, NamedTuple

import apsw

from palimpsest.adapters.sqlite.database import open_for_reading
from palimpsest.domain.document import Document, evolve
from palimpsest.domain.event_codec import Stored, decode

_NEWEST = """
SELECT documents.number, documents.id, newest.version, oldest.time, newest.time
FROM documents
JOIN events AS oldest ON oldest.document = documents.number AND oldest.version = 1
JOIN events AS newest ON newest.document = documents.number AND newest.version = (
    SELECT max(version) FROM events WHERE document = documents.number
)
ORDER BY newest.position DESC
"""

_FACTS = """
SELECT document, name, payload FROM events JOIN kinds ON kinds.number = kind
WHERE kind <> 1 ORDER BY document, version
"""


class DocumentSummary(NamedTuple):
    """A document in a list; times in milliseconds since 1970."""

    document: str
    title: str
    trashed: bool
    quarantine: str
    version: int
    created_at: int
    edited_at: int


def documents(folder: Path) -> list[DocumentSummary]:
    """Return every document in a log, the one edited last first."""
    connection = open_for_reading(folder)
    try:
        # One transaction: the two answers fit together.
        connection.execute("BEGIN")
        return _summaries(connection)
    finally:
        connection.close()


def _summaries(connection: apsw.Connection) -> list[DocumentSummary]:
    rows: list[Any] = connection.execute(_NEWEST).fetchall()
    aggregates: dict[int, Document] = {}
    for number, kind, payload in connection.execute(_FACTS):
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

"""Tables in memory that are asked as the real ones are, and what stands in for the replay."""

import asyncio
import sqlite3
from collections.abc import Sequence
from importlib import resources
from typing import Any

from palimpsest.content.folding import folded
from palimpsest.content.rendering import Rendering
from palimpsest.ports import Value
from palimpsest.projections.catalogue import Catalogue
from palimpsest.projections.history import History
from palimpsest.projections.snapshots import Snapshots
from palimpsest.projections.standing import SCHEMA
from palimpsest.queries.content import NotShowable
from palimpsest.queries.tables import TablesMissing

LINEAGE = "lineage"


class MemoryTables:
    """A database in memory; `gate`, if set, must be opened before an answer comes."""

    def __init__(self, *schemas: str) -> None:
        self.asked = 0
        self.gate: asyncio.Event | None = None
        self._connection = sqlite3.connect(":memory:")
        for schema in schemas:
            self._connection.executescript(schema)

    async def rows(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds; it is asked at once, and answered when the gate is open."""
        self.asked += 1
        try:
            found = self._connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            raise TablesMissing("memory") from error
        if self.gate is not None:
            await self.gate.wait()
        return found

    def do(self, sql: str, *values: Value) -> None:
        """Change something."""
        self._connection.execute(sql, values)


class MemoryViews(MemoryTables):
    """The views of some documents."""

    def __init__(self) -> None:
        super().__init__(SCHEMA, Catalogue.schema, History.schema, Snapshots.schema)

    def list(self, document: str, version: int, **more: Value) -> None:
        """Have the catalogue list a document."""
        entry: dict[str, Value] = {
            "title": "",
            "trashed": 0,
            "quarantine": "",
            "created_at": 1,
            "edited_at": 1,
        }
        entry |= {"edited_by": "Ann"} | more
        entry["folded"] = folded(f"{entry['title']!s}\n{document}")
        columns = ", ".join(["document", "version", "lineage", *entry])
        places = ", ".join("?" * (3 + len(entry)))
        self.do(
            f"INSERT OR REPLACE INTO catalogue ({columns}) VALUES ({places})",
            document,
            version,
            LINEAGE,
            *entry.values(),
        )

    def show(self, document: str, version: int, text: str | None = None) -> None:
        """Have the snapshots show a document."""
        self.do(
            "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            document,
            version,
            *rendering(text or said_at(version)),
        )
        self.begin(document, "", text or said_at(version))

    def begin(self, document: str, title: str, excerpt: str) -> None:
        """Have the snapshots know how a document begins."""
        self.do(
            "INSERT OR REPLACE INTO beginnings VALUES (?, ?, ?, ?)",
            document,
            title,
            excerpt,
            folded(f"{title}\n{excerpt}"),
        )


class MemoryLog(MemoryTables):
    """A log in which only the events' headers say something."""

    def __init__(self) -> None:
        package = resources.files("palimpsest.adapters.sqlite")
        super().__init__(package.joinpath("schema.sql").read_text())
        self._position = 0
        self.do("INSERT INTO kinds VALUES (1, 'update_recorded.v1'), (2, 'document_renamed.v1')")
        self.do("INSERT INTO origins VALUES (1, 's1', 'user', 'user:ann', 'Ann')")
        self.do("INSERT INTO origins VALUES (2, 's2', 'user', 'user:bob', 'Bob')")

    def record(self, document: str, *, kind: int = 1, origin: int = 1, time: int = 0) -> int:
        """Have something happen to a document; return its version."""
        self._position += 1
        self.do("INSERT OR IGNORE INTO documents (id) VALUES (?)", document)
        number = "(SELECT number FROM documents WHERE id = ?)"
        version = f"(SELECT coalesce(max(version), 0) + 1 FROM events WHERE document = {number})"
        self.do(
            f"INSERT INTO events VALUES (?, {number}, {version}, ?, ?, ?, x'616263', x'00ff')",
            self._position,
            document,
            document,
            kind,
            origin,
            time or self._position,
        )
        made = "SELECT version FROM events WHERE position = ?"
        [(found,)] = self._connection.execute(made, (self._position,))
        return int(found)


class Replays:
    """Shows any version as the text `replayed N`, but what is `broken`."""

    def __init__(self) -> None:
        self.broken: set[int] = set()
        self.asked: list[tuple[str, int]] = []

    async def show(self, document: str, version: int) -> Rendering:
        """Return a document as of a version."""
        self.asked.append((document, version))
        if version in self.broken:
            raise NotShowable("broken")
        return rendering(f"replayed {version}")

    async def encode(self, document: str, version: int) -> bytes:
        """Return a document as of a version as bytes."""
        self.asked.append((document, version))
        return b"%d" % version


def said_at(version: int) -> str:
    """Return the text of a document's snapshot as of a version, unless told otherwise."""
    return f"snapshot {version}"


def rendering(text: str) -> Rendering:
    """Return a rendering whose every form says the text."""
    return Rendering("", "", text, text, text, text, truncated=False)

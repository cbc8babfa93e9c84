"""Logs under test: the port, and what a test must see or do behind it."""

from pathlib import Path
from typing import Protocol

import apsw

from palimpsest.adapters.sqlite.database import FILE_NAME, open_for_reading
from palimpsest.adapters.sqlite.event_log import SqliteEventLog
from palimpsest.adapters.sqlite.log_reader import SqliteLogReader
from palimpsest.domain import chain
from palimpsest.domain.event_codec import Stored
from palimpsest.ports import EventLog, LogReader, Origin, Row
from tests.doubles import InMemoryEventLog, InMemoryLogReader

PAGE_BYTES = 4096

_ROWS = """
SELECT position, documents.id, version, time, origin, session, actor_kind, principal,
       origins.name, kinds.name, payload, link
FROM events
JOIN documents ON documents.number = document
JOIN kinds ON kinds.number = kind
JOIN origins ON origins.number = origin
ORDER BY position
"""

_SEEDS = "SELECT documents.id, run, seed FROM seeds JOIN documents ON documents.number = document"

Seeds = dict[tuple[str, int], bytes]


class LogSubject(Protocol):
    """A log, and what stands in it."""

    log: EventLog

    def __init__(self, _folder: Path) -> None: ...

    def rows(self) -> list[Row]:
        """Return what was committed."""
        ...

    def reader(self) -> LogReader:
        """Return a reader of it."""
        ...

    def seeds(self) -> Seeds:
        """Return the seed of each document's runs."""
        ...

    def fill_disk(self) -> None:
        """Let the disk hold little more than it does."""
        ...

    def make_room(self) -> None:
        """Let the disk hold as much as anybody wants."""
        ...

    def reopen(self) -> None:
        """Lose what is in memory."""
        ...

    def close(self) -> None:
        """End."""
        ...


class LogInMemory:
    """The log for tests."""

    def __init__(self, _folder: Path) -> None:
        self.log = InMemoryEventLog()

    def rows(self) -> list[Row]:
        return list(self.log.rows)

    def reader(self) -> LogReader:
        return InMemoryLogReader(self.log)

    def seeds(self) -> Seeds:
        return dict(self.log.seeds)

    def fill_disk(self) -> None:
        self.log.bytes_max = 4 * PAGE_BYTES

    def make_room(self) -> None:
        self.log.bytes_max = None

    def reopen(self) -> None:
        self.log.rollback()

    def close(self) -> None:
        pass


class LogInSqlite:
    """The real one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.log = SqliteEventLog(folder, free_bytes_min=0)
        self._readers: list[SqliteLogReader] = []

    def rows(self) -> list[Row]:
        return rows_in(self._folder)

    def reader(self) -> LogReader:
        self._readers.append(SqliteLogReader(self._folder))
        return self._readers[-1]

    def seeds(self) -> Seeds:
        return seeds_in(self._folder)

    def fill_disk(self) -> None:
        self.log._connection.pragma("max_page_count", 16)

    def make_room(self) -> None:
        self.log._connection.pragma("max_page_count", 1_000_000)

    def reopen(self) -> None:
        self.log.close()
        self.log = SqliteEventLog(self._folder, free_bytes_min=0)

    def close(self) -> None:
        for reader in self._readers:
            reader.close()
        self.log.close()


def rows_in(folder: Path) -> list[Row]:
    """Return the events in the folder's database."""
    connection = open_for_reading(folder)
    try:
        return [
            Row(
                row[0], row[1], row[2], row[3], Origin(*row[4:9]), Stored(row[9], row[10]), row[11]
            )
            for row in connection.execute(_ROWS)
        ]
    finally:
        connection.close()


def seeds_in(folder: Path) -> Seeds:
    """Return the seeds in the folder's database."""
    connection = open_for_reading(folder)
    try:
        return {(row[0], row[1]): row[2] for row in connection.execute(_SEEDS)}
    finally:
        connection.close()


def overwrite_in(folder: Path, document: str, version: int, payload: bytes) -> None:
    """Damage an event in the folder's database."""
    change_in(
        folder,
        "UPDATE events SET payload = ? WHERE version = ?"
        " AND document = (SELECT number FROM documents WHERE id = ?)",
        (payload, version, document),
    )


def change_in(folder: Path, sql: str, values: tuple[bytes | int | str, ...] = ()) -> None:
    """Change the folder's database behind the writer's back."""
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.set_busy_timeout(1000)
    connection.execute(sql, values)
    connection.close()


def assert_chained(rows: list[Row], seeds: Seeds) -> None:
    """Check positions, versions and every link."""
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    heads: dict[str, tuple[int, bytes]] = {}
    for row in rows:
        version, link = heads.get(row.document, (0, chain.GENESIS))
        assert row.version == version + 1
        actor = (row.origin.actor_kind, row.origin.principal, row.origin.name)
        header = chain.header_of(row.document, row.stored.kind, actor, row.origin.session)
        seed = seeds[row.document, chain.run_of(row.version)]
        digest = chain.digest_of(seed, row.version, row.stored.payload)
        assert row.link == chain.link_of(link, header, row.version, row.time, digest)
        heads[row.document] = (row.version, row.link)

"""The log as its only writer uses it: append, commit durably, read back. Knows no CRDT."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from palimpsest.adapters.sqlite.database import open_for_writing
from palimpsest.domain import chain
from palimpsest.domain.event_codec import Stored
from palimpsest.ports import LogRefused, Origin, Unreadable

BATCHES_KEPT = 64
HEADERS_KEPT = 10_000

_Event = tuple[int, int, int, int, int, int, bytes, bytes]


@dataclass(slots=True)
class _Head:
    """Where a document's chain ends, the open transaction included."""

    number: int
    version: int
    link: bytes
    run: int
    seed: bytes


class SqliteEventLog:
    """The log in SQLite: WAL, synchronous=FULL, one writer.

    After the disk was full, nothing is taken until `free_bytes_min` are free: else a small edit
    could be stored after a large one before it was not.
    """

    def __init__(self, folder: Path, *, free_bytes_min: int, pages_max: int | None = None) -> None:
        """Open the log in `folder`; `pages_max` bounds the file for tests of a full disk."""
        self._folder = folder
        self._free_bytes_min = free_bytes_min
        self._connection = open_for_writing(folder)
        self._connection.set_wal_hook(self._note_wal)
        self._wal_pages = 0
        if pages_max is not None:
            self._connection.pragma("max_page_count", pages_max)
        self._full = False
        self._open = False
        self._rows: list[_Event] = []
        self._heads: dict[str, _Head] = {}
        self._touched: set[str] = set()
        self._headers: dict[tuple[str, int, str], bytes] = {}
        self._origins_written: set[int] = set()
        self._kinds: dict[str, int] = {}
        self._forget_numbers()

    def begin(self) -> None:
        """Open a transaction."""
        if self._full and shutil.disk_usage(self._folder).free < self._free_bytes_min:
            raise LogRefused("The disk is full.")
        self._execute("BEGIN IMMEDIATE")
        self._open = True

    def append(self, document: str, origin: Origin, time: int, stored: Stored) -> int:
        """Append an event to the open transaction; return its version."""
        head = self._head(document) or self._new_document(document)
        if not head.seed and head.version:
            raise Unreadable(f"The seed of its events up to {head.version} is missing.")
        # From here on its head is ahead of what is stored.
        self._touched.add(document)
        version = head.version + 1
        if chain.run_of(version) != head.run:
            self._new_run(head, chain.run_of(version))
        header = self._header(document, origin, stored.kind)
        digest = chain.digest_of(head.seed, version, stored.payload)
        head.link = chain.link_of(head.link, header, version, time, digest)
        head.version = version
        self._position += 1
        kind = self._kinds.get(stored.kind) or self._new_kind(stored.kind)
        if origin.number not in self._origins_written:
            self._write_origin(origin)
        self._rows.append(
            (
                self._position,
                head.number,
                version,
                kind,
                origin.number,
                time,
                stored.payload,
                head.link,
            )
        )
        return version

    def commit(self, batch: int, outcomes: bytes) -> None:
        """Make the transaction durable, and the batch's outcomes readable by its id."""
        self._flush()
        self._execute("INSERT INTO batches VALUES (?, ?)", (batch, outcomes))
        if batch % BATCHES_KEPT == 0:
            self._execute("DELETE FROM batches WHERE identifier <= ?", (batch - BATCHES_KEPT,))
        self._execute("COMMIT")
        self._open = False
        self._full = False
        self._touched.clear()

    def rollback(self) -> None:
        """Forget the open transaction, if there is one."""
        if not self._open:
            return
        self._open = False
        self._rows.clear()
        for document in self._touched:
            del self._heads[document]
        self._touched.clear()
        self._headers.clear()
        # SQLite may have rolled back on its own when the disk was full.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._forget_numbers()

    def outcomes(self, batch: int) -> bytes | None:
        """Return the outcomes of a recent batch; None if it was not committed."""
        found = self._one("SELECT outcomes FROM batches WHERE identifier = ?", batch)
        return None if found is None else bytes(found[0])

    def version(self, document: str) -> int:
        """Return the document's version, the open transaction included; 0 if there is none."""
        head = self._head(document)
        return head.version if head else 0

    def facts(self, document: str) -> list[Stored]:
        """Return the document's events that are not updates, in order."""
        self._flush()
        head = self._head(document)
        rows = self._connection.execute(
            "SELECT name, payload FROM events JOIN kinds ON kinds.number = kind"
            " WHERE document = ? AND kind <> 1 ORDER BY version",
            (head.number if head else None,),
        )
        return [Stored(kind, payload) for kind, payload in rows]

    def link_of(self, document: str, version: int) -> bytes | None:
        """Return the link of a document's event that was committed."""
        found = self._one(
            "SELECT link FROM events"
            " WHERE document = (SELECT number FROM documents WHERE id = ?) AND version = ?",
            document,
            version,
        )
        return found[0] if found else None

    def updates(self, document: str, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield version and payload of each update after a version, in order.

        Those of the open transaction are among them.
        """
        self._flush()
        head = self._head(document)
        return self._connection.execute(
            "SELECT version, payload FROM events"
            " WHERE document = ? AND kind = 1 AND version > ? ORDER BY version",
            (head.number if head else None, after),
        )

    def forget(self, document: str) -> None:
        """Drop what is kept in memory of a document; it is read again when next needed."""
        if document not in self._touched:
            self._heads.pop(document, None)

    def next_numbers(self) -> tuple[int, int]:
        """Return a batch id and an origin's number that nothing has used yet."""
        batch = self._number("SELECT max(identifier) FROM batches")
        origin = self._number("SELECT max(number) FROM origins")
        return batch + 1, origin + 1

    def move_wal(self, pages_min: int) -> None:
        """Move the WAL into the database file if it has grown to `pages_min` pages."""
        if self._wal_pages >= pages_min:
            # On a full disk it stays where it is, until after the next commit.
            with contextlib.suppress(apsw.FullError):
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            self._wal_pages = 0

    def close(self) -> None:
        """Close the database; what was not committed is gone."""
        self.rollback()
        self._connection.close()

    # How a row comes to be.

    def _head(self, document: str) -> _Head | None:
        head = self._heads.get(document)
        if head is None:
            found = self._one("SELECT number FROM documents WHERE id = ?", document)
            if found is not None:
                head = self._heads[document] = self._read_head(found[0])
        return head

    def _read_head(self, number: int) -> _Head:
        newest = self._one(
            "SELECT version, link FROM events WHERE document = ? ORDER BY version DESC LIMIT 1",
            number,
        )
        if newest is None:
            return _Head(number, 0, chain.GENESIS, -1, b"")
        version, link = newest
        run = chain.run_of(version)
        found = self._one("SELECT seed FROM seeds WHERE document = ? AND run = ?", number, run)
        # Reading takes no seed.
        return _Head(number, version, link, run, found[0] if found else b"")

    def _new_document(self, document: str) -> _Head:
        self._execute("INSERT INTO documents (id) VALUES (?)", (document,))
        number = self._connection.last_insert_rowid()
        head = self._heads[document] = _Head(number, 0, chain.GENESIS, -1, b"")
        self._touched.add(document)
        return head

    def _new_run(self, head: _Head, run: int) -> None:
        head.run, head.seed = run, os.urandom(chain.SEED_BYTES)
        self._execute("INSERT INTO seeds VALUES (?, ?, ?)", (head.number, run, head.seed))

    def _new_kind(self, kind: str) -> int:
        self._execute("INSERT INTO kinds (name) VALUES (?)", (kind,))
        number = self._kinds[kind] = self._connection.last_insert_rowid()
        return number

    def _write_origin(self, origin: Origin) -> None:
        self._execute("INSERT OR IGNORE INTO origins VALUES (?, ?, ?, ?, ?)", origin)
        self._origins_written.add(origin.number)

    def _header(self, document: str, origin: Origin, kind: str) -> bytes:
        key = (document, origin.number, kind)
        header = self._headers.get(key)
        if header is None:
            if len(self._headers) > HEADERS_KEPT:
                self._headers.clear()
            actor = (origin.actor_kind, origin.principal, origin.name)
            header = chain.header_of(document, kind, actor, origin.session)
            self._headers[key] = header
        return header

    def _flush(self) -> None:
        if self._rows:
            rows, self._rows = self._rows, []
            self._execute_many("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _forget_numbers(self) -> None:
        """Read anew what a rollback may have taken back."""
        self._position = self._number("SELECT max(position) FROM events")
        self._origins_written.clear()
        self._kinds = dict(self._connection.execute("SELECT name, number FROM kinds"))

    # How SQLite is asked.

    def _execute(self, sql: str, values: tuple[int | str | bytes, ...] = ()) -> None:
        try:
            self._connection.execute(sql, values)
        except apsw.FullError as error:
            self._full = True
            raise LogRefused("The disk is full.") from error

    def _execute_many(self, sql: str, rows: list[_Event]) -> None:
        try:
            self._connection.executemany(sql, rows)
        except apsw.FullError as error:
            self._full = True
            raise LogRefused("The disk is full.") from error

    def _one(self, sql: str, *values: int | str) -> Any:  # noqa: ANN401
        return self._connection.execute(sql, values).fetchone()

    def _number(self, sql: str) -> int:
        return self._one(sql)[0] or 0

    def _note_wal(self, _connection: apsw.Connection, _database: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

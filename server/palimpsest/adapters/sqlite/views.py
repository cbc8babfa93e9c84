"""The views' database as projections write it. Disposable: deleted under us, it is made anew."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from palimpsest.ports import Value, ViewsGone

FILE_NAME = "views.db"
BUSY_MILLISECONDS = 30_000
WAL_BYTES_KEPT = 16 * 1024 * 1024


class SqliteViews:
    """Tables of views in one file; one writer at a time, readers beside it see what was committed.

    `synchronous` is NORMAL: after a power cut the views may be some seconds old, which is what
    their checkpoints then say.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: apsw.Connection | None = None
        self._inode = 0

    @contextmanager
    def transaction(self) -> Iterator["SqliteRows"]:
        """Open a transaction; it is committed at the end, or rolled back by an exception.

        Raises:
            ViewsGone: the file was deleted since the last transaction.
        """
        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield SqliteRows(connection)
            connection.execute("COMMIT")
        except BaseException:
            # SQLite may have rolled back on its own, when the disk was full.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    @contextmanager
    def beside(self, path: Path) -> Iterator[None]:
        """Let transactions see the views of another file too, as `beside.TABLE`."""
        connection = self._open()
        connection.execute("ATTACH ? AS beside", (str(path),))
        try:
            yield
        finally:
            connection.execute("DETACH beside")

    def close(self) -> None:
        """Close the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> apsw.Connection:
        """Return the connection to the file that is there now."""
        if self._connection is not None and _inode(self._path) != self._inode:
            self.close()
            raise ViewsGone(str(self._path))
        if self._connection is None:
            if not self._path.exists():
                _remove_beside(self._path)
            self._connection = _connect(self._path)
            self._inode = _inode(self._path)
        return self._connection


class SqliteRows:
    """The tables, inside an open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Run a statement; return its rows."""
        return self._connection.execute(sql, values).fetchall()

    def execute_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run a statement once for each row of values."""
        self._connection.executemany(sql, rows)


def remove(path: Path) -> None:
    """Delete a database of views."""
    path.unlink(missing_ok=True)
    _remove_beside(path)


def _connect(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "normal")
    connection.pragma("journal_size_limit", WAL_BYTES_KEPT)
    connection.pragma("trusted_schema", False)  # noqa: FBT003
    return connection


def _remove_beside(path: Path) -> None:
    """Delete what SQLite keeps beside a database that is gone: it belongs to nothing."""
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0

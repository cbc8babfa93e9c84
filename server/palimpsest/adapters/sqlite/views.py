"""The views' database as projections write it. Disposable: deleted or damaged, it is made anew."""

import fcntl
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from palimpsest.ports import Value, ViewsGone, ViewsRefused

FILE_NAME = "views.db"
BUSY_MILLISECONDS = 30_000
WAL_BYTES_KEPT = 16 * 1024 * 1024

_DAMAGE = (apsw.CorruptError, apsw.NotADBError)
_WANT = (
    apsw.BusyError,
    apsw.CantOpenError,
    apsw.FullError,
    apsw.IOError,
    apsw.NoMemError,
    apsw.ProtocolError,
    apsw.ReadOnlyError,
)

log = logging.getLogger(__name__)


class _Damaged(Exception):
    """The file is not, or no longer, a sound database."""


class SqliteViews:
    """Tables of views in one file; one writer at a time, readers beside it see what was committed.

    `synchronous` is NORMAL: after a power cut the views may be some seconds old, which is what
    their checkpoints then say.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: apsw.Connection | None = None
        self._inode = self._wal_inode = 0
        self._times_opened = 0

    @contextmanager
    def transaction(self) -> Iterator["SqliteRows"]:
        """Open a transaction; it is committed at the end, or rolled back by an exception.

        Raises:
            ViewsGone: the file was deleted, or damaged, since the last transaction.
            ViewsRefused: nothing can be written just now, and nothing of this was.
        """
        with self._made_anew_if_damaged(), _transaction(self._open()) as rows:
            yield rows

    def generation(self) -> int:
        """Return how often the file was opened: what was opened anew may be another.

        Raises:
            ViewsGone: the file was deleted, or damaged, since the last transaction.
            ViewsRefused: it cannot be opened just now.
        """
        with self._made_anew_if_damaged():
            self._open()
        return self._times_opened

    @contextmanager
    def beside(self, path: Path) -> Iterator[None]:
        """Let transactions see the views of another file too, as `beside.TABLE`."""
        with self._made_anew_if_damaged():
            connection = self._open()
        connection.execute("ATTACH ? AS beside", (str(path),))
        try:
            yield
        finally:
            if connection is self._connection:
                connection.execute("DETACH beside")

    def close(self) -> None:
        """Close the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _made_anew_if_damaged(self) -> Iterator[None]:
        """Delete a file that turns out damaged; what is made in its place is empty."""
        try:
            yield
        except _Damaged as error:
            log.warning("%s is damaged (%s) and is made anew.", self.path, error)
            self.close()
            remove(self.path)
            raise ViewsGone(str(self.path)) from error

    def _open(self) -> apsw.Connection:
        """Return the connection to the file that is there now."""
        if self._connection is not None and _inode(self.path) != self._inode:
            with _asking(), _alone_in(self.path.parent):
                # SQLite would take our WAL for that of the file in the place of ours.
                if _inode(_wal_of(self.path)) == self._wal_inode:
                    _remove_beside(self.path)
            self.close()
            raise ViewsGone(str(self.path))
        if self._connection is None:
            # Two that make one file at once would delete what the other has begun.
            with _asking(), _alone_in(self.path.parent):
                if not self.path.exists():
                    _remove_beside(self.path)
                    self.path.touch()
                self._inode = _inode(self.path)
                self._connection = _connect(self.path)
                self._wal_inode = _inode(_wal_of(self.path))
            self._times_opened += 1
        return self._connection


class SqliteRows:
    """The tables, inside an open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Run a statement; return its rows."""
        # As `_asking`, written out: projections ask often.
        try:
            return self._connection.execute(sql, values).fetchall()
        except _DAMAGE as error:
            raise _Damaged(str(error)) from error
        except _WANT as error:
            raise ViewsRefused(str(error)) from error

    def execute_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run a statement once for each row of values."""
        with _asking():
            self._connection.executemany(sql, rows)


def remove(path: Path) -> None:
    """Delete a database of views."""
    path.unlink(missing_ok=True)
    _remove_beside(path)


@contextmanager
def _transaction(connection: apsw.Connection) -> Iterator[SqliteRows]:
    rows = SqliteRows(connection)
    rows.execute("BEGIN IMMEDIATE")
    try:
        yield rows
        rows.execute("COMMIT")
    except BaseException:
        # SQLite may have rolled back on its own, when the disk was full.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _asking() -> Iterator[None]:
    """Tell the file's and the disk's failures from mistakes in what is asked."""
    try:
        yield
    except _DAMAGE as error:
        raise _Damaged(str(error)) from error
    except _WANT as error:
        raise ViewsRefused(str(error)) from error


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process opens or clears views in the folder."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ViewsRefused(str(error)) from error


def _connect(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "normal")
    connection.pragma("journal_size_limit", WAL_BYTES_KEPT)
    connection.pragma("trusted_schema", False)  # noqa: FBT003
    connection.pragma("user_version")  # Whatever is read first opens the WAL.
    return connection


def _remove_beside(path: Path) -> None:
    """Delete what SQLite keeps beside a database that is gone: it belongs to nothing."""
    _wal_of(path).unlink(missing_ok=True)
    Path(f"{path}-shm").unlink(missing_ok=True)


def _wal_of(path: Path) -> Path:
    return Path(f"{path}-wal")


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0

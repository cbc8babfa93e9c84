"""A database that somebody else writes, read without holding up the event loop."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiosqlite

from palimpsest.ports import Value
from palimpsest.queries.tables import TablesMissing

BUSY_SECONDS = 5.0
LOOKS_MAX = 40
LOOK_AGAIN_SECONDS = 0.05


class ReadOnlyDatabase:
    """Tables in a file that may not be there yet, and may be replaced by another at any time."""

    def __init__(self, path: Path, *, disposable: bool) -> None:
        """Take whether it is made anew, by whoever writes it, when it is damaged."""
        self._path = path
        self._disposable = disposable
        self._connection: aiosqlite.Connection | None = None
        self._inode = 0
        self._opening = asyncio.Lock()

    async def rows(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds; wait a moment for tables that are just being made.

        Raises:
            TablesMissing: the file or a table is not there, and does not come soon.
        """
        for _ in range(LOOKS_MAX):
            try:
                return await self._rows(sql, values)
            except TablesMissing:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return await self._rows(sql, values)

    async def _rows(self, sql: str, values: Sequence[Value]) -> list[tuple[Any, ...]]:
        try:
            connection = await self._open()
            # In one go: whoever finds the file replaced can close it before or behind this only.
            return [tuple(row) for row in await connection.execute_fetchall(sql, values)]
        except sqlite3.OperationalError as error:
            if "no such table" in str(error) or "unable to open" in str(error):
                raise TablesMissing(self._path.name) from error
            raise
        except sqlite3.DatabaseError as error:
            if not self._disposable:
                raise
            await self.close()
            raise TablesMissing(self._path.name) from error

    async def close(self) -> None:
        """Close the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _open(self) -> aiosqlite.Connection:
        """Return the connection to the file that is there now."""
        async with self._opening:
            inode = _inode(self._path)
            if self._connection is not None and inode != self._inode:
                await self.close()
            if self._connection is None:
                address = f"{self._path.absolute().as_uri()}?mode=ro"
                self._connection = await aiosqlite.connect(address, uri=True, timeout=BUSY_SECONDS)
                self._inode = inode
            return self._connection


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        raise TablesMissing(path.name) from None

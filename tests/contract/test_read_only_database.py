"""Databases that others write, as readers see them: replaced, damaged, deleted, not there yet."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from palimpsest.adapters.reading import database as database_module
from palimpsest.adapters.reading.database import ReadOnlyDatabase
from palimpsest.queries.tables import TablesMissing

READ = "SELECT name, value FROM things ORDER BY name"


def make(path: Path, value: int, *, rows: int = 3) -> None:
    """Put a database in the place of what is there."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with closing(sqlite3.connect(new)) as connection, connection:
        connection.execute("CREATE TABLE things (name INTEGER, value INTEGER)")
        things = [(number, value) for number in range(rows)]
        connection.executemany("INSERT INTO things VALUES (?, ?)", things)
    new.replace(path)


@asynccontextmanager
async def reading(path: Path, *, disposable: bool = True) -> AsyncIterator[ReadOnlyDatabase]:
    database = ReadOnlyDatabase(path, disposable=disposable)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks again for long."""
    monkeypatch.setattr(database_module, "LOOKS_MAX", 2)
    monkeypatch.setattr(database_module, "LOOK_AGAIN_SECONDS", 0.001)


async def test_it_is_the_file_that_is_there_now(tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    async with reading(path) as database:
        for value in range(5):
            make(path, value)
            assert await database.rows(READ) == [(0, value), (1, value), (2, value)]


async def test_nobody_notices_that_it_is_replaced_while_they_read(tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    make(path, 0)
    replaced = asyncio.Event()

    async def read() -> None:
        seen = 0
        while not replaced.is_set():
            rows = await database.rows(READ)
            [value] = {value for _, value in rows}
            assert len(rows) == 200, "never a part"
            assert value >= seen
            seen = value

    async with reading(path) as database:
        make(path, 0, rows=200)
        readers = [asyncio.ensure_future(read()) for _ in range(10)]
        for value in range(1, 60):
            await asyncio.to_thread(make, path, value, rows=200)
        replaced.set()
        await asyncio.gather(*readers)


async def test_what_is_just_being_made_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    async with reading(path) as database:
        waiting = asyncio.ensure_future(database.rows(READ))
        await asyncio.sleep(0)
        path.touch()  # It is there, and empty.
        await asyncio.sleep(0)
        make(path, 7)
        assert await waiting == [(0, 7), (1, 7), (2, 7)]


@pytest.mark.usefixtures("impatient")
async def test_what_does_not_come_is_missing_and_may_come_later(tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    async with reading(path) as database:
        with pytest.raises(TablesMissing, match=r"views\.db"):
            await database.rows(READ)
        path.touch()
        with pytest.raises(TablesMissing):
            await database.rows(READ)
        make(path, 1)
        assert await database.rows(READ)
        path.unlink()
        with pytest.raises(TablesMissing):
            await database.rows(READ)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("damage", ["no database", "a torn page"])
async def test_what_is_disposable_and_damaged_is_missing_until_it_is_made_anew(
    tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "views.db"
    make(path, 1, rows=20_000)
    async with reading(path) as database:
        await database.rows(READ)
        with path.open("r+b") as file:
            file.seek(0 if damage == "no database" else 8192)
            file.write(os.urandom(4096 * 8))
            os.utime(path)
        others = ReadOnlyDatabase(path, disposable=True)
        with pytest.raises(TablesMissing):
            await others.rows(READ)
        make(path, 2)
        assert await others.rows(READ) == await database.rows(READ)
        await others.close()


@pytest.mark.usefixtures("impatient")
async def test_the_log_is_not_disposable(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    path.write_bytes(os.urandom(8192))
    async with reading(path, disposable=False) as database:
        with pytest.raises(sqlite3.DatabaseError):
            await database.rows(READ)


async def test_nothing_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    make(path, 1)
    async with reading(path) as database:
        for statement in (
            "DELETE FROM things",
            "DROP TABLE things",
            "CREATE TABLE others (name)",
            "PRAGMA user_version = 5",
        ):
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                await database.rows(statement)
        assert len(await database.rows(READ)) == 3

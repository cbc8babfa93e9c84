"""Opening the log's database file: who may, with which settings. Knows no event."""

import os
import uuid
from importlib import resources
from pathlib import Path

import apsw

from palimpsest.domain.event_codec import UPDATE_RECORDED

APPLICATION_ID = 0x50414C49  # "PALI"
SCHEMA_VERSION = 1
FILE_NAME = "events.db"

# Older ones can lose committed transactions (the WAL-reset race, fixed in 3.51.3).
SQLITE_VERSION_MIN = (3, 51, 3)


class ForeignDatabase(Exception):
    """The file is not a log of this server's."""


def open_for_writing(folder: Path) -> apsw.Connection:
    """Open the log in `folder`, made if it is not there, for its only writer.

    Raises:
        ForeignDatabase: the file is something else, or of a newer version.
    """
    _require_sound_sqlite()
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.set_busy_timeout(1000)
    try:
        if connection.pragma("application_id") == 0 and not _tables(connection):
            _create(connection)
        _require_ours(connection)
        connection.pragma("journal_mode", "wal")
        # An acknowledged edit must survive a power cut: FULL syncs the WAL at each commit.
        connection.pragma("synchronous", "full")
        # The writer moves the WAL into the file itself, when nobody waits for it.
        connection.wal_autocheckpoint(0)
        connection.pragma("journal_size_limit", 64 * 1024 * 1024)
        connection.pragma("cell_size_check", True)  # noqa: FBT003
        connection.pragma("trusted_schema", False)  # noqa: FBT003
    except apsw.NotADBError as error:
        raise ForeignDatabase(f"{folder / FILE_NAME} is not a database.") from error
    return connection


def open_for_reading(folder: Path) -> apsw.Connection:
    """Open the log in `folder` read-only, beside its writer if there is one.

    Raises:
        ForeignDatabase: there is no log, or it is not of this server's.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        raise ForeignDatabase(f"There is no {FILE_NAME} in {folder}.")
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(1000)
    try:
        _require_ours(connection)
    except apsw.NotADBError as error:
        raise ForeignDatabase(f"{path} is not a database.") from error
    return connection


def _require_sound_sqlite() -> None:
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < SQLITE_VERSION_MIN:
        needed = ".".join(str(part) for part in SQLITE_VERSION_MIN)
        raise ForeignDatabase(
            f"SQLite {apsw.sqlite_lib_version()} can lose commits; {needed} or newer is needed."
        )


def _tables(connection: apsw.Connection) -> int:
    found = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return int(found[0]) if found else 0


def _create(connection: apsw.Connection) -> None:
    schema = resources.files(__package__).joinpath("schema.sql").read_text()
    with connection:
        connection.execute(schema)
        connection.execute("INSERT INTO kinds VALUES (1, ?)", (UPDATE_RECORDED,))
        log_id = uuid.UUID(bytes=os.urandom(16), version=4)
        connection.execute("INSERT INTO meta VALUES ('log_id', ?)", (str(log_id),))
        connection.pragma("application_id", APPLICATION_ID)
        connection.pragma("user_version", SCHEMA_VERSION)


def _require_ours(connection: apsw.Connection) -> None:
    if connection.pragma("application_id") != APPLICATION_ID:
        raise ForeignDatabase(f"{connection.filename} belongs to another program.")
    if connection.pragma("user_version") != SCHEMA_VERSION:
        raise ForeignDatabase(
            f"{connection.filename} is of another version of Palimpsest; use that, or newer."
        )

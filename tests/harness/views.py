"""What stands in the views, and what would stand there if they were made anew just now."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from palimpsest.adapters.sqlite.views import SqliteViews
from palimpsest.bootstrap.projecting import PROJECTIONS, parts_of
from palimpsest.limits import Limits
from palimpsest.projections.rebuilding import Rebuilding
from tests.updates import text_of

Rows = dict[str, list[tuple[Any, ...]]]

TABLES = {
    "catalogue": "SELECT * FROM catalogue ORDER BY document",
    "history": "SELECT * FROM history ORDER BY document, first_version",
    "history_others": "SELECT * FROM history_others ORDER BY document, client, start",
    "snapshots": "SELECT * FROM snapshots ORDER BY document",
    "beginnings": "SELECT * FROM beginnings ORDER BY document",
    "checkpoints": "SELECT document, version, link, owners, state FROM checkpoints"
    " ORDER BY document, version",
    "parked": "SELECT * FROM parked ORDER BY projection, document",
    "projections": "SELECT name, revision, log_id, position, reach, link FROM projections"
    " ORDER BY name",
}


def rows_in(views: Path) -> Rows:
    """Return all rows, as they can be compared: states by what they say."""
    with closing(sqlite3.connect(f"{views.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("BEGIN")  # All of the same moment.
        found = {name: connection.execute(sql).fetchall() for name, sql in TABLES.items()}
    found["checkpoints"] = [(*row[:4], text_of(row[4])) for row in found["checkpoints"]]
    return found


def made_anew(folder: Path, limits: Limits, scratch: Path) -> Rows:
    """Return the rows of views that are made now, from the log alone."""
    path = scratch / "anew.db"
    with closing(SqliteViews(path)) as views:
        parts = parts_of(folder, limits, views)
        for make in PROJECTIONS.values():
            for _ in Rebuilding(make(parts), parts.log).steps():
                pass
    return rows_in(path)

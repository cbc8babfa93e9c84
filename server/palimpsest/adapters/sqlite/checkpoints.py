"""The documents' saved states, as whoever opens documents reads them: a view, so perhaps none."""

from pathlib import Path
from typing import Any

import apsw

from palimpsest.ports import Checkpoint
from palimpsest.projections.checkpoints import digest_of

_NEWEST = """
SELECT version, link, state, owners, digest FROM checkpoints
WHERE document = ? AND version <= ? ORDER BY version DESC LIMIT 1
"""


class SqliteCheckpoints:
    """Reads checkpoints from a file of views that is made and deleted by others."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def newest(self, document: str, until: int) -> Checkpoint | None:
        """Return the newest whole checkpoint of a version up to `until`, if there is one."""
        if not self._path.exists():
            return None
        connection = None
        try:
            # Opened for each document that is opened: the file may be another one by then.
            connection = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READONLY)
            found = connection.execute(_NEWEST, (document, until)).fetchone()
        except (apsw.Error, UnicodeDecodeError):
            return None
        finally:
            if connection is not None:
                connection.close()
        return Checkpoint(*found[:4]) if found is not None and _is_whole(found) else None


def _is_whole(found: tuple[Any, ...]) -> bool:
    """Tell whether a row is as it was written; of one that was damaged, nothing is certain."""
    version, _, state, owners, digest = found
    if not (isinstance(version, int) and isinstance(state, bytes) and isinstance(owners, bytes)):
        return False
    return bool(digest_of(state, owners) == digest)

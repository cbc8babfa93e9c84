"""Saved states of documents, so that whoever opens one need not replay its whole history.

A state is saved whenever as many bytes of updates have come since the last one as that one takes,
so what is saved stays in proportion to what was written, and each version is near to one.
"""

import hashlib
from dataclasses import dataclass

from palimpsest.ports import LogReader, Rows
from palimpsest.projections.replicas import Replicas, write_owners

BYTES_APART_MIN = 64 * 1024
WHOLE_STATE = b"\x00"  # the state vector of somebody who has nothing


@dataclass(slots=True)
class _Progress:
    """How far a document was looked at, and how many bytes have come since its last state."""

    version: int
    bytes_wanted: int
    bytes_come: int = 0


class CheckpointsProjection:
    """The states of all documents."""

    name = "checkpoints"
    revision = 1
    tables = ("checkpoints",)
    schema = """
    CREATE TABLE checkpoints (
        document TEXT NOT NULL,
        version INTEGER NOT NULL,
        link BLOB NOT NULL,    -- of the event of that version: what history this is the state of
        state BLOB NOT NULL,   -- as a Yjs update
        owners BLOB NOT NULL,  -- of the client ids, as JSON
        digest BLOB NOT NULL,  -- of state and owners
        PRIMARY KEY (document, version)
    );
    """

    def __init__(self, log: LogReader, replicas: Replicas, bytes_apart_min: int) -> None:
        self._log = log
        self._replicas = replicas
        self._bytes_apart_min = bytes_apart_min
        self._progress: dict[str, _Progress] = {}

    def show(self, document: str, version: int, rows: Rows) -> None:
        """Save the states that are due up to a version."""
        progress = self._progress.get(document)
        if progress is None:
            progress = self._progress[document] = self._begin(document, rows)
        for update in self._log.updates(document, progress.version, version):
            progress.version = update.version
            progress.bytes_come += len(update.payload)
            if progress.bytes_come >= progress.bytes_wanted:
                progress.bytes_wanted = self._save(document, update.version, rows)
                progress.bytes_come = 0

    def _begin(self, document: str, rows: Rows) -> _Progress:
        found = rows.execute(
            "SELECT version, length(state) FROM checkpoints WHERE document = ?"
            " ORDER BY version DESC LIMIT 1",
            (document,),
        )
        version, size = found[0] if found else (0, 0)
        return _Progress(version, max(size, self._bytes_apart_min))

    def _save(self, document: str, version: int, rows: Rows) -> int:
        """Save a document's state; return how many bytes must come before the next."""
        as_of = self._replicas.at(document, version)
        state = as_of.replica.difference(WHOLE_STATE)
        owners = write_owners(as_of.owners)
        link = self._log.link_of(document, version)
        assert link is not None, "it was just read"
        rows.execute(
            "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)",
            (document, version, link, state, owners, digest_of(state, owners)),
        )
        return max(len(state), self._bytes_apart_min)


def digest_of(state: bytes, owners: bytes) -> bytes:
    """Return what tells a checkpoint that was damaged."""
    return hashlib.blake2b(state, key=hashlib.blake2b(owners).digest(), digest_size=16).digest()

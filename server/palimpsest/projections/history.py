"""Who wrote what, when: runs of edits by actor, and what else was done to a document.

A run is what one actor, under one name, writes without a pause of five minutes, however others
write beside it and however their edits were batched: it ends by the times of the events alone. A
change of title or state is an entry of its own. Characters are UTF-16 units, as editors count;
what is deleted counts if it was a character, so marks, attributes and blocks do not.
"""

from bisect import bisect_right, insort
from dataclasses import dataclass, fields

from palimpsest.domain.event_codec import UPDATE_RECORDED, split_update
from palimpsest.domain.ledger import Span
from palimpsest.ports import Row, Rows
from palimpsest.protocol.changes import changes_of

PAUSE_MILLISECONDS = 5 * 60 * 1000
DOCUMENTS_KEPT = 10_000
ROWS_KEPT = 500_000
"""How many rows of documents may be in memory, a few hundred bytes each."""

EDITS = "edits"

_SAVE = """
INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document, first_version) DO UPDATE SET
    last_version = excluded.last_version, ended_at = excluded.ended_at, edits = excluded.edits,
    added = excluded.added, removed = excluded.removed
"""

_NEWEST_RUN = """
SELECT * FROM history WHERE document = ? AND principal = ? AND actor = ? AND kind = 'edits'
ORDER BY last_version DESC LIMIT 1
"""


@dataclass(slots=True)
class _Run:
    """An entry: several edits of one actor, or one event of another kind."""

    document: str
    first_version: int
    last_version: int
    kind: str
    principal: str
    actor: str
    started_at: int
    ended_at: int
    edits: int = 0
    added: int = 0
    removed: int = 0


_COLUMNS = [field.name for field in fields(_Run)]


class History:
    """Entries of all documents, and which clocks of a document are no characters."""

    name = "history"
    revision = 2
    tables = ("history", "history_others")
    schema = """
    CREATE TABLE history (
        document TEXT NOT NULL,
        first_version INTEGER NOT NULL,
        last_version INTEGER NOT NULL,
        kind TEXT NOT NULL,          -- 'edits', or the event's kind
        principal TEXT NOT NULL,
        actor TEXT NOT NULL,         -- its name, as shown to people
        started_at INTEGER NOT NULL,
        ended_at INTEGER NOT NULL,
        edits INTEGER NOT NULL,
        added INTEGER NOT NULL,
        removed INTEGER NOT NULL,
        PRIMARY KEY (document, first_version)
    ) WITHOUT ROWID;
    CREATE INDEX history_by_last ON history (document, last_version);
    CREATE INDEX history_by_actor ON history (document, principal, actor, last_version);
    CREATE TABLE history_others (
        document TEXT NOT NULL,
        client INTEGER NOT NULL,
        start INTEGER NOT NULL,      -- the first clock of several that are no characters
        stop INTEGER NOT NULL,       -- the first behind them
        PRIMARY KEY (document, client, start)
    ) WITHOUT ROWID;
    """

    def __init__(self) -> None:
        self._documents: dict[str, _Document] = {}
        self._touched: dict[str, _Document] = {}
        self._rows_kept = 0

    def fold(self, event: Row, rows: Rows) -> None:
        """Take an event."""
        document = self._documents.get(event.document)
        if document is None:
            document = self._documents[event.document] = _Document(event.document, rows)
            self._rows_kept += document.rows_found
        self._touched[event.document] = document
        document.take(event, rows)

    def flush(self, rows: Rows) -> None:
        """Write the runs and clocks that were touched."""
        touched, self._touched = self._touched, {}
        for document in touched.values():
            self._rows_kept += document.flush(rows)
        if len(self._documents) > DOCUMENTS_KEPT or self._rows_kept > ROWS_KEPT:
            self._documents.clear()
            self._rows_kept = 0


class _Document:
    """What is in memory of one document."""

    def __init__(self, name: str, rows: Rows) -> None:
        self._name = name
        # By principal and name: all guests are one principal, whatever they call themselves.
        self._runs: dict[tuple[str, str], _Run] = {}
        self._touched: dict[int, _Run] = {}
        self._others: dict[int, list[tuple[int, int]]] = {}
        self._others_new: list[Span] = []
        found = rows.execute(
            "SELECT client, start, stop FROM history_others WHERE document = ?"
            " ORDER BY client, start",
            (name,),
        )
        for client, start, stop in found:
            self._others.setdefault(client, []).append((start, stop))
        self.rows_found = len(found)

    def take(self, event: Row, rows: Rows) -> None:
        origin = event.origin
        if event.stored.kind != UPDATE_RECORDED:
            self._touched[event.version] = self._begin(event, event.stored.kind)
            return
        actor = origin.principal, origin.name
        run = self._runs.get(actor) or self._load(actor, rows)
        if run is None or event.time - run.ended_at > PAUSE_MILLISECONDS:
            run = self._runs[actor] = self._begin(event, EDITS)
        self._touched[run.first_version] = run
        changes = changes_of(split_update(event.stored.payload)[1])
        run.last_version = event.version
        run.ended_at = max(run.ended_at, event.time)
        run.edits += 1
        run.added += changes.characters
        # First what it writes, then what it deletes: that may be part of it.
        for span in changes.others:
            self._note(span)
        for span in changes.deleted:
            run.removed += self._characters_in(span)

    def flush(self, rows: Rows) -> int:
        """Write what was touched; return how many rows more are in memory, at the most."""
        touched, self._touched = self._touched, {}
        rows.execute_many(
            _SAVE, ([getattr(run, name) for name in _COLUMNS] for run in touched.values())
        )
        others, self._others_new = self._others_new, []
        rows.execute_many(
            "INSERT OR REPLACE INTO history_others VALUES (?, ?, ?, ?)",
            ((self._name, client, start, stop) for client, start, stop in others),
        )
        return len(touched) + len(others)

    def _begin(self, event: Row, kind: str) -> _Run:
        return _Run(
            event.document,
            event.version,
            event.version,
            kind,
            event.origin.principal,
            event.origin.name,
            event.time,
            event.time,
        )

    def _load(self, actor: tuple[str, str], rows: Rows) -> _Run | None:
        found = rows.execute(_NEWEST_RUN, (self._name, *actor))
        if not found:
            return None
        run = self._runs[actor] = _Run(*found[0])
        return run

    def _note(self, span: Span) -> None:
        """Take note of clocks that are no characters."""
        client, start, stop = span
        known = self._others.setdefault(client, [])
        if known and known[-1][1] == start:
            # What follows directly, as most does, makes the last stretch longer.
            start = known.pop()[0]
        insort(known, (start, stop))
        self._others_new.append(Span(client, start, stop))

    def _characters_in(self, span: Span) -> int:
        """Return how many of the clocks are characters."""
        client, start, stop = span
        known = self._others.get(client)
        count = stop - start
        if known:
            at = max(0, bisect_right(known, (start, 0)) - 1)
            while at < len(known) and known[at][0] < stop:
                count -= max(0, min(stop, known[at][1]) - max(start, known[at][0]))
                at += 1
        return count

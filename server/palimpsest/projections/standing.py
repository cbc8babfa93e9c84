"""Where a projection stands: its position, what it is at work on, which documents it parked.

Kept with its rows, so that both are true together. Knows no projection's meaning.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from palimpsest.ports import LogReader, Rows, Views, ViewsGone, ViewsRefused
from palimpsest.projections.projection import Projection

SCHEMA = """
CREATE TABLE IF NOT EXISTS projections (
    name TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    log_id TEXT NOT NULL,
    position INTEGER NOT NULL, -- everything up to here is in its rows
    reach INTEGER NOT NULL,    -- nothing from behind here is in its rows
    link BLOB NOT NULL,        -- of the event there
    turn INTEGER NOT NULL      -- counts how often somebody changed its rows otherwise
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parked (
    projection TEXT NOT NULL,
    document TEXT NOT NULL,
    version INTEGER NOT NULL,  -- the first that may not be in the rows
    position INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (projection, document)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attempts (
    projection TEXT PRIMARY KEY,
    subject TEXT NOT NULL,     -- what it is at work on
    deaths INTEGER NOT NULL    -- how often its process died of that
) WITHOUT ROWID;
"""


class Overtaken(Exception):
    """Somebody else moved the projection; what was folded meanwhile is void."""


class Attempt(NamedTuple):
    """What a projection was at work on when its process died, and how often that has happened."""

    subject: str
    deaths: int


class _Place(NamedTuple):
    revision: int
    log_id: str
    position: int
    turn: int


class Standing:
    """One projection's place in the log. Every change is one transaction with its rows."""

    def __init__(self, projection: Projection, views: Views, log: LogReader) -> None:
        self.name = projection.name
        self.position = 0
        self.parked: set[str] = set()
        self._turn = 0
        self._generation = 0
        self._projection = projection
        self._views = views
        self._log = log

    def begin(self, *, blame: bool) -> Attempt | None:
        """Find the place, or begin at the beginning; return what the last life died of, if it did.

        With `blame`, what it was at work on is charged with that death; without, it is not known
        or not its fault (somebody killed the process).

        The beginning is where there are no rows yet, or rows of another revision, another log, or
        a part of this log's history that is no more.
        """
        self._generation = self._views.generation()
        with self._views.transaction() as rows:
            self._find_place(rows)
            rows.execute(
                "UPDATE attempts SET deaths = deaths + ? WHERE projection = ?", (blame, self.name)
            )
            died = rows.execute(
                "SELECT subject, deaths FROM attempts WHERE projection = ?", (self.name,)
            )
            return Attempt(*died[0]) if died else None

    def check(self) -> None:
        """See that the views are those in which the place was found.

        Raises:
            Overtaken: somebody who shares them has found them gone.
            ViewsGone: somebody deleted the views.
        """
        if self._views.generation() != self._generation:
            raise Overtaken(self.name)

    @contextmanager
    def attempt(self, subject: str, *, deaths: int = 0) -> Iterator[None]:
        """Note what is at work here, for whoever comes if this process dies of it.

        Raises:
            Overtaken, ViewsGone: as `transaction`.
        """
        with self.transaction() as rows:
            rows.execute(
                "INSERT OR REPLACE INTO attempts VALUES (?, ?, ?)", (self.name, subject, deaths)
            )
        try:
            yield
        except KeyboardInterrupt:
            # Whoever asks this process to stop has nothing against what is at work.
            with suppress(Overtaken, ViewsGone, ViewsRefused), self.transaction() as rows:
                self._forget_attempt(rows)
            raise

    @contextmanager
    def transaction(self, *, anew: bool = False) -> Iterator[Rows]:
        """Open a transaction on the rows, as long as the projection stands where it is thought.

        With `anew` its place is found again first, so nobody can have moved it meanwhile.

        Raises:
            Overtaken: somebody else moved it meanwhile.
            ViewsGone: somebody deleted the views.
        """
        if not anew:
            self.check()
        with self._views.transaction() as rows:
            projection, log_id = self._projection, self._log.log_id
            if anew:
                self._find_place(rows)
            elif self._found(rows) != (projection.revision, log_id, self.position, self._turn):
                raise Overtaken(self.name)
            yield rows

    def advance(self, rows: Rows, position: int, link: bytes, *, reach: int | None = None) -> None:
        """Note, in the transaction of its rows, that everything up to a position is in them.

        Some from behind it, up to `reach`, may be in them, too; `link` is that of the event there.
        """
        reach = position if reach is None else reach
        rows.execute(
            "UPDATE projections SET position = ?, link = iif(? < reach, link, ?),"
            " reach = max(reach, ?) WHERE name = ?",
            (position, reach, link, reach, self.name),
        )
        self._forget_attempt(rows)

    def park(self, rows: Rows, document: str, version: int, position: int, reason: str) -> None:
        """Leave a document out from now on, and say why."""
        rows.execute(
            "INSERT OR REPLACE INTO parked VALUES (?, ?, ?, ?, ?)",
            (self.name, document, version, position, reason),
        )

    def release(self, rows: Rows, document: str) -> None:
        """Take the document's rows out, and no longer leave it out; whoever runs begins anew."""
        for table in self._projection.tables:
            rows.execute(f"DELETE FROM {table} WHERE document = ?", (document,))  # noqa: S608
        rows.execute(
            "DELETE FROM parked WHERE projection = ? AND document = ?", (self.name, document)
        )
        rows.execute("UPDATE projections SET turn = turn + 1 WHERE name = ?", (self.name,))

    def replace(self, rows: Rows, *, turn: int) -> None:
        """Put the rows of the views `beside` in the place of these; whoever runs begins anew."""
        for table in self._projection.tables:
            rows.execute(f"DROP TABLE IF EXISTS main.{table}")
        rows.execute(self._projection.schema)
        for table in self._projection.tables:
            rows.execute(f"INSERT INTO main.{table} SELECT * FROM beside.{table}")  # noqa: S608
        rows.execute("DELETE FROM main.attempts WHERE projection = ?", (self.name,))
        rows.execute("DELETE FROM main.parked WHERE projection = ?", (self.name,))
        rows.execute("INSERT INTO main.parked SELECT * FROM beside.parked")
        rows.execute(
            "INSERT OR REPLACE INTO main.projections"
            " SELECT name, revision, log_id, position, reach, link, ? FROM beside.projections",
            (turn,),
        )

    def _forget_attempt(self, rows: Rows) -> None:
        rows.execute("DELETE FROM attempts WHERE projection = ?", (self.name,))

    def _find_place(self, rows: Rows) -> None:
        rows.execute(SCHEMA)
        found = self._found(rows)
        if found is None or not self._continues(rows, found):
            self._start_anew(rows)
            return
        self.position, self._turn = found.position, found.turn
        parked = "SELECT document FROM parked WHERE projection = ?"
        self.parked = {document for (document,) in rows.execute(parked, (self.name,))}

    def _found(self, rows: Rows) -> _Place | None:
        found = rows.execute(
            "SELECT revision, log_id, position, turn FROM projections WHERE name = ?",
            (self.name,),
        )
        return _Place(*found[0]) if found else None

    def _continues(self, rows: Rows, found: _Place) -> bool:
        if (found.revision, found.log_id) != (self._projection.revision, self._log.log_id):
            return False
        [(reach, link)] = rows.execute(
            "SELECT reach, link FROM projections WHERE name = ?", (self.name,)
        )
        return bool(reach == 0 or self._log.link(reach) == link)

    def _start_anew(self, rows: Rows) -> None:
        for table in self._projection.tables:
            rows.execute(f"DROP TABLE IF EXISTS {table}")
        for table in ("parked", "attempts"):
            rows.execute(f"DELETE FROM {table} WHERE projection = ?", (self.name,))  # noqa: S608
        rows.execute(self._projection.schema)
        rows.execute(
            "INSERT OR REPLACE INTO projections VALUES (?, ?, ?, 0, 0, x'', 0)",
            (self.name, self._projection.revision, self._log.log_id),
        )
        self.position = self._turn = 0
        self.parked = set()

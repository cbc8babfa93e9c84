"""Projections that fail or kill where they are told to, and views that end a life anywhere."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from palimpsest.ports import LogReader, Row, Rows, Views


class Killed(BaseException):
    """What a signal would do to a process: nothing of the frame catches it."""


class Died(Killed):
    """It did that to itself."""


@dataclass
class Faults:
    """Which payloads cannot be digested, and which kill."""

    poison: set[bytes] = field(default_factory=set)
    poison_at_flush: set[bytes] = field(default_factory=set)
    deadly: set[bytes] = field(default_factory=set)

    def meet(self, payload: bytes) -> None:
        """Fail, or die, of a payload if that is its effect."""
        if payload in self.deadly:
            raise Died
        if payload in self.poison:
            raise ValueError(f"cannot digest {payload!r}")

    def all(self) -> set[bytes]:
        """Return all payloads that have an effect."""
        return self.poison | self.poison_at_flush | self.deadly

    def cure(self) -> None:
        """Have nothing fail any more."""
        for each in (self.poison, self.poison_at_flush, self.deadly):
            each.clear()


def digest(before: str, payload: bytes) -> str:
    """Return what stands for some events and one more, in this order."""
    return hashlib.sha256(before.encode() + payload).hexdigest()[:16]


class Tally:
    """Takes every event: how many of a document, and a digest of them; much of it in memory."""

    def __init__(
        self, faults: Faults | None = None, revision: int = 1, name: str = "tally"
    ) -> None:
        self.name = name
        self.revision = revision
        self.tables = (name,)
        self.schema = f"""
        CREATE TABLE {name} (
            document TEXT PRIMARY KEY, events INTEGER NOT NULL, digest TEXT NOT NULL
        ) WITHOUT ROWID;
        """
        self._faults = faults or Faults()
        self._known: dict[str, tuple[int, str]] = {}
        self._touched: dict[str, None] = {}
        self._sick: bytes | None = None

    def fold(self, event: Row, rows: Rows) -> None:
        payload = event.stored.payload
        events, before = self._known.get(event.document) or self._load(event.document, rows)
        # Memory is ahead of what fails: nothing of it may outlive the failure.
        self._known[event.document] = (events + 1, digest(before, payload))
        self._touched[event.document] = None
        self._faults.meet(payload)
        if payload in self._faults.poison_at_flush:
            self._sick = payload

    def flush(self, rows: Rows) -> None:
        rows.execute_many(
            f"INSERT OR REPLACE INTO {self.name} VALUES (?, ?, ?)",
            [(document, *self._known[document]) for document in self._touched],
        )
        self._touched.clear()
        if self._sick is not None:
            raise ValueError(f"cannot write {self._sick!r}")

    def _load(self, document: str, rows: Rows) -> tuple[int, str]:
        found = rows.execute(
            f"SELECT events, digest FROM {self.name} WHERE document = ?", (document,)
        )
        return found[0] if found else (0, "")


class Showing:
    """Looks at whole documents: the version shown, and a digest of all events up to it."""

    name = "showing"
    revision = 1
    tables = ("showing",)
    schema = """
    CREATE TABLE showing (
        document TEXT PRIMARY KEY, version INTEGER NOT NULL, digest TEXT NOT NULL
    ) WITHOUT ROWID;
    """

    def __init__(self, events: LogReader, faults: Faults | None = None, revision: int = 1) -> None:
        self.revision = revision
        self.shown: list[tuple[str, int]] = []
        self._events = events
        self._faults = faults or Faults()

    def show(self, document: str, version: int, rows: Rows) -> None:
        seen = ""
        self.shown.append((document, version))
        payloads = [
            row.stored.payload for row in self._events.history(document) if row.version <= version
        ]
        for payload in payloads:
            seen = digest(seen, payload)
        rows.execute("INSERT OR REPLACE INTO showing VALUES (?, ?, ?)", (document, version, seen))
        for payload in payloads:
            self._faults.meet(payload)


class MortalViews:
    """Views whose user dies at a transaction: before it, half way, or after its commit."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._left = 0
        self._where = ""

    def die(self, where: str, transactions: int) -> None:
        """Die at the transaction that comes after so many others."""
        self._where, self._left = where, transactions

    def generation(self) -> int:
        return self._views.generation()

    @contextmanager
    def transaction(self) -> Iterator[Rows]:
        where = self._where if self._left == 0 else ""
        self._left -= 1
        if where == "before":
            raise Killed
        with self._views.transaction() as rows:
            yield rows
            if where == "inside":
                raise Killed
        if where == "after":
            raise Killed


def table(rows: Rows, sql: str) -> list[Any]:
    """Return what a query finds, and nothing where there is no such table."""
    named = rows.execute("SELECT name FROM sqlite_schema")
    tables = {name for (name,) in named}
    return rows.execute(sql) if set(sql.split()) & tables else []

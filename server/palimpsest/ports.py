"""What the write side needs from the world, in its own words. No technology is named here."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from enum import IntEnum
from typing import Any, NamedTuple, Protocol

from palimpsest.content.tree import Tree
from palimpsest.domain.access import Actor
from palimpsest.domain.event_codec import Stored
from palimpsest.domain.ledger import Span
from palimpsest.limits import Limits


class Clock(Protocol):
    """The time."""

    def milliseconds(self) -> int:
        """Return the wall clock's milliseconds since 1970 (UTC)."""
        ...


class Identifiers(Protocol):
    """Chance, for names."""

    def identifier(self) -> str:
        """Return a new name that nothing else has (128 random bits)."""
        ...


class NotAuthenticated(Exception):
    """Nobody is known by this token."""


class Authenticator(Protocol):
    """Who is behind a token."""

    def actor(self, token: str | None) -> Actor:
        """Return who acts with the token, or with none.

        Raises:
            NotAuthenticated: nobody does; the message is for whoever tried.
        """
        ...


class Origin(NamedTuple):
    """Where edits come from: who acts, in which session."""

    number: int
    session: str
    actor_kind: str
    principal: str
    name: str


class Entry(NamedTuple):
    """One command's decision, for the engine to commit: facts, or an update, or both.

    The update is stored as `introduction` and what the replica reports that it added; the clocks
    of its `spans` must be there afterwards.
    """

    document: str
    origin: int
    time: int
    facts: tuple[Stored, ...] = ()
    update: bytes | None = None
    introduction: bytes = b""
    spans: tuple[Span, ...] = ()


class Batch(NamedTuple):
    """What is committed together, under an id by which its outcomes can be read back.

    `origins` are those that its entries refer to by number.
    """

    identifier: int
    origins: tuple[Origin, ...]
    entries: tuple[Entry, ...]


class Verdict(IntEnum):
    """What became of an entry."""

    COMMITTED = 0
    NOTHING_NEW = 1
    REJECTED = 2  # the replica could not take it; `reason` says why
    STALE = 3  # an earlier entry for the document was rejected: decide again
    FULL = 4  # the document has reached its largest size


class Outcome(NamedTuple):
    """What became of an entry: the document's version after it, and what was added.

    `update` is None when it is byte for byte the entry's own.
    """

    verdict: Verdict
    version: int
    update: bytes | None = None
    reason: str = ""


class Opened(NamedTuple):
    """A document as its log tells: the aggregate's facts, and its ledger ready-made."""

    version: int
    facts: tuple[Stored, ...]
    clocks: tuple[tuple[int, int], ...]
    owners: tuple[tuple[int, str], ...]
    cost: int  # bytes of memory, by estimate


class Difference(NamedTuple):
    """What somebody with a given state vector lacks, as of a version."""

    version: int
    update: bytes


class EngineDied(Exception):
    """The engine died while it worked on this very request; it is being restarted."""


class LogRefused(Exception):
    """The log can take nothing just now (the disk is full); nothing of the batch was stored."""


class Unreadable(Exception):
    """The document's events cannot be replayed; the message says why."""


class Engine(Protocol):
    """Replicas and the log's writer behind one door. Answers come in the order of the calls."""

    async def commit(self, batch: Batch) -> list[Outcome]:
        """Integrate, store and make durable; return an outcome an entry, in order.

        Raises:
            EngineDied: it is not known what became of the batch; `outcomes` will know.
            LogRefused: nothing of it was stored.
        """
        ...

    async def outcomes(self, identifier: int) -> list[Outcome] | None:
        """Return what became of a recent batch; None if it was not committed."""
        ...

    async def open(self, document: str, *, load: bool, from_start: bool = False) -> Opened:
        """Return what the aggregate must know and, with `load`, load the document's replica.

        With `from_start` it is loaded from its first event on, whatever checkpoints there are.

        Raises:
            EngineDied: loading it killed the engine.
            Unreadable: its events cannot be replayed.
        """
        ...

    async def difference(self, document: str, state_vector: bytes) -> Difference:
        """Return what a client with the state vector (Yjs encoding) lacks, garbage-collected.

        Raises:
            EngineDied: encoding it killed the engine.
            Unreadable: the replica cannot be encoded.
        """
        ...

    def unload(self, document: str) -> None:
        """Have the document's replica forgotten; it is loaded again when next needed."""
        ...


class Replica(Protocol):
    """One document's CRDT, in memory. Whatever it raises leaves it useless: load another."""

    def load(self, updates: Iterable[bytes]) -> None:
        """Integrate recorded updates, in order."""
        ...

    def integrate(self, update: bytes) -> bytes | None:
        """Integrate an update; return exactly what it added, None if that is nothing."""
        ...

    def state_vector(self) -> bytes:
        """Return the clocks it holds, in Yjs's encoding."""
        ...

    def difference(self, state_vector: bytes) -> bytes:
        """Return what a client with that state vector lacks, and every deletion."""
        ...

    def tree(self, limits: Limits) -> Tree:
        """Return what the document holds, as far as the limits allow."""
        ...


class ReplicaBroken(Exception):
    """The CRDT library failed on its input; the replica must not be used again."""


class Update(NamedTuple):
    """A document's update as it stands in the log."""

    version: int
    payload: bytes


class Row(NamedTuple):
    """An event as it stands in the log; time in milliseconds since 1970."""

    position: int
    document: str
    version: int
    time: int
    origin: Origin
    stored: Stored
    link: bytes


class EventLog(Protocol):
    """The log, as its only writer uses it. A transaction is open between begin and commit."""

    def begin(self) -> None:
        """Open a transaction.

        Raises:
            LogRefused: it can take nothing just now.
        """
        ...

    def append(self, document: str, origin: Origin, time: int, stored: Stored) -> int:
        """Append an event to the open transaction; return its version.

        Raises:
            LogRefused: it can take nothing just now.
            Unreadable: the document's chain cannot be continued.
        """
        ...

    def commit(self, batch: int, outcomes: bytes) -> None:
        """Make the transaction durable, and the batch's outcomes readable by its id.

        Raises:
            LogRefused: nothing of it was stored.
        """
        ...

    def rollback(self) -> None:
        """Forget the open transaction, if there is one."""
        ...

    def outcomes(self, batch: int) -> bytes | None:
        """Return the outcomes of a recent batch; None if it was not committed."""
        ...

    def version(self, document: str) -> int:
        """Return the document's version, the open transaction included; 0 if there is none."""
        ...

    def facts(self, document: str) -> list[Stored]:
        """Return the document's events that are not updates, in order.

        Raises:
            LogRefused: the open transaction has become too large.
        """
        ...

    def link_of(self, document: str, version: int) -> bytes | None:
        """Return the link of a document's event that was committed."""
        ...

    def updates(self, document: str, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Return version and payload of each update after a version, in order.

        Those of the open transaction are among them.

        Raises:
            LogRefused: the open transaction has become too large.
        """
        ...


class LogReader(Protocol):
    """The log, beside its writer and read-only. A call sees all that was committed before it."""

    log_id: str
    """What no other log has, and this one keeps for good."""

    def head(self) -> int:
        """Return the newest event's position; 0 if there is none."""
        ...

    def after(self, position: int, events_max: int) -> list[Row]:
        """Return the events after a position, in order; few if they are large, at least one."""
        ...

    def updates(self, document: str, after: int, until: int) -> Iterator[Update]:
        """Yield the document's updates of versions `after` (excluded) to `until` (included)."""
        ...

    def history(self, document: str) -> Iterator[Row]:
        """Yield all of the document's events, in order."""
        ...

    def link(self, position: int) -> bytes | None:
        """Return the link of the event at a position."""
        ...

    def link_of(self, document: str, version: int) -> bytes | None:
        """Return the link of a document's event."""
        ...


class Checkpoint(NamedTuple):
    """A document's CRDT as of a version, and who owns which client id by then."""

    version: int
    link: bytes
    state: bytes
    owners: bytes


class Checkpoints(Protocol):
    """The saved states of documents: a view, so there may be none."""

    def newest(self, document: str, until: int) -> Checkpoint | None:
        """Return the newest whole checkpoint of a version up to `until`, if there is one."""
        ...


Value = str | int | float | bytes | None


class Rows(Protocol):
    """The views' tables, inside an open transaction. SQL is the language of views."""

    def execute(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Run a statement; return its rows."""
        ...

    def execute_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run a statement once for each row of values."""
        ...


class ViewsGone(Exception):
    """Somebody deleted the views; from now on there are new, empty ones."""


class ViewsRefused(Exception):
    """The views can take nothing just now: the disk is full, or somebody else holds them."""


class Views(Protocol):
    """Where views are kept. Disposable: somebody may delete them at any moment."""

    def transaction(self) -> AbstractContextManager[Rows]:
        """Open a transaction; it is committed at the end, or rolled back by an exception.

        Raises:
            ViewsGone: the views were deleted, or damaged, since the last transaction.
            ViewsRefused: they take nothing just now, and nothing of this transaction.
        """
        ...

    def generation(self) -> int:
        """Return a number that is another one when these are no longer the same views.

        Raises:
            ViewsGone: they were deleted since the last transaction.
            ViewsRefused: they cannot be opened just now.
        """
        ...


class Present(NamedTuple):
    """Somebody's stay in a document, on the server's word.

    `client` is the client id that the session speaks for, once it has said so.
    """

    session: str
    name: str
    kind: str
    client: int | None


class Attendance(Protocol):
    """Whoever wants to know who is in which document."""

    def came(self, document: str, present: Present) -> None:
        """Hear that somebody came, or that more is known of them."""
        ...

    def left(self, document: str, session: str) -> None:
        """Hear that somebody left."""
        ...

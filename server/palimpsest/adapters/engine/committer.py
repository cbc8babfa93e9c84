"""The engine's work: integrate a batch into the replicas, store it, make it durable, answer.

Joins replicas and log; knows neither pycrdt nor SQLite nor how it is spoken to.
"""

from collections.abc import Callable

import msgspec

from palimpsest.adapters.engine.loading import Alarm, Live, Loading
from palimpsest.domain.document import Document, evolve
from palimpsest.domain.event_codec import (
    UPDATE_RECORDED,
    Stored,
    UnknownEvent,
    decode,
)
from palimpsest.limits import KIB, Limits
from palimpsest.ports import (
    Batch,
    Checkpoints,
    Difference,
    Entry,
    EventLog,
    LogRefused,
    Opened,
    Origin,
    Outcome,
    Replica,
    ReplicaBroken,
    Unreadable,
    Verdict,
)
from palimpsest.protocol.sync import NOTHING, read_state_vector

ALARM_EDITS = 32
"""How many edits share the time that one may take."""

SIZE_STEP = 64 * KIB
"""How far a document may grow past its limit before its size is measured again."""

COST_BASE = 4 * KIB
COST_PER_BYTE = 2
"""A replica's memory by estimate: automerge-paper's 6.3 MB of updates take 11 MB."""

_encode_outcomes = msgspec.msgpack.Encoder().encode
_decode_outcomes = msgspec.msgpack.Decoder(list[Outcome]).decode

_new = tuple.__new__  # half the price of calling a NamedTuple

KillPoint = Callable[[str], None]


class Committer:
    """Integrates, stores and answers; one call at a time."""

    def __init__(
        self,
        log: EventLog,
        make_replica: Callable[[], Replica],
        limits: Limits,
        *,
        checkpoints: Checkpoints,
        alarm: Alarm = lambda _seconds: None,
        kill_point: KillPoint = lambda _name: None,
    ) -> None:
        """Take `alarm` to end the process unless it is set anew within the seconds given."""
        self._log = log
        self._limits = limits
        self._loading = Loading(log, checkpoints, make_replica, limits, alarm)
        self._alarm = alarm
        self._kill_point = kill_point
        self._live: dict[str, Live] = {}
        self._origins: dict[int, Origin] = {}

    def commit(self, batch: Batch) -> list[Outcome]:
        """Integrate, store and make durable; return an outcome an entry, in order.

        Raises:
            LogRefused: nothing of it was stored.
        """
        self._origins = {origin.number: origin for origin in batch.origins}
        self._kill_point("before_insert")
        stale: set[str] = set()
        outcomes: list[Outcome] = []
        try:
            self._log.begin()
            for number, entry in enumerate(batch.entries):
                # Setting it costs as much as a fifth of an edit: some edits share one.
                if number % ALARM_EDITS == 0:
                    self._alarm(self._limits.engine_update_seconds_max)
                outcomes.append(self._outcome(entry, stale))
            self._alarm(0)
            self._kill_point("before_commit")
            self._log.commit(batch.identifier, _encode_outcomes(outcomes))
        except LogRefused:
            self._log.rollback()
            # They hold what was not stored.
            for entry in batch.entries:
                self._live.pop(entry.document, None)
            raise
        self._kill_point("after_commit")
        return outcomes

    def outcomes(self, identifier: int) -> list[Outcome] | None:
        """Return what became of a recent batch; None if it was not committed."""
        stored = self._log.outcomes(identifier)
        return None if stored is None else _decode_outcomes(stored)

    def open(self, document: str, *, load: bool, from_start: bool = False) -> Opened | None:
        """Return what the aggregate must know and, with `load`, load the document's replica.

        With `from_start`, from its first event on, whatever checkpoints there are. Of a long
        history a call loads a part, and returns None while there is more to load: call again,
        and let others be served in between.

        Raises:
            Unreadable: its events cannot be replayed.
        """
        facts = self._log.facts(document)
        version = self._log.version(document)
        # Nobody has written in it: a replica would take more memory than those who wait for one.
        if not (load and version and _opens(facts)):
            return Opened(version, tuple(facts), (), (), COST_BASE)
        live = self._loading.part(document, from_start=from_start)
        if live is None:
            return None
        self._live[document] = live
        clocks = self._clocks(live.replica)
        cost = COST_BASE + COST_PER_BYTE * live.size
        return Opened(
            version, tuple(facts), tuple(clocks.items()), tuple(live.owners.items()), cost
        )

    def difference(self, document: str, state_vector: bytes) -> Difference:
        """Return what a client with the state vector lacks, garbage-collected.

        Raises:
            Unreadable: the replica cannot be encoded.
        """
        if self._log.version(document) == 0:
            return Difference(0, NOTHING)
        live = self._replica(document)
        self._alarm(self._limits.engine_open_seconds_max)
        try:
            update = live.replica.difference(state_vector)
        except ReplicaBroken as error:
            del self._live[document]
            raise Unreadable(f"It cannot be encoded ({error}).") from error
        finally:
            self._alarm(0)
        return Difference(self._log.version(document), update)

    def unload(self, document: str) -> None:
        """Forget the document's replica; it is loaded again when next needed."""
        self._live.pop(document, None)

    def _outcome(self, entry: Entry, stale: set[str]) -> Outcome:
        document = entry.document
        if document in stale:
            return Outcome(Verdict.STALE, 0)
        try:
            outcome = self._commit_entry(entry)
        except (ReplicaBroken, Unreadable) as error:
            # The replica may hold half of the update; it is loaded again from the log.
            self._live.pop(document, None)
            stale.add(document)
            return Outcome(Verdict.REJECTED, 0, reason=str(error))
        if outcome.verdict is Verdict.FULL:
            stale.add(document)
        return outcome

    def _commit_entry(self, entry: Entry) -> Outcome:
        document, update = entry.document, entry.update
        if update is None:
            verdict = Verdict.COMMITTED if entry.facts else Verdict.NOTHING_NEW
            return Outcome(verdict, self._append(entry, None))
        live = self._replica(document)
        if entry.spans and self._is_full(live) and self._lacks(live, entry):
            return Outcome(Verdict.FULL, self._log.version(document))
        added = self._integrate(live, entry, update)
        if added is None:
            return Outcome(Verdict.NOTHING_NEW, self._log.version(document))
        version = self._append(entry, added)
        return _new(Outcome, (Verdict.COMMITTED, version, None if added == update else added, ""))

    def _integrate(self, live: Live, entry: Entry, update: bytes) -> bytes | None:
        """Return what the update added; ReplicaBroken if not all of what it claims is there."""
        added = live.replica.integrate(update)
        # Pending structs would be invisible, unstored and in the way of what comes later.
        if added != update and self._lacks(live, entry):
            raise ReplicaBroken("it was integrated in part")
        live.size += len(update)
        if not entry.spans:
            live.full = False
        return added

    def _append(self, entry: Entry, added: bytes | None) -> int:
        origin = self._origins[entry.origin]
        version = 0
        for stored in entry.facts:
            version = self._log.append(entry.document, origin, entry.time, stored)
        if added is not None:
            stored = _new(Stored, (UPDATE_RECORDED, entry.introduction + added))
            version = self._log.append(entry.document, origin, entry.time, stored)
        return version or self._log.version(entry.document)

    def _replica(self, document: str) -> Live:
        live = self._live.get(document)
        if live is None:
            live = self._live[document] = self._loading.whole(document)
            # Loading has called it off.
            self._alarm(self._limits.engine_update_seconds_max)
        return live

    def _is_full(self, live: Live) -> bool:
        """Tell whether the document may not grow.

        To measure it costs what the document weighs, so that is done only when the estimate
        says so, then not before another step of edits, and not again while it is full.
        """
        limit = self._limits.document_bytes_max
        if live.size < limit or live.full:
            return live.full
        size = len(live.replica.difference(b"\x00"))
        live.size = max(size, limit - SIZE_STEP)
        live.full = size >= limit
        return live.full

    def _lacks(self, live: Live, entry: Entry) -> bool:
        """Tell whether the replica lacks something that the entry writes."""
        clocks = self._clocks(live.replica)
        return any(clocks.get(span.client, 0) < span.end for span in entry.spans)

    def _clocks(self, replica: Replica) -> dict[int, int]:
        return read_state_vector(replica.state_vector(), 2**31)


def _opens(facts: list[Stored]) -> bool:
    aggregate = Document()
    try:
        for stored in facts:
            aggregate = evolve(aggregate, decode(stored))
    except UnknownEvent as error:
        raise Unreadable(f"It holds events of a newer version of Palimpsest ({error}).") from error
    return aggregate.opens

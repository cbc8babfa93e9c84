"""One document in memory: what is committed, what is decided but still in flight.

Decisions are made on what will be true once everything in flight is committed; when something
of it is refused, all that was decided after it is decided again.
"""

from collections.abc import Callable

from palimpsest.commands.submission import Submission
from palimpsest.domain.commands import RecordUpdate
from palimpsest.domain.document import Document, decide, evolve
from palimpsest.domain.event_codec import encode, introduction
from palimpsest.domain.events import Event, UpdateRecorded
from palimpsest.domain.identifiers import DocumentId
from palimpsest.domain.refusals import (
    DocumentFull,
    LogUnavailable,
    Refusal,
    UpdateRejected,
)
from palimpsest.ports import Clock, Entry, Outcome, Verdict

COST_PER_UPDATE_BYTE = 2

Recorded = tuple[Submission, int, bytes | None]
"""A submission that was committed: the version it led to, and what an edit of it added."""

_new = tuple.__new__  # half the price of calling a NamedTuple

Send = Callable[["LiveDocument", Submission], None]
Publish = Callable[[list[Recorded]], None]


class LiveDocument:
    """The aggregate of one document, and its submissions in flight."""

    __slots__ = (
        "_again",
        "_ahead",
        "_clock",
        "_send",
        "_settled",
        "committed",
        "cost",
        "gather_until",
        "id",
        "in_flight",
        "loaded",
        "publish",
        "users",
        "version",
    )

    def __init__(
        self,
        document_id: DocumentId,
        committed: Document,
        *,
        version: int,
        cost: int,
        clock: Clock,
        send: Send,
    ) -> None:
        """Take `send`, which passes a submission on to be committed."""
        self.id = document_id
        self.committed = committed
        self.version = version
        self.cost = cost
        self.loaded = True
        self.users = 0
        self.in_flight = 0
        self.publish: Publish | None = None
        self.gather_until = 0.0
        """When its edits are next committed, if there are no others; 0 is at once."""
        self._ahead = committed.copy()
        self._clock = clock
        self._send = send
        # With what an edit added; None if the submission was not one.
        self._settled: list[tuple[Submission, Outcome, bytes | None]] = []
        self._again: list[Submission] = []

    @property
    def ahead(self) -> Document:
        """What will be true once everything in flight is committed."""
        return self._ahead

    def submit(self, submission: Submission) -> None:
        """Decide the command and send what was decided on its way.

        Raises:
            Refusal: it may not be done; `UpdateWaits` if it builds on what is not here.
        """
        command = submission.command
        ahead = self._ahead
        events = decide(command, ahead)
        if not events and not self.in_flight:
            submission.submitter.nothing_new(submission, self.version)
            return
        submission.events = events
        # Nothing to do, but for what is still in flight: it goes the same way, behind that.
        submission.entry = self._entry(submission, events)
        for event in events:
            ahead = evolve(ahead, event)
        self._ahead = ahead
        self.in_flight += 1
        self._send(self, submission)

    def settle(self, submission: Submission, outcome: Outcome) -> None:
        """Take note of what became of a submission; `acknowledge` and `show` follow."""
        self.in_flight -= 1
        verdict = outcome.verdict
        if verdict is Verdict.STALE:
            self._again.append(submission)
            return
        own = submission.entry.update
        added = own if outcome.update is None else outcome.update
        self._settled.append((submission, outcome, added))
        if verdict is Verdict.COMMITTED:
            committed = self.committed
            for event in submission.events:
                committed = evolve(committed, event)
            self.committed = committed
            self.version = outcome.version
            if own is not None:
                self.cost += COST_PER_UPDATE_BYTE * len(own)
        elif verdict is not Verdict.NOTHING_NEW:
            self._ahead = self.committed.copy()

    def acknowledge(self) -> None:
        """Tell the authors, in order, what became of what was settled since the last `show`."""
        for submission, outcome, added in self._settled:
            submitter = submission.submitter
            if outcome.verdict is Verdict.COMMITTED:
                submitter.committed(submission, outcome.version, added)
            elif outcome.verdict is Verdict.NOTHING_NEW:
                submitter.nothing_new(submission, outcome.version)
            else:
                submitter.refused(submission, _refusal(outcome))

    def show(self) -> None:
        """Let everybody in the room see what was committed."""
        settled, self._settled = self._settled, []
        recorded = [
            (submission, outcome.version, added)
            for submission, outcome, added in settled
            if outcome.verdict is Verdict.COMMITTED
        ]
        if recorded and self.publish is not None:
            self.publish(recorded)

    def decide_again(self, later: list[Submission]) -> None:
        """Decide anew what came back, and then `later`, which was decided after it."""
        again, self._again = self._again + later, []
        self.in_flight -= len(later)
        self._ahead = self.committed.copy()
        for submission in again:
            try:
                self.submit(submission)
            except Refusal as refusal:
                submission.submitter.refused(submission, refusal)

    def abandon(self, submissions: list[Submission], reason: str) -> None:
        """Refuse all that is in flight: the log takes nothing just now."""
        self.in_flight -= len(submissions)
        self._ahead = self.committed.copy()
        for submission in submissions:
            submission.submitter.refused(submission, LogUnavailable(reason))

    def _entry(self, submission: Submission, events: list[Event]) -> Entry:
        now = self._clock.milliseconds()
        command = submission.command
        if not isinstance(command, RecordUpdate):
            facts = tuple(encode(event) for event in events)
            return Entry(self.id, submission.origin.number, now, facts)
        last = events[-1] if events else None
        introduced = last.introduced if isinstance(last, UpdateRecorded) else {}
        facts = tuple(encode(event) for event in events[:-1]) if len(events) > 1 else ()
        _, update, claims = command
        number = submission.origin.number
        return _new(
            Entry,
            (self.id, number, now, facts, update, introduction(introduced), claims.spans),
        )


def _refusal(outcome: Outcome) -> Refusal:
    if outcome.verdict is Verdict.FULL:
        return DocumentFull()
    return UpdateRejected(f"The document could not take this update: {outcome.reason}.")

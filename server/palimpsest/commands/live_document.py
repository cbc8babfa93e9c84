"""One document in memory: what is committed, what is decided but still in flight.

Decisions are made on what will be true once everything in flight is committed; when something
of it is refused, all that was decided after it is decided again.
"""

from collections.abc import Callable
from typing import NamedTuple

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


class Recorded(NamedTuple):
    """A submission that was committed: the version it led to, and what an edit of it added."""

    submission: Submission
    version: int
    update: bytes | None


Send = Callable[["LiveDocument", Submission], None]
Publish = Callable[[list[Recorded]], None]


class LiveDocument:
    """The aggregate of one document, and its submissions in flight."""

    __slots__ = (
        "_again",
        "_ahead",
        "_clock",
        "_recorded",
        "_send",
        "committed",
        "cost",
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
        self._ahead = committed.copy()
        self._clock = clock
        self._send = send
        self._recorded: list[Recorded] = []
        self._again: list[Submission] = []

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
        verdict, version, update, reason = outcome
        if verdict is Verdict.COMMITTED:
            committed = self.committed
            for event in submission.events:
                committed = evolve(committed, event)
            self.committed = committed
            self.version = version
            entry_update = submission.entry.update
            if entry_update is not None:
                self.cost += COST_PER_UPDATE_BYTE * len(entry_update)
            stored = entry_update if update is None else update
            self._recorded.append(Recorded(submission, version, stored))
        elif verdict is Verdict.NOTHING_NEW:
            submission.submitter.nothing_new(submission, version)
        elif verdict is Verdict.STALE:
            self._again.append(submission)
        else:
            self._ahead = self.committed.copy()
            refusal = (
                DocumentFull()
                if verdict is Verdict.FULL
                else UpdateRejected(f"The document could not take this update: {reason}.")
            )
            submission.submitter.refused(submission, refusal)

    def acknowledge(self) -> None:
        """Tell the authors of what was committed since the last `show`."""
        for submission, version, update in self._recorded:
            submission.submitter.committed(submission, version, update)

    def show(self) -> None:
        """Let everybody in the room see what was committed."""
        recorded, self._recorded = self._recorded, []
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
        return Entry(
            self.id,
            submission.origin.number,
            now,
            tuple(encode(event) for event in events[:-1]) if len(events) > 1 else (),
            command.update,
            introduction(introduced),
            command.claims.spans,
        )

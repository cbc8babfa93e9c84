"""Group commit: while one batch is being made durable, the next gathers. Recovers from deaths.

A batch costs as much as some ten edits: where many documents are written in, the next one gathers
for a few milliseconds. Few at work wait for nothing, however fast they are.

The commit, then the news of it: nobody hears of anything before the engine said it is durable.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from palimpsest.commands.live_document import LiveDocument
from palimpsest.commands.submission import Submission
from palimpsest.limits import Limits
from palimpsest.ports import Batch, Engine, EngineDied, LogRefused, Outcome, Verdict

KILLED = "it killed the engine twice"
ENTRY_BYTES = 200
"""What an entry weighs beside its update, by estimate."""

LOOK_SECONDS = 0.1
"""In such a time the documents that were written in are counted."""

_UNDOES = (Verdict.REJECTED, Verdict.FULL)
"""Behind these, what was decided after them is decided again."""

_KILLER = Outcome(Verdict.REJECTED, 0, reason=KILLED)

log = logging.getLogger(__name__)

Quarantine = Callable[[LiveDocument], None]


_Waiting = tuple[LiveDocument, Submission]


class Gathering:
    """Gathers submissions of all documents and commits them, a batch at a time."""

    def __init__(
        self,
        engine: Engine,
        limits: Limits,
        *,
        first_batch: int,
        kill_point: Callable[[str], None] = lambda _name: None,
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        """Take `committed`, which is called when everybody here has been told of a commit."""
        self._engine = engine
        self._limits = limits
        self._next_batch = first_batch
        self._kill_point = kill_point
        self._committed = committed
        self._waiting: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        # The documents that were written in since a time, and if they were many before that.
        self._written: set[LiveDocument] = set()
        self._looked_at = 0.0
        self._is_loaded = False
        self._began = 0.0
        self.quarantine: Quarantine = lambda _document: None

    def send(self, document: LiveDocument, submission: Submission) -> None:
        """Take a decided submission; it is committed with what else comes in this moment."""
        self._waiting.append((document, submission))
        if self._task is None:
            if document.gather_until:
                self._begin_later(document.gather_until)
            else:
                self._begin()

    async def drained(self) -> None:
        """Wait until nothing is in flight."""
        while self._waiting or self._task is not None:
            self._begin()
            assert self._task is not None
            await asyncio.shield(self._task)

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())

    def _begin_later(self, when: float) -> None:
        """Begin at a time, or before it, with what others send."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(when, self._begin)

    async def _run(self) -> None:
        """Commit until nothing waits. Starts in the next tick: this one's edits go together."""
        try:
            while self._waiting:
                await self._rest()
                await self._commit(self._next())
        except Exception:  # Our bug, at the border of the task: nothing can be committed any more.
            log.exception("Committing failed; the server stops taking edits.")
            raise
        self._task = None

    async def _rest(self) -> None:
        """Let more gather behind the last batch, if many documents are written in."""
        time = asyncio.get_running_loop().time
        now = time()
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self._is_loaded = len(self._written) >= self._limits.gather_documents_min
            self._written.clear()
        if self._is_loaded:
            rest = self._began + self._limits.gather_milliseconds / 1000 - now
            if rest > 0:
                await asyncio.sleep(rest)
                now = time()
        self._began = now

    def _next(self) -> list[_Waiting]:
        """Take from the waiting what fits into one batch."""
        limits, waiting = self._limits, self._waiting
        group: list[_Waiting] = []
        size = 0
        while waiting and len(group) < limits.batch_edits_max and size < limits.batch_bytes_max:
            item = waiting.popleft()
            size += ENTRY_BYTES + len(item[1].entry.update or b"")
            group.append(item)
        return group

    async def _commit(self, group: list[_Waiting]) -> None:
        identifier = self._new_identifier()
        try:
            outcomes = await self._engine.commit(_batch(identifier, group))
        except LogRefused as error:
            self._abandon(group, str(error))
        except EngineDied:
            await self._recover(identifier, group)
        else:
            self._settle(group, outcomes)

    def _settle(self, group: list[_Waiting], outcomes: list[Outcome]) -> None:
        """It is durable by now: tell the authors, then let everybody else see it."""
        self._kill_point("before_acknowledgement")
        documents: dict[LiveDocument, None] = {}
        undone: dict[LiveDocument, None] = {}
        for (document, submission), outcome in zip(group, outcomes, strict=True):
            document.settle(submission, outcome)
            documents[document] = None
            if outcome.verdict in _UNDOES:
                undone[document] = None
        self._written.update(documents)
        for document in documents:
            document.acknowledge()
        self._kill_point("before_fan_out")
        for document in documents:
            document.show()
        self._committed()
        for document in undone:
            document.decide_again(self._take(document))

    def _take(self, document: LiveDocument) -> list[Submission]:
        """Take back what waits for the document."""
        mine = [submission for whose, submission in self._waiting if whose is document]
        if mine:
            self._waiting = deque(item for item in self._waiting if item[0] is not document)
        return mine

    def _abandon(self, group: list[_Waiting], reason: str) -> None:
        """Refuse the group and all that waits: the log takes nothing just now."""
        everything = [*group, *self._waiting]
        self._waiting.clear()
        by_document: dict[LiveDocument, list[Submission]] = {}
        for document, submission in everything:
            by_document.setdefault(document, []).append(submission)
        for document, submissions in by_document.items():
            document.abandon(submissions, reason)

    async def _recover(self, identifier: int, group: list[_Waiting]) -> None:
        """Find out what became of a batch that the engine died with; commit it if it was not."""
        known = await self._outcomes(identifier)
        if known is not None:
            self._settle(group, known)
            return
        outcomes: list[Outcome] = []
        try:
            await self._commit_one_by_one(group, outcomes)
        except LogRefused as error:
            self._settle(group[: len(outcomes)], outcomes)
            self._abandon(group[len(outcomes) :], str(error))
        else:
            self._settle(group, outcomes)
        for (document, _), outcome in zip(group, outcomes, strict=False):
            if outcome is _KILLER:
                log.warning("An update killed the engine twice; its document is set aside.")
                self.quarantine(document)

    async def _commit_one_by_one(self, group: list[_Waiting], outcomes: list[Outcome]) -> None:
        """Find the killer, if there is one; add the outcomes to `outcomes` as they come.

        The update at which the engine dies a second time is refused.
        """
        refused: set[LiveDocument] = set()
        for item in group:
            document = item[0]
            if document in refused:
                outcomes.append(Outcome(Verdict.STALE, 0))
                continue
            outcome = await self._commit_alone(item)
            if outcome.verdict in _UNDOES:
                refused.add(document)
            outcomes.append(outcome)

    async def _commit_alone(self, item: _Waiting) -> Outcome:
        identifier = self._new_identifier()
        try:
            [outcome] = await self._engine.commit(_batch(identifier, [item]))
        except EngineDied:
            known = await self._outcomes(identifier)
            return _KILLER if known is None else known[0]
        return outcome

    async def _outcomes(self, identifier: int) -> list[Outcome] | None:
        while True:
            try:
                return await self._engine.outcomes(identifier)
            except EngineDied:
                log.warning("The engine died while it looked up a batch; asking again.")

    def _new_identifier(self) -> int:
        identifier = self._next_batch
        self._next_batch += 1
        return identifier


def _batch(identifier: int, group: list[_Waiting]) -> Batch:
    origins = {submission.origin.number: submission.origin for _, submission in group}
    entries = tuple([submission.entry for _, submission in group])
    return Batch(identifier, tuple(origins.values()), entries)

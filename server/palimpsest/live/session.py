"""One connection's stay in one document: what it sends becomes commands, what happens it is told.

Knows its room and its outlet; no socket, and no other session.
"""

import asyncio
import enum
from collections import deque
from typing import TYPE_CHECKING

from palimpsest.commands.submission import Submission
from palimpsest.domain.access import Actor, Role
from palimpsest.domain.commands import RecordUpdate
from palimpsest.domain.ledger import Claims
from palimpsest.domain.refusals import LogUnavailable, Refusal, UpdateWaits
from palimpsest.limits import Limits
from palimpsest.live.dialects import CLOSE_FORBIDDEN, Dialect, framed
from palimpsest.live.outlet import Outlet
from palimpsest.live.said import Said
from palimpsest.live.waiting import Waiting, WaitingUpdates
from palimpsest.ports import EngineDied, Origin, Unreadable
from palimpsest.protocol import awareness, sync
from palimpsest.protocol.lib0 import MalformedFrame
from palimpsest.protocol.scanner import scan

if TYPE_CHECKING:
    from palimpsest.live.room import Room

HELD_PER_UPDATE = 200
"""What an update in flight weighs beside its bytes, by estimate."""

_new = tuple.__new__  # half the price of calling a NamedTuple

NO_CLAIMS = Claims((), {}, deletes=False)

CLOSE_MALFORMED = 1007
CLOSE_TRY_AGAIN = 1013
CLOSE_FAILED = 1011
ASK_AGAIN_SECONDS = 1.0


class _Asked(enum.Enum):
    """Why a SyncStep1 was sent."""

    HANDSHAKE = enum.auto()
    WAITING = enum.auto()


class Session:
    """A stay in a document. Sits in its room from the start, so it misses nothing."""

    def __init__(
        self,
        room: "Room",
        actor: Actor,
        origin: Origin,
        dialect: Dialect,
        outlet: Outlet,
        *,
        limits: Limits,
    ) -> None:
        self.actor = actor
        self.dialect = dialect
        self.missed: bytes | None = None
        self.room = room
        self._origin = origin
        self._outlet = outlet
        self._limits = limits
        self._lost: Refusal | None = None
        self._asked: list[_Asked] = []
        # Most sessions never have anything wait.
        self._waiting: WaitingUpdates | None = None
        # The update that is being submitted came as the answer to a question for what is missing.
        self._answers_waiting = False
        self._ask_again_at = 0.0
        self._step1: bytes | None = None
        # From a question of the client to its answer, acknowledgements are held: a provider that
        # has nothing unacknowledged believes to be in step.
        self._owes_answer = False
        self._held: list[bytes] = []
        self._answering: asyncio.Task[None] | None = None
        self._ended = False
        # While an update is scanned in a thread, what comes after it waits.
        self._scanning: asyncio.Task[None] | None = None
        self._inbox: deque[tuple[Said, bytes]] | None = None

    @property
    def writes(self) -> bool:
        """Whether the session's access, as it began, lets it write."""
        return self.actor.role >= Role.EDITOR

    @property
    def waits(self) -> bool:
        """Whether it sent updates that build on what is not here."""
        return bool(self._waiting)

    @property
    def identifier(self) -> str:
        """The session's name, as the log knows it."""
        return self._origin.session

    def begin(self) -> None:
        """Enter the room and say what a session begins with."""
        self.room.enter(self)
        writable = self.writes and not self.room.read_only
        for message in self.dialect.greeting(writable=writable):
            self.send(message)
        if not self.dialect.asks_back():
            self._ask(_Asked.HANDSHAKE)
        if entries := self.room.presence.everybody():
            self.send(awareness.message(awareness.update(entries)))

    def end(self) -> None:
        """Leave the room. What is in flight is committed all the same."""
        if not self._ended:
            self._ended = True
            self.room.leave(self)

    def receive(self, said: Said, payload: bytes) -> None:
        """Take what the client says, in order.

        Raises:
            MalformedFrame: it is not what it should be.
        """
        if self._ended:
            return
        if self._scanning is not None:
            self._outlet.hold(len(payload))
            if self._inbox is None:
                self._inbox = deque()
            self._inbox.append((said, payload))
        elif said is Said.UPDATE:
            self._receive_update(payload)
        elif said is Said.PRESENCE:
            self._receive_presence(payload)
        elif said is Said.STEP1:
            self._receive_step1(payload)
        elif said is Said.STEP2:
            self._receive_step2(payload)
        else:
            self._receive_query()

    # What the client says.

    def _receive_step1(self, state_vector: bytes) -> None:
        """Answer with what the client lacks once it has room; the newest question counts."""
        sync.read_state_vector(state_vector, self._limits.state_vector_clients_max)
        self._outlet.charge(updates=1)
        if self.dialect.asks_back():
            self._ask(_Asked.HANDSHAKE)
        self._step1 = state_vector
        self._owes_answer = True
        self._answer_soon()

    def _receive_step2(self, update: bytes) -> None:
        """Take the client's side of a handshake, or what settles the updates that waited."""
        asked = self._asked.pop(0) if self._asked else _Asked.HANDSHAKE
        self._answers_waiting = asked is _Asked.WAITING
        self._write(update, owed=0 if self._answers_waiting else 1, is_step2=True)

    def _receive_update(self, update: bytes) -> None:
        """Take an edit."""
        self._write(update, owed=1, is_step2=False)

    def _receive_presence(self, payload: bytes) -> None:
        """Take what the client says of where it is."""
        self.room.hear_presence(self, payload)
        # Behind it: who said too much is cut off here, and must not be seen again after that.
        self._outlet.charge(presences=1)

    def _receive_query(self) -> None:
        """Tell who is there."""
        everybody = self.room.presence.everybody()
        self.send(awareness.message(awareness.update(everybody)))

    # What the client is told.

    def send(self, message: bytes) -> None:
        """Send one message."""
        self._outlet.send(framed(self.dialect, message))

    def deliver(self, frames: bytes) -> None:
        """Send frames that are the same for all, unless the client is being skipped."""
        if self.missed is None and frames:
            self._outlet.send_at_once(frames)

    def skip(self, state_vector: bytes) -> None:
        """Leave the client alone from this state on: its connection does not drain."""
        if self.missed is None:
            self.missed = state_vector

    def catch_up(self) -> None:
        """Go on after the connection has drained: with the difference, then as before."""
        if self.missed is not None or self._step1 is not None:
            self._answer_soon()

    def lose_writing(self, refusal: Refusal) -> None:
        """End the right to write, and say so once."""
        if self._lost is None and self.writes:
            self._lost = refusal
            for message in self.dialect.refusal(refusal):
                self.send(message)

    def regain_writing(self) -> None:
        """Have a client that lost the right to write come again: only then does it try."""
        if self._lost is not None:
            self._outlet.close(1012, "The document can be written to again.")

    def room_moved(self, now: float) -> None:
        """Ask again for what waits: what it builds on may have come from others."""
        if self._waiting and not self._asked and now >= self._ask_again_at:
            self._ask(_Asked.WAITING)

    # What became of its commands.

    def committed(self, submission: Submission, version: int, update: bytes | None) -> None:  # noqa: ARG002
        """Acknowledge; an echoing dialect gets its acknowledgement with what all others get."""
        self._settled(submission)
        if not self.dialect.echoes:
            self._acknowledge(self.dialect.acknowledgement(submission.owed, None))

    def nothing_new(self, submission: Submission, version: int) -> None:  # noqa: ARG002
        """Acknowledge what was there already."""
        self._settled(submission)
        update = (
            submission.command.update if isinstance(submission.command, RecordUpdate) else None
        )
        self._acknowledge(self.dialect.acknowledgement(submission.owed, update))

    def refused(self, submission: Submission, refusal: Refusal) -> None:
        """Say why, or ask for what is missing."""
        self._settled(submission)
        command = submission.command
        if isinstance(refusal, UpdateWaits) and isinstance(command, RecordUpdate):
            self._wait(Waiting(command.update, command.claims, submission.owed))
        else:
            self._refuse(refusal)

    def _acknowledge(self, messages: list[bytes]) -> None:
        if self._owes_answer:
            self._held += messages
        else:
            for message in messages:
                self.send(message)

    def _write(self, update: bytes, *, owed: int, is_step2: bool) -> None:
        self._outlet.charge(updates=1, update_bytes=len(update))
        if self._lost is not None or not self.writes:
            self._write_without_right(update, is_step2=is_step2)
        elif len(update) > self._limits.scan_inline_bytes_max:
            self._outlet.hold(len(update))
            self._scanning = asyncio.ensure_future(self._scan_aside(update, owed))
        else:
            try:
                claims = scan(update, self._limits)
            except Refusal as refusal:
                self._refuse(refusal)
            else:
                self._submit(update, claims, owed)

    async def _scan_aside(self, update: bytes, owed: int) -> None:
        """Scan a large update without holding up everybody else, then what came after it."""
        try:
            claims = await asyncio.to_thread(scan, update, self._limits)
        except Refusal as refusal:
            self._refuse(refusal)
        else:
            self._submit(update, claims, owed)
        finally:
            self._scanning = None
            self._outlet.release(len(update))
        try:
            while self._inbox and self._scanning is None:
                said, payload = self._inbox.popleft()
                self._outlet.release(len(payload))
                self.receive(said, payload)
        except MalformedFrame as error:
            self._outlet.close(CLOSE_MALFORMED, str(error))

    def _submit(self, update: bytes, claims: Claims, owed: int) -> None:
        try:
            command = _new(RecordUpdate, (self.actor, update, claims))
            submission = Submission(command, self._origin, self, owed=owed)
            # Before it is on its way: it may be settled at once.
            self._outlet.hold(HELD_PER_UPDATE + len(update))
            try:
                self.room.document.submit(submission)
            except Refusal:
                self._settled(submission)
                raise
        except UpdateWaits:
            self._wait(Waiting(update, claims, owed))
        except Refusal as refusal:
            self._refuse(refusal)
        if self._answers_waiting:
            self._answers_waiting = False
            if self._waiting is not None:
                self._try_again(self._waiting)

    def _wait(self, waiting: Waiting) -> None:
        """Keep an update until what it builds on is here, and ask for that."""
        if self._ended:
            return
        if self._waiting is None:
            self._waiting = WaitingUpdates(self._limits)
        self._waiting.add(waiting)
        self.room.waiting.add(self)
        if _Asked.WAITING not in self._asked:
            self._ask_for_missing()

    def _try_again(self, waiting: WaitingUpdates) -> None:
        """Submit what waits anew: behind the answer that should hold what it builds on."""
        for update, claims, owed in waiting.take():
            self._submit(update, claims, owed)
        ledger = self.room.document.ahead.ledger
        if owed := waiting.take_covered(ledger.clocks):
            # Nothing new, but for what is still in flight: it is acknowledged behind that.
            self._submit(sync.NOTHING, NO_CLAIMS, owed)

    def _settled(self, submission: Submission) -> None:
        command = submission.command
        if isinstance(command, RecordUpdate):
            self._outlet.release(HELD_PER_UPDATE + len(command.update))

    def _refuse(self, refusal: Refusal) -> None:
        if self._ended:
            return
        if isinstance(refusal, LogUnavailable):
            # Not the client's fault: it comes again, with what it holds, until there is room.
            self._outlet.close(CLOSE_TRY_AGAIN, str(refusal))
        else:
            self.lose_writing(refusal)

    def _ask_for_missing(self) -> None:
        """Ask at once the first time, then at most once a second, when the room moves."""
        now = asyncio.get_running_loop().time()
        if now >= self._ask_again_at:
            self._ask(_Asked.WAITING)

    def _write_without_right(self, update: bytes, *, is_step2: bool) -> None:
        """Say that it was not taken; a client that goes on after it was refused is closed."""
        no_op = is_step2 and self._is_known(update)
        self._acknowledge(self.dialect.ignored(no_op=no_op))
        if self._lost is not None and self.dialect.echoes and not no_op:
            self._outlet.close(CLOSE_FORBIDDEN, str(self._lost))

    def _is_known(self, update: bytes) -> bool:
        """Tell whether a Step2 of a client that may not write brings no clocks."""
        try:
            claims: Claims = scan(update, self._limits)
        except Refusal:
            return False
        return not self.room.document.committed.ledger.adds(claims)

    def _ask(self, why: _Asked) -> None:
        self._asked.append(why)
        if why is _Asked.WAITING:
            self._ask_again_at = asyncio.get_running_loop().time() + ASK_AGAIN_SECONDS
        clocks = self.room.document.committed.ledger.clocks
        self.send(sync.step1(sync.write_state_vector(clocks)))

    # Answers that need the replica.

    def _answer_soon(self) -> None:
        if self._answering is None and not self._ended:
            self._answering = asyncio.ensure_future(self._answer())

    async def _answer(self) -> None:
        """Answer the client's question, or catch it up, for as long as there is room to."""
        try:
            while (self._step1 or self.missed) and not (self._ended or self._outlet.congested):
                await self._answer_once()
        except (Unreadable, EngineDied) as error:
            self._outlet.close(CLOSE_FAILED, str(error) or "The document cannot be read just now.")
        finally:
            self._answering = None

    async def _answer_once(self) -> None:
        step1, missed = self._take_questions()
        state_vector = step1 or missed
        assert state_vector is not None
        ask = self.room.answers.frame
        frame = await ask(self.dialect, state_vector, is_step2=step1 is not None)
        if self._ended:
            return
        if self.missed is None:
            self._outlet.send(frame)
            self._owes_answer = self._step1 is not None
            held, self._held = self._held, []
            self._acknowledge(held)
            return
        # It was skipped again meanwhile: the answer has grown too old for it.
        self._step1 = self._step1 or step1
        self.missed = missed or self.missed

    def _take_questions(self) -> tuple[bytes | None, bytes | None]:
        """From here on it hears everything again; what it missed comes with the answer."""
        questions = self._step1, self.missed
        self._step1 = self.missed = None
        return questions

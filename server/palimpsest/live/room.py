"""The sessions in one document: what was committed is shown to all of them, encoded once.

Knows no socket; knows the document only as far as to show it.
"""

import asyncio
from collections.abc import Callable

from palimpsest.commands.live_document import LiveDocument, Recorded
from palimpsest.commands.submission import Submitter
from palimpsest.domain.document import require_open_to_writing
from palimpsest.domain.events import DocumentRenamed
from palimpsest.domain.refusals import Refusal
from palimpsest.limits import Limits
from palimpsest.live.answers import Answers
from palimpsest.live.dialects import Dialect, framed
from palimpsest.live.presence import RoomPresence
from palimpsest.live.session import Session
from palimpsest.ports import Attendance, Engine, Present
from palimpsest.protocol import awareness, sync

_News = tuple[Submitter, bytes]
"""An update's message, and who sent it."""


class Room:
    """One open document: who is connected, what they have been shown."""

    def __init__(
        self,
        document: LiveDocument,
        engine: Engine,
        limits: Limits,
        attendance: Attendance,
        empty: Callable[["Room"], None],
    ) -> None:
        """Take `empty`, which is called when the last session has left."""
        self.document = document
        self.answers = Answers(document, engine)
        self.presence = RoomPresence(limits)
        self.sessions: dict[Session, None] = {}
        self.waiting: set[Session] = set()
        """Those who sent updates that build on what is not here."""
        self._limits = limits
        self._attendance = attendance
        self._empty = empty
        self._pending: list[_News] = []
        self._flush_timer: asyncio.TimerHandle | None = None
        self._presence_timer: asyncio.TimerHandle | None = None
        # When a large room may hear news again, and see who moved.
        self._quiet_until = self._still_until = 0.0
        document.publish = self.publish

    @property
    def read_only(self) -> bool:
        """Whether nobody may write to the document just now."""
        return self._refusal() is not None

    def enter(self, session: Session) -> None:
        """Let a session see what happens from now on."""
        self.sessions[session] = None
        self.tell_of(session)

    def tell_of(self, session: Session) -> None:
        """Tell outside the room who is here, or what more is known of them."""
        actor, client = session.actor, self.presence.client_of(session)
        present = Present(session.identifier, actor.name, actor.kind, client)
        self._attendance.came(self.document.id, present)

    def leave(self, session: Session) -> None:
        """Let a session go; the others see it leave."""
        del self.sessions[session]
        self.waiting.discard(session)
        self.presence.leave(session)
        self._attendance.left(self.document.id, session.identifier)
        self.presence_changed()
        if not self.sessions:
            self._cancel_timers()
            self._empty(self)

    def publish(self, recorded: list[Recorded]) -> None:
        """Show what was committed: at once, but in a large room no sooner than it may hear it."""
        news: list[_News] = [
            (submission.submitter, sync.update(update))
            for submission, _, update in recorded
            if update is not None
        ]
        if len(news) < len(recorded):
            self._access_changed()
            self._tell_of_titles(recorded)
        self._pending += news
        now = asyncio.get_running_loop().time()
        if now >= self._quiet_until:
            self.flush()
        elif self._flush_timer is None:
            later = self._quiet_until - now
            self._flush_timer = asyncio.get_running_loop().call_later(later, self.flush)

    def hear_presence(self, session: Session, update: bytes) -> None:
        """Take what a session says of where its client is.

        Raises:
            MalformedFrame: it is not an awareness update, or tells of too many clients.
        """
        presence = self.presence
        if not presence.keep(session, update):
            is_known = presence.client_of(session) is not None
            told = presence.receive(session, session.actor.principal, update)
            if not is_known and presence.client_of(session) is not None:
                self.tell_of(session)
            if told is not None:
                session.send(awareness.message(awareness.write_presences([told])))
        self.presence_changed()

    def presence_changed(self) -> None:
        """Show changed presence with the next edits, or in a tick."""
        if self._presence_timer is None and self.presence.has_changed and self.sessions:
            loop, limits = asyncio.get_running_loop(), self._limits
            when = loop.time() + limits.presence_tick_milliseconds / 1000
            # In a large room the next edits take it along, if there are any in that time: each
            # writing costs as much as an edit does.
            later = self._still_until + limits.room_presence_milliseconds / 2000
            self._presence_timer = loop.call_at(max(when, later), self._tick)

    def flush(self) -> None:
        """Send what has gathered, edits and presence, in one write a session."""
        self._cancel_flush_timer()
        news, self._pending = self._pending, []
        if news:
            self._rest()
        presence = self._presence_message()
        authors = {author for author, _ in news}
        told: dict[bytes, bytes] = {}
        for session in tuple(self.sessions):
            dialect = session.dialect
            if dialect.echoes or session not in authors:
                frames = told.get(dialect.prefix)
                if frames is None:
                    frames = told[dialect.prefix] = _frames(dialect, news, presence)
            else:
                # It is told otherwise of its own edits.
                others = [each for each in news if each[0] is not session]
                frames = _frames(dialect, others, presence)
            session.deliver(frames)
        if self.waiting:
            self._ask_again()

    def _rest(self) -> None:
        """Have a large room's next edits gather for a while, and be committed together too."""
        if self._is_large:
            now = asyncio.get_running_loop().time()
            self._quiet_until = now + self._limits.room_gather_milliseconds / 1000
            self.document.gather_until = self._quiet_until
        else:
            self._quiet_until = self.document.gather_until = 0.0

    def _ask_again(self) -> None:
        """Ask those again whose updates wait: what they build on may have come from others."""
        now = asyncio.get_running_loop().time()
        for session in list(self.waiting):
            if session.waits:
                session.room_moved(now)
            else:
                self.waiting.discard(session)

    def skip(self, session: Session) -> None:
        """Leave a session out from now on: its connection does not drain."""
        # What has gathered is on its way to it; only what comes later is missed.
        self.flush()
        session.skip(sync.write_state_vector(self.document.committed.ledger.clocks))

    @property
    def _is_large(self) -> bool:
        return len(self.sessions) >= self._limits.room_gather_sessions_min

    def _presence_message(self) -> bytes:
        """Return the message of what changed, empty if nothing did or it may not be seen yet."""
        now = asyncio.get_running_loop().time()
        if now < self._still_until or not self.presence.has_changed:
            return b""
        if self._is_large:
            self._still_until = now + self._limits.room_presence_milliseconds / 1000
            # Waking for nothing costs as much as telling a hundred; in a small room, edits are so
            # many that a timer for each costs more.
            self._cancel_presence_timer()
        changed = self.presence.take_changed()
        return awareness.message(awareness.update(changed)) if changed else b""

    def _tick(self) -> None:
        self._presence_timer = None
        if asyncio.get_running_loop().time() >= self._still_until and self.presence.has_changed:
            self.flush()
        # Edits took it along, and who moved since then is to be seen later.
        self.presence_changed()

    def _refusal(self) -> Refusal | None:
        try:
            require_open_to_writing(self.document.committed)
        except Refusal as refusal:
            return refusal
        return None

    def _access_changed(self) -> None:
        """Tell live sessions at once when the document opens or closes to writing."""
        refusal = self._refusal()
        for session in list(self.sessions):
            if refusal is None:
                session.regain_writing()
            else:
                session.lose_writing(refusal)

    def _tell_of_titles(self, recorded: list[Recorded]) -> None:
        """Tell since which version the document has another title, if it has."""
        versions = [
            version
            for submission, version, _ in recorded
            if any(isinstance(event, DocumentRenamed) for event in submission.events)
        ]
        for version in versions[-1:]:
            for session in tuple(self.sessions):
                dialect = session.dialect
                for message in dialect.renamed(version):
                    session.deliver(framed(dialect, message))

    def _cancel_timers(self) -> None:
        self._cancel_flush_timer()
        self._cancel_presence_timer()

    def _cancel_flush_timer(self) -> None:
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None

    def _cancel_presence_timer(self) -> None:
        if self._presence_timer is not None:
            self._presence_timer.cancel()
            self._presence_timer = None


def _frames(dialect: Dialect, news: list[_News], presence: bytes) -> bytes:
    """Return the frames by which a client of the dialect hears of edits and presence."""
    frames = [framed(dialect, message) for _, message in news]
    if presence:
        frames.append(framed(dialect, presence))
    return b"".join(frames)

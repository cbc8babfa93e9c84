"""One document on a connection: what the client says waits here until its session is there."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from palimpsest.domain.access import Actor
from palimpsest.domain.identifiers import DocumentId
from palimpsest.domain.refusals import Refusal
from palimpsest.live.dialects import Dialect
from palimpsest.live.house import House
from palimpsest.live.outlet import Outlet
from palimpsest.live.said import Said
from palimpsest.live.session import Session
from palimpsest.ports import EngineDied
from palimpsest.protocol.lib0 import MalformedFrame

CLOSE_FAILED = 1011

log = logging.getLogger(__name__)


class Stay:
    """A document that the client is in, or on its way into."""

    def __init__(
        self, house: House, dialect: Dialect, outlet: Outlet, broken: Callable[[], None]
    ) -> None:
        """Take `broken`, which is called when something that waited turns out malformed."""
        self.dialect = dialect
        self.session: Session | None = None
        self._house = house
        self._outlet = outlet
        self._broken = broken
        self._inbox: deque[tuple[Said, bytes]] = deque()
        self._entering: asyncio.Task[None] | None = None

    @property
    def admitted(self) -> bool:
        """Whether its client was authenticated for this document."""
        return self._entering is not None

    def admit(
        self,
        document_id: DocumentId,
        actor: Actor,
        refused: Callable[[Refusal], None],
        *,
        lineage: str = "",
    ) -> None:
        """Let the client in; `refused` is called if that can't be."""
        if self._entering is None:
            entering = self._enter(document_id, actor, refused, lineage)
            self._entering = asyncio.ensure_future(entering)

    def receive(self, said: Said, payload: bytes) -> None:
        """Take what the client says.

        Raises:
            MalformedFrame: it is not what it should be.
        """
        if self.session is not None and not self._inbox:
            self.session.receive(said, payload)
        else:
            self._outlet.hold(len(payload))
            self._inbox.append((said, payload))

    def end(self) -> None:
        """Leave the document, or stop waiting for it."""
        if self.session is not None:
            self.session.end()
        elif self._entering is not None:
            self._entering.cancel()
        while self._inbox:
            self._outlet.release(len(self._inbox.popleft()[1]))

    async def _enter(
        self,
        document_id: DocumentId,
        actor: Actor,
        refused: Callable[[Refusal], None],
        lineage: str,
    ) -> None:
        try:
            session = await self._house.enter(
                document_id, actor, self.dialect, self._outlet, lineage=lineage
            )
        except Refusal as refusal:
            refused(refusal)
            return
        except EngineDied:
            self._outlet.close(CLOSE_FAILED, "The document cannot be opened just now.")
            return
        self.session = session
        session.begin()
        try:
            while self._inbox:
                said, payload = self._inbox.popleft()
                self._outlet.release(len(payload))
                session.receive(said, payload)
        except MalformedFrame:
            self._broken()

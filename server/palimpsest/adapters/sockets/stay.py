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

    __slots__ = (
        "_broken",
        "_entering",
        "_house",
        "_inbox",
        "_outlet",
        "admitted",
        "dialect",
        "session",
    )

    def __init__(
        self, house: House, dialect: Dialect, outlet: Outlet, broken: Callable[[str], None]
    ) -> None:
        """Take `broken`, which is told what is wrong with a malformed message."""
        self.dialect = dialect
        self.session: Session | None = None
        self._house = house
        self._outlet = outlet
        self._broken = broken
        self.admitted = False
        """Whether its client was authenticated for this document."""
        self._inbox: deque[tuple[Said, bytes]] | None = None
        self._entering: asyncio.Task[None] | None = None

    def admit(
        self,
        document_id: DocumentId,
        actor: Actor,
        refused: Callable[[Refusal], None],
        *,
        lineage: str = "",
    ) -> None:
        """Let the client in; `refused` is called if that can't be."""
        if not self.admitted:
            self.admitted = True
            entering = self._enter(document_id, actor, refused, lineage)
            self._entering = asyncio.ensure_future(entering)

    def receive(self, said: Said, payload: bytes) -> None:
        """Take what the client says."""
        if self.session is not None and self._inbox is None:
            try:
                self.session.receive(said, payload)
            except MalformedFrame as error:
                self._broken(str(error))
        else:
            self._outlet.hold(len(payload))
            if self._inbox is None:
                self._inbox = deque()
            self._inbox.append((said, payload))

    def end(self) -> None:
        """Leave the document, or stop waiting for it."""
        if self.session is not None:
            self.session.end()
        elif self._entering is not None:
            self._entering.cancel()
        for _, payload in self._inbox or ():
            self._outlet.release(len(payload))
        self._inbox = None

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
        finally:
            self._entering = None
        self.session = session
        session.begin()
        try:
            while self._inbox:
                said, payload = self._inbox.popleft()
                self._outlet.release(len(payload))
                session.receive(said, payload)
        except MalformedFrame as error:
            self._broken(str(error))
        else:
            self._inbox = None

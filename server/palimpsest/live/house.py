"""All open rooms: a room comes to be with its first session and ends with its last."""

from palimpsest.commands.repository import Repository
from palimpsest.domain.access import Actor
from palimpsest.domain.identifiers import DocumentId
from palimpsest.domain.refusals import DocumentQuarantined, LineageChanged
from palimpsest.limits import Limits
from palimpsest.live.dialects import Dialect
from palimpsest.live.outlet import Outlet
from palimpsest.live.room import Room
from palimpsest.live.session import Session
from palimpsest.ports import Attendance, Engine, Identifiers, Origin


class House:
    """Lets people into documents."""

    def __init__(
        self,
        repository: Repository,
        engine: Engine,
        limits: Limits,
        identifiers: Identifiers,
        attendance: Attendance,
        *,
        first_origin: int,
    ) -> None:
        self._repository = repository
        self._engine = engine
        self._limits = limits
        self._identifiers = identifiers
        self._attendance = attendance
        self._next_origin = first_origin
        self.rooms: dict[DocumentId, Room] = {}

    def origin(self, actor: Actor) -> Origin:
        """Return a new origin: `actor`, in a session of its own."""
        number = self._next_origin
        self._next_origin += 1
        session = self._identifiers.identifier()
        return Origin(number, session, actor.kind, actor.principal, actor.name)

    async def enter(
        self,
        document_id: DocumentId,
        actor: Actor,
        dialect: Dialect,
        outlet: Outlet,
        *,
        lineage: str = "",
    ) -> Session:
        """Return a session in the document's room; `Session.begin` must follow at once.

        Raises:
            DocumentQuarantined: the document cannot be opened.
            LineageChanged: it is of another lineage than the one that is expected, if one is.
        """
        document = await self._repository.open(document_id)
        if not document.loaded:
            reason = document.committed.quarantine
            self._repository.close(document)
            raise DocumentQuarantined(f"The document cannot be opened: {reason}")
        if lineage and lineage != document.committed.lineage:
            self._repository.close(document)
            raise LineageChanged
        room = self.rooms.get(document_id)
        if room is None:
            room = self.rooms[document_id] = Room(
                document, self._engine, self._limits, self._attendance, self._close
            )
        else:
            # The room holds the document once for all its sessions.
            self._repository.close(document)
        return Session(room, actor, self.origin(actor), dialect, outlet, limits=self._limits)

    def _close(self, room: Room) -> None:
        del self.rooms[room.document.id]
        room.document.publish = None
        self._repository.close(room.document)

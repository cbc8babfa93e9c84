"""Who is where in a room (Yjs awareness): the newest bytes of each client id. Interprets nothing.

A session speaks for one client id, the one in its first presence that is news; what it relays of
others is ignored. The same principal coming back takes its id over.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from palimpsest.protocol.awareness import Presence

GONE = b"null"
TOMBSTONES_MAX = 1000


@dataclass(slots=True)
class _Held:
    presence: Presence
    session: Hashable
    principal: str


class RoomPresence:
    """Presence of one room."""

    def __init__(self) -> None:
        self._held: dict[int, _Held] = {}
        self._client_of: dict[Hashable, int] = {}
        self._changed: dict[int, Presence] = {}
        # The clocks at which clients left: one that comes back must be newer to be seen.
        self._tombstones: OrderedDict[int, int] = OrderedDict()

    def receive(
        self, session: Hashable, principal: str, presences: Iterable[Presence]
    ) -> Presence | None:
        """Take what a session says; return what it must be told if its clock is behind."""
        for presence in presences:
            client = presence.client
            bound = self._client_of.get(session)
            if bound is None:
                if not self._may_bind(presence, principal):
                    continue
                gone_at = self._tombstones.get(client, -1)
                self._bind(session, principal, presence)
                if presence.clock <= gone_at:
                    # Others would take it for old news. Told of its own end, a client renews
                    # itself with a newer clock (y-protocols, applyAwarenessUpdate).
                    return Presence(client, gone_at, GONE)
            elif bound == client:
                self._renew(client, presence)
        return None

    def leave(self, session: Hashable) -> None:
        """Tell the room that the session's client is gone, if it is still the session's."""
        client = self._client_of.pop(session, None)
        if client is None or self._held[client].session is not session:
            return
        clock = self._held.pop(client).presence.clock + 1
        self._changed[client] = Presence(client, clock, GONE)
        self._tombstones[client] = clock
        self._tombstones.move_to_end(client)
        if len(self._tombstones) > TOMBSTONES_MAX:
            self._tombstones.popitem(last=False)

    def client_of(self, session: Hashable) -> int | None:
        """Return the client id that the session speaks for."""
        return self._client_of.get(session)

    @property
    def has_changed(self) -> bool:
        """Whether the room has something to hear."""
        return bool(self._changed)

    def take_changed(self) -> list[Presence]:
        """Return what changed since this was last asked."""
        changed, self._changed = self._changed, {}
        return list(changed.values())

    def everybody(self) -> list[Presence]:
        """Return the presence of all who are there."""
        return [held.presence for held in self._held.values() if held.presence.state != GONE]

    def _may_bind(self, presence: Presence, principal: str) -> bool:
        if presence.state == GONE:
            return False
        held = self._held.get(presence.client)
        if held is None:
            return True
        # What is not newer may be a relay of somebody else's.
        return held.principal == principal and presence.clock > held.presence.clock

    def _bind(self, session: Hashable, principal: str, presence: Presence) -> None:
        former = self._held.get(presence.client)
        if former is not None:
            self._client_of.pop(former.session, None)
        self._client_of[session] = presence.client
        self._held[presence.client] = _Held(presence, session, principal)
        self._changed[presence.client] = presence

    def _renew(self, client: int, presence: Presence) -> None:
        held = self._held[client]
        known = held.presence
        if presence.clock > known.clock or (
            presence.clock == known.clock and presence.state == GONE != known.state
        ):
            held.presence = presence
            self._changed[client] = presence

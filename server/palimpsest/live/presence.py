"""Who is where in a room (Yjs awareness): the newest bytes of each client id. Interprets nothing.

What a client says of itself again is only kept when it comes, and read when it is to be shown.

A session speaks for one client id, the one in its first presence that is news; what it relays of
others is ignored. The same principal coming back takes its id over.
"""

from collections import OrderedDict
from collections.abc import Collection, Hashable
from dataclasses import dataclass

from palimpsest.limits import Limits
from palimpsest.protocol.awareness import (
    GONE,
    Presence,
    beginning,
    entry,
    read_presences,
    read_state,
    read_unread,
)

TOMBSTONES_MAX = 1000


@dataclass(slots=True)
class _Held:
    client: int
    clock: int
    entry: bytes
    beginning: bytes
    session: Hashable
    principal: str
    is_here: bool = True


class RoomPresence:
    """Presence of one room."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held: dict[int, _Held] = {}
        self._held_of: dict[Hashable, _Held] = {}
        self._changed: dict[int, bytes] = {}
        # The newest update of each client, and where in it its state begins.
        self._unread: dict[int, tuple[bytes, int]] = {}
        # The clocks at which clients left: one that comes back must be newer to be seen.
        self._tombstones: OrderedDict[int, int] = OrderedDict()

    def keep(self, session: Hashable, update: bytes) -> bool:
        """Keep what a session says of its own client again; tell whether it is that."""
        held = self._held_of.get(session)
        if held is None or not update.startswith(held.beginning):
            return False
        found = read_unread(update, len(held.beginning))
        if found is None or found[0] <= held.clock:
            return False
        held.clock, at = found
        if len(update) - at <= self._limits.presence_bytes_max:
            self._unread[held.client] = update, at
        return True

    def receive(self, session: Hashable, principal: str, update: bytes) -> Presence | None:
        """Take all else that a session says; return what it must be told if its clock is behind.

        Raises:
            MalformedFrame: it is not an awareness update, or tells of too many clients.
        """
        self._read()
        for presence in read_presences(update, self._limits):
            client = presence.client
            bound = self._held_of.get(session)
            if bound is None:
                if not self._may_bind(presence, principal):
                    continue
                gone_at = self._tombstones.get(client, -1)
                self._bind(session, principal, presence)
                if presence.clock <= gone_at:
                    # Others would take it for old news. Told of its own end, a client renews
                    # itself with a newer clock (y-protocols, applyAwarenessUpdate).
                    return Presence(client, gone_at, GONE)
            elif bound.client == client:
                self._renew(bound, presence)
        return None

    def leave(self, session: Hashable) -> None:
        """Tell the room that the session's client is gone, if it is still the session's."""
        held = self._held_of.pop(session, None)
        if held is None:
            return
        client, clock = held.client, held.clock + 1
        del self._held[client]
        self._unread.pop(client, None)
        self._changed[client] = entry(client, clock, GONE)
        self._tombstones[client] = clock
        self._tombstones.move_to_end(client)
        if len(self._tombstones) > TOMBSTONES_MAX:
            self._tombstones.popitem(last=False)

    def client_of(self, session: Hashable) -> int | None:
        """Return the client id that the session speaks for."""
        held = self._held_of.get(session)
        return None if held is None else held.client

    @property
    def has_changed(self) -> bool:
        """Whether the room has something to hear."""
        return bool(self._unread or self._changed)

    def take_changed(self) -> Collection[bytes]:
        """Return the entries of what changed since this was last asked."""
        self._read()
        changed, self._changed = self._changed, {}
        return changed.values()

    def everybody(self) -> list[bytes]:
        """Return the entries of all who are there."""
        self._read()
        return [held.entry for held in self._held.values() if held.is_here]

    def _read(self) -> None:
        """Read what was kept; what is not JSON is as if it had not come."""
        unread, self._unread = self._unread, {}
        for client, (update, at) in unread.items():
            state = read_state(update[at:], self._limits)
            if state is not None:
                held = self._held[client]
                held.is_here = state != GONE
                # An update about one client is its entry behind their number.
                held.entry = update[1:] if held.is_here else entry(client, held.clock, GONE)
                self._changed[client] = held.entry

    def _may_bind(self, presence: Presence, principal: str) -> bool:
        if presence.state == GONE:
            return False
        held = self._held.get(presence.client)
        if held is None:
            return True
        # What is not newer may be a relay of somebody else's.
        return held.principal == principal and presence.clock > held.clock

    def _bind(self, session: Hashable, principal: str, presence: Presence) -> None:
        client = presence.client
        former = self._held.get(client)
        if former is not None:
            self._held_of.pop(former.session, None)
        held = _Held(
            client, presence.clock, entry(*presence), beginning(client), session, principal
        )
        self._held[client] = self._held_of[session] = held
        self._changed[client] = held.entry

    def _renew(self, held: _Held, presence: Presence) -> None:
        is_here = presence.state != GONE
        if presence.clock > held.clock or (
            presence.clock == held.clock and held.is_here and not is_here
        ):
            held.clock, held.is_here, held.entry = presence.clock, is_here, entry(*presence)
            self._changed[held.client] = held.entry

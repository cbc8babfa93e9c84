"""A connection that speaks the Hocuspocus protocol: many documents, each with its own address."""

from palimpsest.adapters.sockets.gate import Caller, Gate
from palimpsest.adapters.sockets.stay import Stay
from palimpsest.domain.identifiers import document_id
from palimpsest.domain.refusals import Refusal
from palimpsest.live.dialects import NO_PRESENCE, Hocuspocus, framed
from palimpsest.live.outlet import Outlet
from palimpsest.live.said import SYNC_SAID, Said
from palimpsest.ports import NotAuthenticated
from palimpsest.protocol import hocuspocus
from palimpsest.protocol.lib0 import MalformedFrame
from palimpsest.protocol.websocket import binary_frame

CLOSE_MALFORMED = 1007
CLOSE_POLICY = 1008
MALFORMED_MAX = 2
CLOSED_BY_CLIENT = "provider_initiated"

PLAINLY_SAID = (*SYNC_SAID, Said.PRESENCE)
"""By what `read_plain` returns."""


class HocuspocusConversation:
    """What is done with the messages of a Hocuspocus provider, or of several on one socket."""

    __slots__ = (
        "_gate",
        "_lineage",
        "_malformed_frames",
        "_newest",
        "_outlet",
        "_queued_bytes",
        "_queued_messages",
        "_stays",
        "_token",
    )

    def __init__(self, gate: Gate, outlet: Outlet) -> None:
        self._gate = gate
        self._token: str | None = None
        self._lineage = ""
        self._outlet = outlet
        self._stays: dict[str, Stay] = {}
        # The document of the message before: most often, the next one is for it too.
        self._newest: Stay | None = None
        self._malformed_frames = 0
        self._queued_messages = 0
        self._queued_bytes = 0

    @property
    def authenticated(self) -> bool:
        """Whether somebody has been let into a document."""
        return any(stay.admitted for stay in self._stays.values())

    def begin(self, caller: Caller) -> None:
        """Wait for the client, who speaks first."""
        self._token, self._lineage = caller.token, caller.lineage

    def receive(self, message: bytes) -> None:
        """Take a frame."""
        newest = self._newest
        if newest is not None and message.startswith(prefix := newest.dialect.prefix):
            plain = hocuspocus.read_plain(message, len(prefix))
            if plain is not None:
                newest.receive(PLAINLY_SAID[plain[0]], plain[1])
                return
        try:
            self._take(hocuspocus.read_frame(message))
        except hocuspocus.MalformedMessage as error:
            self._malformed(error.address, str(error))
        except MalformedFrame as error:
            self._malformed("", str(error))

    def keep_alive(self) -> None:
        """Send a presence about nobody, to each document."""
        for stay in self._stays.values():
            self._outlet.send(framed(stay.dialect, NO_PRESENCE))

    def skip(self) -> None:
        """Leave the client out of what happens."""
        for stay in self._stays.values():
            if stay.session is not None:
                stay.session.room.skip(stay.session)

    def catch_up(self) -> None:
        """Go on, the connection has drained."""
        for stay in self._stays.values():
            if stay.session is not None:
                stay.session.catch_up()

    def end(self) -> None:
        """Leave all documents."""
        for stay in self._stays.values():
            stay.end()
        self._stays.clear()
        self._newest = None

    def _take(self, said: hocuspocus.HMessage) -> None:
        match said:
            case hocuspocus.Sync():
                self._pass(said.address, SYNC_SAID[said.kind], said.payload)
            case hocuspocus.AwarenessUpdate():
                self._pass(said.address, Said.PRESENCE, said.payload)
            case hocuspocus.QueryAwareness(address):
                self._pass(address, Said.QUERY, b"")
            case hocuspocus.Token(address, token):
                self._admit(self._stay(address), address, token)
            case hocuspocus.Close(address):
                self._close(address, CLOSED_BY_CLIENT)
            case hocuspocus.Ping():
                self._outlet.send(binary_frame(hocuspocus.PONG))
            case hocuspocus.Pong() | hocuspocus.Stateless() | hocuspocus.Ignored():
                pass

    def _pass(self, address: str, said: Said, payload: bytes) -> None:
        stay = self._stay(address)
        if not stay.admitted:
            if self._gate.open_to_all or self._token:
                # Providers of version 2 send no token where none is set.
                self._admit(stay, address, self._token)
                if not stay.admitted:
                    return
            elif not self._may_queue(len(payload)):
                return
        if stay.admitted:
            self._newest = stay
        stay.receive(said, payload)

    def _may_queue(self, size: int) -> bool:
        """Count what comes before its document's token; close when that is too much."""
        limits = self._gate.limits
        self._queued_messages += 1
        self._queued_bytes += size
        if (
            self._queued_messages > limits.unauthenticated_messages_max
            or self._queued_bytes > limits.unauthenticated_bytes_max
        ):
            self._outlet.close(CLOSE_POLICY, "Too much was sent before a token.")
            return False
        return True

    def _stay(self, address: str) -> Stay:
        stay = self._stays.get(address)
        if stay is None:
            if len(self._stays) >= self._gate.limits.documents_per_socket_max:
                self._outlet.close(CLOSE_POLICY, "Too many documents on one socket.")
            stay = self._stays[address] = Stay(
                self._gate.house,
                Hocuspocus(address),
                self._outlet,
                lambda reason: self._malformed(address, reason),
            )
        return stay

    def _admit(self, stay: Stay, address: str, token: str | None) -> None:
        if stay.admitted:
            return
        try:
            name, _ = hocuspocus.split_address(address)
            document = document_id(name)
            actor = self._gate.authenticator.actor(token or self._token)
        except (NotAuthenticated, Refusal) as refusal:
            self._deny(address, str(refusal))
        else:
            stay.admit(
                document,
                actor,
                lambda refusal: self._deny(address, str(refusal)),
                lineage=self._lineage,
            )

    def _deny(self, address: str, reason: str) -> None:
        """Say why; the socket stays, so that the client may try again with another token."""
        self._leave(address, hocuspocus.permission_denied(reason))

    def _close(self, address: str, reason: str) -> None:
        self._leave(address, hocuspocus.close(reason))

    def _leave(self, address: str, message: bytes) -> None:
        self._newest = None
        stay = self._stays.pop(address, None)
        if stay is not None:
            stay.end()
            self._outlet.send(framed(stay.dialect, message))

    def _malformed(self, address: str, reason: str) -> None:
        """Close the document; the second time, the socket."""
        self._malformed_frames += 1
        if self._malformed_frames >= MALFORMED_MAX:
            self._outlet.close(CLOSE_MALFORMED, "That is not a message of the protocol.")
        else:
            self._close(address, reason)

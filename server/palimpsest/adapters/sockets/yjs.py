"""A connection that speaks the y-websocket protocol: one document, named by the path."""

from palimpsest.adapters.sockets.gate import Caller, Gate, yjs_document
from palimpsest.adapters.sockets.stay import Stay
from palimpsest.domain.refusals import Refusal
from palimpsest.live.dialects import NO_PRESENCE, Y_WEBSOCKET, framed
from palimpsest.live.outlet import Outlet
from palimpsest.live.said import SYNC_SAID, Said
from palimpsest.ports import NotAuthenticated
from palimpsest.protocol import y_websocket
from palimpsest.protocol.lib0 import MalformedFrame
from palimpsest.protocol.sync import MESSAGE_SYNC, SyncMessage

CLOSE_MALFORMED = 1007
CLOSE_UNAUTHENTICATED = 4401
CLOSE_FORBIDDEN = 4403
CLOSE_NO_SUCH_DOCUMENT = 4404


class YjsConversation:
    """What is done with the messages of a y-websocket client."""

    __slots__ = ("_gate", "_outlet", "_stay")

    def __init__(self, gate: Gate, outlet: Outlet) -> None:
        self._gate = gate
        self._outlet = outlet
        self._stay = Stay(gate.house, Y_WEBSOCKET, outlet, self._malformed)

    def begin(self, caller: Caller) -> None:
        """Let the client in, or say why not: the protocol does so behind the handshake."""
        try:
            document_id = yjs_document(caller.path)
            actor = self._gate.authenticator.actor(caller.token)
        except NotAuthenticated as error:
            self._deny(str(error), CLOSE_UNAUTHENTICATED)
        except Refusal as refusal:
            self._deny(str(refusal), CLOSE_NO_SUCH_DOCUMENT)
        else:
            self._stay.admit(document_id, actor, self._refused, lineage=caller.lineage)

    def receive(self, message: bytes) -> None:
        """Take a frame's messages."""
        alone = y_websocket.alone(message)
        try:
            if alone is None:
                for said in y_websocket.read_messages(message):
                    self._take(said)
            elif alone == MESSAGE_SYNC:
                self._stay.receive(Said.UPDATE, message[y_websocket.ALONE_AT :])
            else:
                self._stay.receive(Said.PRESENCE, message[y_websocket.ALONE_AT :])
        except MalformedFrame as error:
            self._malformed(str(error))

    def keep_alive(self) -> None:
        """Send a presence about nobody."""
        self._outlet.send(framed(self._stay.dialect, NO_PRESENCE))

    def skip(self) -> None:
        """Leave the client out of what happens."""
        if self._stay.session is not None:
            self._stay.session.room.skip(self._stay.session)

    def catch_up(self) -> None:
        """Go on, the connection has drained."""
        if self._stay.session is not None:
            self._stay.session.catch_up()

    def end(self) -> None:
        """Leave the document."""
        self._stay.end()

    def _take(self, said: y_websocket.YMessage) -> None:
        match said:
            case SyncMessage():
                self._stay.receive(SYNC_SAID[said.kind], said.payload)
            case y_websocket.AwarenessUpdate():
                self._stay.receive(Said.PRESENCE, said.payload)
            case y_websocket.QueryAwareness():
                self._stay.receive(Said.QUERY, b"")
            case y_websocket.Echo(frame):
                self._outlet.send(framed(self._stay.dialect, frame))
            case y_websocket.Ignored():
                pass

    def _refused(self, refusal: Refusal) -> None:
        self._deny(str(refusal), CLOSE_FORBIDDEN)

    def _deny(self, reason: str, code: int) -> None:
        denied = y_websocket.permission_denied(reason)
        self._outlet.send(framed(self._stay.dialect, denied))
        self._outlet.close(code, reason)

    def _malformed(self, _reason: str) -> None:
        self._outlet.close(CLOSE_MALFORMED, "That is not a message of the Yjs protocol.")

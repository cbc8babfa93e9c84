"""A WebSocket connection on uvicorn's port: frames in, frames out, and the limits of both.

RFC 6455 is left to `websockets`, without its I/O. Knows no document.
"""

import asyncio
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import Protocol, Side, State
from websockets.server import ServerProtocol

from palimpsest.adapters.sockets.conversation import Conversation
from palimpsest.adapters.sockets.frames import FrameCutter, Other
from palimpsest.adapters.sockets.gate import (
    HOCUSPOCUS_PATH,
    YJS_PREFIX,
    Gate,
    PageNotTrusted,
    caller_of,
)
from palimpsest.adapters.sockets.hocuspocus import HocuspocusConversation
from palimpsest.adapters.sockets.rates import Rates
from palimpsest.adapters.sockets.yjs import YjsConversation
from palimpsest.protocol.websocket import PING

if TYPE_CHECKING:
    from palimpsest.adapters.sockets.watch import Watch

CLOSE_NOT_BINARY = 1003
CLOSE_POLICY = 1008
CLOSE_TOO_BIG = 1009
CLOSE_RESTART = 1012
CLOSE_SECONDS_MAX = 2.0

log = logging.getLogger(__name__)
# The library's own log says, for every scanner on the internet, that a handshake failed.
_quiet = logging.getLogger(f"{__name__}.rfc6455")
_quiet.setLevel(logging.CRITICAL)


class Connection(asyncio.Protocol):
    """One WebSocket, from its handshake to its end.

    The library's part of it is made when there is something for it to do, and let go of after
    that: most connections are idle, and theirs would be most of what they weigh.
    """

    __slots__ = (
        "_brakes",
        "_closing",
        "_connections",
        "_controls",
        "_conversation",
        "_fragments",
        "_frames",
        "_gate",
        "_held",
        "_is_open",
        "_library",
        "_loop",
        "_out",
        "_pauses",
        "_rates",
        "_shaken",
        "_transport",
        "_watch",
        "congested",
        "congested_at",
        "heard_at",
        "opened_at",
        "sent_at",
    )

    def __init__(self, gate: Gate, watch: "Watch", connections: set[Any]) -> None:
        """Join `connections`, which uvicorn waits for when it stops."""
        limits = gate.limits
        self._gate = gate
        self._watch = watch
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._library: Protocol | None = ServerProtocol(
            max_size=limits.message_bytes_max, logger=_quiet
        )
        self._frames = FrameCutter(limits.message_bytes_max)
        self._shaken = False
        self._is_open = False
        self._rates = Rates(limits) if gate.rates else None
        self._conversation: Conversation | None = None
        self._transport: asyncio.Transport
        self._closing: asyncio.Task[None]
        self._out: list[bytes] = []
        self._fragments: list[bytes] = []
        self._held = 0
        self._pauses = 0
        self._brakes = True
        self._controls = 0
        self.congested = False
        self.opened_at = self.sent_at = self.heard_at = self.congested_at = watch.now

    # The transport.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: uvicorn passes a connection on when it asks for an upgrade."""
        self._transport = cast("asyncio.Transport", transport)
        limit = self._gate.limits.unsent_bytes_max
        self._transport.set_write_buffer_limits(high=limit, low=limit // 4)
        self._connections.add(self)
        self._watch.add(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes; pass on the messages that are whole."""
        self.heard_at = self._watch.now
        if not self._shaken:
            self._leave(data)
            return
        frames = self._frames
        frames.feed(data)
        while (frame := frames.take(plain=not self._fragments)) is not None:
            if isinstance(frame, Other):
                self._leave(frame.data)
            elif self._conversation is not None:
                self._conversation.receive(frame)

    def _leave(self, data: bytes) -> None:
        """Leave to the library what is no plain message: the handshake, control frames, faults."""
        library = self._library or self._call_library()
        library.receive_data(data)
        for event in library.events_received():
            if isinstance(event, Frame):
                self._take(event)
            else:
                self._open(cast("Request", event))
        if self._library is library:
            self._pass_on(library)

    def _call_library(self) -> Protocol:
        """Have the library take over, as of a connection that is open."""
        limit = self._gate.limits.message_bytes_max
        library = self._library = Protocol(Side.SERVER, max_size=limit, logger=_quiet)
        return library

    def eof_received(self) -> None:
        """Let the transport close: a half-open WebSocket is of no use."""

    def pause_writing(self) -> None:
        """Leave the client out of what happens until it has read what lies before it."""
        self.congested = True
        self.congested_at = self._watch.now
        if self._conversation is not None:
            self._conversation.skip()

    def resume_writing(self) -> None:
        """Catch the client up."""
        self.congested = False
        if self._conversation is not None:
            self._conversation.catch_up()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """End what the client was in; what it sent is committed all the same."""
        self._connections.discard(self)
        self._watch.remove(self)
        self._out.clear()
        if self._conversation is not None:
            self._conversation.end()
            self._conversation = None

    def shutdown(self) -> None:
        """Close, once what the client sent has been committed and acknowledged; for uvicorn."""
        self._pause()
        self._closing = self._loop.create_task(self._close_when_settled())

    async def _close_when_settled(self) -> None:
        await self._gate.drained()
        self.close(CLOSE_RESTART, "The server is restarting.")

    # What the conversation needs.

    def send(self, frame: bytes) -> None:
        """Send a frame with whatever else goes out in this tick."""
        if self._conversation is None:
            return
        if not self._out:
            self._watch.flush_soon(self)
        self._out.append(frame)

    def send_at_once(self, frame: bytes) -> None:
        """Send a frame behind what has gathered in this tick, and do not wait for more."""
        if self._out:
            self._out.append(frame)
            self.flush()
        elif self._is_open:
            self.sent_at = self._watch.now
            self._transport.write(frame)

    def flush(self) -> None:
        """Write what has gathered."""
        out = self._out
        if out and self._is_open:
            self.sent_at = self._watch.now
            if len(out) == 1:
                self._transport.write(out[0])
            else:
                self._transport.writelines(out)
        out.clear()

    def close(self, code: int, reason: str) -> None:
        """Close the connection, after what was sent before."""
        if not self._is_open:
            return
        self.flush()
        library = self._library or self._call_library()
        library.send_close(code, _shortened(reason))
        self._pass_on(library)
        if self._conversation is not None:
            self._conversation.end()
            self._conversation = None
        # The client's own close frame is still to be read; nothing else of it matters.
        if self._pauses:
            self._transport.resume_reading()
        self._brakes = False
        self._loop.call_later(CLOSE_SECONDS_MAX, self._transport.abort)

    def charge(self, *, updates: int = 0, update_bytes: int = 0, presences: int = 0) -> None:
        """Count what the client sent; read it later when it is over its rates."""
        if self._rates is None:
            return
        ahead = self._rates.charge(self._loop.time(), updates, update_bytes, presences)
        if ahead > self._gate.limits.rate_debt_seconds_max:
            self.close(CLOSE_POLICY, "That is far more than a client may send.")
        elif ahead > 0:
            self._pause()
            self._loop.call_later(ahead, self._resume)

    def hold(self, size: int) -> None:
        """Count bytes that wait; while they are too many, the client is not read."""
        before = self._held
        self._held = before + size
        limit = self._gate.limits.unsettled_bytes_max
        if before <= limit < self._held:
            self._pause()

    def release(self, size: int) -> None:
        """Take back what `hold` counted."""
        before = self._held
        self._held = before - size
        limit = self._gate.limits.unsettled_bytes_max
        if self._held <= limit < before:
            self._resume()

    # What the watch needs.

    @property
    def waits_for_token(self) -> bool:
        """Whether nobody has been let in yet."""
        conversation = self._conversation
        if conversation is None:
            return True
        return isinstance(conversation, HocuspocusConversation) and not conversation.authenticated

    def new_second(self) -> None:
        """Count control frames from zero again."""
        self._controls = 0

    def ping(self) -> None:
        """See whether the client is still there."""
        if self._is_open:
            self._transport.write(PING)

    def keep_alive(self) -> None:
        """Send something small, for clients that cannot see pings."""
        if self._conversation is not None:
            self._conversation.keep_alive()

    def abort(self) -> None:
        """Cut the connection."""
        self._transport.abort()

    # The handshake.

    def _open(self, request: Request) -> None:
        try:
            caller = caller_of(request, self._gate)
        except PageNotTrusted:
            self._reject(403, "Pages of other sites may not connect to this server.\n")
            return
        conversation: Conversation
        if caller.path.startswith(YJS_PREFIX):
            conversation = YjsConversation(self._gate, self)
        elif caller.path.rstrip("/") == HOCUSPOCUS_PATH:
            conversation = HocuspocusConversation(self._gate, self)
        else:
            self._reject(404, "WebSockets are at /yjs/{document} and /hocuspocus.\n")
            return
        library = cast("ServerProtocol", self._library)
        response = library.accept(request)
        if (
            caller.subprotocol is not None
            and response.status_code == HTTPStatus.SWITCHING_PROTOCOLS
        ):
            response.headers["Sec-WebSocket-Protocol"] = caller.subprotocol
        library.send_response(response)
        if library.state is State.OPEN:
            self._pass_on(library)
            self._shaken = True
            self._conversation = conversation
            conversation.begin(caller)

    def _reject(self, status: int, text: str) -> None:
        library = cast("ServerProtocol", self._library)
        library.send_response(library.reject(status, text))

    # Frames.

    def _take(self, frame: Frame) -> None:
        opcode = frame.opcode
        if self._conversation is None:
            return  # Closing: what still comes is of no use.
        if opcode is Opcode.BINARY or opcode is Opcode.CONT:
            self._take_fragment(frame)
        elif opcode is Opcode.TEXT:
            self.close(CLOSE_NOT_BINARY, "Messages are binary here.")
        else:
            self._controls += 1
            if self._controls > self._gate.limits.control_frames_per_second_max:
                self.close(CLOSE_POLICY, "Too many control frames.")

    def _take_fragment(self, frame: Frame) -> None:
        self._fragments.append(bytes(frame.data))
        if len(self._fragments) > self._gate.limits.message_fragments_max:
            self._fragments.clear()
            self.close(CLOSE_TOO_BIG, "The message has too many fragments.")
        elif frame.fin:
            message = b"".join(self._fragments)
            self._fragments.clear()
            assert self._conversation is not None
            self._conversation.receive(message)

    def _pass_on(self, library: Protocol) -> None:
        """Write what the library has to say: the handshake, pongs, closing."""
        for data in library.data_to_send():
            if data:
                self._transport.write(data)
            else:  # The library's word for the end of what there is to send.
                self._transport.close()
        self._is_open = library.state is State.OPEN
        if self._is_open and not self._fragments:
            self._library = None

    def _pause(self) -> None:
        self._pauses += 1
        if self._pauses == 1 and self._brakes and not self._transport.is_closing():
            self._transport.pause_reading()

    def _resume(self) -> None:
        self._pauses -= 1
        if self._pauses == 0 and self._brakes and not self._transport.is_closing():
            self._transport.resume_reading()


def _shortened(reason: str) -> str:
    """Return what fits into a close frame: 123 bytes of UTF-8 (RFC 6455, section 5.5)."""
    return reason.encode()[:123].decode(errors="ignore")

"""The framing of Hocuspocus 2, 3 and 4: many documents a socket, one message a frame.

Each frame begins with an address: a document's name, and since version 4 perhaps a session id.
The messages behind it are in `sync` and `awareness`, and here those that only Hocuspocus has.
"""

from collections.abc import Callable
from typing import NamedTuple

from palimpsest.protocol.awareness import MESSAGE_AWARENESS, MESSAGE_QUERY_AWARENESS
from palimpsest.protocol.lib0 import MORE, Decoder, MalformedFrame, read_var_uint, var_string
from palimpsest.protocol.sync import MESSAGE_SYNC, UPDATE, read_sync

MESSAGE_AUTH = 2
MESSAGE_SYNC_REPLY = 4
MESSAGE_STATELESS = 5
MESSAGE_BROADCAST_STATELESS = 6
MESSAGE_CLOSE = 7
MESSAGE_SYNC_STATUS = 8

AUTH_TOKEN = 0
AUTH_PERMISSION_DENIED = 1
AUTH_AUTHENTICATED = 2

PRESENCE = 3
"""What `read_plain` calls presence, beside the kinds of sync messages."""

ADDRESS_BYTES_MAX = 1024
PING = b"\x09"
PONG = b"\x0a"

_PERMISSION_DENIED = bytes((MESSAGE_AUTH, AUTH_PERMISSION_DENIED))
_AUTHENTICATED = bytes((MESSAGE_AUTH, AUTH_AUTHENTICATED))
_STATELESS = bytes((MESSAGE_STATELESS,))
_CLOSE = bytes((MESSAGE_CLOSE,))
_APPLIED = bytes((MESSAGE_SYNC_STATUS, 1))
_NOT_APPLIED = bytes((MESSAGE_SYNC_STATUS, 0))


class MalformedMessage(MalformedFrame):
    """The message is malformed, but the document it was meant for is known."""

    def __init__(self, message: str, address: str) -> None:
        """Remember the address that the message was for."""
        super().__init__(message)
        self.address = address


class Token(NamedTuple):
    """The client says who it is; versions before 4 do not tell theirs."""

    address: str
    token: str
    provider_version: str | None


class Sync(NamedTuple):
    """A sync message; one that is a reply must not be answered with a step 1."""

    address: str
    kind: int
    payload: bytes
    is_reply: bool = False


class AwarenessUpdate(NamedTuple):
    """Presence, to be read by `awareness.read_presences`."""

    address: str
    payload: bytes


class QueryAwareness(NamedTuple):
    """The client asks for everybody's presence."""

    address: str


class Stateless(NamedTuple):
    """A message of the application's own."""

    address: str
    payload: str


class Close(NamedTuple):
    """The client leaves the document; the socket stays."""

    address: str


class Ping(NamedTuple):
    """The client asks for a sign of life."""


class Pong(NamedTuple):
    """The client gives a sign of life."""


class Ignored(NamedTuple):
    """A message of a type that means nothing here."""

    address: str
    type: int


HMessage = (
    Token | Sync | AwarenessUpdate | QueryAwareness | Stateless | Close | Ping | Pong | Ignored
)


def read_frame(frame: bytes) -> HMessage:
    """Read the message of a frame.

    Raises:
        MalformedMessage: the address is readable, the rest is malformed or not a client's to say.
        MalformedFrame: not even the address is readable.
    """
    if frame == PING:
        return Ping()
    if frame == PONG:
        return Pong()
    decoder = Decoder(frame)
    address = decoder.var_string()
    if decoder.offset > ADDRESS_BYTES_MAX:
        raise MalformedFrame("The address is too long.")
    try:
        kind = decoder.var_uint()
        read = _READERS.get(kind)
        if read is None:
            return Ignored(address, kind)
        message = read(address, decoder)
        decoder.expect_end()
    except MalformedFrame as malformed:
        raise MalformedMessage(str(malformed), address) from None
    return message


def read_plain(frame: bytes, at: int) -> tuple[int, bytes] | None:
    """Return kind and payload of the message at `at`, if it is a sync message or presence.

    That is nearly all there is, and read so at a quarter of the price. None is for `read_frame`.
    """
    try:
        kind = frame[at]
        at += 1
        if kind == MESSAGE_SYNC:
            kind = frame[at]
            at += 1
            if kind > UPDATE:
                return None
        elif kind == MESSAGE_AWARENESS:
            kind = PRESENCE
        else:
            return None
        size = frame[at]
        at += 1
        if size >= MORE:
            size, at = read_var_uint(frame, at - 1)
    except (IndexError, MalformedFrame):
        return None
    return (kind, frame[at:]) if at + size == len(frame) else None


def _read_sync(address: str, decoder: Decoder) -> HMessage:
    kind, payload = read_sync(decoder)
    return Sync(address, kind, payload)


def _read_sync_reply(address: str, decoder: Decoder) -> HMessage:
    kind, payload = read_sync(decoder)
    return Sync(address, kind, payload, is_reply=True)


def _read_awareness(address: str, decoder: Decoder) -> HMessage:
    return AwarenessUpdate(address, decoder.var_bytes())


def _read_auth(address: str, decoder: Decoder) -> HMessage:
    if decoder.var_uint() != AUTH_TOKEN:
        raise MalformedFrame("Only the server says who is authenticated.")
    token = decoder.var_string()
    return Token(address, token, None if decoder.at_end else decoder.var_string())


def _read_query_awareness(address: str, decoder: Decoder) -> HMessage:  # noqa: ARG001
    return QueryAwareness(address)


def _read_stateless(address: str, decoder: Decoder) -> HMessage:
    return Stateless(address, decoder.var_string())


def _read_broadcast_stateless(address: str, decoder: Decoder) -> HMessage:  # noqa: ARG001
    raise MalformedFrame("Only servers broadcast stateless messages.")


def _read_close(address: str, decoder: Decoder) -> HMessage:  # noqa: ARG001
    return Close(address)


_READERS: dict[int, Callable[[str, Decoder], HMessage]] = {
    MESSAGE_SYNC: _read_sync,
    MESSAGE_AWARENESS: _read_awareness,
    MESSAGE_AUTH: _read_auth,
    MESSAGE_QUERY_AWARENESS: _read_query_awareness,
    MESSAGE_SYNC_REPLY: _read_sync_reply,
    MESSAGE_STATELESS: _read_stateless,
    MESSAGE_BROADCAST_STATELESS: _read_broadcast_stateless,
    MESSAGE_CLOSE: _read_close,
}


def split_address(address: str) -> tuple[str, str | None]:
    """Return the document's name and the session id, if there is one."""
    name, zero, session_id = address.partition("\0")
    return name, session_id if zero else None


def prefix_of(address: str) -> bytes:
    """Return what stands before each message to an address."""
    return var_string(address)


def permission_denied(reason: str) -> bytes:
    """Return the message that tells why something is not allowed."""
    return _PERMISSION_DENIED + var_string(reason)


def authenticated(scope: str) -> bytes:
    """Return the message that grants `read-write` or `readonly` access."""
    return _AUTHENTICATED + var_string(scope)


def sync_status(*, applied: bool) -> bytes:
    """Return the message that settles one update of the client."""
    return _APPLIED if applied else _NOT_APPLIED


def close(reason: str) -> bytes:
    """Return the message that ends the client's stay in the document; the socket stays."""
    return _CLOSE + var_string(reason)


def stateless(payload: str) -> bytes:
    """Return a message of the application's own."""
    return _STATELESS + var_string(payload)

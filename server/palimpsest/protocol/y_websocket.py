"""The framing of y-websocket: one document a socket, messages back to back in a frame.

The messages themselves are in `sync` and `awareness`.
"""

from typing import NamedTuple

from palimpsest.protocol.awareness import MESSAGE_AWARENESS, MESSAGE_QUERY_AWARENESS
from palimpsest.protocol.lib0 import MORE, Decoder, MalformedFrame, var_string
from palimpsest.protocol.sync import MESSAGE_SYNC, UPDATE, SyncMessage, read_sync_part

MESSAGE_AUTH = 2
MESSAGE_ECHO = 102
"""y-sweet's sign of life: the server sends it back as it is."""

MESSAGES_PER_FRAME_MAX = 100

_PERMISSION_DENIED = bytes((MESSAGE_AUTH, 0))
_UPDATE = bytes((MESSAGE_SYNC, UPDATE))
_SHORT = 127

Sync = SyncMessage


class AwarenessUpdate(NamedTuple):
    """Presence, to be read by `awareness.read_presences`."""

    payload: bytes


class QueryAwareness(NamedTuple):
    """The client asks for everybody's presence."""


class Echo(NamedTuple):
    """The client wants this message back."""

    message: bytes


class Ignored(NamedTuple):
    """A message of a type that means nothing here; so does what follows it in the frame."""

    type: int


YMessage = Sync | AwarenessUpdate | QueryAwareness | Echo | Ignored


ALONE_AT = 3
"""Where the payload of a message begins that `alone` knows."""


def alone(frame: bytes) -> int | None:
    """Return the type of the frame's message if it is one of the two of every keystroke.

    That is an edit or a cursor, alone, of their usual lengths: an edit's is one byte, a cursor's
    two. All else is for `read_messages`.
    """
    size = len(frame) - ALONE_AT
    if size > 0:
        if frame[2] <= _SHORT and frame[:2] == _UPDATE:
            return MESSAGE_SYNC if frame[2] == size else None
        first = frame[1]
        if frame[0] == MESSAGE_AWARENESS and first > _SHORT >= frame[2]:
            return MESSAGE_AWARENESS if first - MORE + (frame[2] << 7) == size else None
    return None


def read_messages(frame: bytes) -> list[YMessage]:
    """Read the messages of a frame: y-websocket 3 sends one in each, 4 may send several.

    Raises:
        MalformedFrame: it is empty, has more messages than allowed, or one is malformed.
    """
    decoder = Decoder(frame)
    messages = [_read_message(decoder)]
    while not decoder.at_end:
        if len(messages) == MESSAGES_PER_FRAME_MAX:
            raise MalformedFrame("The frame has too many messages.")
        messages.append(_read_message(decoder))
    return messages


def _read_message(decoder: Decoder) -> YMessage:
    start = decoder.offset
    kind = decoder.var_uint()
    if kind == MESSAGE_SYNC:
        return read_sync_part(decoder)
    if kind == MESSAGE_AWARENESS:
        return AwarenessUpdate(decoder.var_bytes())
    if kind == MESSAGE_QUERY_AWARENESS:
        return QueryAwareness()
    if kind == MESSAGE_ECHO:
        decoder.var_bytes()
        return Echo(decoder.data[start : decoder.offset])
    # How long it is, only those can tell who know the type.
    decoder.offset = decoder.end
    return Ignored(kind)


def permission_denied(reason: str) -> bytes:
    """Return the message that tells why something is not allowed."""
    return _PERMISSION_DENIED + var_string(reason)

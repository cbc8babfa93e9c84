"""What crosses the socket to a replay worker. Each request has exactly one answer, in order."""

import msgspec

from palimpsest.adapters.system import framing
from palimpsest.content.rendering import Rendering
from palimpsest.limits import Limits


class _Message(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A request or an answer."""


class Show(_Message, frozen=True):
    """Show a document as of a version; answered by Shown or Failed."""

    document: str
    version: int


class Encode(_Message, frozen=True):
    """Encode a document as of a version as a Yjs update; answered by Encoded or Failed."""

    document: str
    version: int


Request = Show | Encode


class Shown(_Message, frozen=True):
    """A document as of a version."""

    rendering: Rendering


class Encoded(_Message, frozen=True):
    """A document as of a version, garbage-collected."""

    update: bytes


class Failed(_Message, frozen=True):
    """That version cannot be shown; the message says why."""

    message: str


Answer = Shown | Encoded | Failed

_encoder = msgspec.msgpack.Encoder()
read_request = msgspec.msgpack.Decoder(Request).decode
read_answer = msgspec.msgpack.Decoder(Answer).decode


def frame(message: Request | Answer) -> bytes:
    """Return the message as it crosses the socket."""
    return framing.frame(_encoder.encode(message))


def write_limits(limits: Limits) -> str:
    """Return the limits as an argument for the worker's command line."""
    return msgspec.json.encode(limits).decode()


def read_limits(text: str) -> Limits:
    """Return the limits that the command line's argument says."""
    return msgspec.json.decode(text, type=Limits)

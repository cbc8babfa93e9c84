"""What crosses the socket between the sockets' process and the engine: length, then MessagePack.

Each request has exactly one answer, in order.
"""

import msgspec

from palimpsest.adapters.system import framing
from palimpsest.limits import Limits
from palimpsest.ports import Batch, Difference, Opened, Outcome


class _Message(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A request or an answer."""


class Commit(_Message, frozen=True):
    """Commit the batch; answered by Committed or Full."""

    batch: Batch


class ReadOutcomes(_Message, frozen=True):
    """Tell what became of a batch; answered by Committed or Unknown."""

    identifier: int


class Open(_Message, frozen=True):
    """Tell a document's facts and, with `load`, load it.

    Answered by OpenedDocument, Failed, or Opening: then it is asked for again.
    """

    document: str
    load: bool
    from_start: bool


class TellDifference(_Message, frozen=True):
    """Tell what a state vector lacks; answered by a ToldDifference or Failed."""

    document: str
    state_vector: bytes


class Unload(_Message, frozen=True):
    """Forget a replica; answered by Done."""

    document: str


Request = Commit | ReadOutcomes | Open | TellDifference | Unload


class Ready(_Message, frozen=True):
    """The engine's first words: it holds the log, and these numbers are not used yet."""

    batch: int
    origin: int


class CannotStart(_Message, frozen=True):
    """The engine's only words when it cannot work; the message is for who started it."""

    message: str


class Committed(_Message, frozen=True):
    """What became of a batch's entries."""

    outcomes: list[Outcome]


class Unknown(_Message, frozen=True):
    """No such batch was committed."""


class Full(_Message, frozen=True):
    """The log could take nothing; nothing of the batch was stored."""

    message: str


class OpenedDocument(_Message, frozen=True):
    """A document was loaded."""

    opened: Opened


class Opening(_Message, frozen=True):
    """A part of a document was loaded, and there is more."""


class ToldDifference(_Message, frozen=True):
    """What a state vector lacks."""

    difference: Difference


class Failed(_Message, frozen=True):
    """The document cannot be read."""

    message: str


class Done(_Message, frozen=True):
    """It is done."""


Answer = (
    Ready
    | CannotStart
    | Committed
    | Unknown
    | Full
    | OpenedDocument
    | Opening
    | ToldDifference
    | Failed
    | Done
)

_encoder = msgspec.msgpack.Encoder()
read_request = msgspec.msgpack.Decoder(Request).decode
read_answer = msgspec.msgpack.Decoder(Answer).decode


def frame(message: Request | Answer) -> bytes:
    """Return the message as it crosses the socket."""
    return framing.frame(_encoder.encode(message))


def write_limits(limits: Limits) -> str:
    """Return the limits as an argument for the engine's command line."""
    return msgspec.json.encode(limits).decode()


def read_limits(text: str) -> Limits:
    """Return the limits that the command line's argument says."""
    return msgspec.json.decode(text, type=Limits)

"""What the bus carries: JSON, a message a line, so that it can be watched with any tool."""

from collections.abc import Iterator

import msgspec

LINE_BYTES_MAX = 1024 * 1024


class Message(msgspec.Struct, frozen=True, tag=str.lower):
    """Something that others may want to know."""


class Hello(Message, frozen=True):
    """The hub's first word to who comes: from here on, it hears everything."""


class Committed(Message, frozen=True):
    """Something was committed to the log."""


class Moved(Message, frozen=True):
    """A projection has moved on; `documents` are those with newer rows, and their versions."""

    projection: str
    position: int
    documents: dict[str, int] = {}


class Renewed(Message, frozen=True):
    """Views may have changed unheard: what was kept of them is not to be trusted."""


class Came(Message, frozen=True):
    """Somebody came to a document, or more is known of them."""

    document: str
    session: str
    name: str
    kind: str
    client: int | None = None


class Left(Message, frozen=True):
    """Somebody left a document."""

    document: str
    session: str


class Wanted(Message, frozen=True):
    """Somebody waits for a document to be shown as it is."""

    document: str


AnyMessage = Hello | Committed | Moved | Renewed | Came | Left | Wanted

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(AnyMessage).decode


def line(message: AnyMessage) -> bytes:
    """Return the message as it crosses the socket."""
    return _encode(message) + b"\n"


class Lines:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[AnyMessage]:
        """Take what was received; yield each message that is complete.

        Raises:
            ValueError: the other side is broken, or does not speak this language.
        """
        *whole, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LINE_BYTES_MAX:
            raise ValueError("a line is too long")
        for each in whole:
            try:
                yield _decode(each)
            except msgspec.ValidationError:
                continue  # Of another version of the server.
            except msgspec.DecodeError as error:
                raise ValueError("a line is no message") from error

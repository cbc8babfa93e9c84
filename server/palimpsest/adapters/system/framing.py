"""Frames on a stream between two of our processes: a length, then a body. Knows no body."""

import struct
from collections.abc import Iterator

LENGTH = struct.Struct(">I")
FRAME_BYTES_MAX = 256 * 1024 * 1024


def frame(body: bytes) -> bytes:
    """Return a body as it crosses the stream."""
    return LENGTH.pack(len(body)) + body


class Frames:
    """Cuts a stream of bytes into bodies."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take what was received; yield each body that is complete.

        Raises:
            ValueError: a length is out of bounds: the other side is broken.
        """
        buffer = self._buffer
        buffer += data
        start = 0
        while len(buffer) - start >= LENGTH.size:
            (size,) = LENGTH.unpack_from(buffer, start)
            if size > FRAME_BYTES_MAX:
                raise ValueError("a frame is too long")
            end = start + LENGTH.size + size
            if len(buffer) < end:
                break
            yield bytes(buffer[start + LENGTH.size : end])
            start = end
        del buffer[:start]

"""Cuts what a client sends into WebSocket frames (RFC 6455, section 5.2), where they are plain.

A plain frame is whole, binary and masked: nearly all that editors send. It is unmasked here, at a
sixth of what the library takes; every other frame is left to that, whole, rules and all.
"""

from typing import NamedTuple

try:
    from websockets.speedups import apply_mask
except ImportError:  # The library was installed without its compiled part.
    from websockets.utils import apply_mask

_PLAIN = 0x82  # FIN, no extension, binary
_MASKED = 0x80
_HEAD_BYTES_MIN = 2
_HEAD_BYTES = {126: 4, 127: 10}  # by what stands in the place of a short length
_KEY_BYTES = 4


class Other(NamedTuple):
    """The bytes of a frame that is not plain."""

    data: bytes


class FrameCutter:
    """What a client has sent and has not been taken, and at the most one frame in part."""

    __slots__ = ("_at", "_data", "_partial", "_size_max", "_wanted")

    def __init__(self, size_max: int) -> None:
        """Take the largest payload: of a larger one, no more is kept than says so."""
        self._size_max = size_max
        self._data = b""
        self._at = 0
        # What has come of a frame that is not whole, and how long that is.
        self._partial: bytearray | None = None
        self._wanted = 0

    def feed(self, data: bytes) -> None:
        """Take what was received; `take` must have returned None before."""
        partial = self._partial
        if partial is None and self._at < len(self._data):
            partial = self._partial = bytearray(self._data[self._at :])
        if partial is not None:
            partial += data
            # A large frame comes in many pieces: they are put together once.
            data = b"" if len(partial) < self._wanted else bytes(partial)
            if data:
                self._partial = None
                self._wanted = 0
        self._data = data
        self._at = 0

    def take(self, *, plain: bool) -> bytes | Other | None:
        """Return the next frame's payload, or its bytes if it is not plain; None if none is whole.

        Unless `plain`, every frame comes as its bytes: a message in fragments is under way.
        """
        data, start = self._data, self._at
        have = len(data) - start
        if have < _HEAD_BYTES_MIN:
            return None
        second = data[start + 1]
        size = second & 127
        begin = start + _HEAD_BYTES_MIN
        if size in _HEAD_BYTES:
            begin = start + _HEAD_BYTES[size]
            if have < begin - start:
                return None
            size = int.from_bytes(data[start + _HEAD_BYTES_MIN : begin])
        if size > self._size_max:
            # What follows is of no use: the library closes the connection.
            self._at = len(data)
            return Other(data[start:begin])
        if second & _MASKED:
            begin += _KEY_BYTES
        stop = begin + size
        if stop > len(data):
            self._wanted = stop - start
            return None
        # What was taken is not kept until more comes: that may be long.
        self._data, self._at = (data, stop) if stop < len(data) else (b"", 0)
        if data[start] == _PLAIN and plain and second & _MASKED:
            return apply_mask(data[begin:stop], data[begin - _KEY_BYTES : begin])
        return Other(data[start:stop])

"""A server's frames (RFC 6455, section 5.2), made once and sent to many: unmasked, whole."""

import struct

PING = b"\x89\x00"

_BINARY = 0x82  # FIN and the opcode of binary data
_SHORT_MAX = 125
_MEDIUM_MAX = 0xFFFF
_MEDIUM = struct.Struct(">BBH")
_LONG = struct.Struct(">BBQ")


def binary_frame(payload: bytes) -> bytes:
    """Return the frame that carries `payload` from the server to a client."""
    size = len(payload)
    if size <= _SHORT_MAX:
        return bytes((_BINARY, size)) + payload
    if size <= _MEDIUM_MAX:
        return _MEDIUM.pack(_BINARY, 126, size) + payload
    return _LONG.pack(_BINARY, 127, size) + payload

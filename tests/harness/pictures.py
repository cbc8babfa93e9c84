"""Pictures and other files, made of a few bytes each."""

import struct
import zlib


def png(width: int = 3, height: int = 2, grey: int = 128) -> bytes:
    """Return a whole picture of one grey."""
    rows = (b"\0" + bytes([grey]) * width) * height
    size = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    checked = name + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def jpeg_head(width: int, height: int, *, before: bytes = b"") -> bytes:
    """Return what a photograph begins with, `before` being its camera's notes."""
    notes = b"\xff\xe1" + struct.pack(">H", len(before) + 2) + before
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\1\x22\0" * 3
    return b"\xff\xd8" + notes + frame + b"\xff\xda"


def gif_head(width: int, height: int) -> bytes:
    """Return what an animation begins with."""
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0"


def webp_head(width: int, height: int) -> bytes:
    """Return what an extended WebP picture begins with."""
    edges = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x30\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + edges


def avif_head(width: int, height: int) -> bytes:
    """Return what an AVIF picture begins with."""
    size = struct.pack(">I4sIII", 20, b"ispe", 0, width, height)
    return struct.pack(">I4s4sI4s", 20, b"ftyp", b"avif", 0, b"mif1") + b"\0" * 40 + size

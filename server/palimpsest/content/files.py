"""What a file is by its first bytes: a picture that a browser may show, or something to fetch.

What somebody says of a file counts for nothing, and a picture whose size cannot be read is none.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

HEAD_BYTES: Final = 1024 * 1024
"""So much of a file is enough: a camera writes a lot before it comes to the size."""

_EDGE_MAX: Final = 65_535


class FileKind(NamedTuple):
    """A kind of file; the size is a picture's, 0 if it is none."""

    media_type: str
    suffix: str
    width: int = 0
    height: int = 0

    @property
    def is_picture(self) -> bool:
        """Whether a browser shows it by itself."""
        return self.width > 0


class KeptFile(NamedTuple):
    """A file that is kept: its name, by its content, and if it was not there before."""

    name: str
    size: int
    kind: FileKind
    is_new: bool


ANYTHING: Final = FileKind("application/octet-stream", "bin")
PDF: Final = FileKind("application/pdf", "pdf")
PICTURES: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}
"""The media types of pictures, by the suffix of their names."""

SUFFIXES: Final = (*PICTURES, PDF.suffix, ANYTHING.suffix)


def kind_of(head: bytes) -> FileKind:
    """Return what a file is that begins so."""
    if head.startswith(b"%PDF-"):
        return PDF
    for suffix, size_in in _SIZES.items():
        size = size_in(head)
        if size is not None:
            is_sound = all(0 < edge <= _EDGE_MAX for edge in size)
            return FileKind(PICTURES[suffix], suffix, *size) if is_sound else ANYTHING
    return ANYTHING


_Size = tuple[int, int] | None


def _png(head: bytes) -> _Size:
    if not head.startswith(b"\x89PNG\r\n\x1a\n") or head[12:16] != b"IHDR":
        return None
    return _big(head[16:20]), _big(head[20:24])


def _gif(head: bytes) -> _Size:
    if not head.startswith((b"GIF87a", b"GIF89a")):
        return None
    return _little(head[6:8]), _little(head[8:10])


def _jpeg(head: bytes) -> _Size:
    if not head.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:  # noqa: PLR2004
        marker = head[at + 1]
        # A frame's header, but for the three of its numbers that are something else.
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004
            return _big(head[at + 7 : at + 9]), _big(head[at + 5 : at + 7])
        at += 1 if marker == 0xFF else 2 + _big(head[at + 2 : at + 4])  # noqa: PLR2004
    return 0, 0


def _webp(head: bytes) -> _Size:
    if not head.startswith(b"RIFF") or head[8:12] != b"WEBP":
        return None
    match head[12:16]:
        case b"VP8X":
            return _little(head[24:27]) + 1, _little(head[27:30]) + 1
        case b"VP8L":
            bits = _little(head[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
        case _:
            return 0, 0


def _avif(head: bytes) -> _Size:
    if head[4:8] != b"ftyp" or head[8:12] not in {b"avif", b"avis"}:
        return None
    at = head.find(b"ispe")
    return (0, 0) if at < 0 else (_big(head[at + 8 : at + 12]), _big(head[at + 12 : at + 16]))


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


_SIZES: Final[dict[str, Callable[[bytes], _Size]]] = {
    "png": _png,
    "jpg": _jpeg,
    "gif": _gif,
    "webp": _webp,
    "avif": _avif,
}
"""How a picture says its size: None if it is of another kind, zeros if it does not say."""

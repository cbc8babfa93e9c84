"""What a file is, by its bytes alone."""

import pytest

from palimpsest.content.files import ANYTHING, PDF, kind_of
from tests.harness.pictures import avif_head, gif_head, jpeg_head, png, webp_head

PICTURES = {
    "png": png(640, 480),
    "jpg": jpeg_head(640, 480),
    "gif": gif_head(640, 480),
    "webp": webp_head(640, 480),
    "avif": avif_head(640, 480),
}


@pytest.mark.parametrize("suffix", PICTURES)
def test_a_picture_says_its_size(suffix: str) -> None:
    kind = kind_of(PICTURES[suffix])
    assert (kind.suffix, kind.width, kind.height) == (suffix, 640, 480)
    assert kind.is_picture


def test_a_photograph_says_its_size_behind_what_its_camera_wrote() -> None:
    kind = kind_of(jpeg_head(4000, 3000, before=b"\xff\xc0 no frame" * 4000))
    assert (kind.suffix, kind.width, kind.height) == ("jpg", 4000, 3000)


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (b"RIFF\x30\0\0\0WEBPVP8L\x0a\0\0\0\x2f\x7f\x82\x77\0", (640, 479)),
        (b"RIFF\x30\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x80\x02\xe0\x01", (640, 480)),
    ],
)
def test_a_webp_of_the_older_kinds_says_its_size(head: bytes, size: tuple[int, int]) -> None:
    kind = kind_of(head)
    assert (kind.suffix, kind.width, kind.height) == ("webp", *size)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
        png(1, 1).replace(b"\0\0\0\1\0\0\0\1", b"\0\0\0\0\0\0\0\1"),
        b"GIF89a",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe1\0\0" * 100,
        jpeg_head(640, 480)[:14],
        b"RIFF\x30\0\0\0WEBPVP8?" + bytes(30),
        b"\0\0\0\x14ftypavif",
        b"\0\0\0\x14ftypisom" + avif_head(1, 1)[12:],
    ],
)
def test_what_does_not_say_its_size_is_no_picture(head: bytes) -> None:
    assert kind_of(head) == ANYTHING


def test_any_beginning_of_any_picture_is_understood() -> None:
    for whole in PICTURES.values():
        for length in range(len(whole)):
            kind = kind_of(whole[:length])
            assert kind == ANYTHING or kind.is_picture


def test_a_document_to_print_is_no_picture() -> None:
    assert kind_of(b"%PDF-1.7\n") == PDF
    assert not PDF.is_picture

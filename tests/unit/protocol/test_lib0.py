"""lib0's encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.protocol.lib0 import (
    SAFE_INTEGER_MAX,
    Decoder,
    MalformedFrame,
    read_var_uint,
    var_bytes,
    var_string,
    var_uint,
)


@given(st.integers(0, SAFE_INTEGER_MAX))
def test_a_number_comes_back_as_it_was_written(number: int) -> None:
    written = var_uint(number)
    decoder = Decoder(b"\xff" + written, 1)
    assert decoder.var_uint() == number
    assert decoder.at_end
    assert read_var_uint(written, 0) == (number, len(written))


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "00"),
        (127, "7f"),
        (128, "8001"),
        (2**32 - 1, "ffffffff0f"),
        (2**53 - 1, "ff" * 7 + "0f"),
    ],
)
def test_numbers_are_written_as_yjs_writes_them(number: int, written: str) -> None:
    assert var_uint(number).hex() == written


@given(st.binary(), st.text())
def test_bytes_and_strings_come_back_as_they_were_written(content: bytes, text: str) -> None:
    decoder = Decoder(var_bytes(content) + var_string(text))
    assert decoder.var_bytes() == content
    assert decoder.var_string() == text
    decoder.expect_end()


@pytest.mark.parametrize("written", ["ff" * 7 + "10", "80" * 8 + "00", "ff" * 100])
def test_numbers_beyond_what_javascript_can_count_are_malformed(written: str) -> None:
    with pytest.raises(MalformedFrame, match="too large"):
        Decoder(bytes.fromhex(written)).var_uint()


def test_a_number_may_be_written_longer_than_it_must() -> None:
    assert Decoder(b"\x81\x80\x80\x80\x80\x80\x00").var_uint() == 1


@given(st.integers(0, SAFE_INTEGER_MAX), st.data())
def test_a_number_that_is_cut_off_is_malformed(number: int, data: st.DataObject) -> None:
    written = var_uint(number)
    cut = written[: data.draw(st.integers(0, len(written) - 1))]
    with pytest.raises(MalformedFrame, match="too early"):
        Decoder(cut).var_uint()


@pytest.mark.parametrize("frame", ["", "0161"[:2], "026162"[:4], "80"])
def test_bytes_that_are_cut_off_are_malformed(frame: str) -> None:
    with pytest.raises(MalformedFrame, match="too early"):
        Decoder(bytes.fromhex(frame)).var_bytes()


@pytest.mark.parametrize("content", [b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80"])
def test_a_string_that_is_not_utf8_is_malformed(content: bytes) -> None:
    with pytest.raises(MalformedFrame, match="UTF-8"):
        Decoder(var_bytes(content)).var_string()


def test_what_follows_the_end_is_malformed() -> None:
    decoder = Decoder(b"\x01\x02")
    decoder.var_uint()
    assert not decoder.at_end
    with pytest.raises(MalformedFrame, match="follows"):
        decoder.expect_end()


@given(st.binary(max_size=40))
def test_arbitrary_bytes_are_read_or_malformed(data: bytes) -> None:
    for read in (Decoder.var_uint, Decoder.var_bytes, Decoder.var_string):
        decoder = Decoder(data)
        try:
            read(decoder)
        except MalformedFrame:
            continue
        assert 0 < decoder.offset <= len(data)

"""Sync messages and state vectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.protocol import sync
from palimpsest.protocol.lib0 import Decoder, MalformedFrame, var_uint
from palimpsest.protocol.sync import (
    SYNC_STEP1,
    SYNC_STEP2,
    UPDATE,
    SyncMessage,
    read_state_vector,
    read_sync,
    write_state_vector,
)

_CLOCKS = st.dictionaries(st.integers(0, 2**53 - 1), st.integers(0, 2**31 - 1), max_size=20)

_HI = bytes.fromhex("01 01 01 00 04 01 01 74 02 68 69 00")


def test_messages_are_those_of_the_protocol() -> None:
    assert sync.step1(bytes.fromhex("01 01 02")).hex(" ") == "00 00 03 01 01 02"
    assert sync.step2(b"\x00\x00").hex(" ") == "00 01 02 00 00"
    assert sync.update(_HI).hex(" ") == "00 02 0c 01 01 01 00 04 01 01 74 02 68 69 00"


@given(st.binary())
def test_messages_come_back_as_they_were_written(payload: bytes) -> None:
    writers = {SYNC_STEP1: sync.step1, SYNC_STEP2: sync.step2, UPDATE: sync.update}
    for kind, write in writers.items():
        assert read_sync(Decoder(write(payload), 1)) == SyncMessage(kind, payload)


@pytest.mark.parametrize("body", ["03 00", "7f", "00 02 01", "02 00 00", ""])
def test_a_message_that_is_cut_off_unknown_or_too_long_is_malformed(body: str) -> None:
    with pytest.raises(MalformedFrame):
        read_sync(Decoder(bytes.fromhex(body)))


@given(_CLOCKS)
def test_a_state_vector_comes_back_as_it_was_written(clocks: dict[int, int]) -> None:
    assert read_state_vector(write_state_vector(clocks), 20) == clocks


def test_a_state_vector_is_written_as_yjs_writes_it() -> None:
    assert write_state_vector({1: 5, 300: 128}).hex(" ") == "02 ac 02 80 01 01 05"


@pytest.mark.parametrize(
    "data",
    [
        "",
        "01 01",
        "02 01 01",
        "01 01 01 00",
        "02 01 01 01 02",  # the same client twice
        "01 01 80 80 80 80 08",  # a clock of 2**31
        "ff ff 03",  # 65,535 client ids, and nothing behind
    ],
)
def test_a_state_vector_that_contradicts_itself_is_malformed(data: str) -> None:
    with pytest.raises(MalformedFrame):
        read_state_vector(bytes.fromhex(data), 2**20)


def test_a_state_vector_of_too_many_clients_is_malformed() -> None:
    state_vector = write_state_vector(dict.fromkeys(range(11), 1))
    assert len(read_state_vector(state_vector, 11)) == 11
    with pytest.raises(MalformedFrame, match="too many"):
        read_state_vector(state_vector, 10)


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_read_or_malformed(data: bytes) -> None:
    try:
        clocks = read_state_vector(data, 100)
    except MalformedFrame:
        pass
    else:
        assert len(write_state_vector(clocks)) <= len(data)
    try:
        message = read_sync(Decoder(data))
    except MalformedFrame:
        return
    assert data.endswith(var_uint(len(message.payload)) + message.payload) or not message.payload

"""The framing of Hocuspocus."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.protocol import awareness, hocuspocus, sync
from palimpsest.protocol.hocuspocus import (
    ADDRESS_BYTES_MAX,
    PRESENCE,
    AwarenessUpdate,
    Close,
    HMessage,
    Ignored,
    MalformedMessage,
    Ping,
    Pong,
    QueryAwareness,
    Stateless,
    Sync,
    Token,
    prefix_of,
    read_frame,
    read_plain,
    split_address,
)
from palimpsest.protocol.lib0 import MalformedFrame

_HI = bytes.fromhex("01 01 01 00 04 01 01 74 02 68 69 00")
_PREFIX = prefix_of("doc")
_PLAINLY = (b"", b"\x00", b"\x00\x00", b"\x00\x02", b"\x00\x02\x80", b"\x01", b"\x01\x80\x01")

# A transcript of @hocuspocus/server 4.7.0 and its provider.
_FROM_CLIENT: list[tuple[str, HMessage]] = [
    ("03 64 6f 63 02 00 03 74 6f 6b 05 34 2e 37 2e 30", Token("doc", "tok", "4.7.0")),
    ("03 64 6f 63 00 00 01 00", Sync("doc", sync.SYNC_STEP1, b"\x00")),
    ("03 64 6f 63 00 01 02 00 00", Sync("doc", sync.SYNC_STEP2, b"\x00\x00")),
    (
        "03 64 6f 63 00 02 0c 01 01 01 00 04 01 01 74 02 68 69 00",
        Sync("doc", sync.UPDATE, _HI),
    ),
    ("03 64 6f 63 03", QueryAwareness("doc")),
    ("03 64 6f 63 07", Close("doc")),
    ("0a", Pong()),
]
_FROM_SERVER: list[tuple[str, bytes]] = [
    (
        "03 64 6f 63 02 02 0a 72 65 61 64 2d 77 72 69 74 65",
        hocuspocus.authenticated("read-write"),
    ),
    ("03 64 6f 63 00 00 01 00", sync.step1(b"\x00")),
    ("03 64 6f 63 00 01 02 00 00", sync.step2(b"\x00\x00")),
    ("03 64 6f 63 08 01", hocuspocus.sync_status(applied=True)),
    ("03 64 6f 63 00 02 0c 01 01 01 00 04 01 01 74 02 68 69 00", sync.update(_HI)),
    (
        "03 64 6f 63 07 12 70 72 6f 76 69 64 65 72 5f 69 6e 69 74 69 61 74 65 64",
        hocuspocus.close("provider_initiated"),
    ),
]


@pytest.mark.parametrize(("frame", "message"), _FROM_CLIENT)
def test_what_a_provider_says_is_understood(frame: str, message: HMessage) -> None:
    assert read_frame(bytes.fromhex(frame)) == message


@pytest.mark.parametrize(("frame", "message"), _FROM_SERVER)
def test_what_is_said_to_a_provider_is_what_hocuspocus_says(frame: str, message: bytes) -> None:
    assert (_PREFIX + message).hex(" ") == frame


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("02 00 03 74 6f 6b", Token("doc", "tok", None)),
        ("02 00 00", Token("doc", "", None)),
        ("04 01 02 00 00", Sync("doc", sync.SYNC_STEP2, b"\x00\x00", is_reply=True)),
        ("01 01 00", AwarenessUpdate("doc", b"\x00")),
        ("05 02 68 69", Stateless("doc", "hi")),
        ("08 01", Ignored("doc", 8)),
        ("0b ff ff", Ignored("doc", 11)),
    ],
)
def test_what_other_versions_say_is_understood(body: str, message: HMessage) -> None:
    assert read_frame(_PREFIX + bytes.fromhex(body)) == message


def test_ping_and_pong_have_no_address() -> None:
    assert read_frame(hocuspocus.PING) == Ping()
    assert read_frame(hocuspocus.PONG) == Pong()
    assert read_frame(prefix_of("ninechars") + b"\x03") == QueryAwareness("ninechars")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "00",
        "00 03 00",
        "00 02 05 00",
        "00 00 01 00 00",
        "01 05",
        "02",
        "02 01 00",
        "02 00 01 ff",
        "03 00",
        "05",
        "06 02 68 69",
        "07 00",
        "ff ff ff ff ff ff ff ff 01",
    ],
)
def test_a_malformed_message_tells_which_document_it_was_for(body: str) -> None:
    with pytest.raises(MalformedMessage) as caught:
        read_frame(_PREFIX + bytes.fromhex(body))
    assert caught.value.address == "doc"
    assert str(caught.value)


@pytest.mark.parametrize("frame", [b"", b"\x05doc", b"\x01\xff\x03", b"\xff" * 20])
def test_a_frame_without_an_address_is_malformed(frame: bytes) -> None:
    with pytest.raises(MalformedFrame) as caught:
        read_frame(frame)
    assert not isinstance(caught.value, MalformedMessage)


def test_an_address_that_is_too_long_is_malformed() -> None:
    with pytest.raises(MalformedFrame, match="too long"):
        read_frame(prefix_of("x" * ADDRESS_BYTES_MAX) + b"\x03")


def test_an_address_may_carry_a_session_id() -> None:
    address = "doc\0s1"
    assert prefix_of(address).hex(" ") == "06 64 6f 63 00 73 31"
    assert split_address(address) == ("doc", "s1")
    assert split_address("doc") == ("doc", None)
    assert split_address("doc\0") == ("doc", "")
    assert split_address("doc\0a\0b") == ("doc", "a\0b")
    assert read_frame(prefix_of(address) + b"\x03") == QueryAwareness(address)


def test_other_messages_are_those_of_the_protocol() -> None:
    assert hocuspocus.permission_denied("no").hex(" ") == "02 01 02 6e 6f"
    assert hocuspocus.authenticated("readonly").hex(" ") == "02 02 08 72 65 61 64 6f 6e 6c 79"
    assert hocuspocus.sync_status(applied=False).hex(" ") == "08 00"
    assert hocuspocus.stateless("hi").hex(" ") == "05 02 68 69"


@given(st.text(max_size=20), st.binary(max_size=50))
def test_messages_come_back_with_their_address(address: str, payload: bytes) -> None:
    prefix = prefix_of(address)
    assert read_frame(prefix + sync.update(payload)) == Sync(address, sync.UPDATE, payload)
    assert read_frame(prefix + awareness.message(payload)) == AwarenessUpdate(address, payload)


@given(st.binary(max_size=40))
def test_arbitrary_bytes_are_read_or_malformed(data: bytes) -> None:
    for frame in (data, _PREFIX + data):
        with suppress(MalformedFrame):
            read_frame(frame)


@given(st.binary(max_size=200), st.sampled_from([sync.step1, sync.step2, sync.update]))
def test_sync_messages_and_presence_are_plain(
    payload: bytes, write: Callable[[bytes], bytes]
) -> None:
    kind = [sync.step1, sync.step2, sync.update].index(write)
    assert read_plain(_PREFIX + write(payload), len(_PREFIX)) == (kind, payload)
    told = _PREFIX + awareness.message(payload)
    assert read_plain(told, len(_PREFIX)) == (PRESENCE, payload)


@given(st.binary(max_size=8) | st.binary(min_size=120, max_size=140), st.sampled_from(_PLAINLY))
def test_what_is_plain_is_what_would_be_read(rest: bytes, beginning: bytes) -> None:
    frame = _PREFIX + beginning + rest
    plain = read_plain(frame, len(_PREFIX))
    try:
        message: HMessage | None = read_frame(frame)
    except MalformedFrame:
        message = None
    match message:
        case Sync(_, kind, payload, False):
            assert plain == (kind, payload)
        case AwarenessUpdate(_, payload):
            assert plain == (PRESENCE, payload)
        case _:
            assert plain is None

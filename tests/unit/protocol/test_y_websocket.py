"""The framing of y-websocket."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.protocol import awareness, sync, y_websocket
from palimpsest.protocol.lib0 import MalformedFrame
from palimpsest.protocol.y_websocket import (
    ALONE_AT,
    MESSAGES_PER_FRAME_MAX,
    AwarenessUpdate,
    Echo,
    Ignored,
    QueryAwareness,
    Sync,
    YMessage,
    alone,
    read_messages,
)

_QUERY = b"\x03"
_SIGN_OF_LIFE = b"\x66\x01\x07"

_MESSAGES: list[tuple[bytes, YMessage]] = [
    (sync.step1(b"\x00"), Sync(sync.SYNC_STEP1, b"\x00")),
    (sync.step2(b"\x00\x00"), Sync(sync.SYNC_STEP2, b"\x00\x00")),
    (sync.update(b"u" * 200), Sync(sync.UPDATE, b"u" * 200)),
    (awareness.message(b"\x00"), AwarenessUpdate(b"\x00")),
    (_QUERY, QueryAwareness()),
    (_SIGN_OF_LIFE, Echo(_SIGN_OF_LIFE)),
]


@given(st.lists(st.sampled_from(_MESSAGES), min_size=1, max_size=8))
def test_messages_may_come_back_to_back(messages: list[tuple[bytes, YMessage]]) -> None:
    frame = b"".join(written for written, _ in messages)
    assert read_messages(frame) == [read for _, read in messages]


@given(st.binary(max_size=300), st.binary(max_size=3))
def test_a_short_edit_and_a_cursor_are_known_when_they_are_alone(
    payload: bytes, behind: bytes
) -> None:
    for kind, message, short in (
        (sync.MESSAGE_SYNC, sync.update(payload), range(1, 128)),
        (awareness.MESSAGE_AWARENESS, awareness.message(payload), range(128, 1 << 14)),
    ):
        is_known = not behind and len(payload) in short
        assert alone(message + behind) == (kind if is_known else None)
        if is_known:
            assert message[ALONE_AT:] == payload


@given(st.binary(max_size=8) | st.binary(min_size=120, max_size=140))
def test_what_is_alone_is_what_would_be_read(frame: bytes) -> None:
    read: dict[int, list[YMessage]] = {
        sync.MESSAGE_SYNC: [Sync(sync.UPDATE, frame[ALONE_AT:])],
        awareness.MESSAGE_AWARENESS: [AwarenessUpdate(frame[ALONE_AT:])],
    }
    if (kind := alone(frame)) is not None:
        assert read_messages(frame) == read[kind]


@pytest.mark.parametrize("kind", [2, 4, 101, 103, 125])
def test_a_message_of_unknown_type_is_ignored_with_what_follows_it(kind: int) -> None:
    assert read_messages(_QUERY + bytes((kind, 9, 9))) == [QueryAwareness(), Ignored(kind)]


@pytest.mark.parametrize("frame", ["", "00", "00 03 00", "00 02 05 00", "01 05", "66", "03 00"])
def test_a_frame_that_is_empty_or_cut_off_is_malformed(frame: str) -> None:
    with pytest.raises(MalformedFrame):
        read_messages(bytes.fromhex(frame))


def test_a_frame_of_too_many_messages_is_malformed() -> None:
    assert len(read_messages(_QUERY * MESSAGES_PER_FRAME_MAX)) == MESSAGES_PER_FRAME_MAX
    with pytest.raises(MalformedFrame, match="too many"):
        read_messages(_QUERY * (MESSAGES_PER_FRAME_MAX + 1))


@given(st.binary(max_size=40))
def test_arbitrary_bytes_are_read_or_malformed(frame: bytes) -> None:
    with suppress(MalformedFrame):
        assert read_messages(frame)


def test_a_denial_is_that_of_the_protocol() -> None:
    assert y_websocket.permission_denied("no").hex(" ") == "02 00 02 6e 6f"

"""Presence of a room: kept unread until it is shown, and only ever a client's own."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.limits import Limits
from palimpsest.live.presence import RoomPresence
from palimpsest.protocol.awareness import (
    GONE,
    Presence,
    read_presences,
    update,
    write_presences,
)
from palimpsest.protocol.lib0 import MalformedFrame

LIMITS = Limits()
ANN, BOB = 77, 300_000


def said(*presences: Presence) -> bytes:
    return write_presences(presences)


def hear(room: RoomPresence, session: str, data: bytes) -> Presence | None:
    """Have a room hear what a session says, as a room does."""
    return None if room.keep(session, data) else room.receive(session, session, data)


def read(entries: Iterable[bytes]) -> list[Presence]:
    return read_presences(update(list(entries)), LIMITS)


@pytest.fixture
def room() -> RoomPresence:
    """Return a room in which Ann has been seen."""
    room = RoomPresence(LIMITS)
    hear(room, "ann", said(Presence(ANN, 1, b'{"at":1}')))
    assert read(room.take_changed()) == [Presence(ANN, 1, b'{"at":1}')]
    return room


def test_only_the_newest_of_what_a_client_says_between_two_looks_is_shown(
    room: RoomPresence,
) -> None:
    for clock in range(2, 10):
        assert room.keep("ann", said(Presence(ANN, clock, b'{"at":%d}' % clock)))
    newest = [Presence(ANN, 9, b'{"at":9}')]
    assert read(room.everybody()) == read(room.take_changed()) == newest
    assert not room.has_changed
    assert read(room.everybody()) == newest


@pytest.mark.parametrize("state", [b"undefined", b"[" * 9 + b"]" * 9, b'"' + b"x" * 4096 + b'"'])
def test_a_state_that_nobody_could_use_is_never_shown(room: RoomPresence, state: bytes) -> None:
    hear(room, "ann", said(Presence(ANN, 2, state)))
    assert read(room.take_changed()) == []
    assert read(room.everybody()) == [Presence(ANN, 1, b'{"at":1}')]
    hear(room, "ann", said(Presence(ANN, 3, b"{}")))
    assert read(room.take_changed()) == [Presence(ANN, 3, b"{}")]


@pytest.mark.parametrize("end", [b"", b"\x05", b"\x05\x02{", b"\x05\x02{}{", b"\xff" * 9])
def test_what_is_malformed_is_said_at_once(room: RoomPresence, end: bytes) -> None:
    start = said(Presence(ANN, 2, b"{}"))[:2]
    with pytest.raises(MalformedFrame):
        hear(room, "ann", start + end)


def test_old_news_is_no_news(room: RoomPresence) -> None:
    hear(room, "ann", said(Presence(ANN, 5, b'{"at":5}')))
    for clock in (1, 4, 5):
        hear(room, "ann", said(Presence(ANN, clock, b'{"old":1}')))
    assert read(room.take_changed()) == [Presence(ANN, 5, b'{"at":5}')]
    hear(room, "ann", said(Presence(ANN, 5, GONE)))
    assert read(room.take_changed()) == [Presence(ANN, 5, GONE)]


def test_a_session_speaks_for_one_client_alone(room: RoomPresence) -> None:
    hear(room, "bob", said(Presence(ANN, 9, b"{}"), Presence(BOB, 1, b"{}")))
    hear(room, "bob", said(Presence(ANN, 9, b"{}")))
    hear(room, "ann", said(Presence(BOB, 9, b"{}")))
    assert read(room.take_changed()) == [Presence(BOB, 1, b"{}")]
    assert (room.client_of("ann"), room.client_of("bob")) == (ANN, BOB)


@pytest.mark.parametrize("gone", [GONE, b" null\n"])
def test_who_goes_is_gone_for_all(room: RoomPresence, gone: bytes) -> None:
    hear(room, "ann", said(Presence(ANN, 2, gone)))
    assert read(room.take_changed()) == [Presence(ANN, 2, GONE)]
    assert read(room.everybody()) == []


def test_who_leaves_is_gone_in_the_place_of_what_was_not_yet_shown(room: RoomPresence) -> None:
    hear(room, "ann", said(Presence(ANN, 2, b"{}")))
    room.leave("ann")
    assert read(room.take_changed()) == [Presence(ANN, 3, GONE)]
    assert hear(room, "ann", said(Presence(ANN, 3, b"{}"))) == Presence(ANN, 3, GONE)


def test_who_comes_back_takes_over_from_what_was_not_yet_shown(room: RoomPresence) -> None:
    hear(room, "ann", said(Presence(ANN, 2, b'{"from":"old"}')))
    room.receive("new", "ann", said(Presence(ANN, 3, b'{"from":"new"}')))
    room.leave("ann")
    assert read(room.take_changed()) == [Presence(ANN, 3, b'{"from":"new"}')]
    assert (room.client_of("ann"), room.client_of("new")) == (None, ANN)


_STATES = st.sampled_from([b"{}", b"null", b"[1]"])
_UPDATES = st.lists(
    st.builds(Presence, st.sampled_from([ANN, BOB]), st.integers(0, 6), _STATES), max_size=3
)


@given(st.lists(st.tuples(st.sampled_from(["ann", "bob"]), _UPDATES, st.booleans())))
def test_keeping_unread_shows_in_the_end_what_reading_at_once_shows(
    story: list[tuple[str, list[Presence], bool]],
) -> None:
    lazy, eager = RoomPresence(LIMITS), RoomPresence(LIMITS)
    for session, presences, looks in story:
        hear(lazy, session, said(*presences))
        eager.receive(session, session, said(*presences))
        if looks:
            assert sorted(read(lazy.take_changed())) == sorted(read(eager.take_changed()))
    assert sorted(read(lazy.everybody())) == sorted(read(eager.everybody()))

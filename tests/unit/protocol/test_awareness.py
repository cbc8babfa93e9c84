"""Presence on the wire."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.limits import Limits
from palimpsest.protocol import awareness
from palimpsest.protocol.awareness import Presence, read_presences, write_presences
from palimpsest.protocol.lib0 import MalformedFrame

LIMITS = Limits()

_STATES = st.sampled_from([b"null", b"{}", b'{"user":{"name":"\xc3\x84"}}', b"[1,2]", b'"[[[[[["'])
_PRESENCES = st.lists(
    st.builds(Presence, st.integers(0, 2**53 - 1), st.integers(0, 2**31 - 1), _STATES)
)


def test_a_message_is_that_of_the_protocol() -> None:
    presences = [Presence(1, 0, b"{}")]
    assert awareness.message(write_presences(presences)).hex(" ") == "01 06 01 01 00 02 7b 7d"


@given(_PRESENCES)
def test_presences_come_back_as_they_were_written(presences: list[Presence]) -> None:
    assert read_presences(write_presences(iter(presences)), LIMITS) == presences


def _limits(**changed: int) -> Limits:
    return dataclasses.replace(LIMITS, **changed)


@pytest.mark.parametrize(
    ("presence", "limits"),
    [
        (Presence(1, 2**31, b"{}"), LIMITS),
        (Presence(1, 1, b"undefined"), LIMITS),
        (Presence(1, 1, b'{"x":NaN}'), LIMITS),
        (Presence(1, 1, b'{"x":"\xff"}'), LIMITS),
        (Presence(1, 1, b""), LIMITS),
        (Presence(1, 1, b'"12345"'), _limits(presence_bytes_max=6)),
        (Presence(1, 1, b"[[1]]"), _limits(presence_depth_max=1)),
        (Presence(1, 1, b"[" * 2000 + b"]" * 2000), LIMITS),
    ],
)
def test_a_presence_that_nobody_could_use_is_left_out(presence: Presence, limits: Limits) -> None:
    others = [Presence(7, 3, b'"a"'), Presence(8, 4, b"null")]
    written = write_presences([others[0], presence, others[1]])
    assert read_presences(written, limits) == others


def test_whoever_is_gone_is_gone_however_it_is_spelt() -> None:
    assert read_presences(write_presences([Presence(1, 5, b" null\n")]), LIMITS) == [
        Presence(1, 5, awareness.GONE)
    ]


def test_an_update_about_too_many_clients_is_malformed() -> None:
    written = write_presences(Presence(client, 1, b"{}") for client in range(4))
    assert len(read_presences(written, _limits(state_vector_clients_max=4))) == 4
    with pytest.raises(MalformedFrame, match="too many"):
        read_presences(written, _limits(state_vector_clients_max=3))


@pytest.mark.parametrize("data", ["", "01", "01 01 01", "01 01 01 05 7b 7d", "00 00", "64 01 01"])
def test_an_update_that_is_cut_off_or_too_long_is_malformed(data: str) -> None:
    with pytest.raises(MalformedFrame):
        read_presences(bytes.fromhex(data), LIMITS)


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_read_or_malformed(data: bytes) -> None:
    try:
        presences = read_presences(data, LIMITS)
    except MalformedFrame:
        return
    assert all(presence.clock < 2**31 for presence in presences)

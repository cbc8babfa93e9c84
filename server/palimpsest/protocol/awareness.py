"""Presence on the wire (y-protocols, awareness.js). Nobody's state is interpreted."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from palimpsest.limits import Limits
from palimpsest.protocol import json_text
from palimpsest.protocol.lib0 import (
    CLOCK_MAX,
    Decoder,
    MalformedFrame,
    read_var_uint,
    var_bytes,
    var_uint,
)

MESSAGE_AWARENESS = 1
MESSAGE_QUERY_AWARENESS = 3

GONE = b"null"

_AWARENESS = bytes((MESSAGE_AWARENESS,))


class Presence(NamedTuple):
    """What one client says of itself: JSON, or `null` when it is gone."""

    client: int
    clock: int
    state: bytes


def read_presences(data: bytes, limits: Limits) -> list[Presence]:
    """Read an awareness update; leave out what is too large, too deep or not JSON.

    Raises:
        MalformedFrame: it is not an awareness update, or tells of too many clients.
    """
    decoder = Decoder(data)
    count = decoder.var_uint()
    if count > limits.state_vector_clients_max or count > len(data):
        raise MalformedFrame("An awareness update tells of too many clients.")
    presences = []
    for _ in range(count):
        client = decoder.var_uint()
        clock = decoder.var_uint()
        presence = _presence(client, clock, decoder.var_bytes(), limits)
        if presence is not None:
            presences.append(presence)
    decoder.expect_end()
    return presences


def beginning(client: int) -> bytes:
    """Return how an awareness update about this client alone begins."""
    return b"\x01" + var_uint(client)


def read_unread(data: bytes, begun: int) -> tuple[int, int] | None:
    """Return the clock in an update about one client, and where its state begins, unread.

    That is what comes with every movement of a cursor. `begun` is how long `beginning` is that
    it begins with. None if it is for `read_presences` to say what is wrong with it.
    """
    try:
        clock, at = read_var_uint(data, begun)
        size, at = read_var_uint(data, at)
    except IndexError:
        return None
    return (clock, at) if clock <= CLOCK_MAX and size == len(data) - at else None


def read_state(state: bytes, limits: Limits) -> bytes | None:
    """Return a client's state, None if it is too large, too deep or not JSON."""
    if len(state) > limits.presence_bytes_max:
        return None
    try:
        value = json_text.parse(state, limits.presence_depth_max)
    except (json_text.NotJson, json_text.TooMuch):
        return None
    return GONE if value is None else state


def _presence(client: int, clock: int, state: bytes, limits: Limits) -> Presence | None:
    """Return a presence, None if nobody could use it."""
    if clock > CLOCK_MAX:
        return None
    read = read_state(state, limits)
    return None if read is None else Presence(client, clock, read)


def entry(client: int, clock: int, state: bytes) -> bytes:
    """Return what an awareness update says of one client."""
    return var_uint(client) + var_uint(clock) + var_bytes(state)


def update(entries: Collection[bytes]) -> bytes:
    """Return the awareness update of some entries."""
    return var_uint(len(entries)) + b"".join(entries)


def write_presences(presences: Iterable[Presence]) -> bytes:
    """Write an awareness update."""
    return update([entry(*presence) for presence in presences])


def message(awareness_update: bytes) -> bytes:
    """Return the message that carries an awareness update."""
    return _AWARENESS + var_bytes(awareness_update)

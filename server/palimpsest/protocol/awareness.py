"""Presence on the wire (y-protocols, awareness.js). Nobody's state is interpreted."""

from collections.abc import Iterable
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


def read_presence(data: bytes, limits: Limits) -> list[Presence]:
    """Read an awareness update as `read_presences` does, quickly if it tells of one client.

    That is what comes with every movement of a cursor.
    """
    try:
        if data[0] == 1:
            client, i = read_var_uint(data, 1)
            clock, i = read_var_uint(data, i)
            size, i = read_var_uint(data, i)
            if size == len(data) - i:
                presence = _presence(client, clock, data[i:], limits)
                return [] if presence is None else [presence]
    except IndexError:
        pass  # What is wrong is said below.
    return read_presences(data, limits)


def _presence(client: int, clock: int, state: bytes, limits: Limits) -> Presence | None:
    """Return a presence, None if it is too large, too deep or not JSON."""
    if clock > CLOCK_MAX or len(state) > limits.presence_bytes_max:
        return None
    try:
        value = json_text.parse(state, limits.presence_depth_max)
    except (json_text.NotJson, json_text.TooMuch):
        return None
    return Presence(client, clock, GONE if value is None else state)


def write_presences(presences: Iterable[Presence]) -> bytes:
    """Write an awareness update."""
    written = bytearray()
    count = 0
    for client, clock, state in presences:
        written += var_uint(client)
        written += var_uint(clock)
        written += var_bytes(state)
        count += 1
    return var_uint(count) + written


def message(awareness_update: bytes) -> bytes:
    """Return the message that carries an awareness update."""
    return _AWARENESS + var_bytes(awareness_update)

"""The messages by which documents are synchronized (y-protocols, sync.js), and state vectors.

What is written here is a whole message. y-websocket sends it as it is, Hocuspocus behind the
address of a document.
"""

from collections.abc import Mapping
from typing import NamedTuple

from palimpsest.protocol.lib0 import CLOCK_MAX, Decoder, MalformedFrame, var_bytes, var_uint

MESSAGE_SYNC = 0

SYNC_STEP1 = 0
SYNC_STEP2 = 1
UPDATE = 2

NOTHING = b"\x00\x00"
"""An update (Yjs, version 1) without structs and deletions: that of one who is in step."""

_STEP1 = bytes((MESSAGE_SYNC, SYNC_STEP1))
_STEP2 = bytes((MESSAGE_SYNC, SYNC_STEP2))
_UPDATE = bytes((MESSAGE_SYNC, UPDATE))


class SyncMessage(NamedTuple):
    """A state vector (step 1) or an update (step 2, update)."""

    kind: int
    payload: bytes


def read_sync_part(decoder: Decoder) -> SyncMessage:
    """Read what follows the message type; another message may come behind it.

    Raises:
        MalformedFrame: it is cut off, or of no known kind.
    """
    kind = decoder.var_uint()
    if kind > UPDATE:
        raise MalformedFrame("There is no such kind of sync message.")
    return SyncMessage(kind, decoder.var_bytes())


def read_sync(decoder: Decoder) -> SyncMessage:
    """Read what follows the message type, to the end of the frame.

    Raises:
        MalformedFrame: it is cut off, of no known kind, or not all there is.
    """
    message = read_sync_part(decoder)
    decoder.expect_end()
    return message


def step1(state_vector: bytes) -> bytes:
    """Return the message that asks for everything beyond a state vector."""
    return _STEP1 + var_bytes(state_vector)


def step2(update: bytes) -> bytes:
    """Return the message that answers a step 1."""
    return _STEP2 + var_bytes(update)


def update(update: bytes) -> bytes:
    """Return the message that carries news."""
    return _UPDATE + var_bytes(update)


def read_state_vector(data: bytes, clients_max: int) -> dict[int, int]:
    """Read the clocks by client id.

    Raises:
        MalformedFrame: it is not a state vector, or has more client ids than allowed.
    """
    decoder = Decoder(data)
    count = decoder.var_uint()
    if count > clients_max or count > len(data):
        raise MalformedFrame("A state vector has too many client ids.")
    clocks = {}
    for _ in range(count):
        client = decoder.var_uint()
        clock = decoder.var_uint()
        if client in clocks or clock > CLOCK_MAX:
            raise MalformedFrame("A state vector contradicts itself.")
        clocks[client] = clock
    decoder.expect_end()
    return clocks


def write_state_vector(clocks: Mapping[int, int]) -> bytes:
    """Write the clocks by client id, the highest id first, as Yjs does."""
    written = bytearray(var_uint(len(clocks)))
    for client in sorted(clocks, reverse=True):
        written += var_uint(client)
        written += var_uint(clocks[client])
    return bytes(written)

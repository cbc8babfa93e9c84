"""The frames that are made once and sent to many."""

import pytest
from websockets.frames import Opcode
from websockets.protocol import CLIENT, Protocol

from palimpsest.protocol.websocket import binary_frame


@pytest.mark.parametrize("size", [0, 1, 125, 126, 0xFFFF, 0x10000])
def test_a_client_finds_the_payload_in_the_frame(size: int) -> None:
    payload = bytes(size)
    client = Protocol(CLIENT, max_size=None)
    client.receive_data(binary_frame(payload))
    (frame,) = client.events_received()
    assert frame.opcode is Opcode.BINARY  # type: ignore[union-attr]
    assert frame.data == payload  # type: ignore[union-attr]
    assert frame.fin  # type: ignore[union-attr]
    assert not client.close_expected()

"""What a connection does with messages, whichever protocol it speaks."""

from typing import Protocol

from palimpsest.adapters.sockets.gate import Caller


class Conversation(Protocol):
    """The client's side of a connection after the handshake."""

    def begin(self, caller: Caller) -> None:
        """The connection is open; the handshake said so much."""
        ...

    def receive(self, message: bytes) -> None:
        """Take a whole binary message."""
        ...

    def keep_alive(self) -> None:
        """Send something small: nothing was sent for a while."""
        ...

    def skip(self) -> None:
        """Leave the client out of what happens: its connection does not drain."""
        ...

    def catch_up(self) -> None:
        """Go on: the connection has drained."""
        ...

    def end(self) -> None:
        """The connection is gone."""
        ...

"""What a session needs of the connection that it speaks through. Knows no transport."""

from typing import Protocol


class Outlet(Protocol):
    """A connection's way out, and its brakes."""

    @property
    def congested(self) -> bool:
        """Whether more than the limit of unsent bytes lie before the client."""
        ...

    def send(self, frame: bytes) -> None:
        """Send a frame (see protocol.websocket) with whatever else goes out in this tick."""
        ...

    def send_at_once(self, frame: bytes) -> None:
        """Send a frame behind what has gathered in this tick, and do not wait for more."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Close the connection, after what was sent before."""
        ...

    def charge(self, *, updates: int = 0, update_bytes: int = 0, presences: int = 0) -> None:
        """Count what the client sent against its rates; slow it down when it is over them."""
        ...

    def hold(self, size: int) -> None:
        """Count bytes that wait for something; the client is not read while they are too many."""
        ...

    def release(self, size: int) -> None:
        """Take back what `hold` counted."""
        ...

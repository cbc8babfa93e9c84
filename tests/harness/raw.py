"""A WebSocket client for tests of single frames: sends bytes, expects bytes or an end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

SECONDS_MAX = 5.0


class RawClient:
    """One connection; messages are given and told in hexadecimal, spaces allowed."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, message: bytes | str) -> None:
        """Send a message: bytes, or hexadecimal."""
        await self.connection.send(_bytes(message))

    async def receive(self, *, seconds: float = SECONDS_MAX) -> bytes:
        """Return the next message."""
        async with asyncio.timeout(seconds):
            message = await self.connection.recv()
        assert isinstance(message, bytes), "the server sent text"
        return message

    async def expect(self, message: bytes | str, *, seconds: float = SECONDS_MAX) -> None:
        """Take the next message, which must be this one."""
        got, wanted = await self.receive(seconds=seconds), _bytes(message)
        assert got == wanted, f"{got.hex(' ')} came, not {wanted.hex(' ')}"

    async def expect_among(self, message: bytes | str, *, seconds: float = SECONDS_MAX) -> None:
        """Take messages until this one comes."""
        wanted, seen = _bytes(message), []
        try:
            async with asyncio.timeout(seconds):
                while (got := await self.connection.recv()) != wanted:
                    seen.append(got.hex(" ") if isinstance(got, bytes) else got)
        except (TimeoutError, ConnectionClosed) as error:
            raise AssertionError(f"{wanted.hex(' ')} did not come, but {seen}") from error

    async def expect_closed(
        self, code: int | None = None, *, seconds: float = SECONDS_MAX
    ) -> tuple[int | None, str]:
        """Take messages until the server closes; return its code and reason."""
        async with asyncio.timeout(seconds):
            with suppress(ConnectionClosed):
                async for _ in self.connection:
                    pass
            await self.connection.wait_closed()
        got, reason = self.connection.close_code, self.connection.close_reason
        assert code in {None, got}, f"closed with {got} {reason!r}"
        return got, reason or ""

    async def close(self) -> None:
        """Close the connection."""
        await self.connection.close()


@asynccontextmanager
async def raw_client(
    url: str, *, subprotocols: list[str] | None = None, headers: dict[str, str] | None = None
) -> AsyncIterator[RawClient]:
    """Connect to a `ws://` address, and close."""
    async with connect(
        url,
        compression=None,
        max_size=None,
        ping_interval=None,
        proxy=None,
        subprotocols=subprotocols,  # type: ignore[arg-type]
        additional_headers=headers,
    ) as connection:
        yield RawClient(connection)


def _bytes(message: bytes | str) -> bytes:
    return message if isinstance(message, bytes) else bytes.fromhex(message)

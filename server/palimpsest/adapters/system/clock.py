"""The wall clock and chance of this machine."""

import secrets
import time


class SystemClock:
    """The machine's clock."""

    def milliseconds(self) -> int:
        """Return the wall clock's milliseconds since 1970 (UTC)."""
        return time.time_ns() // 1_000_000


class RandomIdentifiers:
    """Names from the machine's source of randomness."""

    def identifier(self) -> str:
        """Return a new name of 128 random bits, 22 characters that may stand in a URL."""
        return secrets.token_urlsafe(16)

"""What is done for all connections together: one flush a tick, one look at the clock a second."""

import asyncio
import gc

from palimpsest.adapters.sockets.connection import Connection
from palimpsest.limits import Limits

LOOK_SECONDS = 1.0
ARRIVALS_MAX = 100
"""So many connections' garbage is left lying at the most."""

CLOSE_POLICY = 1008
CLOSE_TRY_AGAIN = 1013


class Watch:
    """Knows all connections. No connection has a task or a timer of its own."""

    def __init__(self, limits: Limits) -> None:
        self.now = 0.0
        """The time as of the last look or arrival: when something was heard or sent, roughly."""
        self._limits = limits
        self._connections: set[Connection] = set()
        self._to_flush: list[Connection] = []
        self._timer: asyncio.TimerHandle | None = None
        self._arrivals = 0

    def add(self, connection: Connection) -> None:
        """Watch a connection."""
        self._connections.add(connection)
        self._arrivals += 1
        if self._arrivals == ARRIVALS_MAX:
            self._tidy()
        self.now = connection.opened_at = asyncio.get_running_loop().time()
        if self._timer is None:
            self._look_later()

    def remove(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)

    def _tidy(self) -> None:
        """Collect the garbage of handshakes: uvicorn's part in each leaves a cycle of objects."""
        self._arrivals = 0
        gc.collect(0)

    def flush_soon(self, connection: Connection) -> None:
        """Have a connection write what gathers in this tick, in one piece."""
        if not self._to_flush:
            asyncio.get_running_loop().call_soon(self._flush)
        self._to_flush.append(connection)

    def _flush(self) -> None:
        connections, self._to_flush = self._to_flush, []
        for connection in connections:
            connection.flush()

    def _look_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._timer = None
        now = self.now = asyncio.get_running_loop().time()
        for connection in list(self._connections):
            self._look_at(connection, now)
        if self._arrivals:
            self._tidy()
        if self._connections:
            self._look_later()

    def _look_at(self, connection: Connection, now: float) -> None:
        limits = self._limits
        connection.new_second()
        silence = now - connection.heard_at
        if silence > limits.keepalive_seconds + limits.pong_seconds_max:
            connection.abort()
        elif (
            connection.waits_for_token
            and now - connection.opened_at > limits.unauthenticated_seconds_max
        ):
            connection.close(CLOSE_POLICY, "No token came in time.")
        elif connection.congested:
            if now - connection.congested_at > limits.undrained_seconds_max:
                connection.close(CLOSE_TRY_AGAIN, "The connection does not drain.")
        else:
            if silence > limits.keepalive_seconds:
                connection.ping()
            if now - connection.sent_at > limits.keepalive_seconds:
                connection.keep_alive()

"""A projector's end of the bus: waits to be woken, and says how far projections have come."""

import contextlib
import select
import socket
import time
from pathlib import Path

from palimpsest.adapters.bus.address import short_path
from palimpsest.adapters.bus.messages import AnyMessage, Lines, Renewed, Wanted, line

SEND_SECONDS_MAX = 1.0
RECONNECT_SECONDS = 2.0
POLL_SECONDS = 1.0
"""How long it waits at the most while somebody would wake it ..."""

ALONE_POLL_SECONDS = 0.1
"""... and while nobody would."""


class ServerGone(Exception):
    """The server that started this process has ended."""


class Bell:
    """Wakes whoever waits when something may have been committed."""

    def __init__(self, folder: Path, parent: socket.socket | None) -> None:
        """Take the end of a pair of sockets from the server, if it started this process.

        Without, the server is looked for in the data directory, again and again.
        """
        self._folder = folder
        self._parent = parent
        self._socket = parent
        self._lines = Lines()
        self._look_again_at = 0.0
        if parent is not None:
            parent.settimeout(SEND_SECONDS_MAX)

    def wait(self, seconds_max: float | None) -> list[str]:
        """Return when something may have been committed, or when it is time to look.

        What is returned are documents that somebody waits to see.

        Raises:
            ServerGone: the server that started this process has ended.
        """
        self._look_for_server()
        seconds = ALONE_POLL_SECONDS if self._socket is None else POLL_SECONDS
        if seconds_max is not None:
            seconds = min(seconds, seconds_max)
        if self._socket is None:
            time.sleep(seconds)
        elif select.select([self._socket], [], [], seconds)[0]:
            return self._read()
        return []

    def tell(self, *messages: AnyMessage) -> None:
        """Tell the others, if there is anything to tell and anybody."""
        if messages and self._socket is not None:
            try:
                self._socket.sendall(b"".join(map(line, messages)))
            except OSError:
                self._lost()

    def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            self._socket.close()

    def _read(self) -> list[str]:
        assert self._socket is not None
        try:
            data = self._socket.recv(1 << 16)
        except TimeoutError:
            return []
        except OSError:
            data = b""
        if not data:
            self._lost()
        try:
            said = list(self._lines.feed(data))
        except ValueError:
            self._lost()
            return []
        # Whatever else was said, it is a reason to look.
        return [message.document for message in said if isinstance(message, Wanted)]

    def _lost(self) -> None:
        if self._parent is not None:
            raise ServerGone
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _look_for_server(self) -> None:
        now = time.monotonic()
        if self._socket is not None or now < self._look_again_at:
            return
        self._look_again_at = now + RECONNECT_SECONDS
        self._socket = _connected(self._folder)
        self._lines = Lines()
        # Nobody was told what was done until now.
        self.tell(Renewed())


def tell_once(folder: Path, message: AnyMessage) -> None:
    """Tell the others in a data directory, if there is anybody, and leave."""
    connection = _connected(folder)
    if connection is None:
        return
    with connection, contextlib.suppress(OSError):
        connection.sendall(line(message))
        connection.shutdown(socket.SHUT_WR)
        # Who leaves with something unread may not be heard.
        while connection.recv(1 << 16):
            pass


def _connected(folder: Path) -> socket.socket | None:
    found = socket.socket(socket.AF_UNIX)
    found.settimeout(SEND_SECONDS_MAX)
    try:
        with short_path(folder) as path:
            found.connect(path)
    except OSError:
        found.close()
        return None
    return found

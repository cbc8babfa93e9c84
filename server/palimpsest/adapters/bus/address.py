"""Where the bus is: a socket's path may have no more than some hundred bytes, a folder's may."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE_NAME = "bus"


@contextmanager
def short_path(folder: Path) -> Iterator[str]:
    """Yield a path of the bus in `folder` that is short enough, good while this is open."""
    path = folder / FILE_NAME
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        yield str(path)
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"{descriptors}/{descriptor}/{FILE_NAME}"
    finally:
        os.close(descriptor)


def listen(folder: Path) -> socket.socket:
    """Return a socket bound as the bus of a data directory that is this server's."""
    (folder / FILE_NAME).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    with short_path(folder) as path:
        listener.bind(path)
        Path(path).chmod(0o600)
    return listener

"""The data directory: made, recognised, and locked by the one process that writes to it."""

import fcntl
import os
import time
from pathlib import Path

LOCK_NAME = "lock"
KNOWN_NAMES = {"events.db", "files", "lock", "secret", "views.db"}
LOCK_SECONDS_MAX = 5.0
LOCK_STEP_SECONDS = 0.02


class DataDirectoryUnusable(Exception):
    """The directory cannot be used; the message says why and what to do."""


def prepare(folder: Path) -> None:
    """Make the directory if it is not there; refuse one that holds something else.

    Raises:
        DataDirectoryUnusable: it is somebody else's, or cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = {entry.name for entry in folder.iterdir()}
    except OSError as error:
        raise DataDirectoryUnusable(
            f"The data directory {folder} cannot be used: {error.strerror}."
        ) from error
    if names and not names & KNOWN_NAMES:
        raise DataDirectoryUnusable(
            f"{folder} is not empty and holds no Palimpsest data; name another with --data."
        )
    if not os.access(folder, os.W_OK):
        raise DataDirectoryUnusable(f"The data directory {folder} cannot be written to.")


def lock(folder: Path) -> int:
    """Lock the directory for this process until it ends; return the lock's file descriptor.

    A former engine may need a moment to notice that its server is gone, so this waits a little.

    Raises:
        DataDirectoryUnusable: another server uses it.
    """
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + LOCK_SECONDS_MAX
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise DataDirectoryUnusable(
                    f"Another Palimpsest server is using {folder}; stop it, or use another --data."
                ) from None
            time.sleep(LOCK_STEP_SECONDS)
        else:
            return descriptor

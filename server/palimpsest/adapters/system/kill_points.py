"""Named points at which a test may have a process killed, so that recovery is tried for real."""

import os
import signal
from collections.abc import Callable

VARIABLE = "PALIMPSEST_KILL_AT"


def kill_points(spec: str) -> Callable[[str], None]:
    """Return a function that kills this process at a point's nth passing; `spec` is `point:n`.

    An empty `spec` gives one that does nothing.
    """
    if not spec:
        return _never
    point, _, number = spec.partition(":")
    left = int(number or 1)

    def passing(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return passing


def _never(_name: str) -> None:
    """Pass."""

"""An even pace: so many times a second, whatever comes of it. Knows not what is done."""

import asyncio
import time
from collections.abc import Callable

Act = Callable[[float], None]
"""Does something once, told when it was due."""


class Pace:
    """Acts at even times; what was missed is made up for at once, so that nobody is spared."""

    def __init__(self, per_second: float, act: Act) -> None:
        self._step = 1 / per_second
        self._act = act
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Act for the first time in a step from now."""
        now = time.perf_counter()
        self._due = now + self._step
        self._wait(now)

    def stop(self) -> None:
        """Act no more."""
        if self._timer is not None:
            self._timer.cancel()

    def catch_up(self, now: float) -> None:
        """Act as often as is due by now."""
        while self._due <= now:
            due, self._due = self._due, self._due + self._step
            self._act(due)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.catch_up(now)
        self._wait(now)

    def _wait(self, now: float) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(max(self._due - now, 0.0), self._tick)

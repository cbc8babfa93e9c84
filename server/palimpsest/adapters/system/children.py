"""A child process that is started again whenever it dies, until its parent ends."""

import asyncio
import logging
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence

PAUSE_SECONDS = 0.2
PAUSE_SECONDS_MAX = 10.0
STEADY_SECONDS = 30.0
STOP_SECONDS_MAX = 5.0

FROM_OUTSIDE = {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}
"""Ends that somebody else decided on: the child is not to blame."""

log = logging.getLogger(__name__)


class Child:
    """Keeps a child process alive. It holds one end of a pair of sockets, and ends with ours."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        adopt: Callable[[socket.socket], Awaitable[None]],
    ) -> None:
        """Take the arguments of `palimpsest`, and `adopt`.

        That is given our end of each pair, and returns when the other end was closed.
        """
        self._name = name
        self._arguments = arguments
        self._adopt = adopt
        self._process: subprocess.Popen[bytes] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start it, and again when it dies."""
        self._task = asyncio.ensure_future(self._keep())

    async def stop(self) -> None:
        """End it; our end of its pair must be closed by now."""
        if self._task is not None:
            self._task.cancel()
        if self._process is not None:
            await asyncio.to_thread(_reap, self._process)

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        pause = PAUSE_SECONDS
        blame = False
        while True:
            began = loop.time()
            try:
                status = await self._live(blame=blame)
            except OSError as error:
                log.error("The %s cannot be started: %s", self._name, error)  # noqa: TRY400
            else:
                blame = status not in FROM_OUTSIDE
                log.warning("The %s ended (status %d) and is started again.", self._name, status)
            pause = PAUSE_SECONDS if loop.time() - began > STEADY_SECONDS else pause * 2
            await asyncio.sleep(min(pause, PAUSE_SECONDS_MAX))

    async def _live(self, *, blame: bool) -> int:
        """Start the process and return its status when it has ended."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = await asyncio.to_thread(self._spawn, theirs, blame=blame)
            except BaseException:
                ours.close()
                raise
        await self._adopt(ours)
        return await asyncio.to_thread(_reap, self._process)

    def _spawn(self, theirs: socket.socket, *, blame: bool) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "palimpsest", *self._arguments]
        command += ["--parent", str(theirs.fileno())] + ["--blame"] * blame
        return subprocess.Popen(  # noqa: S603 - our own command.
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )


def _reap(process: "subprocess.Popen[bytes]") -> int:
    try:
        return process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()

"""The engine as the write side sees it: starts the process, speaks to it, starts it again.

Knows no policy: what a death means for a batch is for the commands to decide.
"""

import asyncio
import logging
import os
import socket
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple, cast

from palimpsest.adapters.engine import wire
from palimpsest.adapters.system import kill_points
from palimpsest.adapters.system.framing import Frames
from palimpsest.limits import Limits
from palimpsest.ports import Batch, Difference, EngineDied, LogRefused, Opened, Outcome, Unreadable

RESTART_PAUSE_SECONDS = 0.5
STOP_SECONDS_MAX = 10

log = logging.getLogger(__name__)


class EngineCannotStart(Exception):
    """The engine cannot work on this data directory; the message is for who started it."""


class _Call(NamedTuple):
    frame: bytes
    answer: "asyncio.Future[Any]"


class EngineProcess(asyncio.Protocol):
    """A running engine. Calls wait while it restarts, and are answered in their order."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._transport: asyncio.Transport | None = None
        self._frames = Frames()
        self._calls: deque[_Call] = deque()
        self._greeting: asyncio.Future[wire.Ready] | None = None
        self._serving = False
        self._restarting: asyncio.Task[None] | None = None
        self._closing = False
        self._environment = dict(os.environ)

    async def start(self) -> tuple[int, int]:
        """Start the engine; return a batch id and an origin's number that are not used yet.

        Raises:
            EngineCannotStart: the data directory cannot be used.
        """
        ready = await self._spawn()
        return ready.batch, ready.origin

    async def close(self) -> None:
        """Let the engine finish what it has been given, and end."""
        self._closing = True
        if self._restarting is not None:
            self._restarting.cancel()
        if self._transport is not None:
            self._transport.close()
        if self._process is not None:
            await asyncio.to_thread(self._reap, self._process)

    @property
    def serving(self) -> bool:
        """Whether the engine is up."""
        return self._serving

    # The port.

    async def commit(self, batch: Batch) -> list[Outcome]:
        """Integrate, store and make durable; return an outcome an entry, in order."""
        outcomes: list[Outcome] = await self._call(wire.Commit(batch))
        return outcomes

    async def outcomes(self, identifier: int) -> list[Outcome] | None:
        """Return what became of a recent batch; None if it was not committed."""
        outcomes: list[Outcome] | None = await self._call(wire.ReadOutcomes(identifier))
        return outcomes

    async def open(self, document: str, *, load: bool, from_start: bool = False) -> Opened:
        """Return what the aggregate must know and, with `load`, load the document's replica."""
        request = wire.Open(document, load, from_start)
        opened: Opened | None = None
        while opened is None:
            opened = await self._call(request)
        return opened

    async def difference(self, document: str, state_vector: bytes) -> Difference:
        """Return what a client with the state vector lacks, garbage-collected."""
        difference: Difference = await self._call(wire.TellDifference(document, state_vector))
        return difference

    def unload(self, document: str) -> None:
        """Have the document's replica forgotten; it is loaded again when next needed."""
        # A death meanwhile has forgotten it as well: nobody needs to hear of it.
        self._call(wire.Unload(document)).add_done_callback(lambda call: call.exception())

    # The socket.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport: the engine's first words may come before anybody waits for them."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Settle the calls that are answered."""
        for body in self._frames.feed(data):
            answer = wire.read_answer(body)
            if isinstance(answer, wire.Ready | wire.CannotStart):
                self._greeted(answer)
            else:
                _settle(self._calls.popleft().answer, answer)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Tell the call that was being worked on that the engine died; start it again."""
        self._transport = None
        if not self._serving:
            if self._greeting is not None and not self._greeting.done():
                unsaid = EngineCannotStart("The engine ended while it started.")
                self._greeting.set_exception(unsaid)
            return
        self._serving = False
        if self._closing:
            for call in self._calls:
                call.answer.cancel()
            return
        log.warning("The engine died and is being restarted.")
        # It works on one call at a time: the oldest is the one that it died of, or with. Those
        # behind it were not begun, and are asked again.
        if self._calls and not (died := self._calls.popleft().answer).done():
            died.set_exception(EngineDied())
        self._restarting = asyncio.ensure_future(self._restart())

    def _call(self, request: wire.Request) -> "asyncio.Future[Any]":
        call = _Call(wire.frame(request), asyncio.get_running_loop().create_future())
        self._calls.append(call)
        if self._transport is not None and self._serving:
            self._transport.write(call.frame)
        return call.answer

    def _greeted(self, answer: wire.Ready | wire.CannotStart) -> None:
        assert self._greeting is not None
        assert self._transport is not None
        if isinstance(answer, wire.CannotStart):
            self._greeting.set_exception(EngineCannotStart(answer.message))
            return
        self._greeting.set_result(answer)
        self._serving = True
        for call in self._calls:
            self._transport.write(call.frame)

    async def _spawn(self) -> wire.Ready:
        ours, theirs = socket.socketpair()
        with theirs:
            descriptor = theirs.fileno()
            command = [sys.executable, "-m", __package__, str(descriptor), str(self._folder)]
            command.append(wire.write_limits(self._limits))
            try:
                self._process = await asyncio.to_thread(
                    subprocess.Popen,
                    command,
                    pass_fds=[descriptor],
                    stdin=subprocess.DEVNULL,
                    env=self._environment,
                )
            except OSError:
                ours.close()
                raise
        # A point at which a test kills the engine is for its first life only.
        self._environment.pop(kill_points.VARIABLE, None)
        self._frames = Frames()
        loop = asyncio.get_running_loop()
        greeting: asyncio.Future[wire.Ready] = loop.create_future()
        self._greeting = greeting
        await loop.create_unix_connection(lambda: self, sock=ours)
        return await greeting

    async def _restart(self) -> None:
        """Start the engine again and again until it works or the server stops."""
        while True:
            if self._process is not None:
                await asyncio.to_thread(self._reap, self._process)
            try:
                await self._spawn()
            except (EngineCannotStart, OSError) as error:
                log.error("The engine does not start: %s", error)  # noqa: TRY400
                await asyncio.sleep(RESTART_PAUSE_SECONDS)
            else:
                return

    @staticmethod
    def _reap(process: "subprocess.Popen[bytes]") -> None:
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _settle(call: "asyncio.Future[Any]", answer: wire.Answer) -> None:
    if call.done():  # Who asked has gone.
        return
    match answer:
        case wire.Committed(result) | wire.OpenedDocument(result) | wire.ToldDifference(result):
            call.set_result(result)
        case wire.Full(message):
            call.set_exception(LogRefused(message))
        case wire.Failed(message):
            call.set_exception(Unreadable(message))
        case _:
            call.set_result(None)

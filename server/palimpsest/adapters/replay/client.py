"""A replay worker as queries see it: started when it is first needed, and again when it died."""

import asyncio
import logging
import socket
import subprocess
import sys
from collections import OrderedDict, deque
from pathlib import Path
from typing import NamedTuple

from palimpsest.adapters.replay import wire
from palimpsest.adapters.system.framing import Frames
from palimpsest.content.rendering import Rendering
from palimpsest.limits import Limits
from palimpsest.queries.content import NotShowable, TooBusy

DEATHS_MAX = 2
DEADLY_KEPT = 1000
STOP_SECONDS_MAX = 5.0

log = logging.getLogger(__name__)


class _Call(NamedTuple):
    request: wire.Request
    answer: "asyncio.Future[wire.Answer]"


class ReplayProcess(asyncio.Protocol):
    """Shows documents as of any version. What kills the worker twice is not tried again."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._transport: asyncio.Transport | None = None
        self._starting: asyncio.Task[None] | None = None
        self._frames = Frames()
        self._calls: deque[_Call] = deque()
        self._deaths: OrderedDict[wire.Request, int] = OrderedDict()

    async def show(self, document: str, version: int) -> Rendering:
        """Return a document as of a version.

        Raises:
            NotShowable: it cannot be shown.
            TooBusy: too much waits to be shown.
        """
        answer = await self._call(wire.Show(document, version))
        assert isinstance(answer, wire.Shown)
        return answer.rendering

    async def encode(self, document: str, version: int) -> bytes:
        """Return a document as of a version as a Yjs update, garbage-collected.

        Raises:
            NotShowable: it cannot be encoded.
            TooBusy: too much waits to be shown.
        """
        answer = await self._call(wire.Encode(document, version))
        assert isinstance(answer, wire.Encoded)
        return answer.update

    async def close(self) -> None:
        """End the worker."""
        if self._starting is not None:
            await asyncio.wait([self._starting])
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()
        if self._process is not None:
            await asyncio.to_thread(_reap, self._process)

    def data_received(self, data: bytes) -> None:
        """Settle the calls that are answered."""
        for body in self._frames.feed(data):
            call = self._calls.popleft()
            if not call.answer.done():  # Who asked may have gone.
                call.answer.set_result(wire.read_answer(body))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Charge the request that the worker died of; ask those behind it again."""
        if self._transport is None:
            return
        self._transport = None
        log.warning("A replay worker died.")
        if self._calls:
            self._died_of(self._calls.popleft())
        if self._calls:
            self._start()

    def _died_of(self, call: _Call) -> None:
        deaths = self._deaths[call.request] = self._deaths.pop(call.request, 0) + 1
        if len(self._deaths) > DEADLY_KEPT:
            self._deaths.popitem(last=False)
        if deaths < DEATHS_MAX:
            self._calls.append(call)
        elif not call.answer.done():
            call.answer.set_exception(NotShowable("This version cannot be shown."))

    async def _call(self, request: wire.Request) -> wire.Answer:
        if self._deaths.get(request, 0) >= DEATHS_MAX:
            raise NotShowable("This version cannot be shown.")
        same = next((call for call in self._calls if call.request == request), None)
        answer = await asyncio.shield((same or self._ask(request)).answer)
        # What killed it before was not this.
        self._deaths.pop(request, None)
        if isinstance(answer, wire.Failed):
            raise NotShowable(answer.message)
        return answer

    def _ask(self, request: wire.Request) -> _Call:
        if len(self._calls) >= self._limits.replays_waiting_max:
            raise TooBusy
        call = _Call(request, asyncio.get_running_loop().create_future())
        self._calls.append(call)
        if self._transport is not None:
            self._transport.write(wire.frame(request))
        elif self._starting is None:
            self._start()
        return call

    def _start(self) -> None:
        self._starting = asyncio.ensure_future(self._spawn())

    async def _spawn(self) -> None:
        try:
            if self._process is not None:
                await asyncio.to_thread(_reap, self._process)
            self._transport = await self._connect()
        except OSError as error:
            log.error("No replay worker can be started: %s", error)  # noqa: TRY400
            self._refuse_all()
        else:
            for call in self._calls:
                self._transport.write(wire.frame(call.request))
        finally:
            self._starting = None

    async def _connect(self) -> asyncio.Transport:
        """Start a worker; return what it is spoken to through."""
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", __package__, str(theirs.fileno()), str(self._folder)]
            command.append(wire.write_limits(self._limits))
            try:
                self._process = await asyncio.to_thread(
                    subprocess.Popen,
                    command,
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                )
            except OSError:
                ours.close()
                raise
        self._frames = Frames()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_unix_connection(lambda: self, sock=ours)
        return transport

    def _refuse_all(self) -> None:
        calls, self._calls = self._calls, deque()
        for call in calls:
            if not call.answer.done():
                call.answer.set_exception(TooBusy())


def _reap(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

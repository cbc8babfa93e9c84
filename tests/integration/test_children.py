"""A child process is started again, whatever it died of, and even when it could not be."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from palimpsest.adapters.system import children as children_module
from palimpsest.adapters.system.children import Child
from tests.harness.recording import record
from tests.updates import typing

SECONDS_MAX = 20.0


class Parent:
    """Somebody with a projector for a child, who knows each of its lives."""

    def __init__(self, folder: Path) -> None:
        self.lives: list[socket.socket] = []
        self._changed = asyncio.Event()
        self.child = Child("projector", ["project", "--data", str(folder)], self._adopt)

    async def _adopt(self, end: socket.socket) -> None:
        self.lives.append(end)
        self._changed.set()
        loop = asyncio.get_running_loop()
        end.setblocking(False)  # noqa: FBT003
        with end, contextlib.suppress(OSError):
            while await loop.sock_recv(end, 1 << 16):
                pass

    async def until_lived(self, count: int) -> str:
        """Wait for a life; return its command line."""
        async with asyncio.timeout(SECONDS_MAX):
            while len(self.lives) < count:
                self._changed.clear()
                await self._changed.wait()
            # A process that has just been made has no command line for a moment.
            while not (words := Path(f"/proc/{self.pid}/cmdline").read_text()):
                await asyncio.sleep(0)
            return words

    @property
    def pid(self) -> int:
        """Return the child's process."""
        assert self.child._process is not None
        return self.child._process.pid


@pytest_asyncio.fixture
async def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Parent]:
    monkeypatch.setattr(children_module, "PAUSE_SECONDS", 0.01)
    record(tmp_path, "d", typing(1, "abc"))
    parent = Parent(tmp_path)
    yield parent
    await parent.child.stop()
    assert not Path(f"/proc/{parent.pid}").exists()


async def test_who_kills_a_child_from_outside_is_to_blame_for_it(parent: Parent) -> None:
    parent.child.start()
    assert "--blame" not in await parent.until_lived(1)
    os.kill(parent.pid, signal.SIGKILL)
    assert "--blame" not in await parent.until_lived(2)
    os.kill(parent.pid, signal.SIGABRT)
    assert "--blame" in await parent.until_lived(3)
    os.kill(parent.pid, signal.SIGKILL)
    assert "--blame" not in await parent.until_lived(4)


async def test_a_child_that_cannot_be_started_is_started_later(
    parent: Parent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/nowhere/python")
        parent.child.start()
        async with asyncio.timeout(SECONDS_MAX):
            while caplog.text.count("cannot be started") < 3:
                await asyncio.sleep(0.01)
    assert "--blame" not in await parent.until_lived(1)

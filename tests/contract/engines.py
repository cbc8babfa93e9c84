"""Engines under test: the port, and what a test must see or do behind it."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from palimpsest.adapters.engine.client import EngineProcess
from palimpsest.adapters.sqlite.event_log import SqliteEventLog
from palimpsest.adapters.system.kill_points import VARIABLE
from palimpsest.domain import chain
from palimpsest.domain.event_codec import Stored
from palimpsest.limits import Limits
from palimpsest.ports import Engine, EngineDied, EventLog, Row
from tests.contract.logs import PAGE_BYTES, Seeds, overwrite_in, rows_in, seeds_in
from tests.doubles import InMemoryEventLog, InProcessEngine

PAGES_VARIABLE = "PALIMPSEST_LOG_PAGES_MAX"


class EngineSubject(Protocol):
    """Where an engine is started and stopped, and what stands in its log."""

    def __init__(self, _folder: Path, monkeypatch: pytest.MonkeyPatch) -> None: ...

    async def start(
        self, limits: Limits | None = None, *, kill_at: str = "", pages_max: int = 0
    ) -> Engine:
        """Start an engine on what there is; `pages_max` bounds its disk."""
        ...

    def shorten_runs(self) -> None:
        """Let a seed last for fewer events, where that can be had."""
        ...

    async def stop(self) -> None:
        """Stop the engine, if there is one."""
        ...

    async def make_room(self) -> None:
        """Let the disk hold as much as anybody wants."""
        ...

    def rows(self) -> list[Row]:
        """Return what was committed."""
        ...

    def seeds(self) -> Seeds:
        """Return the seed of each document's runs."""
        ...

    def overwrite(self, document: str, version: int, payload: bytes) -> None:
        """Damage an event, while no engine runs."""
        ...


class EngineInMemory:
    """The plain engine, on the log in memory."""

    def __init__(self, _folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._log = InMemoryEventLog()
        self._monkeypatch = monkeypatch

    def shorten_runs(self) -> None:
        self._monkeypatch.setattr(chain, "RUN_EVENTS", 7)

    async def start(
        self, limits: Limits | None = None, *, kill_at: str = "", pages_max: int = 0
    ) -> Engine:
        self._log.bytes_max = pages_max * PAGE_BYTES or None
        return InProcessEngine(lambda: self._log, limits or Limits(), kill_at=kill_at)

    async def stop(self) -> None:
        pass

    async def make_room(self) -> None:
        self._log.bytes_max = None

    def rows(self) -> list[Row]:
        return list(self._log.rows)

    def seeds(self) -> Seeds:
        return dict(self._log.seeds)

    def overwrite(self, document: str, version: int, payload: bytes) -> None:
        self._log.rows = [
            row._replace(stored=Stored(row.stored.kind, payload))
            if (row.document, row.version) == (document, version)
            else row
            for row in self._log.rows
        ]


class _OnDisk:
    """What engines with a real log have in common."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch

    def rows(self) -> list[Row]:
        return rows_in(self._folder)

    def seeds(self) -> Seeds:
        return seeds_in(self._folder)

    def overwrite(self, document: str, version: int, payload: bytes) -> None:
        overwrite_in(self._folder, document, version, payload)


class EngineInProcess(_OnDisk):
    """The plain engine, on the real log."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, monkeypatch)
        self._log: SqliteEventLog | None = None

    def shorten_runs(self) -> None:
        self._monkeypatch.setattr(chain, "RUN_EVENTS", 7)

    async def start(
        self, limits: Limits | None = None, *, kill_at: str = "", pages_max: int = 0
    ) -> Engine:
        await self.stop()
        return InProcessEngine(self._opening(pages_max), limits or Limits(), kill_at=kill_at)

    async def stop(self) -> None:
        if self._log is not None:
            self._log.close()
            self._log = None

    async def make_room(self) -> None:
        assert self._log is not None
        self._log._connection.pragma("max_page_count", 1_000_000)

    def _opening(self, pages_max: int) -> Callable[[], EventLog]:
        def open_log() -> EventLog:
            if self._log is not None:
                self._log.close()
            self._log = SqliteEventLog(self._folder, free_bytes_min=0, pages_max=pages_max or None)
            return self._log

        return open_log


class EngineOfItsOwn(_OnDisk):
    """The real one: a process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, monkeypatch)
        self._engine: EngineProcess | None = None

    def shorten_runs(self) -> None:
        """Leave them: another process does not hear of it."""

    async def start(
        self, limits: Limits | None = None, *, kill_at: str = "", pages_max: int = 0
    ) -> Engine:
        await self.stop()
        self._monkeypatch.setenv(VARIABLE, kill_at)
        self._monkeypatch.setenv(PAGES_VARIABLE, str(pages_max))
        self._engine = EngineProcess(self._folder, limits or Limits())
        await self._engine.start()
        return self._engine

    async def stop(self) -> None:
        if self._engine is not None:
            await self._engine.close()
            self._engine = None

    async def make_room(self) -> None:
        # It reads this when it starts, which it does at once when it dies.
        assert self._engine is not None
        self._engine._environment[PAGES_VARIABLE] = "0"
        await kill(self._engine)


async def kill(engine: EngineProcess) -> None:
    """Kill the engine's process, and wait for the next one."""
    assert engine._process is not None
    engine._process.kill()
    with contextlib.suppress(EngineDied):
        await engine.outcomes(0)
    await engine.outcomes(0)

"""The subjects of the contract suites: each port's real adapter, and the one for tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.contract.engines import (
    EngineInMemory,
    EngineInProcess,
    EngineOfItsOwn,
    EngineSubject,
)
from tests.contract.logs import LogInMemory, LogInSqlite, LogSubject


@pytest.fixture(params=[LogInMemory, LogInSqlite], ids=["memory", "sqlite"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LogSubject]:
    """A log, empty."""
    made: LogSubject = request.param(tmp_path)
    yield made
    made.close()


@pytest.fixture(
    params=[EngineInMemory, EngineInProcess, EngineOfItsOwn],
    ids=["memory", "in-process", "process"],
)
async def house(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EngineSubject]:
    """A place to start an engine in; it is stopped at the end."""
    made: EngineSubject = request.param(tmp_path, monkeypatch)
    yield made
    await made.stop()

"""A log in memory and real views, for tests of what runs projections."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from palimpsest.adapters.sqlite.views import FILE_NAME, SqliteViews
from tests.doubles import InMemoryEventLog, InMemoryLogReader
from tests.unit.projections.faults import Faults, MortalViews


@pytest.fixture
def log() -> InMemoryEventLog:
    return InMemoryEventLog()


@pytest.fixture
def events(log: InMemoryEventLog) -> InMemoryLogReader:
    return InMemoryLogReader(log)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


@pytest.fixture
def file(path: Path) -> Iterator[SqliteViews]:
    made = SqliteViews(path)
    yield made
    made.close()


@pytest.fixture
def views(file: SqliteViews) -> MortalViews:
    return MortalViews(file)

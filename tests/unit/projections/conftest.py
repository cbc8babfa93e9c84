"""Where projections run, for their tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.projections.scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """An empty log and no views."""
    made = Scene(tmp_path)
    yield made
    made.close()

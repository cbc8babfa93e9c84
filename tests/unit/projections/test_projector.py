"""The loop that runs all projections, when their views take nothing."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from palimpsest.adapters.bus import bell
from palimpsest.adapters.sqlite.event_log import SqliteEventLog
from palimpsest.adapters.sqlite.views import FILE_NAME, SqliteViews
from palimpsest.bootstrap.projecting import PROJECTIONS, Projector
from palimpsest.limits import Limits
from palimpsest.ports import ViewsRefused
from tests.updates import ANN, CREATED


@pytest.fixture
def projector(tmp_path: Path) -> Iterator[Projector]:
    """A projector of one event, whose server is there."""
    log = SqliteEventLog(tmp_path, free_bytes_min=0)
    log.begin()
    log.append("a", ANN, 1_000, CREATED)
    log.commit(1, b"")
    log.close()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Projector(tmp_path, Limits(), parent=ours, blame=False)


def places(folder: Path) -> dict[str, int]:
    views = SqliteViews(folder / FILE_NAME)
    with views.transaction() as rows:
        found = dict(rows.execute("SELECT name, position FROM projections"))
    views.close()
    return found


def test_when_the_views_take_nothing_all_projections_wait_and_then_go_on(
    projector: Projector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: SqliteViews) -> None:
        raise ViewsRefused("the disk is full")

    monkeypatch.setattr(bell, "POLL_SECONDS", 0)
    with monkeypatch.context() as patch:
        patch.setattr(SqliteViews, "transaction", refuse)
        projector._turn()
    for now in range(3):
        for runner in projector._runners:
            runner.step(float(now))
    assert places(tmp_path) == dict.fromkeys(PROJECTIONS, 1)

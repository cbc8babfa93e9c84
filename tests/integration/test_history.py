"""What the history says of stock clients' random editing: each edit's characters are the truth."""

import os
from itertools import pairwise
from pathlib import Path

import pytest

from palimpsest.adapters.sqlite.log_reader import SqliteLogReader
from palimpsest.adapters.sqlite.views import SqliteViews
from palimpsest.domain.event_codec import UPDATE_RECORDED, split_update
from palimpsest.ports import Row
from palimpsest.projections.history import PAUSE_MILLISECONDS, History
from palimpsest.protocol.changes import changes_of
from palimpsest.protocol.scanner import scan
from tests.harness.nodes import NodeHost
from tests.harness.server import running_server
from tests.integration.test_differential import CLIENTS, STEPS, Editing
from tests.unit.projections.writing import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEEDS = range(int(os.environ.get("PALIMPSEST_DIFFERENTIAL_SEEDS", "2")))


@pytest.mark.parametrize("seed", SEEDS)
async def test_each_edit_of_stock_clients_is_counted_as_it_was_seen(
    nodes: NodeHost, tmp_path: Path, seed: int
) -> None:
    async with running_server(tmp_path) as server:
        editing = Editing(nodes, server, "document", seed)
        for _ in range(CLIENTS):
            await editing.join()
        for _ in range(STEPS):
            await editing.step()
        await editing.settle()
        await editing.end()
        log = SqliteLogReader(server.data)
        edits = [row for row in log.history("document") if row.stored.kind == UPDATE_RECORDED]
        log.close()
    house = House()
    for edit in edits:
        _, written = split_update(edit.stored.payload)
        changes, claims = changes_of(written), scan(written)
        others = sum(end - start for _, start, end in changes.others)
        written_clocks = sum(end - start for _, start, end in claims.spans)
        assert changes.characters + others == written_clocks
        assert house.integrate(written)
    grown = [after - before for before, after in pairwise([0, *house.showed])]
    assert [added - removed for added, removed in counts(tmp_path / "views.db", edits)] == grown


def counts(path: Path, edits: list[Row]) -> list[tuple[int, int]]:
    """Return what each edit added and removed: each is made an entry of its own."""
    views, history = SqliteViews(path), History()
    with views.transaction() as rows:
        rows.execute(history.schema)
        for number, edit in enumerate(edits):
            history.fold(edit._replace(time=number * (PAUSE_MILLISECONDS + 1)), rows)
        history.flush(rows)
        found = rows.execute("SELECT added, removed FROM history ORDER BY first_version")
    views.close()
    return found

"""A document with a very long history, of which no view tells anything yet."""

import asyncio
from pathlib import Path

from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from tests.bench.old import edits, grow
from tests.harness.server import running_server
from tests.harness.typist import typing_into
from tests.updates import text_of

COUNT = 350_000
TIGHT = ("--limit", "projection_seconds_max=1", "--limit", "engine_open_seconds_max=1")
SMALL = ("--limit", "projection_bytes_max=8388608", "--limit", "engine_bytes_max=25165824")
VIEWS = 4
SECONDS_MAX = 60.0
LOOK_SECONDS = 0.2


async def test_views_are_made_anew_of_a_long_history_part_by_part(tmp_path: Path) -> None:
    """As a whole it would take more time and more memory than the projector may use at once."""
    await asyncio.to_thread(grow, tmp_path / "data", COUNT, others=0)
    async with running_server(tmp_path, auth="token", options=(*TIGHT, *SMALL)) as server:
        root = await server.token("Root", "admin")
        async with typing_into(server, "beside", token=root) as beside:
            await beside.type("Not held up.")
            assert beside.text == "Not held up."
        async with asyncio.timeout(SECONDS_MAX):
            while True:
                told = await server.get("projections", token=root)
                places = [each["position"] for each in told["projections"]]
                if places == [told["head"]] * VIEWS:
                    break
                await asyncio.sleep(LOOK_SECONDS)
        assert [each["parked"] for each in told["projections"]] == [[]] * VIEWS
        replica = PycrdtReplica()
        replica.load(edits(COUNT))
        expected = text_of(replica.difference(b"\x00"))
        assert (await server.content("old", "txt")).strip() == expected.strip()

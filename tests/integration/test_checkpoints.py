"""A server that opens documents from checkpoints keeps every promise that it keeps without."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from palimpsest.protocol import sync
from palimpsest.protocol.lib0 import Decoder
from tests.harness.nodes import NodeHost
from tests.harness.raw import RawClient, raw_client
from tests.harness.server import Server, running_server
from tests.harness.typist import typing_into
from tests.integration.test_differential import CLIENTS, STEPS, Editing, repeat
from tests.integration.test_differential import SEEDS as DIFFERENTIAL_SEEDS
from tests.updates import text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEEDS = range(1001, 1001 + max(1, len(DIFFERENTIAL_SEEDS) // 5))
DENIED, STEP2 = b"\x02", b"\x00\x01"
OFTEN = ("--limit", "checkpoint_bytes_min=200")


async def save(server: Server, document: str) -> int:
    """Make all checkpoints that are due; return how many there are of a document."""
    await server.run("rebuild", "checkpoints", *OFTEN)
    with closing(sqlite3.connect(server.data / "views.db")) as views:
        counted = "SELECT count(*) FROM checkpoints WHERE document = ?"
        [(count,)] = views.execute(counted, (document,))
    return int(count)


@pytest.mark.parametrize("seed", SEEDS)
async def test_everybody_agrees_though_the_document_is_opened_from_checkpoints(
    nodes: NodeHost, tmp_path: Path, seed: int
) -> None:
    document = f"saved-{seed}"
    async with running_server(tmp_path, options=OFTEN) as server:
        editing = Editing(nodes, server, document, seed)
        for _ in range(CLIENTS):
            await editing.join()
        for restart in (server.restart, server.kill9):
            for _ in range(STEPS // 3):
                await editing.step()
            assert await save(server, document) > 0
            await restart()
            if not server.runs:
                await server.start()
        for _ in range(STEPS // 3):
            await editing.step()
        await editing.settle()
        version = await server.version(document)
        await server.restart()
        await editing.join()
        await editing.settle()
        await repeat(server, document, editing.clients)
        assert await server.version(document) == version
        await editing.end()
        await server.verify()


async def test_who_owned_a_client_id_owns_it_after_opening_from_a_checkpoint(
    tmp_path: Path,
) -> None:
    async with running_server(tmp_path, auth="token", options=OFTEN) as server:
        ann, eve = await server.token("Ann"), await server.token("Eve")
        async with typing_into(server, "owned", client_id=500, token=ann) as typist:
            for number in range(60):
                await typist.type(f"word {number} ")
            version, client = typist.version, typist.client
        assert await save(server, "owned") > 1
        await server.restart()
        stolen = client.type("forged")
        async with raw_client(f"{server.yjs_url}/owned?token={eve}") as raw:
            await raw.send(sync.update(stolen))
            denied = Decoder(await hear(raw, DENIED), 2)
            assert "belongs to somebody else" in denied.var_string()
        assert await server.version("owned") == version
        async with raw_client(f"{server.yjs_url}/owned?token={ann}") as raw:
            await raw.send(sync.update(stolen))
            await raw.expect_among(sync.update(stolen))
        assert await server.version("owned") == version + 1


async def test_a_server_whose_views_are_gone_or_junk_opens_documents(tmp_path: Path) -> None:
    async with running_server(tmp_path, options=OFTEN) as server:
        async with typing_into(server, "d", client_id=500) as typist:
            for number in range(60):
                await typist.type(f"word {number} ")
            version, client = typist.version, typist.client
        assert await save(server, "d") > 1
        for junk in (b"junk" * 9999, None):
            await server.stop()
            if junk is None:
                (server.data / "views.db").unlink()
            else:
                (server.data / "views.db").write_bytes(junk)
            await server.start()
            update = client.type("more ")
            async with raw_client(f"{server.yjs_url}/d") as raw:
                await raw.send(sync.update(update))
                await raw.expect_among(sync.update(update))
                await raw.send(sync.step1(b"\0"))
                assert (
                    text_of(sync.read_sync(Decoder(await hear(raw, STEP2), 1))[1]) == client.text
                )
            version += 1
            shown = await server.get(f"documents/d/history?min_version={version}")
            assert shown["version"] == version


async def hear(raw: RawClient, kind: bytes) -> bytes:
    """Return the next message of a kind."""
    while not (message := await raw.receive()).startswith(kind):
        pass
    return message

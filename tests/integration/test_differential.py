"""Random editing by stock clients: they, the server and a replay of its log must all agree.

A seed decides everything but the timing. More seeds than these few:
PALIMPSEST_DIFFERENTIAL_SEEDS=200 pytest tests/integration/test_differential.py
"""

import base64
import os
import random
from pathlib import Path

import pytest

from palimpsest.protocol import sync
from tests.harness.nodes import KINDS, Client, NodeHost
from tests.harness.raw import raw_client
from tests.harness.server import Server, running_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEEDS = range(int(os.environ.get("PALIMPSEST_DIFFERENTIAL_SEEDS", "5")))
CLIENTS = 5
STEPS = 60


class Editing:
    """Clients of one document, and what chance has them do."""

    def __init__(self, nodes: NodeHost, server: Server, document: str, seed: int) -> None:
        self.chance = random.Random(seed)
        self.clients: list[Client] = []
        self.offline: set[Client] = set()
        self._nodes = nodes
        self._server = server
        self._document = document

    async def join(self) -> Client:
        """Return a new client, of whatever kind, with or without garbage collection."""
        client = await self._nodes.client(
            self.chance.choice(KINDS),
            self._server,
            self._document,
            gc=self.chance.random() < 0.8,
        )
        self.clients.append(client)
        return client

    async def step(self) -> None:
        """Have somebody do something."""
        client = self.chance.choice(self.clients)
        does = self.chance.choices(
            [self.edit, self.leave_or_return, self.drop, self.relay, self.replace],
            weights=[60, 16, 8, 12, 4],
        )[0]
        await does(client)

    async def edit(self, client: Client) -> None:
        """Edit, on- or offline."""
        await client.random_edits(self.chance.randrange(2**32), self.chance.randint(1, 6))

    async def leave_or_return(self, client: Client) -> None:
        """Go offline for a while, or come back with an old state vector."""
        if client in self.offline:
            self.offline.remove(client)
            await client.connect()
        else:
            self.offline.add(client)
            await client.disconnect()

    async def drop(self, client: Client) -> None:
        """Lose the connection in the middle of whatever is on its way."""
        await client.drop()

    async def relay(self, client: Client) -> None:
        """Take what another client has past the server, and send it through one's own socket."""
        await client.relay(self.chance.choice(self.clients))

    async def replace(self, client: Client) -> None:
        """Leave for good, with whatever was not sent, and have somebody else come."""
        if len(self.clients) > 2:
            self.clients.remove(client)
            self.offline.discard(client)
            await client.destroy()
            await self.join()

    async def settle(self) -> None:
        """Bring everybody online, and wait until all agree and have everything saved."""
        while self.offline:
            await self.offline.pop().connect()
        await self._nodes.settle(self.clients)

    async def end(self) -> None:
        """Let everybody go."""
        for client in self.clients:
            await client.destroy()


@pytest.mark.parametrize("seed", SEEDS)
async def test_everybody_and_a_replay_of_the_log_agree(
    nodes: NodeHost, tmp_path: Path, seed: int
) -> None:
    document = f"differential-{seed}"
    async with running_server(tmp_path) as server:
        editing = Editing(nodes, server, document, seed)
        for _ in range(CLIENTS):
            await editing.join()
        for _ in range(STEPS):
            await editing.step()
        await editing.settle()
        version = await server.version(document)

        # The replica agrees, and who comes back has nothing new to say.
        await editing.join()
        await editing.settle()
        for client in editing.clients:
            await client.disconnect()
        for client in editing.clients:
            await client.connect()
        await editing.settle()
        assert await server.version(document) == version

        await repeat(server, document, editing.clients)
        assert await server.version(document) == version

        # So does a fresh replay of the log.
        await server.kill9()
        await server.start()
        await editing.join()
        await editing.settle()
        assert await server.version(document) == version
        await editing.end()
        await server.verify()


async def repeat(server: Server, document: str, clients: list[Client]) -> None:
    """Send whole documents again, as updates and in a handshake; they must be acknowledged."""
    async with raw_client(f"{server.yjs_url}/{document}") as raw:
        for client in clients:
            whole = base64.b64decode(await client.update())
            for message in (sync.update(whole), sync.step2(whole)):
                await raw.send(message)
                await raw.expect_among(sync.update(whole))


async def test_updates_ahead_of_what_they_build_on_wait_and_are_acknowledged_later(
    nodes: NodeHost, server: Server, document: str
) -> None:
    writer = await nodes.client("y-websocket-3", server, f"{document}-elsewhere")
    watcher = await nodes.client("hocuspocus-4", server, document)
    await watcher.wait(synced=True)
    parts = []
    for seed in range(4):
        before = await writer.state_vector()
        await writer.random_edits(seed, 6)
        parts.append(base64.b64decode(await writer.update_since(before)))
    whole = base64.b64decode(await writer.update())
    address = bytes([len(document)]) + document.encode()
    status = address + b"\x08\x01"
    async with raw_client(server.hocuspocus_url) as raw:
        for message in (sync.step1(b"\0"), sync.step2(b"\0\0")):
            await raw.send(address + message)
        await raw.expect_among(status)
        for part in reversed(parts[1:]):
            await raw.send(address + sync.update(part))
        await raw.expect_among(address + sync.step1(b"\0"))
        assert await watcher.text() == ""
        await raw.send(address + sync.step2(whole))
        for _ in parts[1:]:
            await raw.expect_among(status)  # Presence may come between.
    await watcher.equals(writer)
    assert await server.version(document) == 2, "it was created, and edited once"
    await writer.destroy()
    await watcher.destroy()

"""Recorded sessions, sent through real sockets: texts end as the files say, and stay so.

A session that is not recorded is generated; `generated` never is recorded. Of `automerge-paper`
only a beginning is typed; the whole of it, in about a minute:
PALIMPSEST_SESSION_EDITS=259778 pytest tests/integration/test_recorded_sessions.py
"""

import asyncio
import os

import pytest

from tests.harness.nodes import KINDS, Client, Kind, NodeHost
from tests.harness.server import Server
from tests.harness.traces import typed, typed_together

EDITS = int(os.environ.get("PALIMPSEST_SESSION_EDITS", "15000"))
SECONDS_MAX = 60 + EDITS / 500

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(2 * SECONDS_MAX),
]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("automerge-paper", "y-websocket-3"),
        ("json-crdt-blog-post", "hocuspocus-4"),
        ("generated", "hocuspocus-2"),
    ],
)
async def test_what_one_types_ends_as_it_was_typed(
    nodes: NodeHost, server: Server, document: str, name: str, kind: Kind
) -> None:
    session = typed(name)
    if name == "automerge-paper":
        session = session.prefix(EDITS)
    writer = await nodes.client(kind, server, document)
    watchers = [await nodes.client(other, server, document) for other in KINDS if other != kind]
    for client in (writer, *watchers):
        await client.wait(synced=True)
    await writer.replay(session.patches, seconds=SECONDS_MAX)
    clients = [writer, *watchers]
    await ends_and_stays(server, document, clients, session.text, len(session.patches))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("clownschool", ["y-websocket-2", "hocuspocus-4", "y-websocket-3.1"]),
        ("friendsforever", ["hocuspocus-3", "y-websocket-3"]),
        ("generated", ["hocuspocus-2", "y-websocket-2", "hocuspocus-4", "y-websocket-3.1"]),
    ],
)
async def test_what_several_typed_offline_comes_together(
    nodes: NodeHost, server: Server, document: str, name: str, kinds: list[Kind]
) -> None:
    session = typed_together(name, agents=len(kinds))
    ids = [1000 + agent for agent in range(session.agents)]
    prepared = await nodes.prepare(document, session.as_json(), ids, seconds=SECONDS_MAX)
    assert all(text == session.text for text in prepared.texts), "they were prepared wrongly"
    writers = [await nodes.client(kind, server, document) for kind in kinds]
    for writer in writers:
        await writer.wait(synced=True)
    await asyncio.gather(
        *(
            writer.send_prepared(document, agent, seconds=SECONDS_MAX)
            for agent, writer in enumerate(writers)
        )
    )
    await ends_and_stays(server, document, writers, session.text, sum(prepared.updates))


async def ends_and_stays(
    server: Server, document: str, clients: list[Client], text: str, updates: int
) -> None:
    """See all clients end with the text, and who comes late, whatever befalls the server."""
    nodes = clients[0].host

    async def see_the_end(*clients: Client) -> None:
        late = await nodes.client("y-websocket-3", server, document)
        await late.wait(text=text, seconds=SECONDS_MAX)
        await nodes.settle([late, *clients], seconds=SECONDS_MAX)
        await late.destroy()
        assert await server.version(document) == 1 + updates, "one event made the document"

    await see_the_end(*clients)
    await server.kill9()
    await server.start()
    await see_the_end(*clients)
    for client in clients:
        await client.destroy()
    await server.restart()
    await see_the_end()

"""Stock clients against a real server: nothing is prepared for them, and nothing is changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import combinations, pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from pycrdt import Doc, Text

from tests.harness.channels import provided
from tests.harness.nodes import (
    HOCUSPOCUS_KINDS,
    KINDS,
    Y_WEBSOCKET_KINDS,
    Client,
    Kind,
    NodeHost,
    node_host,
)
from tests.harness.server import Server, running_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

each_kind = pytest.mark.parametrize("kind", KINDS)
each_y_websocket = pytest.mark.parametrize("kind", Y_WEBSOCKET_KINDS)
each_hocuspocus = pytest.mark.parametrize("kind", HOCUSPOCUS_KINDS)


@asynccontextmanager
async def clients(
    nodes: NodeHost, server: Server, document: str, *kinds: Kind
) -> AsyncIterator[list[Client]]:
    """Clients of the given kinds, in step with the document; they leave in the end.

    Each has said who it is: a first, empty presence is ignored by stock clients.
    """
    made = [await nodes.client(kind, server, document) for kind in kinds]
    for client in made:
        await client.set_awareness({"name": client.name})
        await client.wait(synced=True, saved=True)
    yield made
    for client in made:
        await client.destroy()


# Writing together.


@each_kind
async def test_two_clients_write_together(
    nodes: NodeHost, server: Server, document: str, kind: Kind
) -> None:
    async with clients(nodes, server, document, kind, kind) as (ann, bob):
        await ann.insert(0, "Ann was here. ")
        await bob.wait(text="Ann was here. ")
        await bob.append("So was Bob.")
        await bob.edit({"kind": "format", "index": 0, "length": 3, "attributes": {"bold": True}})
        await ann.edit({"kind": "set", "key": "title", "value": {"of": ["both"]}})
        await bob.edit({"kind": "push", "values": [1, "two", None]})
        await ann.edit({"kind": "insertElement", "index": 0, "name": "p", "text": "in a tree"})
        for client in (ann, bob):
            await client.wait(text="Ann was here. So was Bob.", saved=True)
        await ann.equals(bob)
        contents = await ann.contents()
    assert contents["map"] == {"map": {"title": {"of": ["both"]}}}
    assert contents["array"] == [1, "two", None]
    assert contents["xml"]["children"][0]["children"] == [{"text": [{"insert": "in a tree"}]}]


async def test_clients_of_all_kinds_write_one_document(
    nodes: NodeHost, server: Server, document: str
) -> None:
    async with clients(nodes, server, document, *KINDS) as everybody:
        for seed, client in enumerate(everybody):
            await client.random_edits(seed, 15)
        for client in everybody:
            await client.append(f"<{client.kind}>")
        for one, other in pairwise(everybody):
            await one.equals(other)
        for client in everybody:
            await client.wait(saved=True, states=len(KINDS))
        text = await everybody[0].text()
    assert all(f"<{kind}>" in text for kind in KINDS)


async def test_a_document_may_have_any_name(nodes: NodeHost, server: Server) -> None:
    name = "folder/Übersicht 100%"
    escaped = "folder/%C3%9Cbersicht%20100%25"
    ann = await nodes.client("hocuspocus-4", server, name)
    bob = await nodes.client("y-websocket-3", server, escaped)
    await ann.insert(0, "the same")
    await bob.wait(text="the same")
    found = await server.get(f"documents/{quote(name, safe='')}?min_version=2")
    assert found["id"] == name
    await ann.destroy()
    await bob.destroy()


@each_kind
async def test_one_who_comes_late_sees_everything(
    nodes: NodeHost, server: Server, document: str, kind: Kind
) -> None:
    async with clients(nodes, server, document, kind) as (ann,):
        await ann.random_edits(seed=7, count=40)
        await ann.wait(saved=True)
        async with clients(nodes, server, document, kind) as (late,):
            assert await late.difference(ann) is None


# Coming back.


@each_kind
async def test_what_was_written_offline_arrives(
    nodes: NodeHost, server: Server, document: str, kind: Kind
) -> None:
    async with clients(nodes, server, document, kind, kind) as (ann, bob):
        await ann.insert(0, "before. ")
        await bob.wait(text="before. ")
        await ann.disconnect()
        await ann.append("Ann, offline. ")
        await ann.delete(0, 2)
        await bob.append("Bob, meanwhile.")
        await ann.connect()
        await ann.wait(contains="Bob, meanwhile.", saved=True)
        await bob.equals(ann)
        assert (await bob.text()).startswith("fore. ")


@each_kind
async def test_a_client_that_comes_back_adds_no_event(
    nodes: NodeHost, server: Server, document: str, kind: Kind
) -> None:
    async with clients(nodes, server, document, kind, kind) as (ann, bob):
        await ann.random_edits(seed=11, count=20)
        await ann.wait(saved=True)
        await bob.equals(ann)
        await bob.wait(saved=True)
        version = await server.version(document)
        for _ in range(2):
            await ann.disconnect()
            await ann.connect()
            await ann.wait(synced=True, saved=True)
        await bob.drop()
        await bob.wait(event="closed")
        await bob.wait(synced=True, saved=True)
        assert await server.version(document) == version


@each_kind
async def test_a_lost_connection_loses_nothing(
    nodes: NodeHost, server: Server, document: str, kind: Kind
) -> None:
    async with clients(nodes, server, document, kind, kind) as (ann, bob):
        for number in range(30):
            await ann.append(f"{number} ")
            if number % 10 == 5:
                await ann.drop()
        await ann.wait(saved=True)
        await bob.equals(ann)
        assert await bob.text() == "".join(f"{number} " for number in range(30))


@pytest.mark.parametrize("end", ["stopped", "killed"])
async def test_everything_comes_back_when_the_server_does(
    nodes: NodeHost, tmp_path: Path, document: str, end: str
) -> None:
    async with (
        running_server(tmp_path) as server,
        clients(nodes, server, document, *KINDS) as everybody,
    ):
        for client in everybody:
            await client.append(f"<{client.kind}, before>")
        for client in everybody:
            await client.wait(saved=True, states=len(KINDS))
        await (server.stop() if end == "stopped" else server.kill9())
        for client in everybody:
            await client.wait(connected=False)
            await client.append(f"<{client.kind}, meanwhile>")
        await server.start()
        for client in everybody:
            await client.wait(saved=True)
            await client.set_awareness({"name": client.name, "back": True})
            await client.append(f"<{client.kind}, after>")
        for one, other in pairwise(everybody):
            await one.equals(other)
        for client in everybody:
            await client.wait(saved=True, states=len(KINDS))
        text = await everybody[0].text()
        late = await nodes.client("hocuspocus-4", server, document)
        await late.equals(everybody[0])
        await late.destroy()
    for when in ("before", "meanwhile", "after"):
        assert [text.count(f"<{kind}, {when}>") for kind in KINDS] == [1] * len(KINDS)


# Presence.


@each_kind
async def test_presence_is_seen_and_goes_with_its_client(
    nodes: NodeHost, server: Server, document: str, kind: Kind
) -> None:
    async with clients(nodes, server, document, kind, kind) as (ann, bob):
        await ann.set_awareness({"user": {"name": "Ann"}, "cursor": 3})
        await bob.wait(states=2)
        seen = await bob.awareness()
        while seen[await ann.client_id()] != {"user": {"name": "Ann"}, "cursor": 3}:
            await asyncio.sleep(0.01)
            seen = await bob.awareness()
        await ann.disconnect()
        await bob.wait(states=1)


@each_kind
async def test_presence_comes_back_with_its_client(
    nodes: NodeHost, server: Server, document: str, kind: Kind
) -> None:
    async with clients(nodes, server, document, kind, kind) as (ann, bob):
        await bob.wait(states=2)
        await ann.disconnect()
        await ann.wait(states=1)
        await bob.wait(states=1)
        await ann.connect()
        await ann.wait(synced=True)
        # A stock client that comes back takes what it knew of others for old until they move;
        # Hocuspocus 4 does not renew its own either.
        await bob.set_awareness({"name": "Bob", "cursor": 1})
        await ann.wait(states=2)
        if kind == "hocuspocus-4":
            await ann.set_awareness({"name": "Ann", "cursor": 1})
        await bob.wait(states=2)


@each_kind
async def test_presence_goes_when_its_program_is_killed(
    nodes: NodeHost, server: Server, document: str, kind: Kind, tmp_path: Path
) -> None:
    async with clients(nodes, server, document, kind) as (bob,):
        async with node_host(tmp_path) as others:
            ann = await others.client(kind, server, document)
            await ann.set_awareness({"name": "Ann"})
            await ann.wait(states=2)
            await bob.wait(states=2)
        await bob.wait(states=1)


async def test_presence_is_seen_across_kinds(
    nodes: NodeHost, server: Server, document: str
) -> None:
    async with clients(nodes, server, document, *KINDS) as everybody:
        for client in everybody:
            await client.wait(states=len(KINDS))
        await everybody[0].disconnect()
        for client in everybody[1:]:
            await client.wait(states=len(KINDS) - 1)


# What Hocuspocus has beside.


@each_hocuspocus
async def test_unsynced_changes_fall_to_zero_and_never_below(
    nodes: NodeHost, server: Server, document: str, kind: Kind
) -> None:
    async with clients(nodes, server, document, kind, kind) as pair:
        for number in range(20):
            for client in pair:
                await client.append(f"{number} ")
        await pair[0].random_edits(seed=3, count=40)
        for client in pair:
            await client.wait(unsynced=0, saved=True)
        await pair[0].equals(pair[1])
        for client in pair:
            assert await client.read("unsynced", "unsyncedMin") == {
                "unsynced": 0,
                "unsyncedMin": 0,
            }


@each_hocuspocus
async def test_one_socket_carries_several_documents(
    nodes: NodeHost, server: Server, document: str, kind: Kind
) -> None:
    names = [f"{document}-{number}" for number in range(3)]
    async with (
        clients(nodes, server, names[0], kind) as (first,),
        clients(nodes, server, names[1], kind) as (second,),
    ):
        shared = [
            await nodes.client(kind, server, name, socket=f"shared-{document}") for name in names
        ]
        for client, name in zip(shared, names, strict=True):
            await client.wait(synced=True)
            await client.set_awareness({"name": client.name})
            await client.insert(0, f"in {name}")
            await client.wait(saved=True, unsynced=0)
        await first.wait(text=f"in {names[0]}", states=2)
        await second.wait(text=f"in {names[1]}", states=2)
        await shared[0].destroy()
        await first.wait(states=1)
        await second.append("!")
        await shared[1].wait(text=f"in {names[1]}!", states=2)
        await shared[1].drop()
        for client in shared[1:]:
            await client.wait(event="closed")
            await client.wait(saved=True)
        await shared[2].append("?")
        await shared[2].wait(saved=True, unsynced=0, text=f"in {names[2]}?")
        for client in shared[1:]:
            await client.destroy()


async def test_one_socket_carries_one_document_twice_with_session_awareness(
    nodes: NodeHost, server: Server, document: str
) -> None:
    async with clients(nodes, server, document, "y-websocket-3") as (other,):
        twins = [
            await nodes.client(
                "hocuspocus-4",
                server,
                document,
                socket=f"shared-{document}",
                sessionAwareness=True,
            )
            for _ in range(2)
        ]
        for twin in twins:
            await twin.set_awareness({"name": twin.name})
            await twin.wait(saved=True)
        await twins[0].insert(0, "from the first twin; ")
        await twins[1].wait(text="from the first twin; ", states=3)
        await twins[1].append("from the second")
        for client in (other, *twins):
            await client.wait(text="from the first twin; from the second", saved=True, states=3)
        await twins[0].destroy()
        await other.wait(states=2)
        await twins[1].append(".")
        await twins[1].wait(saved=True, unsynced=0)
        await other.wait(contains="second.")
        await twins[1].destroy()


@pytest.mark.parametrize("kind", HOCUSPOCUS_KINDS[1:])
async def test_a_document_can_be_left_and_entered_again_on_its_socket(
    nodes: NodeHost, server: Server, document: str, kind: Kind
) -> None:
    async with clients(nodes, server, document, kind) as (other,):
        client = await nodes.client(kind, server, document, socket=f"shared-{document}")
        neighbour = await nodes.client(
            kind, server, f"{document}-beside", socket=f"shared-{document}"
        )
        await client.set_awareness({"name": client.name})
        await client.wait(saved=True)
        await other.wait(states=2)
        await client.detach()
        await other.wait(states=1)
        await client.append("written when out")
        await neighbour.append("beside")
        await neighbour.wait(saved=True)
        await client.attach()
        await other.wait(text="written when out")
        await client.wait(saved=True)
        assert await client.events("closed") == []


@each_hocuspocus
async def test_a_stateless_message_does_no_harm(
    nodes: NodeHost, server: Server, document: str, kind: Kind
) -> None:
    async with clients(nodes, server, document, kind) as (client,):
        await client.call("stateless", payload="anything")
        await client.append("fine")
        await client.wait(saved=True)
        assert await client.events("closed") == []


# Who may do what.


@each_y_websocket
@pytest.mark.parametrize("token", ["wrong", None])
async def test_a_wrong_token_is_told_and_closed_to_y_websocket(
    nodes: NodeHost, guarded: Server, document: str, kind: Kind, token: str | None
) -> None:
    client = await nodes.client(kind, guarded, document, token=token)
    await client.insert(0, "nobody will see this")
    await client.wait(event="closed")
    assert (await client.events("denied"))[0]["reason"]
    assert (await client.events("closed"))[0]["code"] == 4401
    assert not (await client.read("synced"))["synced"]
    await client.destroy()


@each_hocuspocus
async def test_a_wrong_token_is_told_to_hocuspocus_and_the_socket_lives(
    nodes: NodeHost, guarded: Server, document: str, kind: Kind
) -> None:
    socket = f"shared-{document}"
    token = await guarded.token("Ann")
    good = await nodes.client(kind, guarded, f"{document}-good", token=token, socket=socket)
    bad = await nodes.client(kind, guarded, document, token="wrong", socket=socket)
    await bad.insert(0, "nobody will see this")
    await bad.wait(event="authenticationFailed")
    assert (await bad.events("authenticationFailed"))[0]["reason"]
    await good.insert(0, "undisturbed")
    await good.wait(saved=True)
    assert await bad.events("closed") == []
    await guarded.get(f"documents/{quote(f'{document}-good', safe='')}?min_version=2")
    names = [found["id"] for found in (await guarded.get("documents"))["documents"]]
    assert f"{document}-good" in names
    assert document not in names
    await bad.destroy()
    await good.destroy()


@each_kind
async def test_a_reader_sees_everything_and_changes_nothing(
    nodes: NodeHost, guarded: Server, document: str, kind: Kind
) -> None:
    tokens = {role: await guarded.token(role.title(), role) for role in ("editor", "reader")}
    editor = await nodes.client(kind, guarded, document, token=tokens["editor"])
    await editor.insert(0, "to be read")
    await editor.wait(saved=True)
    reader = await nodes.client(kind, guarded, document, token=tokens["reader"])
    for client in (editor, reader):
        await client.set_awareness({"name": client.name})
    await reader.wait(text="to be read", states=2)
    version = await guarded.version(document)
    await reader.append(", scribbled on")
    if kind in HOCUSPOCUS_KINDS:
        await reader.wait(event="refused")
        assert (await reader.read("scope"))["scope"] == "readonly"
    await editor.append(" on")
    await reader.wait(contains=" on", states=2)
    late = await nodes.client(kind, guarded, document, token=tokens["reader"])
    await late.wait(text="to be read on", states=3)
    await editor.wait(saved=True, text="to be read on", states=2)
    assert await guarded.version(document) == version + 1
    for client in (editor, reader, late):
        await client.destroy()


@each_hocuspocus
async def test_a_reader_in_step_has_nothing_unsynced(
    nodes: NodeHost, guarded: Server, document: str, kind: Kind
) -> None:
    tokens = {role: await guarded.token(role.title(), role) for role in ("editor", "reader")}
    editor = await nodes.client(kind, guarded, document, token=tokens["editor"])
    await editor.random_edits(seed=5, count=10)
    await editor.wait(saved=True)
    reader = await nodes.client(kind, guarded, document, token=tokens["reader"])
    await reader.wait(saved=True, unsynced=0)
    await reader.equals(editor)
    await reader.disconnect()
    await reader.connect()
    await reader.wait(saved=True, unsynced=0)
    assert await reader.events("refused") == []
    await reader.destroy()
    await editor.destroy()


async def test_people_with_tokens_of_their_own_write_together(
    nodes: NodeHost, guarded: Server, document: str
) -> None:
    people = [
        await nodes.client(kind, guarded, document, token=await guarded.token(kind))
        for kind in KINDS
    ]
    for client in people:
        await client.wait(synced=True)
    for seed, client in enumerate(people):
        await client.random_edits(seed, 10)
    for one, other in combinations(people, 2):
        await one.equals(other)
    for client in people:
        await client.wait(saved=True)
        await client.destroy()


# pycrdt.


async def test_pycrdts_provider_writes_with_the_others(
    nodes: NodeHost, server: Server, document: str
) -> None:
    doc = Doc({"text": Text()})
    async with clients(nodes, server, document, "y-websocket-3", "hocuspocus-4") as others:
        await others[0].insert(0, "from Node; ")
        async with provided(doc, f"{server.yjs_url}/{document}") as provider:
            await provider.synced.wait()
            text = doc.get("text", type=Text)
            while str(text) != "from Node; ":
                await asyncio.sleep(0.01)
            text += "from Python"
            for client in others:
                await client.wait(text="from Node; from Python", saved=True)
            version = await server.version(document)
            await others[1].append("; again")
            while str(text) != "from Node; from Python; again":
                await asyncio.sleep(0.01)
        # It sends back what it hears: a repeat, which is not recorded.
        assert await server.version(document) == version + 1


async def test_pycrdts_provider_comes_back_with_what_it_wrote_alone(
    nodes: NodeHost, server: Server, document: str
) -> None:
    doc = Doc({"text": Text("written alone")})
    async with clients(nodes, server, document, "y-websocket-2") as (other,):
        async with provided(doc, f"{server.yjs_url}/{document}") as provider:
            await provider.synced.wait()
            await other.wait(text="written alone")
        doc["text"] += ", twice"
        await other.append("!")
        async with provided(doc, f"{server.yjs_url}/{document}") as provider:
            await provider.synced.wait()
            await other.wait(contains=", twice")
            assert str(doc["text"]) == await other.text()

"""Documents that break a projection are set aside there, alone; and taken in again once mended."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.logs import overwrite_in
from tests.harness.server import Server, ServerFailed, running_server
from tests.harness.typist import typing_into, write
from tests.hostile import hostile_updates
from tests.integration.test_http import problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOK_SECONDS = 0.05
SECONDS_MAX = 60.0
JUNK = b"\xff\xff junk"


def payload_of(server: Server, document: str, version: int) -> bytes:
    """Return an event's payload."""
    with closing(sqlite3.connect(server.data / "events.db")) as log:
        [(payload,)] = log.execute(
            "SELECT payload FROM events WHERE version = ?"
            " AND document = (SELECT number FROM documents WHERE id = ?)",
            (version, document),
        )
    return bytes(payload)


@asynccontextmanager
async def without_views(server: Server) -> AsyncIterator[None]:
    """Stop a server meanwhile; when it starts, it makes its views anew."""
    await server.stop()
    yield
    for path in server.data.glob("views.db*"):
        path.unlink()
    await server.start()


async def parked(server: Server, token: str) -> dict[str, list[Any]]:
    """Return what each view has set aside, once all have come to the log's end."""
    async with asyncio.timeout(SECONDS_MAX):
        while True:
            told = await server.get("projections", token=token)
            views = told["projections"]
            if len(views) == 4 and all(each["position"] == told["head"] for each in views):
                return {each["name"]: each["parked"] for each in views}
            await asyncio.sleep(LOOK_SECONDS)


async def is_shown(server: Server, document: str, version: int, text: str) -> None:
    """See that a document is shown in all views, as of a version."""
    async with httpx.AsyncClient(base_url=server.url, verify=False) as http:
        path = f"/api/documents/{document}"
        for what in ("", "/history"):
            answer = await http.get(path + what, params={"min_version": version})
            assert answer.status_code == 200, answer.text
        content = await http.get(f"{path}/content.txt", params={"min_version": version})
        assert content.text == text


async def test_what_breaks_a_view_is_set_aside_there_alone_until_it_is_mended(
    tmp_path: Path,
) -> None:
    async with running_server(tmp_path) as server:
        root = await server.token("Root", "admin")
        await write(server, "good", "fine")
        await write(server, "bad", "one ", "two")
        async with httpx.AsyncClient(base_url=server.url, verify=False) as http:
            await http.patch("/api/documents/bad", json={"title": "Renamed"})
        whole = payload_of(server, "bad", 4)
        async with without_views(server):
            overwrite_in(server.data, "bad", 4, JUNK)
        told = await parked(server, root)
        # It is no edit: what shows the text, and what knows kinds only, does not mind.
        assert {view: [each["document"] for each in told[view]] for view in told} == {
            "catalogue": ["bad"],
            "history": [],
            "snapshots": [],
            "checkpoints": [],
        }
        [set_aside] = told["catalogue"]
        assert (set_aside["version"], bool(set_aside["reason"])) == (4, True)
        assert "\n" not in set_aside["reason"]
        await is_shown(server, "good", await write_on(server, "good"), "fine on\n")
        # What is there of it can be read; what is asked for beyond is not there.
        async with httpx.AsyncClient(base_url=server.url, verify=False) as http:
            content = await http.get("/api/documents/bad/content.txt?min_version=4")
            assert content.text == "one two\n"
            assert (await http.get("/api/documents/bad")).json()["version"] == 3
            assert problem(await http.get("/api/documents/bad?min_version=4"), 503)
        # Trying again helps when it was mended, and not before.
        with pytest.raises(ServerFailed, match="still parked"):
            await server.run("rebuild", "catalogue", "--parked")
        overwrite_in(server.data, "bad", 4, whole)
        assert "is in again" in await server.run("rebuild", "catalogue", "--parked")
        assert "no document aside" in await server.run("rebuild", "catalogue", "--parked")
        assert not (await parked(server, root))["catalogue"]
        await is_shown(server, "bad", 4, "one two\n")
        shown = await server.get("documents/bad", token=root)
        assert (shown["title"], shown["version"]) == ("Renamed", 4)
        await is_shown(server, "bad", await write_on(server, "bad"), "one two on\n")


async def write_on(server: Server, document: str) -> int:
    """Write to a document that is there; return its version."""
    version = await server.version(document)
    async with typing_into(server, document, client_id=99) as typist:
        async with httpx.AsyncClient(base_url=server.url, verify=False) as http:
            state = await http.get(f"/api/documents/{document}/content.yjs")
        typist.client.receive(state.content)
        typist.version = version
        return await typist.type(" on")


async def test_what_kills_the_projector_is_set_aside_after_two_deaths_and_others_are_shown(
    tmp_path: Path,
) -> None:
    [nested] = [each for each in hostile_updates() if each.name == "nested_any"]
    async with running_server(tmp_path) as server:
        root = await server.token("Root", "admin")
        last = await write(server, "deadly", "one ", "two ", "three")
        await write(server, "good", "fine")
        async with without_views(server):
            overwrite_in(server.data, "deadly", last, b"\0\0" + nested.updates[0])
        # While it dies, others are written, and shown.
        async with typing_into(server, "other", client_id=5) as typist:
            for _ in range(20):
                await typist.type("more ")
            version = typist.version
        told = await parked(server, root)
        assert [each["document"] for each in told["snapshots"]] == ["deadly"]
        assert told["snapshots"][0]["reason"] == "it ended the projections' process twice"
        assert told["catalogue"] == []
        deaths = re.findall(r"The projector ended \(status -?\d+\)", server.log.read_text())
        assert len(deaths) == 2
        await is_shown(server, "other", version, f"{typist.text}\n")
        await is_shown(server, "good", await write_on(server, "good"), "fine on\n")
        async with httpx.AsyncClient(base_url=server.url, verify=False, timeout=30) as http:
            path = "/api/documents/deadly/content.txt"
            # Nobody has shown it, and what killed one process kills another.
            assert problem(await http.get(path), 422)
            assert problem(await http.get(path, params={"version": last}), 422)
            assert (await http.get(path, params={"version": last - 1})).text == "one two \n"
            assert (await http.get("/api/documents/deadly")).json()["version"] == last

"""Any version of any document, over HTTP: it says what a straight replay of the log says.

Of `automerge-paper` only a beginning is looked at; the whole of it, with as many versions of each
session as are wanted: PALIMPSEST_VERSIONS=300 PALIMPSEST_SESSION_EDITS=259778 pytest
tests/integration/test_versions.py
"""

import asyncio
import os
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from pycrdt import Doc, Text

from tests.harness.recording import record, updates_of, updates_together
from tests.harness.server import Server
from tests.harness.traces import typed, typed_text, typed_together

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

EDITS = int(os.environ.get("PALIMPSEST_SESSION_EDITS", "15000"))
VERSIONS = int(os.environ.get("PALIMPSEST_VERSIONS", "300"))
ENCODED = 5
READERS = 8
VIEWS = 4
LOOK_SECONDS = 0.1

ALONE = ("automerge-paper", "json-crdt-blog-post", "generated")
TOGETHER = ("clownschool", "friendsforever")

# How many depends on how much the projector finds at a time.
MANY = 20
SELDOM, OFTEN = "checkpoint_bytes_min=1000000000", "checkpoint_bytes_min=2000"


@dataclass
class Recorded:
    """A session: its updates, and what it says as of the versions that are asked for."""

    document: str
    updates: list[bytes]
    said: dict[int, str]


def replayed(document: str, updates: Iterable[bytes]) -> Recorded:
    """Replay a session straight, and take note of what it says at random moments."""
    all_of_them = list(updates)
    count = len(all_of_them) + 1
    wanted = {*random.Random(document).sample(range(1, count + 1), min(VERSIONS, count)), count}
    doc: Doc[Text] = Doc()
    text = doc.get("text", type=Text)
    said = {1: ""}
    for version, update in enumerate(all_of_them, start=2):
        doc.apply_update(update)
        if version in wanted:
            said[version] = str(text)
    return Recorded(document, all_of_them, said)


@pytest.fixture(scope="module")
def sessions() -> dict[str, Recorded]:
    """All sessions."""
    alone = {name: typed(name) for name in ALONE}
    alone["automerge-paper"] = alone["automerge-paper"].prefix(EDITS)
    found = {name: replayed(name, updates_of(session)) for name, session in alone.items()}
    for name, session in alone.items():
        # They can be told without a CRDT, too.
        for version, text in found[name].said.items():
            if version % 10 == 0:
                assert text == typed_text(session.patches[: version - 1])
    found |= {name: replayed(name, updates_together(typed_together(name))) for name in TOGETHER}
    return found


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, sessions: dict[str, Recorded]) -> Path:
    """A data directory with all sessions."""
    folder = tmp_path_factory.mktemp("recorded")
    for session in sessions.values():
        record(folder, session.document, session.updates)
    return folder


@asynccontextmanager
async def reader_of(folder: Path, recorded: Path, limit: str) -> AsyncIterator[Server]:
    """Serve what was recorded, and come back when the views are up to date."""
    server = Server(folder, options=["--limit", limit])
    shutil.copytree(recorded, server.data)
    await server.start()
    try:
        async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
            root = {"Authorization": f"Bearer {await server.token('Root', 'admin')}"}
            while await lag(client, root):
                await asyncio.sleep(LOOK_SECONDS)
        yield server
    finally:
        await server.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(
    tmp_path_factory: pytest.TempPathFactory, recorded: Path
) -> AsyncIterator[Server]:
    """A server that has recorded all sessions, with many checkpoints."""
    async with reader_of(tmp_path_factory.mktemp("often"), recorded, OFTEN) as server:
        assert checkpoints_in(server) > MANY
        yield server


async def lag(client: httpx.AsyncClient, headers: dict[str, str]) -> int:
    """Return how many events the views are behind, each view's added up."""
    answer = (await client.get("/api/projections", headers=headers)).json()
    views = answer["projections"]
    if len(views) < VIEWS:
        return int(answer["head"])
    return sum(int(each["lag_events"]) for each in views)


def checkpoints_in(server: Server) -> int:
    """Return how many checkpoints there are."""
    with closing(sqlite3.connect(server.data / "views.db")) as views:
        [(count,)] = views.execute("SELECT count(*) FROM checkpoints")
    return int(count)


async def look_at(server: Server, session: Recorded, count: int = VERSIONS) -> None:
    """Look at versions in a random order, at several at once."""
    versions = random.Random(0).sample(list(session.said), min(count, len(session.said)))

    async def look(at: list[int]) -> None:
        for version in at:
            answer = await http.get(path, params={"version": version})
            assert answer.status_code == 200, (version, answer.text)
            assert answer.headers["palimpsest-version"] == str(version)
            text = session.said[version]
            assert answer.text == (text + "\n" if version > 1 else ""), f"version {version}"

    path = f"/api/documents/{session.document}/content.txt"
    async with httpx.AsyncClient(base_url=server.url, timeout=60, verify=False) as http:
        await asyncio.gather(*(look(versions[start::READERS]) for start in range(READERS)))
        newest = await http.get(path, params={"min_version": len(session.updates) + 1})
        assert newest.text == session.said[len(session.updates) + 1] + "\n"


@pytest.mark.parametrize("name", [*ALONE, *TOGETHER])
async def test_a_version_says_what_a_straight_replay_says(
    server: Server, sessions: dict[str, Recorded], name: str
) -> None:
    await look_at(server, sessions[name])


async def test_it_says_so_without_any_checkpoint(
    tmp_path: Path, sessions: dict[str, Recorded]
) -> None:
    generated = sessions["generated"]
    record(tmp_path / "recorded", generated.document, generated.updates)
    async with reader_of(tmp_path, tmp_path / "recorded", SELDOM) as server:
        assert checkpoints_in(server) == 0
        await look_at(server, generated, VERSIONS // 5)


@pytest.mark.parametrize("name", [*ALONE, *TOGETHER])
async def test_a_version_as_an_update_makes_the_same_document(
    server: Server, sessions: dict[str, Recorded], name: str
) -> None:
    session = sessions[name]
    some = random.Random(1).sample(list(session.said), ENCODED)
    async with httpx.AsyncClient(base_url=server.url, timeout=60, verify=False) as http:
        for version in some:
            path = f"/api/documents/{name}/content.yjs"
            answer = await http.get(path, params={"version": version})
            doc: Doc[Text] = Doc()
            doc.apply_update(answer.content)
            text = doc.get("text", type=Text)
            assert str(text) == session.said[version], f"version {version}"
            if version <= len(session.updates):
                # What comes next builds on it.
                doc.apply_update(session.updates[version - 1])
                straight: Doc[Text] = Doc()
                for update in session.updates[:version]:
                    straight.apply_update(update)
                assert str(text) == str(straight.get("text", type=Text))

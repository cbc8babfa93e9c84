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
from contextlib import closing
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
VERSIONS_SELDOM = VERSIONS // 6
ENCODED = 10
VIEWS = 4
LOOK_SECONDS = 0.1

ALONE = ("automerge-paper", "json-crdt-blog-post", "generated")
TOGETHER = ("clownschool", "friendsforever")

CHECKPOINTS = {"seldom": "checkpoint_bytes_min=1000000000", "often": "checkpoint_bytes_min=2000"}


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


@dataclass
class Reader:
    """Somebody who asks a server that has many checkpoints, or none."""

    http: httpx.AsyncClient
    checkpoints: str


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=CHECKPOINTS)
async def reader(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, recorded: Path
) -> AsyncIterator[Reader]:
    """A reader of a server whose views are up to date."""
    options = ["--limit", CHECKPOINTS[request.param]]
    server = Server(tmp_path_factory.mktemp(request.param), options=options)
    shutil.copytree(recorded, server.data)
    await server.start()
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        root = {"Authorization": f"Bearer {await server.token('Root', 'admin')}"}
        while await lag(client, root):
            await asyncio.sleep(LOOK_SECONDS)
        assert bool(checkpoints_in(server)) is (request.param == "often")
        yield Reader(client, request.param)
    await server.stop()


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


@pytest.mark.parametrize("name", [*ALONE, *TOGETHER])
async def test_a_version_says_what_a_straight_replay_says(
    reader: Reader, sessions: dict[str, Recorded], name: str
) -> None:
    session = sessions[name]
    path = f"/api/documents/{name}/content.txt"
    versions = list(session.said)
    random.Random(0).shuffle(versions)
    if reader.checkpoints == "seldom":
        # From the first event on, each time: that takes longer.
        del versions[VERSIONS_SELDOM:]
    for version in versions:
        answer = await reader.http.get(path, params={"version": version})
        assert answer.status_code == 200, (version, answer.text)
        assert answer.headers["palimpsest-version"] == str(version)
        text = session.said[version]
        assert answer.text == (text + "\n" if version > 1 else ""), f"version {version}"
    newest = await reader.http.get(path, params={"min_version": len(session.updates) + 1})
    assert newest.text == session.said[len(session.updates) + 1] + "\n"


@pytest.mark.parametrize("name", [*ALONE, *TOGETHER])
async def test_a_version_as_an_update_makes_the_same_document(
    reader: Reader, sessions: dict[str, Recorded], name: str
) -> None:
    session = sessions[name]
    for version in random.Random(1).sample(list(session.said), min(ENCODED, len(session.said))):
        answer = await reader.http.get(
            f"/api/documents/{name}/content.yjs", params={"version": version}
        )
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

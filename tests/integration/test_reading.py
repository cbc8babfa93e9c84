"""`palimpsest read`: a query server beside the writer that never shows less than was asked for."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.harness.reading import QueryServer, query_server
from tests.harness.server import Server, running_server
from tests.harness.skips import require
from tests.harness.sse import EventStream, listening
from tests.harness.typist import typing_into, write
from tests.integration.test_http import problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRITERS = 5
WRITES = 200


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reading(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[QueryServer]:
    """A query server beside the server."""
    log = tmp_path_factory.mktemp("reading") / "log"
    async with query_server(server.data, log) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(reading: QueryServer) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who reads there."""
    async with httpx.AsyncClient(base_url=reading.url, verify=False, timeout=20) as client:
        yield client


async def test_right_behind_each_write_another_process_shows_it(
    server: Server, http: httpx.AsyncClient
) -> None:
    """A thousand times, by several writers at once."""

    async def write_and_read(number: int) -> int:
        document, asked = f"behind-{number}", 0
        path = f"/api/documents/{document}"
        async with typing_into(server, document, client_id=100 + number) as typist:
            for count in range(WRITES):
                version = await typist.type(f"{count} ")
                what = ("/content.txt", "/history", "/content.txt", "")[count % 4]
                answer = await http.get(path + what, params={"min_version": version})
                assert answer.status_code == 200, (document, version, answer.text)
                assert answer.headers["palimpsest-version"] == str(version)
                if what == "/content.txt":
                    assert answer.text == f"{typist.text}\n"
                    # Who asks for no version is not shown less than was shown already.
                    again = await http.get(path + what)
                    assert again.headers["palimpsest-version"] == str(version)
                asked += 1
        return asked

    done = await asyncio.gather(*(write_and_read(number) for number in range(WRITERS)))
    assert sum(done) == WRITERS * WRITES


async def test_everything_can_be_read_and_nothing_written(
    server: Server, http: httpx.AsyncClient, document: str
) -> None:
    version = await write(server, document, "one ", "two")
    at_least = {"min_version": version}
    path = f"/api/documents/{document}"
    for what in ("", "/content.md", "/content.json", "/content.yjs", "/history"):
        there = await http.get(path + what, params=at_least)
        async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
            here = await client.get(path + what, params=at_least)
        assert (there.status_code, there.content) == (200, here.content), what
    numbered = await http.get(f"{path}/content.txt", params={"version": version - 1})
    assert numbered.text == "one \n"
    assert (await http.get(f"{path}/events")).json()["version"] == version
    listed = (await http.get("/api/documents")).json()["documents"]
    assert document in {each["id"] for each in listed}
    assert (await http.get("/")).status_code == 200
    assert problem(await http.post("/api/documents", json={}), 405)
    assert problem(await http.patch(path, json={"title": "x"}), 405)
    assert problem(await http.delete(path), 405)
    assert problem(await http.post(f"{path}/commands/trash"), 404)


async def test_a_stream_of_a_query_server_hears_edits_and_people(
    server: Server, reading: QueryServer, document: str
) -> None:
    async with typing_into(server, document) as typist:
        version = await typist.type("one")
        async with httpx.AsyncClient(base_url=reading.url, verify=False) as client:
            await client.get(f"/api/documents/{document}/content?min_version={version}")
            async with listening(reading.url, document) as stream:
                await stream.snapshot(version)
                version = await typist.type(" two")
                assert "one two" in (await stream.snapshot(version))["html"]
                async with typing_into(server, document, client_id=8):
                    while len((await stream.next("presence")).data["people"]) != 2:
                        pass
            people = (await client.get(f"/api/documents/{document}/presence")).json()
            assert len(people["sessions"]) >= 1


async def test_a_query_server_lives_through_the_servers_death(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, typing_into(server, "d") as typist:
        version = await typist.type("one")
        async with (
            query_server(server.data, tmp_path / "reading.log") as reading,
            httpx.AsyncClient(base_url=reading.url, verify=False) as http,
        ):
            path = "/api/documents/d/content.txt"
            assert (await http.get(path, params={"min_version": version})).text == "one\n"
            async with listening(reading.url, "d") as stream:
                await people_are(stream, 1)
                await server.kill9()
                await people_are(stream, 0)
                assert (await http.get(path)).text == "one\n"
                assert (await http.get(path, params={"version": 1})).status_code == 200
                await server.start()
                # Nobody said when the stream would be heard again: it looks.
                async with typing_into(server, "e", client_id=9) as other:
                    await other.type("x")
                async with typing_into(server, "d", client_id=8) as again:
                    again.client.receive(typist.client.everything())
                    again.version = version
                    await people_are(stream, 1)
                    version = await again.type(" two")
                    assert "one two" in (await stream.snapshot(version, seconds=20))["html"]
            assert (await http.get(path, params={"min_version": version})).text == "one two\n"


async def people_are(stream: EventStream, count: int) -> None:
    """Wait until a stream says that so many people are there."""
    while len((await stream.next("presence", seconds=20)).data["people"]) != count:
        pass


async def test_it_needs_no_server_and_no_projector(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        version = await write(server, "d", "one ", "two")
        await server.get(f"documents/d?min_version={version}")
        await server.get(f"documents/d/content.json?min_version={version}")
    async with (
        query_server(server.data, tmp_path / "reading.log") as reading,
        httpx.AsyncClient(base_url=reading.url, verify=False) as http,
    ):
        answer = await http.get("/api/documents/d/content.txt", params={"min_version": version})
        assert answer.text == "one two\n"
        numbered = await http.get("/api/documents/d/content.txt", params={"version": version - 1})
        assert numbered.text == "one \n"


async def test_there_is_nothing_to_read_where_nothing_was_written(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.data.mkdir()
    process = await asyncio.create_subprocess_exec(
        *server.command("read", "--port", "0"), stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    said, complained = await process.communicate()
    assert process.returncode == 1
    assert b"There is nothing to read in" in complained
    assert said == b""
    assert list(server.data.iterdir()) == []


async def test_a_data_directory_that_it_cannot_write_to_is_enough(tmp_path: Path) -> None:
    setpriv = shutil.which("setpriv")
    require(setpriv, "setpriv", "it is part of util-linux")
    long = tmp_path / ("a-long-path-" * 10)
    long.mkdir()
    async with running_server(long) as server, typing_into(server, "d") as typist:
        version = await typist.type("one ")
        await server.get(f"documents/d/content.json?min_version={version}")
        with untouchable(server.data):
            # Root may write anywhere, unless it has given that up.
            powerless = [str(setpriv), "--bounding-set=-dac_override,-dac_read_search"]
            powerless += ["--inh-caps=-dac_override,-dac_read_search"]
            before = [] if os.geteuid() else powerless
            async with (
                query_server(server.data, tmp_path / "reading.log", before=before) as reading,
                httpx.AsyncClient(base_url=reading.url, verify=False) as http,
            ):
                assert cannot_write(reading, server.data)
                # It hears nothing either: it looks.
                for _ in range(3):
                    version = await typist.type("more ")
                    answer = await http.get(
                        "/api/documents/d/content.txt", params={"min_version": version}
                    )
                    assert (answer.status_code, answer.text) == (200, f"{typist.text}\n")
                numbered = await http.get("/api/documents/d/content.txt", params={"version": 2})
                assert numbered.text == "one \n"
                async with listening(reading.url, "d") as stream:
                    version = await typist.type("and streamed")
                    assert "and streamed" in (await stream.snapshot(version))["html"]


async def test_without_the_secret_it_says_so_and_makes_none(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        await write(server, "d", "x")
    (server.data / "secret").unlink()
    before = sorted(server.data.iterdir())
    process = await asyncio.create_subprocess_exec(
        *server.command("read", "--port", "0"), stderr=subprocess.PIPE
    )
    _, complained = await process.communicate()
    assert process.returncode == 1
    assert b"secret" in complained
    assert complained.count(b"\n") == 1
    assert sorted(server.data.iterdir()) == before


@contextmanager
def untouchable(folder: Path) -> Iterator[None]:
    """Let nobody write to a directory and its files meanwhile, but who has them open."""
    modes = {path: path.stat().st_mode for path in (folder, *folder.iterdir())}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            if path.exists():
                path.chmod(mode)


def cannot_write(reading: QueryServer, folder: Path) -> bool:
    """See that a query server has no power over others' files, and has nothing open to write."""
    status = Path(f"/proc/{reading.pid}/status").read_text()
    [effective] = [line.split()[1] for line in status.splitlines() if line.startswith("CapEff")]
    has_power = int(effective, 16) & 0b110
    opened = Path(f"/proc/{reading.pid}/fd")
    for descriptor in opened.iterdir():
        try:
            path = descriptor.readlink()
            flags = Path(f"/proc/{reading.pid}/fdinfo/{descriptor.name}").read_text().split()[3]
        except OSError:
            continue
        if path.is_relative_to(folder):
            assert not int(flags, 8) & os.O_ACCMODE, path
    return not has_power

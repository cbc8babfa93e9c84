"""Event streams: what is heard, resumed, missed by who is slow, and ended with the server."""

import asyncio
import socket
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.harness.server import Server, running_server
from tests.harness.sse import listening
from tests.harness.typist import typing_into, write
from tests.integration.test_http import problem

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def command(server: Server, document: str, name: str) -> int:
    """Do a command; return the version that it made."""
    address = f"{server.url}/api/documents/{quote(document, safe='')}/commands/{name}"
    async with httpx.AsyncClient() as client:
        answer = await client.post(address)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["version"])


async def is_shown(server: Server, document: str, version: int) -> None:
    """Wait until the views show a version."""
    address = f"documents/{quote(document, safe='')}?min_version={version}"
    await server.get(address)
    async with httpx.AsyncClient(base_url=server.url) as client:
        path = f"/api/documents/{quote(document, safe='')}/content.txt?min_version={version}"
        assert (await client.get(path)).status_code == 200


async def test_a_reader_hears_what_is_there_and_what_comes(server: Server, document: str) -> None:
    async with typing_into(server, document) as typist:
        version = await typist.type("one")
        await is_shown(server, document, version)
        async with listening(server.url, document) as stream:
            assert stream.answer.headers["content-type"].startswith("text/event-stream")
            assert stream.answer.headers["cache-control"] == "no-store"
            first = await stream.next("snapshot")
            assert (first.id, first.data["version"]) == (str(version), version)
            assert "one" in first.data["html"]
            version = await typist.type(" two")
            assert "one two" in (await stream.snapshot(version))["html"]


async def test_a_reader_hears_what_else_is_done_to_a_document(
    server: Server, document: str
) -> None:
    await is_shown(server, document, await write(server, document, "x"))
    async with listening(server.url, document) as stream:
        await stream.next("snapshot")
        for name, kind in (("trash", "document_trashed.v1"), ("restore", "document_restored.v1")):
            version = await command(server, document, name)
            heard = await stream.next("lifecycle")
            assert (heard.data["version"], heard.data["kind"]) == (version, kind)
            assert heard.data["actor"] == "Guest"
            await stream.snapshot(version)


async def test_a_reader_sees_who_comes_and_goes(server: Server, document: str) -> None:
    await is_shown(server, document, await write(server, document, "x"))
    async with listening(server.url, document) as stream:

        async def people(count: int) -> None:
            while len((await stream.next("presence")).data["people"]) != count:
                pass

        await people(0)
        async with typing_into(server, document, client_id=8):
            await people(1)
            async with typing_into(server, document, client_id=9):
                await people(2)
        await people(0)


async def test_who_comes_back_hears_what_happened_meanwhile(server: Server, document: str) -> None:
    async with typing_into(server, document) as typist:
        had = await typist.type("one")
        await typist.type("two")
    trashed, restored = [await command(server, document, each) for each in ("trash", "restore")]
    await is_shown(server, document, restored)
    async with listening(server.url, document, had=had) as stream:
        assert [(await stream.next()).data["version"] for _ in range(3)] == [
            trashed,
            restored,
            restored,
        ]
    # Who has had everything is not told again.
    async with listening(server.url, document, had=restored) as stream:
        assert (await stream.next()).kind == "presence"
        version = await command(server, document, "trash")
        assert (await stream.next("lifecycle")).data["version"] == version
        await stream.snapshot(version)


async def test_who_comes_back_with_an_id_that_nobody_gave_begins_anew(
    server: Server, document: str
) -> None:
    await is_shown(server, document, await write(server, document, "x"))
    for strange in ("", "x", "-1", "1.5", "9" * 15, "9" * 30, "9" * 5000):
        async with listening(server.url, document, had=strange) as stream:
            assert stream.answer.status_code == 200
            assert (await stream.next()).kind == "snapshot"


async def test_a_stream_that_is_only_looked_at_ends(server: Server, document: str) -> None:
    version = await write(server, document, "x")
    await is_shown(server, document, version)
    async with httpx.AsyncClient() as client:
        address = f"{server.url}/api/documents/{document}/stream"
        head = await client.head(address)
        assert head.headers["content-type"].startswith("text/event-stream")
        assert "no such document" in problem(
            await client.get(f"{server.url}/api/documents/none/stream"), 404
        )


async def test_streams_are_for_who_may_read(guarded: Server, document: str) -> None:
    editor, reader = await guarded.token("Ed"), await guarded.token("Rea", "reader")
    await write(guarded, document, "x", token=editor)
    async with listening(guarded.url, document) as stream:
        assert stream.answer.status_code == 401
    async with listening(guarded.url, document, token=reader) as stream:
        assert (await stream.next()).kind == "snapshot"


async def test_there_are_no_more_streams_than_may_be_and_who_leaves_makes_room(
    tmp_path: Path,
) -> None:
    most = 20
    async with running_server(tmp_path, options=["--limit", f"streams_max={most}"]) as server:
        await is_shown(server, "d", await write(server, "d", "x"))
        async with AsyncExitStack() as stack:
            # All at once: none slips through while another is looked after.
            streams = await asyncio.gather(
                *(stack.enter_async_context(listening(server.url, "d")) for _ in range(3 * most))
            )
            statuses = sorted(stream.answer.status_code for stream in streams)
            assert statuses == [200] * most + [503] * 2 * most
            refused = next(each for each in streams if each.answer.status_code == 503)
            assert int(refused.answer.headers["retry-after"]) > 0
        async with asyncio.timeout(10):
            while True:
                async with listening(server.url, "d") as stream:
                    if stream.answer.status_code == 200:
                        break


async def test_a_slow_reader_costs_little_and_hears_the_newest_in_the_end(
    tmp_path: Path,
) -> None:
    count = 50
    page = "palimpsest " * 10_000
    async with running_server(tmp_path) as server, typing_into(server, "d") as typist:
        await is_shown(server, "d", await typist.type(page))
        slow = [slow_reader(server.port, "/api/documents/d/stream") for _ in range(count)]
        try:
            async with listening(server.url, "d") as quick:
                await quick.next("snapshot")
                before = resident_bytes(server.pid)
                for number in range(12):
                    await quick.snapshot(await typist.type(f"{number} ", 0))
            grown = resident_bytes(server.pid) - before
            # All snapshots for each of them would be 66 MB.
            assert grown < 20_000_000, grown
            last = f'"version":{typist.version},'
            slow[0].settimeout(10)
            heard = ""
            while last not in heard:
                received = await asyncio.to_thread(slow[0].recv, 1 << 20)
                assert received, "it was cut off"
                heard = heard[-1000:] + received.decode(errors="replace")
        finally:
            for each in slow:
                each.close()


async def test_a_server_with_open_streams_ends_at_once(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, AsyncExitStack() as stack:
        version = await write(server, "d", "x")
        await is_shown(server, "d", version)
        streams = [await stack.enter_async_context(listening(server.url, "d")) for _ in range(50)]
        for stream in streams:
            await stream.next("snapshot")
        clock = asyncio.get_running_loop().time
        began = clock()
        await server.stop()
        assert clock() - began < 5
        for stream in streams:
            await stream.ended()


async def test_streams_live_through_the_deaths_of_everything_behind_them(
    server: Server, document: str
) -> None:
    async with typing_into(server, document) as typist:
        await is_shown(server, document, await typist.type("one"))
        async with listening(server.url, document) as stream:
            await stream.next("snapshot")
            await server.kill9("projector")
            version = await typist.type(" two")
            assert "two" in (await stream.snapshot(version, seconds=20))["html"]


def slow_reader(port: int, path: str) -> socket.socket:
    """Ask for a stream, and read nothing of it."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", port))
    reader.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    return reader


def resident_bytes(pid: int) -> int:
    """Return how much memory a process has."""
    [line] = [
        line
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmRSS:")
    ]
    return int(line.split()[1]) * 1024

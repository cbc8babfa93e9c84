"""Files of documents over HTTP: kept once, within limits, and shown as no more than they are."""

import asyncio
import signal
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio

from palimpsest.adapters.system.kill_points import VARIABLE
from tests.harness.pictures import jpeg_head, png
from tests.harness.reading import query_server
from tests.harness.server import Server, running_server
from tests.integration.test_http import problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL = (
    "file_bytes_max=40000",
    "document_files_max=3",
    "document_files_bytes_max=70000",
    "files_bytes_max=100000",
    "picture_pixels_max=10000",
    "upload_seconds_max=1",
    "uploads_max=2",
)
OPTIONS = [each for limit in SMALL for each in ("--limit", limit)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a token, on a server that lets everybody in."""
    async with httpx.AsyncClient(base_url=server.url, timeout=20) as client:
        yield client


def files_of(document: str) -> str:
    """Return where a document's files are sent."""
    return f"/api/documents/{quote(document, safe='')}/files"


async def create(http: httpx.AsyncClient, document: str) -> None:
    """Create a document."""
    assert (await http.post("/api/documents", json={"id": document})).status_code == 201


async def test_a_picture_is_kept_and_shown(http: httpx.AsyncClient, document: str) -> None:
    document = f"{document}/with a slash"
    await create(http, document)
    picture = png(30, 20)
    answer = await http.post(files_of(document), content=picture)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    digest = sha256(picture).hexdigest()
    src = f"/documents/{quote(document, safe='')}/files/{digest}.png"
    size = {"size": len(picture), "width": 30, "height": 20}
    assert told == size | {"src": src, "type": "image/png"}
    shown = await http.get(src)
    assert shown.content == picture
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"] == "inline"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert "immutable" in shown.headers["cache-control"]
    assert shown.headers["etag"] == f'"{digest}"'
    again = await http.get(src, headers={"If-None-Match": shown.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await http.head(src)).headers["content-length"] == str(len(picture))


async def test_the_same_file_is_the_same_address(http: httpx.AsyncClient, document: str) -> None:
    await create(http, document)
    answers = await asyncio.gather(
        *(http.post(files_of(document), content=png(40, 4)) for _ in range(6))
    )
    assert len({each.json()["src"] for each in answers}) == 1
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 200, 200, 201]


@pytest.mark.parametrize(
    ("content", "claimed"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "svg+xml"),
        (b"<!doctype html><script>alert(1)</script>", "png"),
        (b"GIF89a", "gif"),
    ],
)
async def test_what_is_no_picture_is_saved_and_never_shown(
    http: httpx.AsyncClient, document: str, content: bytes, claimed: str
) -> None:
    await create(http, document)
    headers = {"Content-Type": f"image/{claimed}"}
    told = (await http.post(files_of(document), content=content, headers=headers)).json()
    assert told["type"] == "application/octet-stream"
    assert "width" not in told
    shown = await http.get(told["src"], headers={"Accept": "text/html"})
    assert shown.content == content
    assert shown.headers["content-disposition"] == "attachment"
    assert shown.headers["content-type"] == "application/octet-stream"
    assert shown.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "../../events.db",
        "..%2f..%2fevents.db",
        "%2e%2e%2f%2e%2e%2fsecret",
        f"{'0' * 64}.png",
        f"{'0' * 64}.png/../../../secret",
        f"{'0' * 64}.svg",
        f"{'A' * 64}.png",
        "receiving",
        "%00",
        f"{'0' * 64}.png%0a",
    ],
)
async def test_no_name_leads_to_anything_but_files(
    server: Server, http: httpx.AsyncClient, name: str
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    path = f"/documents/some/files/{name}"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert answer.split(b" ", 2)[1] == b"404"


async def test_a_file_belongs_to_its_document(http: httpx.AsyncClient, document: str) -> None:
    for each in (document, f"{document}-other"):
        await create(http, each)
    src = (await http.post(files_of(document), content=png(50, 5))).json()["src"]
    elsewhere = await http.get(src.replace(document, f"{document}-other"))
    problem(elsewhere, 404)


async def test_who_may_read_sees_files_and_who_may_write_sends_them(
    guarded: Server, document: str
) -> None:
    editor = {"Authorization": f"Bearer {await guarded.token('Ann')}"}
    reader = {"Authorization": f"Bearer {await guarded.token('Bob', 'commenter')}"}
    async with httpx.AsyncClient(base_url=guarded.url) as http:
        await http.post("/api/documents", json={"id": document}, headers=editor)
        sent = await http.post(files_of(document), content=png(), headers=editor)
        src = sent.json()["src"]
        assert (await http.get(src, headers=reader)).content == png()
        problem(await http.get(src), 401)
        problem(await http.post(files_of(document), content=png(), headers=reader), 403)
        problem(await http.post(files_of(document), content=png()), 401)
        token = editor["Authorization"].partition(" ")[2]
        cookie = {"Cookie": f"palimpsest_token={token}"}
        other_site = cookie | {"Origin": "https://example.org"}
        problem(await http.post(files_of(document), content=png(), headers=other_site), 403)
        own = cookie | {"Origin": guarded.url}
        assert (await http.post(files_of(document), content=png(), headers=own)).status_code == 200


async def test_a_document_that_nobody_may_write_in_takes_no_files(
    http: httpx.AsyncClient, document: str
) -> None:
    problem(await http.post(files_of(document), content=png()), 404)
    await create(http, document)
    src = (await http.post(files_of(document), content=png())).json()["src"]
    await http.delete(f"/api/documents/{document}")
    problem(await http.post(files_of(document), content=png()), 409)
    assert (await http.get(src)).status_code == 200


async def test_a_body_that_is_not_the_file_itself_is_refused(
    http: httpx.AsyncClient, document: str
) -> None:
    await create(http, document)
    problem(await http.post(files_of(document), files={"file": png()}), 415)
    problem(await http.post(files_of(document), content=b""), 422)


# Limits.


async def chunks(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    """Send a body without saying before how long it is."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def test_what_is_too_large_is_refused_and_leaves_nothing(
    tmp_path: Path, document: str
) -> None:
    async with (
        running_server(tmp_path, options=OPTIONS) as server,
        httpx.AsyncClient(base_url=server.url) as http,
    ):
        await create(http, document)
        address = files_of(document)
        assert "40,000 bytes" in problem(await http.post(address, content=bytes(40_001)), 413)
        problem(await http.post(address, content=chunks(bytes(40_001))), 413)
        problem(await http.post(address, content=png(101, 100)), 413)
        problem(await http.post(address, content=jpeg_head(65_535, 65_535)), 413)
        assert kept(server) == []
        # A document has its share, and all of them have theirs.
        assert (await http.post(address, content=bytes(40_000))).status_code == 201
        problem(await http.post(address, content=b"1" * 30_001), 413)
        for each in (b"1", b"2"):
            assert (await http.post(address, content=each)).status_code == 201
        assert "as many files" in problem(await http.post(address, content=b"3"), 413)
        assert (await http.post(address, content=b"2")).status_code == 200
        await create(http, "other")
        assert (await http.post(files_of("other"), content=bytes(40_000))).status_code == 201
        problem(await http.post(files_of("other"), content=b"4" * 25_000), 507)
        assert len(kept(server)) == 4
        # What is there is counted again after a start.
        await server.restart()
        problem(await http.post(files_of("other"), content=b"4" * 25_000), 507)


def kept(server: Server) -> list[Path]:
    """Return the files in the data directory, those that have not arrived among them."""
    return [path for path in (server.data / "files").rglob("*") if path.is_file()]


async def half_sent(server: Server, document: str) -> asyncio.StreamWriter:
    """Begin to send a file, and stop in the middle; return the connection."""
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = f"POST {files_of(document)} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
    writer.write(f"{head}Content-Length: 9000\r\n\r\n".encode() + bytes(4000))
    await writer.drain()
    return writer


async def until_receiving(server: Server, count: int) -> None:
    """Wait until so many files are arriving."""
    async with asyncio.timeout(10):
        while len(kept(server)) != count:
            await asyncio.sleep(0.01)


async def test_who_stops_in_the_middle_leaves_nothing_and_holds_nobody_up_for_long(
    tmp_path: Path, document: str
) -> None:
    async with (
        running_server(tmp_path, options=OPTIONS) as server,
        httpx.AsyncClient(base_url=server.url) as http,
    ):
        await create(http, document)
        gone = await half_sent(server, document)
        await until_receiving(server, 1)
        gone.close()
        await until_receiving(server, 0)
        slow = [await half_sent(server, document) for _ in range(2)]
        await until_receiving(server, 2)
        refused = await http.post(files_of(document), content=png())
        problem(refused, 503)
        assert refused.headers["retry-after"]
        async with asyncio.timeout(10):
            answer = refused
            while answer.status_code == 503:
                answer = await http.post(files_of(document), content=png())
        assert answer.status_code == 201
        await until_receiving(server, 1)
        for each in slow:
            each.close()


async def test_a_full_disk_refuses_files_and_says_so(tmp_path: Path, document: str) -> None:
    options = ("--limit", f"files_free_disk_bytes_min={2**60}")
    async with (
        running_server(tmp_path, options=options) as server,
        httpx.AsyncClient(base_url=server.url) as http,
    ):
        await create(http, document)
        assert "no room" in problem(await http.post(files_of(document), content=png()), 507)


# When something dies.


@pytest.mark.parametrize("point", ["file_received", "file_kept"])
async def test_a_server_that_dies_in_the_middle_keeps_whole_files_or_none(
    tmp_path: Path, document: str, point: str
) -> None:
    server = Server(tmp_path)
    await server.start(environment={VARIABLE: f"{point}:2"})
    async with httpx.AsyncClient(base_url=server.url, timeout=20) as http:
        await create(http, document)
        first = (await http.post(files_of(document), content=png(9, 9))).json()["src"]
        with pytest.raises(httpx.TransportError):
            await http.post(files_of(document), content=png(8, 8))
        assert server._process is not None
        assert await server._process.wait() == -signal.SIGKILL
        await server.start()
        assert (await http.get(first)).content == png(9, 9)
        digest = sha256(png(8, 8)).hexdigest()
        found = await http.get(first.rpartition("/")[0] + f"/{digest}.png")
        assert found.status_code == (200 if point == "file_kept" else 404)
        # Who heard no answer sends it again; what never arrived is thrown away.
        assert (await http.post(files_of(document), content=png(8, 8))).status_code in {200, 201}
        assert sorted(path.stat().st_size for path in kept(server)) == sorted(
            len(each) for each in (png(8, 8), png(9, 9))
        )
    await server.stop()


async def test_a_server_for_readers_shows_files_and_takes_none(
    server: Server, http: httpx.AsyncClient, tmp_path: Path, document: str
) -> None:
    await create(http, document)
    src = (await http.post(files_of(document), content=png(60, 6))).json()["src"]
    async with (
        query_server(server.data, tmp_path / "log") as beside,
        httpx.AsyncClient(base_url=beside.url) as reader,
    ):
        assert (await reader.get(src)).content == png(60, 6)
        problem(await reader.post(files_of(document), content=png()), 404)

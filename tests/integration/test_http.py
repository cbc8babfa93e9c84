"""The documents over HTTP: created, renamed, put away and fetched back, by whoever may."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from palimpsest.protocol import sync
from tests.harness.raw import raw_client
from tests.harness.server import Server
from tests.updates import typing

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a token, on a server that lets everybody in."""
    async with httpx.AsyncClient(base_url=server.url) as client:
        yield client


def problem(answer: httpx.Response, status: int) -> str:
    """Return what a problem document says."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    return str(body["detail"])


async def test_a_document_is_created_once_however_often_it_is_asked_for(
    http: httpx.AsyncClient,
) -> None:
    wish = {"id": "created/once", "title": "Once"}
    first = await http.post("/api/documents", json=wish)
    again = await http.post("/api/documents", json=wish)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["location"] == "/api/documents/created%2Fonce"
    assert first.json()["version"] == again.json()["version"] == 1
    shown = await http.get(first.headers["location"], params={"min_version": 1})
    assert shown.json()["title"] == "Once"


async def test_a_document_without_an_id_gets_one(http: httpx.AsyncClient) -> None:
    made = (await http.post("/api/documents", json={"title": "Nameless"})).json()
    shown = (await http.get(f"/api/documents/{made['id']}?min_version=1")).json()
    listed = (await http.get("/api/documents")).json()["documents"]
    assert shown in listed


async def test_a_page_begins_with_one_block_however_often_it_is_asked_for(
    http: httpx.AsyncClient,
) -> None:
    wish = {"id": "a-page", "title": "Page", "kind": "page"}
    first = await http.post("/api/documents", json=wish)
    again = await http.post("/api/documents", json=wish)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["version"] == again.json()["version"] == 2
    content = await http.get("/api/documents/a-page/content.json?min_version=2")
    [root] = content.json()["roots"]
    assert (root["name"], len(root["blocks"])) == ("default", 1)


async def test_a_page_whose_making_was_cut_short_gets_its_block_when_asked_for_again(
    http: httpx.AsyncClient,
) -> None:
    assert (await http.post("/api/documents", json={"id": "cut"})).json()["version"] == 1
    again = await http.post("/api/documents", json={"id": "cut", "kind": "page"})
    assert (again.status_code, again.json()["version"]) == (200, 2)


async def test_what_was_written_by_another_editor_is_made_no_page(
    http: httpx.AsyncClient, server: Server
) -> None:
    async with raw_client(f"{server.yjs_url}/elsewhere") as client:
        await client.expect_among("00 00 01 00")
        [update] = typing(21, "x")
        await client.send(sync.update(update))
        await client.expect_among(sync.update(update))
    made = await http.post("/api/documents", json={"id": "elsewhere", "kind": "page"})
    assert (made.status_code, made.json()["version"]) == (200, 2)
    shown = await http.get("/api/documents/elsewhere/content.json?min_version=2")
    assert [root["name"] for root in shown.json()["roots"]] == ["text"]


async def test_a_document_is_renamed(http: httpx.AsyncClient) -> None:
    await http.post("/api/documents", json={"id": "renamed"})
    renamed = await http.patch("/api/documents/renamed", json={"title": "New"})
    assert renamed.json() == {"id": "renamed", "version": 2}
    shown = await http.get("/api/documents/renamed?min_version=2")
    assert (shown.json()["title"], shown.headers["palimpsest-version"]) == ("New", "2")
    same = await http.patch("/api/documents/renamed", json={"title": "New"})
    assert same.json()["version"] == 2
    assert "title" in problem(await http.patch("/api/documents/renamed", json={}), 400)
    assert "300" in problem(
        await http.patch("/api/documents/renamed", json={"title": "x" * 301}), 422
    )


async def test_what_is_in_the_trash_is_read_only_at_once_and_can_come_back(
    http: httpx.AsyncClient, server: Server
) -> None:
    first, second, third = typing(9, "abc")
    async with raw_client(f"{server.yjs_url}/binned") as client:
        await client.send(sync.update(first))
        await client.expect_among(sync.update(first))
        assert (await http.delete("/api/documents/binned")).json()["version"] == 3
        # The session hears of it without having done anything.
        reason = "The document is in the trash; restore it to write on."
        await client.expect_among(b"\x02\x00" + bytes([len(reason)]) + reason.encode())
        await client.send(sync.update(second))
        await client.expect_closed(4403)
    await http.get("/api/documents/binned?min_version=3")
    listed = {each["id"] for each in (await http.get("/api/documents")).json()["documents"]}
    assert "binned" not in listed
    trash = (await http.get("/api/documents?trashed=true")).json()["documents"]
    assert "binned" in {each["id"] for each in trash}
    restored = await http.post("/api/documents/binned/commands/restore")
    assert restored.json() == {"id": "binned", "version": 4}
    async with raw_client(f"{server.yjs_url}/binned") as client:
        await client.send(sync.update(second))
        await client.send(sync.update(third))
        await client.expect_among(sync.update(third))


async def test_wrong_requests_say_what_would_be_right(http: httpx.AsyncClient) -> None:
    post, patch = http.post, http.patch
    assert "no such document" in problem(await http.get("/api/documents/none"), 404)
    assert "no such document" in problem(
        await patch("/api/documents/none", json={"title": ""}), 404
    )
    assert "not JSON" in problem(await post("/api/documents", content="{"), 400)
    assert "object" in problem(await post("/api/documents", content="[]"), 400)
    assert "string" in problem(await post("/api/documents", json={"id": 5}), 400)
    assert '"page"' in problem(await post("/api/documents", json={"kind": "map"}), 400)
    assert "larger" in problem(await post("/api/documents", content=b" " * 70_000), 400)
    assert "1 to 200" in problem(await post("/api/documents", json={"id": "x" * 201}), 404)
    assert "restore" in problem(await post("/api/documents/x/commands/fly"), 400)
    assert "takes title" in problem(await post("/api/documents/x/commands/rename", json={}), 400)
    assert problem(await http.get("/elsewhere"), 404)
    assert problem(await http.put("/api/documents"), 405)


async def test_only_an_administrator_lifts_a_quarantine(
    http: httpx.AsyncClient, server: Server
) -> None:
    await http.post("/api/documents", json={"id": "sound"})
    path = "/api/documents/sound/commands/lift-quarantine"
    assert "admin" in problem(await http.post(path), 403)
    admin = {"Authorization": f"Bearer {await server.token('Root', 'admin')}"}
    assert (await http.post(path, headers=admin)).json()["version"] == 1


async def test_pages_of_other_sites_may_not_act(http: httpx.AsyncClient) -> None:
    evil = {"Origin": "https://evil.example"}
    assert problem(await http.post("/api/documents", json={"id": "csrf"}, headers=evil), 403)
    rebound = {"Host": "evil.example"}
    assert problem(await http.get("/api/documents", headers=rebound), 403)


async def test_every_answer_says_what_a_browser_may_do(http: httpx.AsyncClient) -> None:
    for path in ("/", "/api/documents", "/elsewhere", "/assets/page.css"):
        answer = await http.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_first_page_lists_documents_and_escapes_their_titles(
    http: httpx.AsyncClient,
) -> None:
    wish = {"id": "scripted", "title": "<script>alert(1)"}
    version = (await http.post("/api/documents", json=wish)).json()["version"]
    await http.get("/api/documents/scripted", params={"min_version": version})
    page = (await http.get("/")).text
    assert "&lt;script&gt;alert(1)" in page
    assert "/yjs" in page
    assert "/hocuspocus" in page


async def test_without_a_token_a_guarded_server_says_nothing(guarded: Server) -> None:
    async with httpx.AsyncClient(base_url=guarded.url) as stranger:
        answer = await stranger.get("/api/documents")
        assert "token" in problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
        assert (await stranger.get("/")).status_code == 401
        forged = {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."}
        assert problem(await stranger.get("/api/documents", headers=forged), 401)


async def test_a_token_in_the_address_becomes_a_cookie_that_is_only_ours(guarded: Server) -> None:
    async with httpx.AsyncClient(base_url=guarded.url) as browser:
        answer = await browser.get(f"/?token={guarded.admin_token}")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert (await browser.get("/")).status_code == 200
        # The cookie alone does not let another site's page act.
        evil = {"Origin": "https://evil.example"}
        assert problem(await browser.post("/api/documents", json={}, headers=evil), 403)
        own = {"Origin": guarded.url}
        assert (await browser.post("/api/documents", json={}, headers=own)).status_code == 201


async def test_a_reader_reads_and_changes_nothing(guarded: Server) -> None:
    admin = {"Authorization": f"Bearer {guarded.admin_token}"}
    reader = {"Authorization": f"Bearer {await guarded.token('Rea', 'reader')}"}
    async with httpx.AsyncClient(base_url=guarded.url) as client:
        await client.post("/api/documents", json={"id": "shown"}, headers=admin)
        assert (await client.get("/api/documents/shown", headers=reader)).status_code == 200
        path = "/api/documents/shown"
        assert problem(await client.patch(path, json={"title": "x"}, headers=reader), 403)
        assert problem(await client.delete(path, headers=reader), 403)


async def test_health_needs_no_token(guarded: Server) -> None:
    async with httpx.AsyncClient(base_url=guarded.url) as stranger:
        assert (await stranger.get("/healthz")).json() == {"status": "ok"}

"""Content over HTTP: in the form that is asked for, of the version that is, for whoever may."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio
from pycrdt import Doc, Map, Text

from tests.harness.server import Server, running_server
from tests.harness.typist import typing_into, write
from tests.integration.test_http import problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

SUFFIXES = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8; variant=GFM",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "yjs": "application/vnd.yjs.update",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a token, who takes no compressed answers unless a test says so."""
    headers = {"Accept-Encoding": "identity"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
        yield client


def path(document: str, suffix: str = "") -> str:
    return f"/api/documents/{quote(document, safe='')}/content{suffix}"


async def get(
    http: httpx.AsyncClient, document: str, suffix: str = "", *, version: int, **headers: str
) -> httpx.Response:
    """Return an answer that shows a version at least."""
    params = {"min_version": version}
    answer = await http.get(path(document, suffix), params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["palimpsest-version"]) >= version
    return answer


async def test_a_suffix_or_what_is_liked_best_chooses_the_form(
    http: httpx.AsyncClient, server: Server, document: str
) -> None:
    version = await write(server, document, "hello")
    for suffix, media_type in SUFFIXES.items():
        named = await get(http, document, f".{suffix}", version=version, Accept="image/png")
        assert named.headers["content-type"] == media_type
        name = media_type.partition(";")[0]
        liked = await get(http, document, version=version, Accept=f"image/png, {name}, */*;q=0.1")
        assert (liked.headers["content-type"], liked.content) == (media_type, named.content)
        assert "Accept" in liked.headers["vary"]
    anything = await get(http, document, version=version)
    assert anything.headers["content-type"].startswith("text/html")
    texts = await get(http, document, version=version, Accept="text/*;q=0.5, text/html;q=0")
    assert texts.headers["content-type"].startswith("text/markdown")


async def test_a_form_that_nobody_makes_is_not_acceptable(
    http: httpx.AsyncClient, server: Server, document: str
) -> None:
    await write(server, document, "hello")
    refused = await http.get(path(document), headers={"Accept": "image/png, text/html;q=0"})
    assert "text/markdown" in problem(refused, 406)
    assert ".md" in problem(await http.get(path(document, ".docx")), 400)


async def test_what_is_at_hand_is_not_sent_again_until_it_changes(
    http: httpx.AsyncClient, server: Server, document: str
) -> None:
    async with typing_into(server, document) as typist:
        version = await typist.type("one")
        first = await get(http, document, ".txt", version=version)
        tag = first.headers["etag"]
        assert tag.startswith('"')
        for held in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            again = await http.get(path(document, ".txt"), headers={"If-None-Match": held})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
            assert again.headers["palimpsest-version"] == str(version)
        other_form = await http.get(path(document, ".md"), headers={"If-None-Match": tag})
        assert other_form.status_code == 200
        version = await typist.type("two")
        newer = await get(http, document, ".txt", version=version, **{"If-None-Match": tag})
        assert newer.text == "onetwo\n"
        assert newer.headers["etag"] != tag
        # A numbered version keeps its tag for good, and it is that of when it was the newest.
        older = await http.get(path(document, ".txt"), params={"version": version - 1})
        assert (older.text, older.headers["etag"]) == ("one\n", tag)


async def test_who_likes_it_gets_it_compressed_under_a_tag_of_its_own(
    http: httpx.AsyncClient, server: Server, document: str
) -> None:
    long = "palimpsest " * 500
    version = await write(server, document, long)
    plain = await get(http, document, ".txt", version=version)
    squeezed = plain
    for encoding in ("gzip", "gzip, br;q=0.5", "*"):
        squeezed = await get(
            http, document, ".txt", version=version, **{"Accept-Encoding": encoding}
        )
        assert squeezed.headers["content-encoding"] == "gzip"
        assert int(squeezed.headers["content-length"]) < len(long) / 10
        assert squeezed.text == plain.text
        # Strong tags tell bytes apart (RFC 9110, section 8.8.3.3).
        assert squeezed.headers["etag"] != plain.headers["etag"]
        assert "Accept-Encoding" in squeezed.headers["vary"]
    for encoding in ("gzip;q=0", "br", "identity;q=1, gzip;q=0.5"):
        as_it_is = await get(
            http, document, ".txt", version=version, **{"Accept-Encoding": encoding}
        )
        assert "content-encoding" not in as_it_is.headers
        assert as_it_is.headers["etag"] == plain.headers["etag"]
    for held in (plain, squeezed):
        headers = {"If-None-Match": held.headers["etag"], "Accept-Encoding": "gzip"}
        again = await http.get(path(document, ".txt"), headers=headers)
        assert (again.status_code, again.headers["etag"]) == (304, held.headers["etag"])


async def test_a_head_is_an_answer_without_its_body(
    http: httpx.AsyncClient, server: Server, document: str
) -> None:
    version = await write(server, document, "hello")
    whole = await get(http, document, ".html", version=version)
    head = await http.head(path(document, ".html"))
    assert (head.status_code, head.content) == (200, b"")
    kept = ("etag", "content-type", "content-length", "palimpsest-version", "cache-control")
    assert {name: head.headers[name] for name in kept} == {
        name: whole.headers[name] for name in kept
    }


async def test_a_page_opened_by_itself_runs_nothing(
    http: httpx.AsyncClient, server: Server, document: str
) -> None:
    version = await write(server, document, "<script>alert(1)</script>")
    page = await get(http, document, ".html", version=version)
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.split()[-1] == "sandbox"
    assert "script-src" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    other = await get(http, document, ".json", version=version)
    assert "default-src 'none'" in other.headers["content-security-policy"]


@pytest.mark.parametrize(
    "name",
    ["a/b", "/", "100%", "50%25", "%2F", "a b", "ä/語/𝒳", "content.html", "..", "a?b#c", "'\"<&>"],
)
async def test_a_document_may_have_any_name(
    http: httpx.AsyncClient, server: Server, name: str
) -> None:
    version = await write(server, name, f"this is {name}")
    # A client would take `..` for the folder above.
    escaped = quote(name, safe="").replace("..", "%2E%2E")
    address = f"{server.url}/api/documents/{escaped}"
    for suffix in ("/content.txt", "/content"):
        answer = await http.get(
            f"{address}{suffix}", params={"min_version": version}, headers={"Accept": "text/plain"}
        )
        assert (answer.status_code, answer.text) == (200, f"this is {name}\n")
    shown = await http.get(address, params={"min_version": version})
    assert shown.json()["id"] == name
    history = await http.get(f"{address}/history", params={"min_version": version})
    assert history.json()["version"] == version


async def test_a_document_without_a_word_is_shown_as_one(http: httpx.AsyncClient) -> None:
    made = await http.post("/api/documents", json={"id": "wordless", "title": "T"})
    version = made.json()["version"]
    said = {
        suffix: (await get(http, "wordless", suffix, version=version)).content
        for suffix in (".html", ".md", ".txt", ".json", ".yjs")
    }
    assert said.pop(".json") == b'{"schemaVersion":1,"roots":[]}'
    assert said.pop(".yjs") == b"\0\0"
    assert set(said.values()) == {b""}


async def test_what_was_all_deleted_is_gone_from_content_too(
    http: httpx.AsyncClient, server: Server, document: str
) -> None:
    async with typing_into(server, document) as typist:
        await typist.type("a secret")
        version = await typist.delete(0, len("a secret"))
    for suffix in SUFFIXES:
        answer = await get(http, document, f".{suffix}", version=version)
        assert b"secret" not in answer.content


async def test_content_stays_readable_in_the_trash(
    http: httpx.AsyncClient, server: Server, document: str
) -> None:
    version = await write(server, document, "kept")
    trashed = (await http.delete(f"/api/documents/{quote(document)}")).json()["version"]
    assert trashed == version + 1
    answer = await get(http, document, ".txt", version=trashed)
    assert (answer.text, answer.headers["palimpsest-version"]) == ("kept\n", str(trashed))
    old = await http.get(path(document, ".txt"), params={"version": version})
    assert old.text == "kept\n"


async def test_wrong_questions_are_told_what_would_be_right(
    http: httpx.AsyncClient, server: Server, document: str
) -> None:
    version = await write(server, document, "x")
    await get(http, document, version=version)
    for suffix in ("", ".md", ".yjs"):
        assert "no such document" in problem(await http.get(path("none", suffix)), 404)
        numbered = {"version": version + 1}
        told = problem(await http.get(path(document, suffix), params=numbered), 404)
        assert f"no version {version + 1}" in told
        for wrong in ("0", "-1", "1.5", "x", "²", "9" * 17, "9" * 5000, str(2**60)):
            asked = await http.get(path(document, suffix), params={"version": wrong})
            assert problem(asked, 400)
            if wrong != "0":
                asked = await http.get(path(document, suffix), params={"min_version": wrong})
                assert problem(asked, 400)
    assert "1 to 200" in problem(await http.get(path("x" * 201)), 404)
    assert problem(await http.get("/api/documents/a%00b/content"), 404)
    assert problem(await http.post(path(document)), 405)


async def test_a_version_to_come_is_told_not_yet_with_the_one_that_is_there(
    http: httpx.AsyncClient, server: Server, document: str
) -> None:
    version = await write(server, document, "x")
    await get(http, document, version=version)
    for suffix in (".md", ".yjs"):
        answer = await http.get(path(document, suffix), params={"min_version": version + 5})
        assert problem(answer, 503)
        assert answer.json()["version"] == version
        assert int(answer.headers["retry-after"]) > 0


async def test_readers_read_what_is_and_not_what_was(guarded: Server, document: str) -> None:
    editor, reader = await guarded.token("Ed"), await guarded.token("Rea", "reader")
    version = await write(guarded, document, "first ", "second", token=editor)
    async with httpx.AsyncClient(base_url=guarded.url) as client:
        for suffix in (".txt", ".yjs"):
            address = path(document, suffix)
            assert problem(await client.get(address), 401)
            headers = {"Authorization": f"Bearer {reader}"}
            newest = {"min_version": version}
            assert (await client.get(address, params=newest, headers=headers)).status_code == 200
            for number in (1, version, version + 1, 0):
                asked = await client.get(address, params={"version": number}, headers=headers)
                assert "role" in problem(asked, 403) or "allow" in problem(asked, 403)
            headers = {"Authorization": f"Bearer {editor}"}
            asked = await client.get(address, params={"version": 2}, headers=headers)
            assert asked.status_code == 200
        for past in ("history", "events"):
            headers = {"Authorization": f"Bearer {reader}"}
            asked = await client.get(f"/api/documents/{document}/{past}", headers=headers)
            assert problem(asked, 403)


async def test_the_newest_state_is_told_right_behind_each_write(
    http: httpx.AsyncClient, server: Server, document: str
) -> None:
    """As an update it comes from the log, so no view can be behind."""
    async with typing_into(server, document) as typist:
        for number in range(40):
            version = await typist.type(f"{number} ")
            answer = await http.get(path(document, ".yjs"))
            assert answer.status_code == 200, answer.text
            assert answer.headers["palimpsest-version"] == str(version)
            doc: Doc[Text] = Doc()
            doc.apply_update(answer.content)
            assert str(doc.get("text", type=Text)) == typist.text


async def test_what_is_too_large_is_shown_in_part_and_says_so(tmp_path: Path) -> None:
    doc: Doc[Map[int]] = Doc()
    values = doc.get("map", type=Map)
    with doc.transaction():
        values.update({str(number): number for number in range(100)})
    async with (
        running_server(tmp_path, options=["--limit", "content_nodes_max=50"]) as server,
        typing_into(server, "large") as typist,
        httpx.AsyncClient(base_url=server.url) as http,
    ):
        version = await typist.send(doc.get_update())
        answer = await get(http, "large", ".json", version=version)
        assert answer.headers["palimpsest-truncated"] == "true"
        numbered = await http.get(path("large", ".json"), params={"version": version})
        assert numbered.headers["palimpsest-truncated"] == "true"
        assert numbered.content == answer.content

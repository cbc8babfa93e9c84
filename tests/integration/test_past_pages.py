"""Who wrote what, as pages and as JSON: a document's history, and what administrators see."""

import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.harness.browser import reader_address, someone
from tests.harness.server import Server
from tests.harness.writer import block, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENT = "by-two"
TURNS = ("Ann", "Bob", "Bob", "Ann", "Bob", "Ann")
"""Who makes which edit of the document, in order; Ann creates it with the first."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def written(guarded: Server) -> AsyncIterator[Server]:
    """A server on which two people wrote in turns, beside a document of the administrator's."""
    tokens = {name: await guarded.token(name) for name in ("Ann", "Bob")}
    for number, name in enumerate(TURNS):
        async with writing(guarded, DOCUMENT, tokens[name]) as writer:
            await writer.write(block(f"{name} writes line {number}."))
    async with writing(guarded, "another", guarded.admin_token) as writer:
        await writer.write(block("Something else."))
        await writer.delete(9)
    await guarded.get(f"documents/{DOCUMENT}/history?min_version={len(TURNS) + 1}")
    await guarded.get(f"documents/{DOCUMENT}/content.json?min_version={len(TURNS) + 1}")
    await guarded.get("documents/another/history?min_version=3")
    yield guarded


@pytest_asyncio.fixture(loop_scope="module")
async def admin(written: Server, browser: Browser) -> AsyncIterator[Page]:
    """The administrator's browser."""
    async with someone(browser, token=(written.url, written.admin_token)) as context:
        yield await context.new_page()


async def rows(page: Page) -> list[dict[str, str]]:
    """Return the events that the administrator's page shows, by the words over the columns."""
    found: list[dict[str, str]] = await page.evaluate(
        """() => {
            const table = document.querySelector('table.events')
            if (!table) return []
            const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent)
            return [...table.tBodies[0].rows].map((row) =>
                Object.fromEntries([...row.cells].map((cell, at) => [names[at], cell.innerText])))
        }"""
    )
    return found


async def filtered(page: Page, server: Server, **filters: str) -> list[dict[str, str]]:
    """Fill in the form, send it, and return the events that it leads to."""
    await page.goto(f"{server.url}/admin")
    for name, value in filters.items():
        field = page.locator(f"form.filters [name={name}]")
        await (field.select_option(value) if name == "kind" else field.fill(value))
    await page.get_by_role("button", name="Filter").click()
    await page.wait_for_url("**/admin?document=*")
    return await rows(page)


def authors(events: Iterable[dict[str, Any]], actor: str = "Actor") -> list[str]:
    """Return who did what the events tell, the oldest first."""
    return [event[actor] for event in reversed(list(events))]


async def test_the_administrator_sees_who_made_each_edit(written: Server, admin: Page) -> None:
    shown = await filtered(admin, written, document=DOCUMENT)
    assert authors(shown) == ["Ann", *TURNS]
    assert [row["Version"] for row in reversed(shown)] == [str(n) for n in range(1, 8)]
    assert {row["Principal"] for row in shown} == {"user:Ann (user)", "user:Bob (user)"}
    told = (await written.get(f"events?document={DOCUMENT}"))["events"]
    assert authors(told, "actor") == ["Ann", *TURNS]
    assert [row["Hash"].upper() for row in shown] == [event["link"] for event in told]
    assert [row["Session"] for row in shown] == [event["session"] for event in told]
    assert [int(row["Size"].replace(",", "")) for row in shown] == [each["size"] for each in told]


async def test_events_are_filtered_by_who_what_and_when(written: Server, admin: Page) -> None:
    of_bob = await filtered(admin, written, principal="user:Bob")
    assert [row["Version"] for row in of_bob] == ["6", "4", "3"]
    created = await filtered(admin, written, kind="document_created.v1")
    assert {row["Document"] for row in created} == {DOCUMENT, "another"}
    events = (await written.get("events"))["events"]
    middle = next(each for each in events if each["version"] == 4)["time"]
    moment = datetime.fromtimestamp(middle / 1000, UTC)
    await admin.goto(f"{written.url}/admin?until={moment.isoformat().replace('+', '%2B')}")
    assert [row["Position"] for row in await rows(admin)] == _positions(events, until=middle)
    since = (await written.get(f"events?since={middle}"))["events"]
    assert [each["position"] for each in since if each["time"] < middle] == []
    assert len(since) + len(await rows(admin)) == len(events)
    assert await filtered(admin, written, document="none") == []
    await expect(admin.locator("#main")).to_contain_text("No event is like that")


async def test_events_are_paged_and_each_is_on_one_page(written: Server) -> None:
    before: int | None = None
    seen: list[int] = []
    while True:
        place = "" if before is None else f"&before={before}"
        page = await written.get(f"events?limit=2{place}")
        seen += [event["position"] for event in page["events"]]
        before = page["before"]
        if before is None:
            break
    assert seen == list(range(page["head"], 0, -1))


async def test_the_page_leads_to_older_events_with_the_same_filters(
    written: Server, admin: Page, document: str
) -> None:
    async with writing(written, document, await written.token("Cleo")) as writer:
        await writer.write(block("-"))
        for _ in range(60):
            await writer.type("-")
    first = await filtered(admin, written, principal="user:Cleo")
    await admin.get_by_role("link", name="Older", exact=True).click()
    await admin.wait_for_url("**before=*")
    second = await rows(admin)
    versions = [int(row["Version"]) for row in first + second]
    assert versions == list(range(62, 0, -1))
    assert {row["Actor"] for row in second} == {"Cleo"}


async def test_sessions_are_shown_with_whose_they_are(
    written: Server, admin: Page, document: str
) -> None:
    async with writing(written, document, await written.token("Dan")):
        await admin.goto(f"{written.url}/admin")
        row = admin.get_by_role("row").filter(has=admin.get_by_role("link", name=document))
        await expect(row).to_contain_text("Dan")


async def test_a_parked_document_is_shown_with_the_reason_and_the_way_out(
    written: Server, admin: Page
) -> None:
    # Written beside the projector, which looks at what is parked when it begins.
    with closing(sqlite3.connect(written.data / "views.db")) as views, views:
        views.execute("INSERT INTO parked VALUES ('snapshots', 'another', 2, 9, 'It did not fit')")
    await admin.goto(f"{written.url}/admin")
    row = admin.get_by_role("row").filter(has_text="It did not fit")
    await expect(row).to_contain_text("another")
    await expect(admin.locator("#main")).to_contain_text("palimpsest rebuild snapshots --parked")
    await written.run("rebuild", "snapshots", "--parked")
    await admin.reload()
    await expect(admin.locator("#main")).not_to_contain_text("--parked")


async def test_the_history_tells_runs_of_edits_and_opens_any_version(
    written: Server, browser: Browser
) -> None:
    ann = (written.url, await written.token("Ann"))
    async with someone(browser, token=ann) as context:
        page = await context.new_page()
        await page.goto(f"{written.url}/documents/{DOCUMENT}/history")
        await expect(page.locator(".runs .run")).to_contain_text(
            ["Bob made 3 edits", "Ann made 3 edits", "Ann created the document"]
        )
        characters = len("Bob writes line 0.") * 3
        await expect(page.locator(".runs .facts").first).to_contain_text(
            f"{characters} characters added"
        )
        await page.get_by_role("link", name="Versions 3 to 6").click()
        await expect(page.locator(".banner")).to_contain_text("You are reading version 6 of 7")
        await expect(page.locator("#edited")).to_contain_text("by Bob")
        await expect(page.locator("#text p")).to_have_count(5)
        await page.get_by_role("link", name="Version 5").click()
        await expect(page.locator("#text p")).to_have_count(4)
        await page.get_by_role("link", name="Read the newest").click()
        await expect(page.locator("#text p")).to_have_count(6)
        await expect(page.locator(".banner")).to_have_count(0)


async def test_a_page_that_says_nothing_is_not_called_by_an_id_drawn_by_chance(
    written: Server, admin: Page
) -> None:
    drawn = "ke8LAGTleItZu9gsX5xKlQ"
    async with httpx.AsyncClient(base_url=written.url) as client:
        answer = await client.post(
            "/api/documents",
            json={"id": drawn, "kind": "page"},
            headers={"Authorization": f"Bearer {written.admin_token}"},
        )
    version = answer.json()["version"]
    await admin.goto(f"{written.url}/documents/{drawn}/read?min_version={version}")
    await expect(admin.locator("h1")).to_have_text("Untitled")
    await admin.get_by_role("link", name="History").click()
    await expect(admin.locator("h1")).to_have_text("History of Untitled")
    await expect(admin.get_by_role("link", name="Write")).to_be_visible()


async def test_the_history_tells_what_was_removed_and_everything_else_in_words(
    written: Server, admin: Page
) -> None:
    path = f"{written.url}/api/documents/another"
    headers = {"Authorization": f"Bearer {written.admin_token}"}
    async with httpx.AsyncClient(headers=headers) as client:
        await client.patch(path, json={"title": "Renamed"})
        await client.delete(path)
        version = (await client.post(f"{path}/commands/restore")).json()["version"]
        await client.get(f"{path}/history?min_version={version}")
    await admin.goto(f"{written.url}/documents/another/history")
    await expect(admin.locator(".runs .run")).to_contain_text(
        [
            "Admin brought the document back from the trash",
            "Admin moved the document to the trash",
            "Admin changed the title",
            "Admin made 2 edits",
            "Admin created the document",
        ]
    )
    await expect(admin.locator(".runs .facts").nth(3)).to_contain_text(
        "15 characters added, 9 removed"
    )


async def test_days_and_hours_of_the_history_are_the_readers_own(
    written: Server, browser: Browser
) -> None:
    entries = (await written.get(f"documents/{DOCUMENT}/history"))["entries"]
    token = (written.url, written.admin_token)
    for name in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        async with someone(browser, token=token, timezone=name) as context:
            page = await context.new_page()
            await page.goto(f"{written.url}/documents/{DOCUMENT}/history")
            ended = datetime.fromtimestamp(entries[0]["ended_at"] / 1000, ZoneInfo(name))
            await expect(page.locator(".day h2").first).to_contain_text(
                f"{ended.day} {ended:%B %Y}"
            )
            await expect(page.locator(".when time").first).to_have_text(
                f"{datetime.fromtimestamp(entries[0]['started_at'] / 1000, ZoneInfo(name)):%H:%M}"
            )


async def test_a_long_history_is_paged(written: Server, admin: Page, document: str) -> None:
    headers = {"Authorization": f"Bearer {written.admin_token}"}
    address = f"{written.url}/api/documents"
    async with httpx.AsyncClient(headers=headers) as client:
        await client.post(address, json={"id": document})
        for number in range(60):
            await client.patch(f"{address}/{document}", json={"title": f"Title {number}"})
        await client.get(f"{address}/{document}/history?min_version=61")
    await admin.goto(f"{written.url}/documents/{document}/history")
    await expect(admin.locator(".runs li")).to_have_count(50)
    await admin.get_by_role("link", name="Older", exact=True).click()
    await expect(admin.locator(".runs li")).to_have_count(11)
    await expect(admin.locator(".runs li").last).to_contain_text("created the document")


async def test_a_reader_sees_neither_history_nor_events_and_is_told_why(
    written: Server, browser: Browser
) -> None:
    reader = await written.token("Rea", "reader")
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {reader}"}) as client:
        of_one = f"documents/{DOCUMENT}"
        for path in ("history", "events", "content.html?version=3"):
            assert (await client.get(f"{written.url}/api/{of_one}/{path}")).status_code == 403
        for path in ("events", "projections"):
            assert (await client.get(f"{written.url}/api/{path}")).status_code == 403
    async with someone(browser, token=(written.url, reader)) as context:
        page = await context.new_page()
        paths = [f"/documents/{DOCUMENT}/history", f"/documents/{DOCUMENT}/read?version=3"]
        for path in (*paths, "/admin"):
            answer = await page.goto(written.url + path)
            assert answer is not None
            assert answer.status == 403
            await expect(page.locator("#main")).to_contain_text("yours is reader")
            await expect(page.locator("#main")).not_to_contain_text("Bob")
            await expect(page.get_by_label("Token")).to_be_visible()
        await page.goto(written.url + paths[0])
        await page.get_by_role("link", name="Read the document").click()
        await expect(page.locator("#text")).to_contain_text("Bob writes line 1.")
        for name in ("History", "Write"):
            await expect(page.get_by_role("link", name=name)).to_have_count(0)


async def test_an_editor_sees_the_history_and_not_the_administrators_page(
    written: Server, browser: Browser
) -> None:
    token = await written.token("Ann")
    async with someone(browser, token=(written.url, token)) as context:
        page = await context.new_page()
        await page.goto(reader_address(written, DOCUMENT))
        await expect(page.get_by_role("link", name="Write")).to_be_visible()
        await page.get_by_role("link", name="History").click()
        await expect(page.locator("h1")).to_contain_text("History of")
        answer = await page.goto(f"{written.url}/admin")
        assert answer is not None
        assert answer.status == 403


def _positions(events: list[dict[str, Any]], *, until: int) -> list[str]:
    assert all(one["position"] > other["position"] for one, other in pairwise(events))
    return [str(event["position"]) for event in events if event["time"] < until]

"""The library in a real browser: by keyboard alone, without JavaScript, while others write."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Locator, Page, expect

from tests.harness.browser import DESK, PHONE, Scheme, someone
from tests.harness.editing import Editor
from tests.harness.server import Server, running_server
from tests.harness.writer import block, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY = 1_000


class Library:
    """The first page, open in a browser of somebody's own."""

    def __init__(self, server: Server, page: Page) -> None:
        self.server = server
        self.page = page

    async def open(self, path: str = "/") -> None:
        await self.page.goto(self.server.url + path)

    @property
    def rows(self) -> Locator:
        return self.page.locator(".documents li")

    def row(self, title: str) -> Locator:
        return self.rows.filter(has=self.page.get_by_role("link", name=title, exact=True))

    def opener(self, title: str) -> Locator:
        return self.page.locator(".open").get_by_text(title, exact=True).locator("..")

    async def titles(self) -> list[str]:
        return await self.page.locator(".open").all_inner_texts()

    async def expect_titles(self, *titles: str) -> None:
        await expect(self.page.locator(".open")).to_have_text(list(titles))

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)


@asynccontextmanager
async def library(
    browser: Browser, server: Server, *, javascript: bool = True, **more: Any
) -> AsyncIterator[Library]:
    """Open the first page; nothing may go wrong in it."""
    async with someone(browser, javascript=javascript, **more) as context:
        page = await context.new_page()
        complaints = Editor(page).complaints
        opened = Library(server, page)
        await opened.open()
        yield opened
        assert complaints == []


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Server]:
    """A server on which there is nothing yet."""
    async with running_server(tmp_path) as running:
        yield running


async def make(server: Server, *titles: str) -> list[str]:
    """Create pages, the last of them the newest; return their ids once all are listed."""
    async with httpx.AsyncClient(base_url=server.url) as client:
        wishes = [{"title": title, "kind": "page"} for title in titles]
        made = [(await client.post("/api/documents", json=each)).json() for each in wishes]
        newest = made[-1]
        await client.get(f"/api/documents/{newest['id']}?min_version={newest['version']}")
    return [each["id"] for each in made]


async def test_rows_are_gone_through_and_renamed_by_keyboard_alone(
    fresh: Server, browser: Browser
) -> None:
    await make(fresh, "Alpha", "Beta", "Gamma")
    async with library(browser, fresh) as seen:
        await seen.expect_titles("Gamma", "Beta", "Alpha")
        await seen.press("ArrowDown")
        await expect(seen.opener("Gamma")).to_be_focused()
        await seen.press("j", "ArrowDown", "j")
        await expect(seen.opener("Alpha")).to_be_focused()
        await seen.press("k")
        await expect(seen.opener("Beta")).to_be_focused()
        await seen.press("F2")
        await expect(seen.page.get_by_label("Title", exact=True)).to_be_focused()
        await seen.page.keyboard.type("Delta")
        await seen.press("Enter")
        # Edited last, it is the first; and the keyboard is still at it.
        await seen.expect_titles("Delta", "Gamma", "Alpha")
        await expect(seen.opener("Delta")).to_be_focused()
        await seen.press("F2")
        await seen.page.keyboard.type("nothing of this")
        await seen.press("Escape")
        await expect(seen.opener("Delta")).to_be_focused()


async def test_what_is_written_from_the_right_begins_there_and_is_not_covered(
    fresh: Server, browser: Browser
) -> None:
    await make(fresh, "Alpha", "دليل الكتابة")
    async with library(browser, fresh) as seen:
        await seen.expect_titles("دليل الكتابة", "Alpha")
        title, other = seen.page.locator("h2 bdi").first, seen.page.locator("h2 bdi").last
        await expect(title).to_have_css("direction", "rtl")
        await expect(other).to_have_css("direction", "ltr")
        await title.hover()
        await expect(seen.page.locator(".does").first).to_be_visible()
        is_apart = """() => {
            const [row, does] = ['.documents li', '.documents li .does'].map(
                (each) => document.querySelector(each).getBoundingClientRect())
            return does.right < row.left + row.width / 2
        }"""
        await seen.page.wait_for_function(is_apart)


async def test_letters_alone_do_nothing_on_a_device_where_that_is_not_wanted(
    fresh: Server, browser: Browser
) -> None:
    await make(fresh, "Alpha", "Beta")
    async with library(browser, fresh) as seen:
        box = seen.page.get_by_label("Letters and signs alone work as keys")
        await expect(box).to_be_checked()
        await box.uncheck()
        await seen.page.reload()
        await expect(box).not_to_be_checked()
        await seen.press("n", "/")
        await expect(seen.page.locator("#filter")).not_to_be_focused()
        await expect(seen.page.locator("h1")).to_have_text("Documents")
        await seen.press("ArrowDown")
        await expect(seen.opener("Beta")).to_be_focused()
        await seen.press("j")
        await expect(seen.opener("Beta")).to_be_focused()
        await box.check()
        await seen.page.locator("#main").focus()
        await seen.press("/")
        await expect(seen.page.locator("#filter")).to_be_focused()


async def test_the_trash_the_filter_and_new_documents_are_reached_by_keyboard_alone(
    fresh: Server, browser: Browser
) -> None:
    await make(fresh, "Alpha", "Gamma", "Delta")
    async with library(browser, fresh) as seen:
        await seen.press("ArrowDown", "Delete")
        await seen.expect_titles("Gamma", "Alpha")
        await expect(seen.opener("Gamma")).to_be_focused()
        await expect(seen.page.locator(".toast")).to_contain_text("“Delta” is in the trash")
        await seen.press("Control+z")
        await seen.expect_titles("Delta", "Gamma", "Alpha")
        await expect(seen.opener("Delta")).to_be_focused()
        await seen.press("/")
        await seen.page.keyboard.type("alp")
        await seen.expect_titles("Alpha")
        await seen.press("Escape")
        await seen.expect_titles("Delta", "Gamma", "Alpha")
        await seen.press("ArrowDown")
        await expect(seen.opener("Delta")).to_be_focused()
        await seen.press("End")
        await expect(seen.opener("Alpha")).to_be_focused()
        await seen.press("/")
        await seen.page.keyboard.type("gam")
        await seen.press("Enter")
        await expect(seen.page.get_by_label("Title")).to_have_value("Gamma")
        await seen.page.go_back()
        await expect(seen.page.locator("#list")).to_be_visible()
        await seen.page.locator("body").press("n")
        await expect(seen.page.locator(".ProseMirror")).to_be_visible()
        assert re.fullmatch(rf"{fresh.url}/documents/[\w-]{{22}}", seen.page.url)


async def test_tab_stops_at_one_row_and_at_all_that_can_be_done_there(
    fresh: Server, browser: Browser
) -> None:
    await make(fresh, "Alpha", "Beta")
    async with library(browser, fresh) as seen:
        await seen.press("ArrowDown", "ArrowDown")
        for name in ("Read Alpha", "History of Alpha", "Rename Alpha", "Trash Alpha"):
            await seen.press("Tab")
            focused = seen.page.locator(":focus")
            await expect(focused).to_have_accessible_name(name)
            assert float(await focused.evaluate("e => getComputedStyle(e.closest('div')).opacity"))
        await seen.press("Tab")
        await expect(seen.page.locator("#letter-keys")).to_be_focused()
        for summary in ("Change your name", "Connect an editor of your own"):
            await seen.press("Tab")
            await expect(seen.page.get_by_text(summary, exact=True)).to_be_focused()


async def test_an_empty_server_offers_a_page_that_teaches_and_makes_it_once(
    fresh: Server, browser: Browser
) -> None:
    async with library(browser, fresh) as seen:
        await seen.page.get_by_role("button", name="Open the welcome page").click()
        text = seen.page.locator(".ProseMirror")
        await expect(text).to_contain_text("Welcome. Change something")
        await expect(seen.page.get_by_label("Title")).to_have_value("Welcome to Palimpsest")
        await (
            text.locator("li", has_text="Click the box").locator("input, [role=checkbox]").click()
        )
        await expect(seen.page.locator(".chip")).to_have_attribute("data-saving", "saved")
        await seen.open()
        await seen.expect_titles("Welcome to Palimpsest")
        await seen.press("ArrowDown", "Delete")
        await expect(seen.page.locator(".empty")).to_be_visible()
        await seen.open()
        await expect(seen.page.locator(".empty")).to_contain_text("There is no document")
        await expect(seen.page.get_by_role("button", name="welcome page")).to_have_count(0)


async def test_a_filter_looks_at_all_documents_and_not_at_those_of_the_page_alone(
    fresh: Server, browser: Browser
) -> None:
    await make(fresh, "Résumé of the year", *(f"Document {number}" for number in range(MANY - 1)))
    async with library(browser, fresh) as seen:
        await expect(seen.rows).to_have_count(50)
        await seen.page.get_by_label("Filter documents").press_sequentially("YEAR resume")
        await seen.expect_titles("Résumé of the year")
        assert await seen.page.locator("mark").all_inner_texts() == ["Résumé", "year"]
        await expect(seen.page.locator("#said")).to_have_text("1 document found")
        assert seen.page.url == f"{fresh.url}/?filter=YEAR+resume"
        await seen.page.reload()
        await seen.expect_titles("Résumé of the year")
        await seen.page.get_by_label("Filter documents").fill("no such thing")
        create = seen.page.get_by_role("button", name="Create “no such thing”")
        await expect(create).to_be_visible()
        await seen.page.get_by_label("Filter documents").press("Enter")
        await expect(create).to_be_focused()
        await seen.press("Enter")
        await expect(seen.page.get_by_label("Title")).to_have_value("no such thing")
        await seen.open("/?order=title")
        await seen.expect_titles(*sorted(f"Document {number}" for number in range(MANY - 1))[:50])
        await seen.page.get_by_role("link", name="More documents").click()
        await expect(seen.rows).to_have_count(50)
        await expect(seen.page.get_by_role("link", name="Back to the first")).to_be_visible()


async def test_of_answers_that_come_late_none_is_shown(fresh: Server, browser: Browser) -> None:
    await make(fresh, "Alpha", "Beta")
    async with library(browser, fresh) as seen:
        held = []

        async def hold(route: Any) -> None:
            if "filter=alpha" in route.request.url:
                held.append(route)
            else:
                await route.continue_()

        await seen.page.route("**/*list=1*", hold)
        field = seen.page.get_by_label("Filter documents")
        async with seen.page.expect_request("**/*filter=alpha*"):
            await field.fill("alpha")
        await field.fill("beta")
        await seen.expect_titles("Beta")
        [route] = held
        await route.continue_()
        await field.fill("b")
        await expect(seen.page.locator("mark")).to_have_text("B")
        await seen.expect_titles("Beta")


async def test_keys_that_are_pressed_before_the_list_has_come_go_to_the_list(
    fresh: Server, browser: Browser
) -> None:
    await make(fresh, "Alpha", "Beta", "Gamma", "Amber")
    async with library(browser, fresh) as seen:
        let_go = asyncio.Event()

        async def hold(route: Any) -> None:
            await let_go.wait()
            await route.continue_()

        field = seen.page.get_by_label("Filter documents")
        await field.focus()
        await seen.page.route("**/*list=1*", hold)
        await seen.page.keyboard.type("am")
        async with seen.page.expect_request("**/*filter=am*"):
            await seen.press("ArrowDown")
        for key in ("ArrowDown", "k", "End"):
            await seen.page.keyboard.press(key)
        let_go.set()
        await seen.expect_titles("Amber", "Gamma")
        await expect(seen.opener("Gamma")).to_be_focused()
        await expect(field).to_have_value("am")


async def test_the_trash_is_undone_and_restored_from(fresh: Server, browser: Browser) -> None:
    await make(fresh, "Alpha", "Beta")
    async with library(browser, fresh) as seen:
        await seen.row("Alpha").hover()
        await seen.row("Alpha").get_by_role("button", name="Trash").click()
        await seen.expect_titles("Beta")
        await seen.page.get_by_role("button", name="Undo").click()
        await expect(seen.row("Alpha")).to_be_visible()
        await expect(seen.page.locator(".toast")).to_be_hidden()
        await seen.row("Alpha").hover()
        await seen.row("Alpha").get_by_role("button", name="Trash").click()
        await seen.expect_titles("Beta")
        await seen.page.get_by_role("link", name="Trash", exact=True).click()
        await seen.expect_titles("Alpha")
        await expect(seen.rows).to_contain_text("Moved here just now by Guest")
        await seen.row("Alpha").hover()
        await seen.page.get_by_role("button", name="Restore").click()
        await expect(seen.page.locator(".empty")).to_contain_text("The trash is empty")
        await seen.page.get_by_role("link", name="All documents").click()
        await seen.expect_titles("Alpha", "Beta")


async def test_how_many_are_found_is_true_when_one_went_to_the_trash(
    fresh: Server, browser: Browser
) -> None:
    await make(fresh, "Alpha", "Beta")
    async with library(browser, fresh) as seen:
        await seen.press("/")
        await seen.page.keyboard.type("alp")
        said = seen.page.locator("#said")
        await expect(said).to_have_text("1 document found")
        await seen.press("ArrowDown", "Delete")
        await expect(said).to_have_text("No document found")
        await seen.press("Control+z")
        await expect(said).to_have_text("1 document found")


async def test_what_others_do_appears_and_moves_nothing_under_the_hand(
    fresh: Server, browser: Browser
) -> None:
    [first, _] = await make(fresh, "Alpha", "Beta")
    async with library(browser, fresh) as seen, library(browser, fresh) as other:
        await seen.press("ArrowDown")
        await expect(seen.opener("Beta")).to_be_focused()
        async with writing(fresh, first) as writer:
            await writer.write(block("Words from elsewhere"))
            # What it says is told in its place, while the keyboard is at another.
            await expect(seen.row("Alpha")).to_contain_text("Words from elsewhere")
            await expect(seen.row("Alpha")).to_contain_text("Guest here now")
            assert await seen.titles() == ["Beta", "Alpha"]
            await other.expect_titles("Alpha", "Beta")
            await seen.page.get_by_role("button", name="Show what has changed").click()
            await seen.expect_titles("Alpha", "Beta")
        await expect(other.page.locator(".here")).to_have_count(0)
        await other.row("Beta").hover()
        await other.row("Beta").get_by_role("link", name="Rename").click()
        await other.page.get_by_label("Title", exact=True).fill("Better")
        await other.press("Enter")
        await seen.expect_titles("Better", "Alpha")


async def test_a_title_that_is_being_written_stays_what_others_may_do(
    fresh: Server, browser: Browser
) -> None:
    [first] = await make(fresh, "Alpha")
    async with library(browser, fresh) as seen:
        await seen.press("ArrowDown", "F2")
        await seen.page.keyboard.type("Mine")
        async with writing(fresh, first) as writer:
            await writer.write(block("Words"))
            async with seen.page.expect_response("**/*list=1*"):
                pass
            await expect(seen.page.get_by_label("Title", exact=True)).to_have_value("Mine")
        await seen.press("Enter")
        await seen.expect_titles("Mine")


async def test_all_but_liveness_works_without_javascript(fresh: Server, browser: Browser) -> None:
    await make(fresh, "Alpha", "Beta")
    async with library(browser, fresh, javascript=False) as seen:
        await seen.row("Alpha").hover()
        await seen.row("Alpha").get_by_role("link", name="Rename").click()
        await seen.page.get_by_label("Title", exact=True).fill("Omega")
        await seen.press("Enter")
        await seen.expect_titles("Omega", "Beta")
        await seen.row("Beta").hover()
        await seen.row("Beta").get_by_role("button", name="Trash").click()
        await seen.expect_titles("Omega")
        await expect(seen.page.locator(".banner")).to_contain_text("“Beta” is in the trash")
        await seen.page.get_by_role("button", name="Undo").click()
        await seen.expect_titles("Beta", "Omega")
        await seen.page.get_by_label("Filter documents").fill("mega")
        await seen.page.get_by_role("button", name="Show").click()
        await seen.expect_titles("Omega")
        await seen.open("/?filter=new one")
        await seen.page.get_by_role("button", name="Create “new one”").click()
        await expect(seen.page).to_have_title("new one")


BEGINS_BEFORE = """
([title, x]) => {
  const rows = [...document.querySelectorAll('.open')]
  const found = rows.find((each) => each.textContent === title)
  const row = found?.parentElement.getBoundingClientRect()
  return row?.width > 0 && row.x < x
}
"""


async def test_titles_are_shown_as_they_are_whatever_is_in_them(
    fresh: Server, browser: Browser
) -> None:
    titles = [
        "<script>hacked = 1</script>",
        '"><img src=x onerror="hacked = 2">',
        "كيف نكتب معاً (مسودة)",
        "x" * 300,
        "\u202eevil",
    ]
    await make(fresh, *titles)
    async with library(browser, fresh, width=PHONE) as seen:
        await seen.expect_titles(*reversed(titles))
        await seen.page.get_by_label("Filter documents").fill("<script>")
        await expect(seen.page.locator("mark")).to_have_text("<script>")
        await seen.page.get_by_label("Filter documents").fill("<img src=y onerror='hacked=3'>")
        await expect(seen.page.locator(".empty bdi").first).to_contain_text("<img src=y")
        assert await seen.page.evaluate("'hacked' in window") is False
        await seen.open()
        assert await seen.page.evaluate("document.documentElement.scrollWidth") == PHONE
        # An Arabic title does not turn what stands beside it.
        await seen.page.wait_for_function(BEGINS_BEFORE, arg=[titles[2], PHONE / 2])
        await seen.rows.nth(4).get_by_role("button", name="Trash").click()
        await expect(seen.page.locator(".toast")).to_contain_text(titles[0])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_axe_finds_nothing_to_mend_in_any_state(
    server: Server, browser: Browser, width: int, scheme: Scheme
) -> None:
    await make(server, "Alpha", f"Beta {width} {scheme}")
    async with library(browser, server, width=width, scheme=scheme) as seen:
        await seen.page.get_by_label("Filter documents").fill("Beta")
        await expect(seen.page.locator("mark").first).to_be_visible()
        await _nothing_to_mend(seen.page)
        await seen.press("ArrowDown", "F2")
        await _nothing_to_mend(seen.page)
        await seen.press("Escape", "Delete")
        await expect(seen.page.locator(".toast")).to_be_visible()
        await _nothing_to_mend(seen.page)
        await seen.open("/?trash=1")
        await seen.rows.first.hover()
        await _nothing_to_mend(seen.page)
        await seen.open("/?filter=nothing+of+that")
        await _nothing_to_mend(seen.page)


async def _nothing_to_mend(page: Page) -> None:
    # What fades in is looked at when it has.
    await page.evaluate("() => Promise.all(document.getAnimations().map((each) => each.finished))")
    found = (await Axe().run(page)).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


async def test_forms_of_other_sites_do_nothing(fresh: Server) -> None:
    [first] = await make(fresh, "Alpha")
    async with httpx.AsyncClient(base_url=fresh.url) as client:
        for path in ("/documents", "/welcome", *(f"/documents/{first}/{n}" for n in DOES)):
            for origin in ("https://evil.example", "null"):
                answer = await client.post(path, data={"title": "x"}, headers={"Origin": origin})
                assert answer.status_code == 403, path
    assert len((await fresh.get("documents"))["documents"]) == 1


DOES = ("rename", "trash", "restore")


async def test_a_form_leads_to_no_other_site_and_is_not_without_end(fresh: Server) -> None:
    [first] = await make(fresh, "Alpha")
    path = f"/documents/{first}/rename"
    async with httpx.AsyncClient(base_url=fresh.url, headers={"Origin": fresh.url}) as client:
        for back in ("//evil.example", "https://evil.example", "/\\evil"):
            answer = await client.post(path, data={"title": "x", "back": back})
            assert answer.headers["location"].startswith("/?done=rename&")
        assert (await client.post(path, data={"title": "x" * 20_000})).status_code == 400
        assert (await client.post(path, content=b"title=%ff")).status_code == 400
        assert (await client.post(path, data={"title": "x" * 301})).status_code == 422


async def test_the_list_alone_is_told_only_if_it_is_another(fresh: Server) -> None:
    [first] = await make(fresh, "Alpha")
    async with httpx.AsyncClient(base_url=fresh.url) as client:
        told = await client.get("/?list=1")
        tag = {"If-None-Match": told.headers["etag"]}
        assert "<html" not in told.text
        assert (await client.get("/?list=1", headers=tag)).status_code == 304
        done = await client.patch(f"/api/documents/{first}", json={"title": "Beta"})
        change = f"&document={first}&version={done.json()['version']}"
        other = await client.get(f"/?list=1{change}", headers=tag)
        assert other.status_code == 200
        assert "Beta" in other.text
        for wrong in ("?trash=2", "?order=size", f"?filter={'x' * 201}", "?after=!"):
            assert (await client.get(f"/{wrong}")).status_code == 400
        assert (await client.get("/?list=1&document=none&version=1")).status_code == 200


async def test_who_may_only_read_is_offered_nothing_else(
    guarded: Server, browser: Browser
) -> None:
    headers = {"Authorization": f"Bearer {guarded.admin_token}"}
    async with httpx.AsyncClient(base_url=guarded.url, headers=headers) as client:
        done = await client.post("/api/documents", json={"id": "plan", "title": "Plan"})
        await client.get(f"/api/documents/plan?min_version={done.json()['version']}")
    token = (guarded.url, await guarded.token("Rea", "reader"))
    async with library(browser, guarded, token=token) as seen:
        await seen.expect_titles("Plan")
        await expect(seen.page.locator("#main button")).to_have_count(0)
        await seen.press("ArrowDown", "F2", "Delete", "n")
        await seen.expect_titles("Plan")
        await seen.press("Enter")
        await seen.page.wait_for_url(f"{guarded.url}/documents/plan/read")

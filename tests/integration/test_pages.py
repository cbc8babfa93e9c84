"""All pages in a real browser: for everybody, in every light, and safe whatever they show."""

import gzip
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, ConsoleMessage, Page, expect

from tests.harness.browser import DESK, PHONE, Scheme, reader_address, someone
from tests.harness.server import Server
from tests.harness.writer import Made, block, figure, writing
from tests.screenshots.notebook import NOTEBOOK

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENT = "notebook"
PAGES = {
    "library": "/",
    "reader": f"/documents/{DOCUMENT}/read",
    "version": f"/documents/{DOCUMENT}/read?version=2",
    "history": f"/documents/{DOCUMENT}/history",
    "admin": "/admin",
    "error": "/documents/none/read",
}
SCRIPTS_BYTES_MAX = 8 * 1024

HOSTILE: tuple[Made, ...] = (
    block("<script>hacked = 1</script>", type="h", level=1),
    block("</article></main><img src=x onerror='hacked = 2'>"),
    block(("a link", {"link": {"href": "javascript:hacked = 3"}})),
    block(("a link", {"link": {"href": "data:text/html,<script>hacked = 4</script>"}})),
    figure("javascript:hacked = 5", alt='"><script>hacked = 6</script>', caption="<b>bold</b>"),
    figure("data:image/svg+xml,<svg onload='hacked = 7'/>", alt="x"),
    block("words", id='"><script>hacked = 8</script>', type="h", level=2),
    block("words", dir='" onclick="hacked = 9', align='"><svg onload="hacked = 10">'),
    Made('x"><script>hacked = 11</script>', {"onload": "hacked = 12"}, ("unknown",)),
    block(("m", {"comment": {"id": "' onmouseover='hacked = 13"}})),
    block("heading", type="h", level=2),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shown(guarded: Server) -> AsyncIterator[Server]:
    """A server with a document to look at, in which somebody is."""
    async with writing(guarded, DOCUMENT, await guarded.token("Ann")) as writer:
        await writer.write(*NOTEBOOK)
        await guarded.get(f"documents/{DOCUMENT}/content.json?min_version=2")
        await guarded.get(f"documents/{DOCUMENT}/history?min_version=2")
        yield guarded


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_axe_finds_nothing_to_mend(
    shown: Server, browser: Browser, width: int, scheme: Scheme
) -> None:
    token = (shown.url, shown.admin_token)
    async with someone(browser, width=width, scheme=scheme, token=token) as context:
        page = await context.new_page()
        for address in PAGES.values():
            await _settled(page, shown.url + address)
            assert await _complaints(page) == [], address
    async with someone(browser, width=width, scheme=scheme) as context:
        page = await context.new_page()
        await _settled(page, shown.url)
        await expect(page.locator("h1")).to_have_text("Sign in")
        assert await _complaints(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_is_wider_than_a_phone(
    shown: Server, browser: Browser, scheme: Scheme
) -> None:
    token = (shown.url, shown.admin_token)
    async with someone(browser, width=PHONE, scheme=scheme, token=token) as context:
        page = await context.new_page()
        for address in PAGES.values():
            await _settled(page, shown.url + address)
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE, address


async def test_light_and_dark_differ_and_a_printed_page_is_the_text_alone(
    shown: Server, browser: Browser
) -> None:
    token = (shown.url, shown.admin_token)
    lights = set()
    for scheme in ("light", "dark"):
        async with someone(browser, scheme=scheme, token=token) as context:
            page = await context.new_page()
            await page.goto(reader_address(shown, DOCUMENT))
            lights.add(await page.evaluate("getComputedStyle(document.body).backgroundColor"))
            await page.emulate_media(media="print")
            await expect(page.locator(".bar")).to_be_hidden()
            await expect(page.locator("#outline")).to_be_hidden()
            await expect(page.locator("#text")).to_be_visible()
    assert len(lights) == 2


async def test_a_keyboard_comes_to_the_text_first_and_sees_where_it_is(
    shown: Server, browser: Browser
) -> None:
    async with someone(browser, token=(shown.url, shown.admin_token)) as context:
        page = await context.new_page()
        for address in PAGES.values():
            await page.goto(shown.url + address)
            await page.keyboard.press("Tab")
            skip = page.locator(".skip")
            await expect(skip).to_be_focused()
            await expect(skip).to_be_in_viewport()
            assert await skip.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
            await page.keyboard.press("Enter")
            await expect(page.locator("#main")).to_be_focused()


async def test_no_page_does_anything_that_its_policy_forbids(
    shown: Server, browser: Browser
) -> None:
    async with someone(browser, token=(shown.url, shown.admin_token)) as context:
        page = await context.new_page()
        said = _errors_of(page)
        for name, address in PAGES.items():
            answer = await page.goto(shown.url + address)
            assert answer is not None
            policy = (await answer.all_headers())["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            assert ("https:" in policy) == (name in {"reader", "version"})
            html = await answer.text()
            assert not re.search(r"<(style|script)(?![^>]*\ssrc=)|\s(style|on\w+)=", html), address
        missing = [line for line in said if "404" not in line]
        assert missing == []


async def test_hostile_content_runs_nothing(guarded: Server, browser: Browser) -> None:
    mallory = await guarded.token("<script>hacked = 20</script>")
    admin = (guarded.url, guarded.admin_token)
    headers = {"Authorization": f"Bearer {admin[1]}"}
    async with (
        writing(guarded, "hostile", mallory) as writer,
        someone(browser, token=admin) as context,
        httpx.AsyncClient(headers=headers) as client,
    ):
        await writer.write(HOSTILE[0])
        title = "</title><script>hacked = 21</script>"
        path = f"{guarded.url}/api/documents/hostile"
        assert (await client.patch(path, json={"title": title})).status_code == 200
        page = await context.new_page()
        said = _errors_of(page)
        await page.goto(reader_address(guarded, "hostile"))
        # What comes over the stream goes another way than what the page begins with.
        await writer.write(*HOSTILE[1:])
        await expect(page.locator("#text h2").last).to_have_text("heading")
        await _untouched(page)
        addresses = [
            "/",
            "/admin",
            *(f"/documents/hostile/{name}" for name in ("read", "history")),
        ]
        for address in addresses:
            await page.goto(guarded.url + address)
            await _untouched(page)
            await expect(page.locator("#main")).to_contain_text("<script>hacked = ")
        assert said == []


async def test_a_browser_is_told_of_errors_as_a_page_and_a_program_as_a_problem(
    shown: Server,
) -> None:
    headers = {"Authorization": f"Bearer {shown.admin_token}"}
    wrong = {
        "/documents/none/read": (404, "no such document"),
        f"/documents/{DOCUMENT}/read?version=99": (404, "no version 99"),
        f"/documents/{DOCUMENT}/read?version=0": (400, "begin with 1"),
        f"/documents/{DOCUMENT}/read?min_version=99": (503, "not yet 99"),
        "/documents/none/history": (404, "no such document"),
        "/admin?since=yesterday": (400, "UTC"),
        "/nowhere": (404, "nothing at this address"),
    }
    async with httpx.AsyncClient(base_url=shown.url, headers=headers) as client:
        for address, (status, words) in wrong.items():
            page = await client.get(address, headers={"Accept": "text/html,*/*;q=0.8"})
            assert (page.status_code, page.headers["content-type"][:9]) == (status, "text/html")
            assert words in page.text
            assert "<main" in page.text
            program = await client.get(address)
            assert program.status_code == status
            assert program.headers["content-type"] == "application/problem+json"
        # The API has no pages, whoever asks.
        answer = await client.get("/api/documents/none", headers={"Accept": "text/html"})
        assert answer.headers["content-type"] == "application/problem+json"


async def test_signing_in_leads_to_where_one_wanted_to_go(shown: Server, browser: Browser) -> None:
    async with someone(browser) as context:
        page = await context.new_page()
        await page.goto(reader_address(shown, DOCUMENT))
        await page.get_by_label("Token").fill("wrong")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.locator("#main")).to_contain_text("not one of this server's")
        await page.get_by_label("Token").fill(await shown.token("Rea", "reader"))
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.locator("#text h1")).to_have_text("Moving to a new writing server")
        assert page.url == reader_address(shown, DOCUMENT)


async def test_signing_in_leads_to_no_other_site(shown: Server) -> None:
    async with httpx.AsyncClient(base_url=shown.url) as client:
        for elsewhere in ("//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil"):
            query = {"token": shown.admin_token, "next": elsewhere}
            assert (await client.get("/", params=query)).headers["location"] == "/"


async def test_the_library_shows_what_there_is_and_who_is_there(
    shown: Server, browser: Browser
) -> None:
    async with someone(browser, token=(shown.url, await shown.token("Ann"))) as context:
        page = await context.new_page()
        await page.goto(shown.url)
        entry = page.locator(".documents li").filter(has_text=DOCUMENT)
        await expect(entry.locator(".excerpt")).to_contain_text("We write everything together")
        await expect(entry.locator(".here")).to_contain_text("Ann here now")
        await expect(page.get_by_role("link", name="Admin")).to_have_count(0)
        await entry.get_by_role("link", name="History").click()
        await expect(page.locator("h1")).to_contain_text("History of Moving to a new")
        await page.go_back()
        await entry.get_by_role("link", name="Read Moving to a new").click()
        await expect(page.locator("#text h1")).to_be_visible()


async def test_an_id_with_a_slash_is_one_document_on_every_page(
    guarded: Server, browser: Browser
) -> None:
    name = "plans/next year?"
    path = "/documents/plans%2Fnext%20year%3F"
    async with httpx.AsyncClient(base_url=guarded.url) as client:
        headers = {"Authorization": f"Bearer {guarded.admin_token}"}
        await client.post("/api/documents", json={"id": name, "title": "Plans"}, headers=headers)
    await guarded.get(f"{path.replace('/documents/', 'documents/')}/history?min_version=1")
    async with someone(browser, token=(guarded.url, await guarded.token("Ann"))) as context:
        page = await context.new_page()
        await page.goto(guarded.url)
        await page.get_by_role("link", name="Read Plans").click()
        assert page.url == f"{guarded.url}{path}/read"
        await expect(page.locator("h1")).to_have_text("Plans")
        await page.get_by_role("link", name="History").click()
        await page.get_by_role("link", name="Version 1").click()
        assert page.url == f"{guarded.url}{path}/read?version=1"
        await expect(page.locator("#empty")).to_be_visible()
    async with someone(
        browser, token=(guarded.url, await guarded.token("R", "reader"))
    ) as context:
        page = await context.new_page()
        await page.goto(guarded.url)
        await page.get_by_role("link", name="Plans", exact=True).click()
        await expect(page.locator("h1")).to_have_text("Plans")
        await page.goto(f"{guarded.url}{path}/history")
        await page.get_by_role("link", name="Read the document").click()
        await expect(page.locator("h1")).to_have_text("Plans")


async def test_assets_are_kept_for_good_and_small(shown: Server) -> None:
    async with httpx.AsyncClient(base_url=shown.url) as client:
        page = (await client.get("/", headers={"Accept": "text/html"})).text
        [style] = re.findall(r'href="(/assets/[0-9a-f]+/page\.css)"', page)
        answer = await client.get(style)
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].startswith("text/css")
        etag = {"If-None-Match": answer.headers["etag"]}
        assert (await client.get(style, headers=etag)).status_code == 304
        of_another_time = await client.get("/assets/0123/page.css")
        assert of_another_time.headers["cache-control"] == "no-cache"
        assert (await client.get("/assets/pages.py")).status_code == 404
        folder = style.removesuffix("page.css")
        scripts = [
            (await client.get(f"{folder}{name}.js")).content
            for name in ("reader", "morph", "times", "blocklinks")
        ]
    assert len(scripts[0]) <= SCRIPTS_BYTES_MAX
    assert sum(len(gzip.compress(script)) for script in scripts) <= SCRIPTS_BYTES_MAX


async def _settled(page: Page, address: str) -> None:
    await page.goto(address)
    if await page.locator("#people").count():
        await expect(page.locator("#people li")).not_to_have_count(0)


async def _complaints(page: Page) -> list[Any]:
    found = await Axe().run(page)
    return [
        (each["id"], [(node["target"], node["failureSummary"]) for node in each["nodes"]])
        for each in found.response["violations"]
    ]


async def _untouched(page: Page) -> None:
    assert await page.evaluate("'hacked' in window") is False


def _errors_of(page: Page) -> list[str]:
    """Return a list that fills with what the browser complains of; a dialog counts."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            said.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said

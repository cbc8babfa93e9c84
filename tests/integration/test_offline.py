"""Documents that a device keeps open without a network; nothing of anybody is kept beside."""

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Error, Page, expect

import palimpsest
from tests.harness.browser import PHONE, SECONDS_MAX, Scheme, someone
from tests.harness.editing import address_of, editor_in, new_page
from tests.harness.server import Server, running_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEPT = """
async () => {
  const found = {}
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    found[name] = (await cache.keys()).map(({ url }) => new URL(url).pathname)
  }
  return found
}
"""
ONCE_KEPT = """
async () => {
  // Opened each time: what was kept for somebody else is thrown away while one waits.
  const kept = async () => (await caches.open('palimpsest places')).keys()
  const isHere = ({ url }) => new URL(url).pathname === location.pathname
  while (!(await kept()).some(isHere)) await new Promise(requestAnimationFrame)
}
"""
ONCE_CALLED = """
async (name) => {
  const places = await caches.open('palimpsest places')
  const called = async () => (await (await places.match(location.pathname))?.json())?.called
  while ((await called()) !== name) await new Promise(requestAnimationFrame)
}
"""
PLACES = "palimpsest places"
UPDATE = "async () => { await (await navigator.serviceWorker.getRegistration()).update() }"
PACKAGE = Path(palimpsest.__file__).parent
STATIC = Path(__file__).parents[2] / "static"


async def wait_for_worker(page: Page) -> None:
    """Wait until the page could be opened without a network."""
    await page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    async with asyncio.timeout(SECONDS_MAX):
        await page.evaluate(ONCE_KEPT)


async def shells(page: Page) -> list[str]:
    """Return the names of the editions that are kept."""
    names: list[str] = await page.evaluate("() => caches.keys()")
    return [name for name in names if name.startswith("palimpsest shell ")]


async def wait_for_removal(page: Page, edition: str) -> None:
    """Wait until an edition is no longer kept; the page may load itself anew meanwhile."""
    async with asyncio.timeout(SECONDS_MAX):
        while True:
            with suppress(Error):
                if edition not in await shells(page):
                    return


async def test_a_document_opens_without_a_server_and_what_is_written_then_is_sent_later(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    async with running_server(tmp_path) as server:
        address = await new_page(server, document, "Ours")
        async with someone(browser) as context:
            one = await editor_in(context, address)
            await one.type("Before. ")
            await one.expect_saving("saved")
            await wait_for_worker(one.page)
            await one.page.close()
            await server.kill9()
            again = await editor_in(context, address_of(server, document))
            await expect(again.page.get_by_label("Title")).to_have_value("Ours")
            await again.expect_saving("offline")
            await again.type("Without a server. ")
            await again.expect_saving("kept")
            await again.page.reload()
            await again.expect_block("p", "Without a server.")
            await server.start()
            await again.expect_saving("saved")
            assert await again.blocks() == ["Before. Without a server. "]
        version = await server.version(document)
        path = f"documents/{document}/content.json?min_version={version}"
        content = await server.get(path)
        assert "Without a server." in str(content)


async def test_a_document_that_is_not_kept_says_so(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    async with running_server(tmp_path) as server:
        address = await new_page(server, document)
        async with someone(browser) as context:
            one = await editor_in(context, address)
            await one.expect_saving("saved")
            await wait_for_worker(one.page)
            await server.kill9()
            await one.page.goto(address_of(server, "another"))
            await expect(one.page.get_by_text("There is no connection")).to_be_visible()
            await server.start()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_without_a_server_the_first_page_lists_what_opens_here(
    tmp_path: Path, browser: Browser, document: str, scheme: Scheme
) -> None:
    async with running_server(tmp_path) as server:
        titled = await new_page(server, document, "Ours")
        other = await new_page(server, f"{document}-2")
        async with someone(browser, width=PHONE, scheme=scheme) as context:
            one = await editor_in(context, titled)
            await one.expect_saving("saved")
            await wait_for_worker(one.page)
            await one.open(other)
            await one.type("How it begins")
            await expect(one.page).to_have_title("How it begins")
            await one.type(".")
            await one.expect_saving("saved")
            async with asyncio.timeout(SECONDS_MAX):
                await one.page.evaluate(ONCE_CALLED, "How it begins.")
            await server.kill9()
            await one.page.goto(server.url)
            kept = one.page.locator(".kept a")
            await expect(kept).to_have_text(["How it begins.", "Ours"])
            await expect(one.page.locator("main")).to_contain_text("Offline.")
            found = await Axe().run(one.page)
            assert found.response["violations"] == [], found.generate_report()
            await kept.last.click()
            await one.expect_saving("offline")
            await server.start()
            await one.page.goto(server.url)
            await expect(one.page.locator("h1")).to_have_text("Documents")


async def test_nothing_is_kept_but_what_is_the_same_for_everybody(
    guarded: Server, browser: Browser, document: str
) -> None:
    await new_page(guarded, document, "Secret plans", guarded.admin_token)
    ann = (guarded.url, await guarded.token("Ann"))
    async with someone(browser, token=ann) as context:
        one = await editor_in(context, address_of(guarded, document))
        await one.type("Of the greatest secrecy")
        await one.expect_saving("saved")
        await wait_for_worker(one.page)
        kept = await one.page.evaluate(KEPT)
        assert kept.pop(PLACES) == [f"/documents/{document}"]
        [(_, paths)] = kept.items()
        assert "/offline" in paths
        others = [each for each in paths if not each.startswith(("/static/", "/assets/"))]
        assert others == ["/offline"]
    async with httpx.AsyncClient(base_url=guarded.url) as client:
        shell = await client.get("/offline")
        assert shell.status_code == 200
        assert "Secret" not in shell.text


async def test_what_was_kept_for_one_is_forgotten_when_another_comes_or_nobody_may(
    guarded: Server, browser: Browser, document: str
) -> None:
    await new_page(guarded, document, token=guarded.admin_token)
    await new_page(guarded, f"{document}-2", token=guarded.admin_token)
    ann = (guarded.url, await guarded.token("Ann"))
    async with someone(browser, token=ann) as context:
        one = await editor_in(context, address_of(guarded, document))
        await one.expect_saving("saved")
        await wait_for_worker(one.page)
        bob = await guarded.token("Bob")
        await context.add_cookies([{"name": "palimpsest_token", "value": bob, "url": guarded.url}])
        await one.page.goto(address_of(guarded, f"{document}-2"))
        await wait_for_worker(one.page)
        kept = await one.page.evaluate(KEPT)
        assert kept[PLACES] == [f"/documents/{document}-2"]
        await context.clear_cookies()
        await one.page.goto(address_of(guarded, document))
        await expect(one.page.locator("h1")).to_have_text("Sign in")
        assert PLACES not in await one.page.evaluate(KEPT)


async def test_a_newer_edition_is_offered_and_what_was_kept_of_the_old_is_removed(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    newer = tmp_path / "newer" / "server" / "palimpsest"
    shutil.copytree(PACKAGE, newer)
    shutil.copytree(STATIC / "dist", newer / "static")
    (tmp_path / "newer" / "static").mkdir()
    shutil.copy(STATIC / "schema.json", tmp_path / "newer" / "static")
    worker = newer / "static" / "sw.js"
    worker.write_text(worker.read_text() + "\n")
    async with running_server(tmp_path) as server, someone(browser) as context:
        one = await editor_in(context, await new_page(server, document))
        await one.type("mine")
        await one.expect_saving("saved")
        await wait_for_worker(one.page)
        await one.page.reload()
        await one.expect_saving("saved")
        await expect(one.page.get_by_role("button", name="Update ready")).to_be_hidden()
        [old] = await shells(one.page)
        await server.stop()
        await server.start(environment={"PYTHONPATH": str(newer.parent)})
        await one.expect_saving("saved")
        await one.page.evaluate(UPDATE)
        await one.page.get_by_role("button", name="Update ready").click()
        await wait_for_removal(one.page, old)
        await one.expect_block("p", "mine")
        await one.expect_saving("saved")
        assert len(await shells(one.page)) == 1
        assert await one.page.locator(".banner").count() == 0


async def test_the_worker_is_asked_for_anew_each_time(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        worker = await client.get("/sw.js")
        assert worker.headers["content-type"].startswith("text/javascript")
        assert worker.headers["cache-control"] == "no-cache"
        assert worker.text.startswith('const edition = "')

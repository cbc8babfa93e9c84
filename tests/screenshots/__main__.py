"""`make screenshots`: library, writing and reading for the README, or every page, to be seen."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page

from tests.harness.browser import DESK, PHONE, Scheme, chromium, someone
from tests.harness.editing import address_of, at_editor
from tests.harness.server import Server, running_server
from tests.harness.writer import block, writing
from tests.screenshots.notebook import NOTEBOOK
from tests.screenshots.shelf import SHELF

PICTURES = Path(__file__).parents[2] / "docs"
DOCUMENT = "moving"
TITLE = "Moving to a new writing server"
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

_STILL = "() => Promise.all(document.getAnimations().map((each) => each.finished)).then(() => 0)"

PAGES = {
    "library": "/",
    "found": "/?filter=WE+decis",
    "trash": "/?trash=1",
    "editor": f"/documents/{DOCUMENT}",
    "reader": f"/documents/{DOCUMENT}/read",
    "version": f"/documents/{DOCUMENT}/read?version=3",
    "history": f"/documents/{DOCUMENT}/history",
    "admin": "/admin",
    "missing": "/documents/none/read",
}


def main(arguments: Sequence[str]) -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(prog="make screenshots ARGS=...", description=__doc__)
    parser.add_argument(
        "--all", metavar="FOLDER", type=Path, help="every page, wide and narrow, light and dark"
    )
    asyncio.run(_take(parser.parse_args(arguments).all))
    return 0


async def _take(folder: Path | None) -> None:
    with tempfile.TemporaryDirectory() as data:
        async with running_server(Path(data), auth="token") as server, chromium() as browser:
            ann, bob = await server.token("Ann"), await server.token("Bob")
            await _fill_shelf(server, {"Ann": ann, "Bob": bob})
            await _create(server, {"id": DOCUMENT, "title": TITLE}, ann)
            async with writing(server, DOCUMENT, ann) as writer:
                await writer.write(*NOTEBOOK[:3])
                await writer.write(*NOTEBOOK[3:])
                async with writing(server, DOCUMENT, bob) as other:
                    await other.write(block("Read on a phone, too."))
                    await _shown(server)
                    await _picture(browser, server, PICTURES / "reader.png")
                    await _picture_of_library(browser, server, ann)
                    await _picture_of_writing(browser, server, ann, bob)
                    if folder is not None:
                        folder.mkdir(parents=True, exist_ok=True)
                        await _pictures(browser, server, folder)


async def _fill_shelf(server: Server, tokens: dict[str, str]) -> None:
    for work in SHELF:
        token = tokens[work.writer]
        document = await _create(server, {"title": work.title}, token)
        async with writing(server, document, token) as writer:
            await writer.write(*work.beginning)
            await _shown(server, document)


async def _create(server: Server, wish: dict[str, str], token: str) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
        return str((await client.post("/api/documents", json=wish)).json()["id"])


async def _shown(server: Server, document: str = DOCUMENT) -> None:
    """Wait until the views show all that was written."""
    version = await server.version(document)
    await server.get(f"documents/{document}/content.json?min_version={version}")
    await server.get(f"documents/{document}/history?min_version={version}")


async def _picture(browser: Browser, server: Server, path: Path) -> None:
    token = (server.url, server.admin_token)
    async with someone(browser, token=token) as context:
        page = await context.new_page()
        await page.goto(server.url + PAGES["reader"])
        await page.locator("#people li").nth(1).wait_for()
        await page.screenshot(path=path)


async def _picture_of_library(browser: Browser, server: Server, token: str) -> None:
    """The library, with somebody's keyboard at its second document."""
    async with someone(browser, token=(server.url, token)) as context:
        page = await context.new_page()
        await _load(page, server.url + PAGES["library"])
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        await page.evaluate(_STILL)
        await page.screenshot(path=PICTURES / "library.png")


async def _load(page: Page, address: str) -> None:
    """Open a page and wait until it is as it is meant to be seen."""
    await page.goto(address)
    await page.wait_for_load_state()
    if await page.locator("#app").count():
        await page.locator(".chip[data-saving=saved], .note").first.wait_for()
    await page.evaluate(_STILL)


async def _picture_of_writing(browser: Browser, server: Server, ann: str, bob: str) -> None:
    """Two at the editor, as the one sees it, for the README."""
    address = address_of(server, DOCUMENT)
    async with (
        at_editor(browser, address, token=(server.url, ann)) as one,
        at_editor(browser, address, token=(server.url, bob)) as other,
    ):
        await other.text.get_by_text("on the server").click()
        await other.press("End")
        await one.press("Control+Home")
        await one.page.locator(".caret .flag[data-name='Bob']").wait_for()
        await one.expect_saving("saved")
        await other.press("ArrowLeft")
        await one.page.locator(".caret.moved").wait_for()
        await one.page.screenshot(path=PICTURES / "editor.png")


async def _pictures(browser: Browser, server: Server, folder: Path) -> None:
    token = (server.url, server.admin_token)
    for scheme in SCHEMES:
        for width in (PHONE, DESK):
            async with someone(browser, width=width, scheme=scheme, token=token) as context:
                page = await context.new_page()
                for name, address in PAGES.items():
                    await _load(page, server.url + address)
                    path = folder / f"{name}-{width}-{scheme}.png"
                    await page.screenshot(path=path, full_page=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

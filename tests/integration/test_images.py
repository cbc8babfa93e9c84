"""Pictures in our own editor: pasted, dropped, chosen, on their way, refused, seen by others."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.harness.browser import DESK, PHONE, Scheme, reader_address, someone
from tests.harness.editing import LATE_MS_MAX, Editor, at_editor, new_page
from tests.harness.pictures import png
from tests.harness.server import Server, running_server
from tests.harness.writer import block, figure, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")

_GIVE: Final = """
([how, files, html, selector]) => {
  const data = new DataTransfer()
  for (const [name, type, content] of files) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
    data.items.add(new File([bytes], name, { type }))
  }
  if (html) data.setData('text/html', html)
  const text = document.querySelector('.ProseMirror')
  const target = selector ? text.querySelector(selector) : text
  const { left, bottom } = target.getBoundingClientRect()
  const init = { bubbles: true, cancelable: true, clientX: left + 2, clientY: bottom - 2 }
  target.dispatchEvent(
    how === 'paste'
      ? new ClipboardEvent('paste', { ...init, clipboardData: data })
      : new DragEvent('drop', { ...init, dataTransfer: data })
  )
}
"""
_WIDTH: Final = "(image) => image.complete && image.naturalWidth"


def picture(name: str = "picture.png", content: bytes = b"") -> tuple[str, str, str]:
    """Return a file as the page is given it."""
    return (name, "image/png", base64.b64encode(content or png(400, 300)).decode())


async def give(
    editor: Editor, how: str, *files: tuple[str, str, str], html: str = "", on: str = ""
) -> None:
    """Paste files, or drop them on an element."""
    await editor.page.evaluate(_GIVE, [how, list(files), html, on])


def pictures(editor: Editor) -> Locator:
    """The pictures in the text."""
    return editor.text.locator("figure img")


async def expect_pictures(editor: Editor, *widths: int) -> None:
    """Wait until just these pictures are in the text, in this order, and to be seen."""
    await expect(pictures(editor)).to_have_count(len(widths), timeout=LATE_MS_MAX)
    await expect(editor.text.locator(".upload")).to_have_count(0)
    for place, width in enumerate(widths):
        image = await pictures(editor).nth(place).element_handle()
        assert image is not None
        await editor.page.wait_for_function(f"(image) => ({_WIDTH})(image) === {width}", arg=image)


@asynccontextmanager
async def held_back(page: Page) -> AsyncIterator[list[Route]]:
    """Hold back what is sent until the block ends; return what waits."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    await page.route("**/files", hold)
    yield waiting
    for route in waiting:
        await route.continue_()
    await page.unroute("**/files")


async def test_a_pasted_picture_is_seen_by_all_and_is_there_after_a_restart(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    async with running_server(tmp_path) as server:
        address = await new_page(server, document)
        async with at_editor(browser, address) as one, at_editor(browser, address) as other:
            await one.type("Look:")
            await give(one, "paste", picture())
            for each in (one, other):
                await expect_pictures(each, 400)
            await one.type(" seen?")
            await other.expect_block("p", "Look: seen?")
            await one.expect_saving("saved")
        await server.restart()
        version = await server.version(document)
        async with at_editor(browser, f"{address}&min_version={version}") as again:
            await expect_pictures(again, 400)
        async with someone(browser, javascript=False) as context:
            page = await context.new_page()
            await page.goto(f"{reader_address(server, document)}?min_version={version}")
            image = page.locator("article img, .text img").first
            assert await image.evaluate(_WIDTH) == 400


async def test_a_picture_stands_where_it_was_dropped(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("first")
        await one.press("Enter")
        await one.type("second")
        await give(one, "drop", picture(), on="p:first-of-type")
        await expect_pictures(one, 400)
        names = await one.text.evaluate(
            "(text) => [...text.children].map((each) => each.localName)"
        )
        assert names == ["p", "figure", "p"]


async def test_several_at_once_keep_their_order(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("four:")
        files = [picture(f"{n}.png", png(100 + n, 50)) for n in range(4)]
        await give(one, "paste", *files)
        await expect_pictures(one, 100, 101, 102, 103)
        await give(one, "paste", picture("last.png", png(99, 50)))
        await expect_pictures(one, 100, 101, 102, 103, 99)


async def test_a_file_is_chosen_with_the_slash_menu_and_saved_under_its_name(
    server: Server, browser: Browser, document: str, tmp_path: Path
) -> None:
    (tmp_path / "minutes.docx").write_bytes(b"PK\3\4 minutes")
    async with at_editor(browser, await new_page(server, document)) as one:
        async with one.page.expect_file_chooser() as chooser:
            await one.type("/file")
            await one.press("Enter")
        await (await chooser.value).set_files(tmp_path / "minutes.docx")
        link = one.text.get_by_role("link", name="minutes.docx")
        await expect(link).to_be_visible()
        await expect(one.text).to_be_focused()
        async with one.page.expect_file_chooser() as chooser:
            await one.type("/image")
            await one.press("Enter")
        (tmp_path / "a.png").write_bytes(png(77, 7))
        await (await chooser.value).set_files(tmp_path / "a.png")
        await expect_pictures(one, 77)
        await one.expect_saving("saved")
        version = await server.version(document)
        await one.page.goto(f"{reader_address(server, document)}?min_version={version}")
        async with one.page.expect_download() as download:
            await one.page.get_by_role("link", name="minutes.docx").click()
        assert (await download.value).suggested_filename == "minutes.docx"


# On their way.


async def test_a_picture_on_its_way_keeps_its_place_while_others_write(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("above")
        await one.press("Enter")
        await one.type("below")
        await one.press("ArrowUp")
        async with held_back(one.page) as waiting:
            await give(one, "paste", picture())
            await expect(one.text.locator(".upload progress")).to_be_visible()
            await expect(one.text.locator(".upload")).to_contain_text("Sending picture.png")
            await other.expect_block("p", "below")
            await other.press("Control+Home")
            await other.type("# far ")
            await one.expect_block("h1", "far above")
            await other.press("Control+End", "Enter")
            await other.type("further")
            await one.expect_block("p", "further")
            names = (
                "(text) => [...text.children].map((each) => each.classList[0] || each.localName)"
            )
            assert await one.text.evaluate(names) == ["h1", "upload", "p", "p"]
            await expect(other.text.locator("figure")).to_have_count(0)
            assert len(waiting) == 1
        for each in (one, other):
            await expect_pictures(each, 400)
        names = "(text) => [...text.children].map((each) => each.localName)"
        assert await other.text.evaluate(names) == ["h1", "figure", "p", "p"]


async def test_what_is_too_large_is_not_even_sent(tmp_path: Path, browser: Browser) -> None:
    options = ("--limit", f"file_bytes_max={1024 * 1024}")
    async with (
        running_server(tmp_path, options=options) as server,
        at_editor(browser, await new_page(server, "large")) as one,
    ):
        asked: list[str] = []
        one.page.on("request", lambda request: asked.append(request.url))
        await give(one, "paste", picture("huge.png", bytes(1024 * 1024 + 1)))
        note = one.text.locator(".upload")
        await expect(note).to_contain_text("huge.png was not sent")
        await expect(note).to_contain_text("It has more than 1 MB; a file may have 1 MB here")
        # It would be too large again.
        await expect(note.get_by_role("button", name="Try again")).to_be_hidden()
        assert not [each for each in asked if each.endswith("/files")]
        await note.get_by_role("button", name="Remove").click()
        await expect(note).to_have_count(0)
        assert await one.blocks() == [""]


async def test_a_refusal_says_why_and_is_tried_again(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        refusal = {
            "title": "No room for files",
            "detail": "The server has no room.",
            "status": 507,
        }

        async def refuse(route: Route) -> None:
            await route.fulfill(status=507, json=refusal)

        await one.page.route("**/files", refuse)
        await give(one, "paste", picture())
        note = one.text.locator(".upload")
        await expect(note).to_contain_text("The server has no room.")
        await one.page.unroute("**/files")
        await note.get_by_role("button", name="Try again").click()
        await expect_pictures(one, 400)
        one.complaints = [each for each in one.complaints if "507" not in each]


async def test_without_a_connection_a_picture_waits_and_is_sent_later(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    async with (
        running_server(tmp_path) as server,
        at_editor(browser, await new_page(server, document)) as one,
    ):
        await server.kill9()
        await one.expect_saving("offline")
        await give(one, "paste", picture())
        note = one.text.locator(".upload")
        await expect(note).to_contain_text("There is no connection")
        await expect(note.locator("img")).to_be_visible()
        await server.start()
        await expect_pictures(one, 400)
        await one.expect_saving("saved")


async def test_a_picture_that_is_no_picture_is_a_file(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        evil = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
        await give(one, "paste", picture("evil.png", evil))
        await expect(one.text.get_by_role("link", name="evil.png")).to_be_visible()
        await expect(pictures(one)).to_have_count(0)
        one.complaints = [each for each in one.complaints if "blob:" not in each]


# A picture in the text.


async def test_caption_description_and_width_are_set_with_keys_alone(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("text")
        await give(one, "paste", picture())
        await expect_pictures(one, 400)
        await one.press("Control+Home", "ArrowDown")
        await expect(one.text.locator("figure.ProseMirror-selectednode")).to_be_visible()
        await one.press("Enter")
        await expect(one.page.get_by_label("Caption")).to_be_focused()
        await one.type("A grey field")
        await one.press("Escape")
        await one.press("Enter", "Shift+Tab", "ArrowLeft", "ArrowLeft")
        await expect(pictures(other)).to_have_attribute("width", "360")
        await one.press("Shift+Tab")
        await one.type("All of it is grey")
        await one.press("Shift+Tab", "Shift+Tab", "Space")
        await expect(pictures(other)).to_have_attribute("width", "420")
        await expect(other.page.get_by_label("Caption")).to_have_value("A grey field")
        await expect(pictures(other)).to_have_attribute("alt", "All of it is grey")
        await one.press("Escape", "Enter", "Enter")
        await one.type("on")
        await other.expect_block("p", "on")
        await one.expect_saving("saved")
        version = await server.version(document)
        async with httpx.AsyncClient(base_url=server.url) as client:
            path = f"/api/documents/{document}/content.html?min_version={version}"
            html = (await client.get(path, timeout=20)).text
        assert 'alt="All of it is grey"' in html
        assert "<figcaption>A grey field</figcaption>" in html


async def test_a_picture_is_made_narrower_with_the_mouse(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("text")
        await give(one, "paste", picture())
        await expect_pictures(one, 400)
        await pictures(one).click()
        grip = await one.text.locator(".grip").bounding_box()
        assert grip is not None
        x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
        await one.page.mouse.move(x, y)
        await one.page.mouse.down()
        await one.page.mouse.move(x - 100, y, steps=4)
        await one.page.mouse.up()
        await expect(pictures(one)).to_have_attribute("width", "300")
        await one.text.get_by_role("button", name="Full").click()
        await expect(pictures(one)).not_to_have_attribute("width", "300")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESK, PHONE])
async def test_axe_finds_nothing_where_there_are_pictures(
    server: Server, browser: Browser, document: str, scheme: Scheme, width: int
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address, width=width, scheme=scheme) as one:
        await one.type("text")
        await give(one, "paste", picture())
        await expect_pictures(one, 400)
        await one.page.route("**/files", lambda route: route.abort())
        await give(one, "paste", picture("other.png"))
        await expect(one.text.locator(".upload")).to_contain_text("not sent")
        await pictures(one).click()
        await expect(one.text.locator(".tools")).to_be_visible()
        found = await Axe().run(one.page)
        assert found.response["violations"] == [], found.generate_report()
        scrolls = (
            "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not await one.page.evaluate(scrolls)
        one.complaints = [each for each in one.complaints if "ERR_FAILED" not in each]


async def test_an_address_that_runs_something_is_no_picture(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with writing(server, document) as writer:
        await writer.write(block("text"), figure("javascript:alert(1)"))
    async with at_editor(browser, address) as one:
        await expect(one.text.locator("figure.broken")).to_be_visible()
        assert await pictures(one).get_attribute("src") is None

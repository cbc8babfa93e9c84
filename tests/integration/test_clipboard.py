"""What is pasted into our own editor, and copied out of it, with a browser's own clipboard."""

import base64
import re
from typing import Final

import pytest
from playwright.async_api import Browser, expect

from tests.harness.editing import Editor, at_editor, new_page
from tests.harness.pictures import png
from tests.harness.server import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

_PASTE: Final = """
(types) => {
  const data = new DataTransfer()
  for (const [type, content] of Object.entries(types)) data.setData(type, content)
  document.querySelector('.ProseMirror').dispatchEvent(
    new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data })
  )
}
"""
_COPY: Final = """
() => {
  const data = new DataTransfer()
  document.querySelector('.ProseMirror').dispatchEvent(
    new ClipboardEvent('copy', { bubbles: true, cancelable: true, clipboardData: data })
  )
  return { 'text/html': data.getData('text/html'), 'text/plain': data.getData('text/plain') }
}
"""
_GOOGLE: Final = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1">'
    '<p dir="ltr"><span style="font-weight:400">plain </span>'
    '<span style="font-weight:700">bold</span></p>'
    '<ul><li dir="ltr" aria-level="1"><p dir="ltr"><span>one</span></p></li>'
    '<ul><li dir="ltr" aria-level="2"><p dir="ltr"><span>inside</span></p></li></ul></ul></b>'
)


async def paste(editor: Editor, html: str = "", text: str = "") -> None:
    """Paste what a program put on the clipboard."""
    types = {"text/html": html, "text/plain": text}
    await editor.page.evaluate(_PASTE, {name: each for name, each in types.items() if each})


async def test_what_is_pasted_is_seen_by_the_other_as_it_was_meant(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as ann, at_editor(browser, address) as bob:
        await paste(ann, _GOOGLE)
        await ann.expect_saving("saved")
        await bob.expect_block("ul[data-indent='1'] li", "inside")
        await expect(bob.text.locator("strong")).to_have_text(["bold"])
        await expect(bob.text.locator("p").first).to_have_text("plain bold")


async def test_what_is_copied_in_one_document_is_all_there_in_another(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    other = await new_page(server, f"{document}-other")
    async with at_editor(browser, address) as ann, at_editor(browser, other) as bob:
        await ann.type("# Title")
        await ann.press("Enter")
        await ann.type("- one")
        await ann.press("Enter", "Tab")
        await ann.type("inside")
        await ann.press("Enter", "Shift+Tab", "Backspace")
        await ann.type("> said")
        await ann.press("ControlOrMeta+a")
        copied: dict[str, str] = await ann.page.evaluate(_COPY)
        assert "<li>one<ul><li>inside</li></ul></li>" in copied["text/html"].replace(
            ' data-indent="1"', ""
        )
        await paste(bob, copied["text/html"], copied["text/plain"])
        await bob.expect_saving("saved")
        assert await bob.blocks() == await ann.blocks()
        await expect(bob.text.locator("h1")).to_have_text("Title")
        await expect(bob.text.locator("ul[data-indent='1']")).to_have_text("inside")
        await expect(bob.text.locator("blockquote")).to_have_text("said")
        ids = "() => [...document.querySelectorAll('[data-block]')].map((e) => e.dataset.block)"
        named = await bob.page.evaluate(ids)
        assert len(named) == len(set(named))


async def test_what_is_too_long_is_refused_with_a_word_and_the_page_stays_quick(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("before ")
        await paste(one, "<p>" + "x" * 5_000_000)
        await expect(one.page.locator(".pasting[role=alert]")).to_contain_text("too long")
        await paste(one, "<p>x" * 2_001)
        await expect(one.page.locator(".pasting[role=alert]")).to_contain_text("2,001 blocks")
        await one.type("after")
        assert await one.blocks() == ["before after"]


async def test_a_picture_that_came_with_its_bytes_is_sent_and_stands_where_it_stood(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        data = "data:image/png;base64," + base64.b64encode(png(40, 30)).decode()
        await paste(one, f'<p>above</p><p><img alt="A field" src="{data}"></p><p>below</p>')
        image = one.text.locator("figure img")
        await expect(image).to_have_attribute("src", re.compile(r"^/documents/.+\.png$"))
        await expect(image).to_have_attribute("alt", "A field")
        await other.expect_block("p", "below")
        below = other.text.locator("p:has-text('above') + figure + p")
        await expect(below).to_contain_text("below")
        html = await other.page.inner_html(".ProseMirror")
        assert "data:" not in html


async def test_a_picture_of_another_document_is_kept_by_this_one_too(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    other = await new_page(server, f"{document}-other")
    async with at_editor(browser, address) as ann, at_editor(browser, other) as bob:
        data = "data:image/png;base64," + base64.b64encode(png(40, 30)).decode()
        await paste(ann, f'<p>above</p><p><img src="{data}"></p><p>below</p>')
        image = ann.text.locator("figure img")
        await expect(image).to_have_attribute("src", re.compile(rf"^/documents/{document}/"))
        await ann.press("ControlOrMeta+a")
        copied: dict[str, str] = await ann.page.evaluate(_COPY)
        await paste(bob, copied["text/html"], copied["text/plain"])
        pasted = bob.text.locator("p:has-text('above') + figure img")
        await expect(pasted).to_have_attribute(
            "src", re.compile(rf"^/documents/{document}-other/")
        )
        await bob.expect_saving("saved")


async def test_markdown_is_what_it_says_and_with_shift_the_words_alone(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await one.page.evaluate("() => navigator.clipboard.writeText('# Title\\n\\n- [x] done')")
        await one.press("ControlOrMeta+v")
        await expect(one.text.locator("h1")).to_have_text("Title")
        await expect(one.text.locator("ul.tasks input")).to_be_checked()
        await one.press("ControlOrMeta+a", "Delete")
        await one.press("ControlOrMeta+Shift+v")
        await expect(one.text.locator("p")).to_have_text(["# Title", "- [x] done"])

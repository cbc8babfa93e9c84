"""Deleting with a browser's own keys: by letters and by words, marked words among them."""

from typing import Final

import pytest
from playwright.async_api import Browser, expect

from tests.harness.editing import at_editor, new_page
from tests.harness.server import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

_NOTE_STYLES: Final = """
() => {
  window.styled = []
  new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const each of addedNodes) {
        if (each.matches?.('font, [style]')) styled.push(each.outerHTML)
      }
    }
  }).observe(document.querySelector('.ProseMirror'), { subtree: true, childList: true })
}
"""


DELETED: Final = {
    "o": ["Backspace"],
    "one": ["Control+Backspace"],
    "one two ": ["Control+Backspace", "Control+Backspace"],
    "two": ["Control+ArrowLeft", "Control+Delete"],
    "t": ["ArrowLeft", "Delete"],
}


@pytest.mark.parametrize(("key", "element"), [("e", "code"), ("b", "strong")])
async def test_who_deletes_marked_words_whole_goes_on_in_that_mark_and_no_style(
    server: Server, browser: Browser, document: str, key: str, element: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one:
        await one.page.evaluate(_NOTE_STYLES)
        for words, keys in DELETED.items():
            await one.type("so ")
            await one.press(f"Control+{key}")
            await one.type(words)
            await one.press(*keys)
            assert await one.blocks() == ["so "]
            await one.type("new")
            await expect(one.text.locator(element)).to_have_text("new")
            assert await one.page.evaluate("styled") == []
            await one.press("Control+a", "Delete")


async def test_marked_words_are_deleted_beside_the_caret_of_another(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("plain ")
        await one.press("Control+b")
        await one.type("bold")
        await other.expect_block("strong", "bold")
        await other.press("Control+End")
        await expect(one.page.locator(".ProseMirror .caret")).to_be_visible()
        await one.press("Control+Backspace")
        await other.page.wait_for_function(
            "() => document.querySelector('.ProseMirror').textContent === 'plain '"
        )
        await other.type("!")
        await one.expect_block("p", "plain !")

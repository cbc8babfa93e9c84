"""Somebody at our own editor, in a real browser: what they type, and what they are told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import quote

import httpx
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
)

from tests.harness.browser import DESK, Scheme, someone
from tests.harness.server import Server

LATE_MS_MAX: Final = 20_000
"""For what happens only when a lost connection has come back."""

_BLOCKS: Final = """
() => {
  const text = document.querySelector('.ProseMirror').cloneNode(true)
  for (const each of text.querySelectorAll('.box')) each.remove()
  return [...text.children].map((each) => each.textContent)
}
"""
_SAYS: Final = """
([element, words]) => [...document.querySelectorAll(`.ProseMirror ${element}`)].some(
  (each) => each.textContent.includes(words)
)
"""
_NOTE_WHAT_IS_SAVED: Final = """
() => {
  window.said = []
  const chip = document.querySelector('.chip')
  const note = () => window.said.push([
    chip.dataset.saving, document.querySelector('.ProseMirror').textContent
  ])
  new MutationObserver(note).observe(chip, { attributes: true, attributeFilter: ['data-saving'] })
  note()
}
"""


class Editor:
    """One page with a document open."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(error.stack or str(error)))

    @property
    def text(self) -> Locator:
        """The text, to click and to type in."""
        return self.page.locator(".ProseMirror")

    async def open(self, address: str) -> None:
        """Open a document and put the caret at the end of its text."""
        await self.page.goto(address)
        await expect(self.text).to_be_focused()
        await self.page.keyboard.press("Control+End")

    async def type(self, words: str) -> None:
        """Type where the caret is."""
        await self.page.keyboard.type(words)

    async def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def blocks(self) -> list[str]:
        """Return what each block says."""
        blocks: list[str] = await self.page.evaluate(_BLOCKS)
        return blocks

    async def expect_block(self, element: str, words: str) -> None:
        """Wait until there is an element that says that."""
        await self.page.wait_for_function(_SAYS, arg=[element, words], timeout=LATE_MS_MAX)

    async def expect_saving(self, kind: str) -> None:
        """Wait until that is said of saving."""
        chip = self.page.locator(".chip")
        await expect(chip).to_have_attribute("data-saving", kind, timeout=LATE_MS_MAX)

    async def note_what_is_saved(self) -> None:
        """From now on, note what is said of saving, and how the text stood then."""
        await self.page.evaluate(_NOTE_WHAT_IS_SAVED)

    async def said(self) -> list[tuple[str, str]]:
        """Return what was noted."""
        said: list[tuple[str, str]] = [tuple(each) for each in await self.page.evaluate("said")]
        return said

    def _hear(self, message: ConsoleMessage) -> None:
        # A browser tells of each attempt to reach a server that is down.
        if message.type in {"error", "warning"} and "ERR_CONNECTION" not in message.text:
            self.complaints.append(message.text)


async def new_page(server: Server, document: str, title: str = "", token: str = "") -> str:
    """Create a page to write on; return its address."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
        wish = {"id": document, "title": title, "kind": "page"}
        version = (await client.post("/api/documents", json=wish)).json()["version"]
    return f"{address_of(server, document)}?min_version={version}"


def address_of(server: Server, document: str) -> str:
    """Return where a document is written."""
    return f"{server.url}/documents/{quote(document, safe='')}"


@asynccontextmanager
async def at_editor(
    browser: Browser,
    address: str,
    *,
    token: tuple[str, str] | None = None,
    width: int = DESK,
    scheme: Scheme = "light",
) -> AsyncIterator[Editor]:
    """Open a document in a browser of somebody's own; nothing may go wrong in it."""
    async with someone(browser, token=token, width=width, scheme=scheme) as context:
        editor = await editor_in(context, address)
        yield editor
        assert editor.complaints == [], "\n".join(editor.complaints)


async def editor_in(context: BrowserContext, address: str) -> Editor:
    """Open a document in a browser that is open."""
    editor = Editor(await context.new_page())
    await editor.open(address)
    return editor

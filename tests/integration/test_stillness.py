"""Nothing moves under the hand: what others write leaves the page where one looks at it."""

from typing import Final

import pytest
from playwright.async_api import Browser, WebSocket, expect

from tests.harness.browser import someone
from tests.harness.editing import Editor, at_editor, new_page
from tests.harness.server import Server
from tests.harness.writer import Writer, block, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINES: Final = 80
MIDDLE: Final = 40
ABOVE: Final = 3

_HEIGHT: Final = """
(words) => [...document.querySelectorAll('.ProseMirror p')]
  .find((each) => each.textContent.includes(words)).getBoundingClientRect().top
"""
_PUT_AT: Final = """
([words, height]) => {
  const line = [...document.querySelectorAll('.ProseMirror p')]
    .find((each) => each.textContent.includes(words))
  window.scrollBy({ top: line.getBoundingClientRect().top - height, behavior: 'instant' })
}
"""


async def height_of(editor: Editor, words: str) -> float:
    """Return how far below the upper edge of the window a line is."""
    height: float = await editor.page.evaluate(_HEIGHT, words)
    return height


async def put_caret(editor: Editor, line: int, height: float) -> None:
    """Put the caret into a line, and have the line that far below the upper edge."""
    await editor.text.locator("p", has_text=f"Line {line}.").click()
    await editor.page.evaluate(_PUT_AT, [f"Line {line}.", height])


async def written(writer: Writer) -> None:
    """Write lines enough to scroll."""
    await writer.write(*(block(f"Line {each}.", id=f"line-{each}") for each in range(LINES)))


@pytest.mark.parametrize("height", [20, 60, 400, 770], ids=["bar", "margin", "middle", "foot"])
async def test_what_others_write_does_not_move_the_page(
    server: Server, browser: Browser, document: str, height: float
) -> None:
    address = await new_page(server, document)
    async with writing(server, document) as writer, at_editor(browser, address) as editor:
        await written(writer)
        await expect(editor.text.locator("p")).to_have_count(LINES + 1)
        await put_caret(editor, MIDDLE, height)
        seen = f"Line {MIDDLE + 5 if height < 400 else MIDDLE - 5}."
        before = await height_of(editor, seen)
        await writer.type(" A word below.", block=LINES - 1)
        await editor.expect_block("p", "A word below.")
        assert await height_of(editor, seen) == pytest.approx(before, abs=1)
        await writer.type(" A word at the caret.", block=MIDDLE + 1)
        await editor.expect_block("p", "A word at the caret.")
        assert await height_of(editor, seen) == pytest.approx(before, abs=1)
        await writer.write(*(block(f"New {each}.") for each in range(ABOVE)), at=1)
        await editor.expect_block("p", f"New {ABOVE - 1}.")
        await expect(editor.text).to_be_focused()
        assert await height_of(editor, seen) == pytest.approx(before, abs=1)


async def test_who_types_sees_where(server: Server, browser: Browser, document: str) -> None:
    address = await new_page(server, document)
    async with writing(server, document) as writer, at_editor(browser, address) as editor:
        await written(writer)
        line = editor.text.locator("p", has_text=f"Line {MIDDLE}.")
        await put_caret(editor, MIDDLE, 400)
        await editor.type("mine ")
        await editor.page.evaluate("() => window.scrollTo(0, 0)")
        await expect(line).not_to_be_in_viewport()
        await editor.type("too")
        await expect(line).to_be_in_viewport()


async def test_what_was_chosen_for_the_next_letter_stays_chosen_while_another_writes(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with writing(server, document) as writer, at_editor(browser, address) as editor:
        await editor.type("plain ")
        await editor.press("Control+b")
        await writer.write(block("of another"))
        await editor.expect_block("p", "of another")
        await editor.type("strong")
        await editor.expect_block("strong", "strong")


async def test_who_does_nothing_says_nothing_while_another_writes(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with someone(browser) as context, writing(server, document) as writer:
        editor = Editor(await context.new_page())
        sent: list[bytes | str] = []

        def note(frame: bytes | str) -> None:
            sent.append(frame)

        def hear(socket: WebSocket) -> None:
            socket.on("framesent", note)

        editor.page.on("websocket", hear)
        await editor.open(address)
        await writer.write(block("at first"))
        await editor.expect_block("p", "at first")
        await editor.expect_saving("saved")
        before = len(sent)
        for word in ("one", "two", "three"):
            await writer.type(f" {word}")
            await editor.expect_block("p", word)
        assert before > 0
        assert sent[before:] == []


async def test_the_carets_of_others_stay_in_sight_when_one_makes_blocks(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("one")
        await one.press("Enter")
        await other.expect_block("p", "one")
        await other.press("Control+Home")
        await expect(one.text.locator("p").first.locator(".caret")).to_have_count(1)
        await one.type("two")
        await one.press("Enter")
        await other.expect_block("p", "two")
        await expect(one.text.locator("p").first.locator(".caret")).to_have_count(1)

"""A page of a thousand blocks: it opens whole, and is written in as any other is.

How long that takes is not judged here, where others use the machine too: it is said, with
`pytest tests/integration/test_long_pages.py -s`.
"""

from statistics import median
from typing import Final

import pytest
from playwright.async_api import Browser, Page

from tests.harness.browser import someone
from tests.harness.editing import Editor, new_page
from tests.harness.server import Server
from tests.harness.writer import Made, block, code, table, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")

BLOCKS: Final = 1_000
KEYS: Final = 30
POLLING_MS: Final = 20
"""Asked at each frame, a browser would make frames that nobody sees."""
WORDS: Final = "A line of a long page, as somebody may have written it in an afternoon. " * 2

# When the text has the focus; when each key came and when it was painted; when others' came.
_NOTE: Final = """
() => {
  const now = () => performance.timeOrigin + performance.now()
  const painted = (then) => requestAnimationFrame(() => setTimeout(() => then(now())))
  window.noted = { ready: 0, keys: [], painted: [], changed: [] }
  const look = () => {
    if (document.activeElement?.matches('.ProseMirror')) noted.ready = performance.now()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
  addEventListener('keydown', (event) => {
    noted.keys.push(performance.timeOrigin + event.timeStamp)
    painted((at) => noted.painted.push(at))
  }, { capture: true })
  window.noteChanges = () => {
    new MutationObserver(() => painted((at) => noted.changed.push(at))).observe(
      document.querySelector('.ProseMirror'),
      { subtree: true, characterData: true }
    )
  }
}
"""


def long_page() -> list[Made]:
    """Return a thousand blocks of all sorts, nine of ten of them text."""
    return [_made(each) for each in range(BLOCKS)]


def _made(number: int) -> Made:
    match number % 20:
        case 0:
            return block(f"Part {number}", id=f"b{number}", type="h", level=2)
        case 4 | 5 | 6:
            return block(WORDS, id=f"b{number}", type="ol")
        case 9 | 10:
            return block(WORDS, id=f"b{number}", type="task")
        case 13:
            return code(f"x = {number}\nprint(x)", "python")
        case 17:
            return table(["one", "two"], [str(number), "words"])
        case _:
            return block(WORDS, ("and more", {"bold": {}}), id=f"b{number}")


async def test_a_thousand_blocks_are_opened_and_written_in_by_two(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with writing(server, document) as writer:
        await writer.write(*long_page(), block("Here: ", id="here"))
    async with someone(browser) as one, someone(browser) as other:
        page = await opened(await one.new_page(), address)
        theirs = await opened(await other.new_page(), address)
        await theirs.evaluate("() => noteChanges()")
        for key in "x" * KEYS:
            seen = await theirs.evaluate("() => noted.changed.length")
            await page.keyboard.press(key)
            await theirs.wait_for_function(
                "(seen) => noted.changed.length > seen", arg=seen, polling=POLLING_MS
            )
        assert await Editor(theirs).blocks() == await Editor(page).blocks()
        assert (await Editor(page).blocks())[-1] == "Here: " + "x" * KEYS
        mine, changed = await page.evaluate("() => noted"), await theirs.evaluate("() => noted")
    keys = mine["keys"][-KEYS:]
    print(f"\n{BLOCKS:,} blocks: written in {mine['ready']:.0f} ms after the address was opened")
    print(f"own key to paint: {_between(keys, mine['painted'][-KEYS:]):.0f} ms")
    print(f"key of another to paint: {_between(keys, changed['changed'][-KEYS:]):.0f} ms")


async def opened(page: Page, address: str) -> Page:
    """Open a document, the caret at its end, and note when what happens."""
    await page.add_init_script(f"({_NOTE})()")
    await Editor(page).open(address)
    return page


def _between(begun: list[float], ended: list[float]) -> float:
    """Return how long it took in half of the cases, at most."""
    return median(end - begin for begin, end in zip(begun, ended, strict=True))

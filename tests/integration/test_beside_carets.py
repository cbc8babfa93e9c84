"""Typing beside the caret of somebody else: what one types stays where one types it, in order."""

import pytest
from playwright.async_api import Browser, expect

from tests.harness.editing import Editor, address_of, at_editor
from tests.harness.server import Server
from tests.harness.writer import Made, block, code, table, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")

BREAK = Made("br", {}, ())
SOMEBODY = Made("mention", {"id": "Ann", "label": "Ann", "kind": "user"}, ())

TEXT = """
() => {
  const text = document.querySelector('.ProseMirror').cloneNode(true)
  for (const each of text.querySelectorAll('.ProseMirror-trailingBreak')) each.remove()
  for (const each of text.querySelectorAll('br')) each.replaceWith('\\n')
  return (text.querySelector('th') ?? text.querySelector('pre, p')).textContent
}
"""

HOME = ["Control+Home"]
END = ["Control+End"]
PLACES: dict[str, tuple[list[Made], list[str], str]] = {
    "in an empty block": ([block("")], END, "  x\ny"),
    "at the start of a block": ([block("ab")], HOME, "  x\nyab"),
    "in a word": ([block("ab")], [*HOME, "ArrowRight"], "a  x\nyb"),
    "at the end of a block": ([block("ab")], END, "ab  x\ny"),
    "behind a space": ([block("a ")], END, "a   x\ny"),
    "at the end, behind a break": ([block("a", BREAK)], END, "a\n  x\ny"),
    "between a break and a letter": ([block("a", BREAK, "b")], [*END, "Home"], "a\n  x\nyb"),
    "between a letter and a break": (
        [block("a", BREAK, "b")],
        [*HOME, "ArrowRight"],
        "a  x\ny\nb",
    ),
    "behind a mention": ([block("a", SOMEBODY)], END, "a@Ann  x\ny"),
    "before a mention": ([block(SOMEBODY, "b")], HOME, "  x\ny@Annb"),
    "in empty code": ([code("", "python")], END, "  x\ny"),
    "at the start of code": ([code("ab", "python")], HOME, "  x\nyab"),
    "at the end of code": ([code("ab", "python")], END, "ab  x\ny"),
    "at the end of code, on a new line": ([code("a\n", "python")], END, "a\n  x\ny"),
    "at the start of a line of code": ([code("a\nb", "python")], [*END, "Home"], "a\n  x\nyb"),
    "on an empty line of code": ([code("a\n\nb", "python")], [*HOME, "ArrowDown"], "a\n  x\ny\nb"),
    "in an empty cell": ([block(""), table(["", "b"])], [*HOME, "ArrowDown"], "  x\ny"),
    "at the end of a cell": (
        [block(""), table(["a", "b"])],
        [*HOME, "ArrowDown", "ArrowRight"],
        "a  x\ny",
    ),
}


@pytest.mark.parametrize("place", PLACES)
async def test_what_is_typed_beside_the_caret_of_another_stays_in_order(
    server: Server, browser: Browser, document: str, place: str
) -> None:
    made, keys, expected = PLACES[place]
    async with writing(server, document) as writer:
        await writer.write(*made)
        version = await server.version(document)
    address = f"{address_of(server, document)}?min_version={version}"
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.press(*keys)
        await other.press(*keys)
        await expect(one.text.locator(".caret")).to_be_attached()
        await one.type("  x")
        await one.press("Shift+Enter")
        await one.type("y")
        for each in (one, other):
            await each.page.wait_for_function(f"(said) => ({TEXT})() === said", arg=expected)


async def test_the_end_of_a_line_is_reached_from_beside_the_caret_of_another(
    server: Server, browser: Browser, document: str
) -> None:
    async with writing(server, document) as writer:
        await writer.write(block("ab", BREAK, "cd"))
        version = await server.version(document)
    address = f"{address_of(server, document)}?min_version={version}"
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        for each in (one, other):
            await each.press("Control+Home")
        await expect(one.text.locator("p > .caret:first-child")).to_be_attached()
        await one.press("End")
        await one.type("x")
        await other.page.wait_for_function(f"(said) => ({TEXT})() === said", arg="abx\ncd")
        await one.press("ArrowDown", "Home")
        await other.press("ArrowDown", "Home")
        await expect(one.text.locator("br + .caret")).to_be_attached()
        await one.press("Shift+End")
        await one.type("y")
        await other.page.wait_for_function(f"(said) => ({TEXT})() === said", arg="abx\ny")


FLAG_IN_SIGHT = """
(letters) => {
  const flag = document.querySelector('.caret[data-side] .flag')
  if (!flag) return false
  const before = flag.parentElement.previousSibling?.textContent ?? ''
  if (before.length !== letters) return false
  const { left, top, bottom } = flag.getBoundingClientRect()
  const box = flag.closest('table, pre')?.getBoundingClientRect()
  const bar = document.querySelector('.bar').getBoundingClientRect().bottom
  return top >= bar && (!box || (top >= box.top && bottom <= box.bottom + 1)) && left > 0
}
"""


async def flag_in_sight(one: Editor, other: Editor) -> None:
    """Wait until one reads, right where the other is by now, whose caret that is."""
    letters = await other.page.evaluate("() => getSelection().anchorOffset")
    await one.page.wait_for_function(FLAG_IN_SIGHT, arg=letters)


@pytest.mark.parametrize(
    "blocks",
    [
        [table(["head", "more"], ["cell", "cell"])],
        [table(["head"])],
        [code("a program", "python")],
        [block("words"), block("words")],
    ],
    ids=["a table", "a row", "code", "words"],
)
async def test_whose_caret_it_is_can_be_read_wherever_it_is(
    server: Server, browser: Browser, document: str, blocks: list[Made]
) -> None:
    async with writing(server, document) as writer:
        await writer.write(*blocks)
        version = await server.version(document)
    address = f"{address_of(server, document)}?min_version={version}"
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await other.press("Control+Home")
        await other.press("ArrowRight")
        await one.page.locator(".caret").wait_for()
        await other.press("ArrowRight")
        await flag_in_sight(one, other)
        # At the upper edge, too.
        await one.page.evaluate("""
        () => {
          document.body.style.paddingBottom = '200vh'
          const line = document.querySelector('.caret').getBoundingClientRect()
          scrollBy(0, line.top - document.querySelector('.bar').getBoundingClientRect().bottom - 2)
        }
        """)
        await other.press("ArrowLeft")
        await flag_in_sight(one, other)

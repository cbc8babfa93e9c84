"""Tables in our own editor: filled by keys, changed by two, repaired by one."""

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, expect

from tests.harness.browser import DESK, PHONE, Scheme
from tests.harness.editing import LATE_MS_MAX, Editor, address_of, at_editor, new_page
from tests.harness.server import Server, running_server
from tests.harness.writer import Made, block, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")

CELLS = """
() => [...document.querySelectorAll('.ProseMirror tr')].map((row) =>
  [...row.children].map((cell) => {
    const copy = cell.cloneNode(true)
    for (const caret of copy.querySelectorAll('.caret')) caret.remove()
    return copy.textContent
  }))
"""


async def cells(editor: Editor) -> list[list[str]]:
    """Return what the cells say, row by row."""
    found: list[list[str]] = await editor.page.evaluate(CELLS)
    return found


async def insert_table(editor: Editor) -> None:
    """Insert a table as people do."""
    await editor.type("/table")
    await editor.press("Enter")
    await expect(editor.text.locator("table")).to_be_visible()


async def expect_cells(editor: Editor, expected: list[list[str]]) -> None:
    """Wait until the cells say that."""
    same = f"(expected) => JSON.stringify(({CELLS})()) === JSON.stringify(expected)"
    await editor.page.wait_for_function(same, arg=expected, timeout=LATE_MS_MAX)


async def choose(editor: Editor, name: str) -> None:
    """Choose something in the toolbar of the table."""
    await editor.page.get_by_role("toolbar", name="Table").get_by_role("button", name=name).click()
    await expect(editor.text).to_be_focused()


async def test_a_table_is_filled_with_keys_alone(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await insert_table(one)
        for word in ("Name", "Role", "From"):
            await one.type(word)
            await one.press("Tab")
        await one.type("Ann")
        await one.press("Alt+F10")
        bar = one.page.get_by_role("toolbar", name="Table")
        await expect(bar.get_by_role("button", name="Row above")).to_be_focused()
        await one.press("ArrowRight", "Enter", "ArrowRight", "ArrowRight", "Enter", "Escape")
        await expect(one.text).to_be_focused()
        await one.type("!")
        await one.press("ArrowDown")
        await one.type("below")
        assert await cells(one) == [
            ["Name", "", "Role", "From"],
            ["Ann!", "", "", ""],
            ["below", "", "", ""],
            ["", "", "", ""],
        ]
        await one.expect_saving("saved")


async def test_one_adds_a_row_while_another_types_in_a_cell(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await insert_table(one)
        await one.type("a")
        await other.text.locator("th").first.click()
        await other.press("End")
        for letter in "bcdef":
            await other.type(letter)
            await choose(one, "Row below")
        expected = [["abcdef", "", ""]] + 7 * [["", "", ""]]
        for each in (one, other):
            await expect_cells(each, expected)
            await each.expect_saving("saved")


async def test_what_was_done_apart_is_mended_by_who_writes_next(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    async with running_server(tmp_path) as server:
        address = await new_page(server, document)
        async with at_editor(browser, address) as one, at_editor(browser, address) as other:
            await insert_table(one)
            await one.type("a")
            await expect_cells(other, [["a", "", ""], ["", "", ""], ["", "", ""]])
            await one.expect_saving("saved")
            await server.kill9()
            await one.expect_saving("offline")
            await choose(one, "Row below")
            await other.text.locator("th").first.click()
            await choose(other, "Column after")
            await one.expect_saving("kept")
            await other.expect_saving("kept")
            await server.start()
            uneven = [["a", "", "", ""], ["", "", ""], ["", "", "", ""], ["", "", "", ""]]
            for each in (one, other):
                await each.expect_saving("saved")
                await expect_cells(each, uneven)
            await one.type("b")
            for each in (one, other):
                await expect_cells(each, [["ab", "", "", ""]] + 3 * [["", "", "", ""]])


async def test_where_cells_are_merged_what_two_mended_apart_is_mended_once(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    def row(*cells: Made) -> Made:
        return Made("row", {}, cells)

    def cell(words: str = "", **spans: int) -> Made:
        return Made("cell", spans, (block(words),))

    # As it is when one has added a row and another a column: the last row lacks a cell.
    uneven = Made(
        "table",
        {},
        (
            row(cell("a"), cell("b"), cell("c")),
            row(cell("wide", colspan=2), cell("d")),
            row(cell("e"), cell("f")),
        ),
    )
    async with running_server(tmp_path) as server:
        async with writing(server, document) as writer:
            await writer.write(uneven, block("behind"))
            version = await server.version(document)
        address = f"{address_of(server, document)}?min_version={version}"
        async with at_editor(browser, address) as one, at_editor(browser, address) as other:
            await server.kill9()
            for each, words in ((one, "a"), (other, "d")):
                await each.expect_saving("offline")
                await each.text.get_by_text(words, exact=True).click()
                await each.press("End")
                await each.type("!")
                await each.expect_saving("kept")
                assert [len(row) for row in await cells(each)] == [3, 2, 3]
            await server.start()
            for each in (one, other):
                await each.expect_saving("saved")
                await expect_cells(each, [["a!", "b", "c"], ["wide", "d!"], ["e", "f", "", ""]])
            await one.type("?")
            await other.type("?")
            for each in (one, other):
                await expect_cells(each, [["a!?", "b", "c"], ["wide", "d!?"], ["e", "f", ""]])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_axe_finds_nothing_in_a_table_with_its_toolbar(
    server: Server, browser: Browser, document: str, scheme: Scheme, width: int
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address, scheme=scheme, width=width) as one:
        await insert_table(one)
        for word in ("Name", "Role", "From"):
            await one.type(word)
            await one.press("Tab")
        await expect(one.page.get_by_role("toolbar", name="Table")).to_be_visible()
        results = await Axe().run(one.page)
        assert results.violations_count == 0, results.generate_report()
        wide = "() => document.documentElement.scrollWidth <= innerWidth"
        assert await one.page.evaluate(wide)

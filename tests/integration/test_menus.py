"""The editor's menus in real browsers: by keyboard, by mouse, on a phone, with others at work."""

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Locator, expect

from tests.harness.browser import DESK, PHONE, Scheme
from tests.harness.editing import Editor, at_editor, new_page
from tests.harness.server import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")


def choices(one: Editor) -> Locator:
    """Return what is offered beside the caret."""
    return one.page.get_by_role("listbox")


async def expect_nothing_for_axe(one: Editor) -> None:
    """Have axe look at the page as it is."""
    await one.page.emulate_media(reduced_motion="reduce")
    found = await Axe().run(one.page)
    assert [each["id"] for each in found.response["violations"]] == [], found.generate_report()


# A slash.


@pytest.mark.parametrize("lines", range(0, 22, 3))
async def test_the_list_never_covers_the_line_one_writes(
    server: Server, browser: Browser, document: str, lines: int
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.page.set_viewport_size({"width": DESK, "height": 600})
        await one.type("line\n" * lines + "words /")
        await expect(choices(one)).to_be_visible()
        both = [await each.element_handle() for each in (choices(one), one.text.locator("p").last)]
        # It is below, or above where there is no room below, if only for some of it.
        await one.page.wait_for_function(
            """([list, line]) => {
                const [box, at] = [list.getBoundingClientRect(), line.getBoundingClientRect()]
                const isAbove = box.bottom <= at.top + 12 && innerHeight - at.bottom < 200
                return isAbove || box.top >= at.bottom - 12
            }""",
            arg=both,
        )


async def test_a_slash_makes_a_heading_by_keyboard_alone(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("/")
        await expect(choices(one)).to_be_visible()
        await expect(one.text).to_be_focused()
        await one.type("hea")
        await expect(choices(one).get_by_role("option")).to_have_count(3)
        await one.press("ArrowDown")
        active = choices(one).get_by_role("option", selected=True)
        await expect(active).to_contain_text("Heading 2")
        identity = await active.get_attribute("id")
        await expect(one.text).to_have_attribute("aria-activedescendant", identity or "")
        await one.press("Enter")
        await expect(choices(one)).to_be_hidden()
        await one.type("Title")
        await one.expect_block("h2", "Title")
        assert await one.blocks() == ["Title"]
        await expect(one.text).not_to_have_attribute("aria-activedescendant", identity or "")


async def test_escape_leaves_the_slash_and_it_does_not_come_again(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("/")
        await expect(choices(one)).to_be_visible()
        await one.press("Escape")
        await expect(choices(one)).to_be_hidden()
        await expect(one.text).to_be_focused()
        await one.type("head and/or http://example.org/a")
        await expect(choices(one)).to_be_hidden()
        assert await one.blocks() == ["/head and/or http://example.org/a"]


async def test_a_choice_is_made_with_the_mouse(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("/")
        await choices(one).get_by_role("option", name="Callout").click()
        await expect(one.text).to_be_focused()
        await one.type("Mind")
        await one.expect_block(".callout", "Mind")


async def test_what_others_write_meanwhile_leaves_the_list_open(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("first\nsecond ")
        await other.expect_block("p", "second")
        await one.type("/quo")
        await expect(choices(one)).to_be_visible()
        await other.press("Control+Home")
        await other.type("above\n")
        await one.expect_block("p", "above")
        await expect(choices(one)).to_be_visible()
        await one.press("Enter")
        await other.expect_block("blockquote", "second")
        assert await other.blocks() == ["above", "first", "second "]


# Somebody.


async def test_somebody_is_mentioned_by_keyboard_and_others_see_it(
    guarded: Server, browser: Browser, document: str
) -> None:
    ann = (guarded.url, await guarded.token("Ann"))
    bob = (guarded.url, await guarded.token("Bob Berg"))
    address = await new_page(guarded, document, "Ours", guarded.admin_token)
    async with (
        at_editor(browser, address, token=ann) as one,
        at_editor(browser, address, token=bob) as other,
    ):
        await expect(one.page.locator(".people li")).to_have_count(1)
        await one.type("mail a@example.org, ask @b")
        option = choices(one).get_by_role("option")
        await expect(option).to_have_text(["Bob Berg"])
        await one.press("Enter")
        await one.type("soon")
        await other.expect_block("p", "mail a@example.org, ask @Bob Berg soon")
        await expect(other.text.locator("[data-mention]")).to_have_text("@Bob Berg")
        await one.press("Enter")
        await one.type("@nobody")
        await expect(choices(one)).to_be_hidden()


# A block and its handle.


def block_of(one: Editor, words: str) -> Locator:
    """Return the block that says these words."""
    return one.text.locator("> *").filter(has_text=words)


async def handle_of(one: Editor, words: str) -> Locator:
    """Put the mouse over the block that says these words; return its handle."""
    await block_of(one, words).hover()
    handle = one.page.get_by_role("button", name="Block")
    await expect(handle).to_be_visible()
    return handle


async def center(what: Locator) -> tuple[float, float]:
    """Return the middle of an element on the screen."""
    box = await what.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def drag(one: Editor, words: str, behind: str) -> None:
    """Lift a block by its handle and carry it over the end of another; it is not let go yet."""
    await one.page.mouse.move(*await center(await handle_of(one, words)))
    await one.page.mouse.down()
    box = await block_of(one, behind).bounding_box()
    assert box is not None
    await one.page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 4, steps=5)
    await one.page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 3, steps=5)
    await expect(one.page.locator(".drop-cursor")).to_be_visible()


async def identities(one: Editor) -> list[str]:
    """Return the id of each block."""
    found: list[str] = await one.page.evaluate(
        "() => [...document.querySelectorAll('.ProseMirror > *')].map((each) =>"
        " (each.dataset.block ?? ''))"
    )
    return found


async def test_a_block_is_dragged_while_another_types_in_it_and_in_its_neighbour(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("alpha\nbeta\ngamma")
        await other.expect_block("p", "gamma")
        before = await identities(one)
        await drag(one, "alpha", behind="beta")
        await other.press("Control+Home", "End")
        await other.type(" lifted")
        await other.press("ArrowDown", "End")
        await other.type(" stays")
        await one.expect_block("p", "alpha lifted")
        await one.expect_block("p", "beta stays")
        await one.page.mouse.up()
        await other.expect_block("p", "alpha lifted")
        await other.type(" here")
        moved = ["beta stays here", "alpha lifted", "gamma"]
        await one.expect_block("p", "beta stays here")
        for each in (one, other):
            await each.expect_saving("saved")
            assert await each.blocks() == moved
            assert await identities(each) == [before[1], before[0], before[2]]
        await one.press("Control+z")
        await other.expect_block("p:first-child", "alpha lifted")
        assert await other.blocks() == ["alpha lifted", "beta stays here", "gamma"]


async def test_several_selected_blocks_and_what_is_inside_them_are_dragged_together(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("one\ntwo\n")
        await one.press("Tab")
        await one.type("inside two")
        await one.press("Enter", "Shift+Tab")
        await one.type("three")
        await one.press("Control+Home", "Shift+ArrowDown")
        await one.page.wait_for_function("() => getSelection().toString().includes('one')")
        await drag(one, "one", behind="three")
        await one.page.mouse.up()
        await one.expect_block("p:first-child", "three")
        assert await one.blocks() == ["three", "one", "two", "inside two"]


async def test_the_handle_opens_the_menu_of_its_block(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("one\ntwo")
        await (await handle_of(one, "one")).click()
        menu = one.page.get_by_role("menu", name="Block")
        await menu.get_by_role("menuitemradio", name="Quote").click()
        await one.expect_block("blockquote", "one")
        await expect(one.text).to_be_focused()
        await (await handle_of(one, "one")).click()
        chosen = menu.get_by_role("menuitemradio", checked=True)
        await expect(chosen.locator(".name")).to_have_text("Quote")
        await menu.get_by_role("menuitem", name="Delete").click()
        await expect(menu).to_be_hidden()
        assert await one.blocks() == ["two"]


async def test_the_menu_of_a_block_is_a_key_away(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("one\ntwo")
        await one.press("Alt+Enter")
        menu = one.page.get_by_role("menu", name="Block")
        await expect(menu.get_by_role("menuitem", name="Move up")).to_be_focused()
        await one.press("Escape")
        await expect(menu).to_be_hidden()
        await expect(one.text).to_be_focused()
        await one.press("Alt+Enter", "d", "Enter")
        await expect(one.text.locator("> p")).to_have_text(["one", "two", "two"])
        await one.press("Alt+Enter", "Enter")
        await expect(one.text).to_be_focused()
        assert len(set(await identities(one))) == 3


# What is selected, and the toolbar.


def toolbar(one: Editor) -> Locator:
    """Return the toolbar of the text."""
    return one.page.get_by_role("toolbar", name="Format")


async def select_back(one: Editor, letters: int) -> None:
    """Select so many letters before the caret."""
    for _ in range(letters):
        await one.press("Shift+ArrowLeft")
    await one.page.wait_for_function("(n) => getSelection().toString().length === n", arg=letters)


async def test_the_toolbar_is_worked_by_keyboard_alone(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("some words")
        await expect(toolbar(one)).to_be_hidden()
        await select_back(one, 5)
        await expect(toolbar(one)).to_be_visible()
        await one.press("Alt+F10", "ArrowRight")
        bold = toolbar(one).get_by_role("button", name="Bold")
        await expect(bold).to_be_focused()
        await expect(bold).to_have_attribute("aria-pressed", "false")
        await one.press("Enter")
        await expect(bold).to_have_attribute("aria-pressed", "true")
        await one.press("ArrowRight", "Space", "Escape")
        await expect(one.text).to_be_focused()
        await other.expect_block("strong", "words")
        await other.expect_block("em", "words")
        await one.press("Alt+F10")
        await expect(toolbar(one).get_by_role("button", name="Italic")).to_be_focused()
        await one.press("Home", "Enter")
        menu = one.page.get_by_role("menu", name="Turn into")
        await expect(menu.get_by_role("menuitemradio", checked=True)).to_be_focused()
        await one.press("ArrowDown", "Enter")
        await other.expect_block("h1", "some words")
        await expect(one.text).to_be_focused()
        assert await one.page.evaluate("() => getSelection().toString()") == "words"


async def test_a_link_is_set_and_taken_away_in_its_place(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("see here")
        await select_back(one, 4)
        await toolbar(one).get_by_role("button", name="Link").click()
        await expect(one.page.get_by_label("Address of the link")).to_be_focused()
        await expect(one.text.locator(".asked")).to_have_text("here")
        await one.type("example.org\n")
        link = one.text.get_by_role("link", name="here")
        await expect(link).to_have_attribute("href", "https://example.org")
        await expect(one.text).to_be_focused()
        await one.press("Control+k", "Escape")
        await expect(link).to_be_visible()
        await expect(one.text).to_be_focused()
        await one.press("Control+k")
        await one.page.get_by_role("button", name="Remove").click()
        await expect(link).to_be_hidden()
        assert await one.blocks() == ["see here"]


async def test_the_toolbar_covers_nothing_that_is_selected_and_moves_nothing(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("the first line\nand the second")
        before = await one.page.evaluate(_PLACES)
        line = await block_of(one, "the second").bounding_box()
        assert line is not None
        await one.page.mouse.move(line["x"] + 4, line["y"] + 14)
        await one.page.mouse.down()
        await one.page.mouse.move(line["x"] + 70, line["y"] + 14, steps=4)
        await expect(toolbar(one)).to_be_hidden()
        await one.page.mouse.up()
        await expect(toolbar(one)).to_be_visible()
        bar = await toolbar(one).bounding_box()
        assert bar is not None
        selected = await one.page.evaluate(
            "() => getSelection().getRangeAt(0).getBoundingClientRect().toJSON()"
        )
        assert bar["y"] + bar["height"] <= selected["top"] or bar["y"] >= selected["bottom"]
        assert await one.page.evaluate(_PLACES) == before


_PLACES = """
() => [...document.querySelectorAll('.bar, .ProseMirror > *')].map((each) => {
  const { x, y, width, height } = each.getBoundingClientRect()
  return [x, y, width, height]
})
"""


async def test_on_a_phone_the_toolbar_is_at_the_lower_edge_and_has_all_that_keys_do(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document), width=PHONE) as one:
        await one.type("one")
        bar = await toolbar(one).bounding_box()
        assert bar is not None
        assert (bar["x"], bar["width"], bar["y"] + bar["height"]) == (0, PHONE, 740)
        await toolbar(one).get_by_role("button", name="Indent").click()
        await expect(one.text.locator("[data-indent='1']")).to_have_text("one")
        await toolbar(one).get_by_role("button", name="Undo").click()
        await expect(one.text.locator("[data-indent]")).to_have_count(0)
        await toolbar(one).get_by_role("button", name="Insert").click()
        await choices(one).get_by_role("option", name="Task").click()
        await one.expect_block(".tasks", "one")
        await toolbar(one).get_by_role("button", name="Block").click()
        await one.page.get_by_role("menuitem", name="Duplicate").click()
        await expect(one.text.get_by_role("checkbox")).to_have_count(2)
        await expect(one.text).to_be_focused()
        assert await one.page.evaluate("document.documentElement.scrollWidth") <= PHONE


async def test_the_toolbar_of_words_leaves_the_bar_above_free(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("words")
        await one.press("Shift+Home")
        toolbar = one.page.get_by_role("toolbar", name="Format")
        await expect(toolbar).to_be_visible()
        box, bar = await toolbar.bounding_box(), await one.page.locator(".bar").bounding_box()
        line = await one.text.locator("p").bounding_box()
        assert box is not None
        assert bar is not None
        assert line is not None
        assert box["y"] >= bar["y"] + bar["height"]
        assert box["y"] + box["height"] <= line["y"] or box["y"] >= line["y"] + line["height"]


# The sheet of shortcuts.


async def test_the_sheet_of_shortcuts_comes_with_a_key_and_goes_with_one(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        sheet = one.page.get_by_role("dialog", name="Keyboard shortcuts")
        await one.type("what?")
        await expect(sheet).to_be_hidden()
        await one.press("Control+/")
        await expect(sheet.get_by_text("Move up")).to_be_visible()
        await expect_nothing_for_axe(one)
        await one.press("Escape")
        await expect(sheet).to_be_hidden()
        await expect(one.text).to_be_focused()
        await one.press("Escape", "?")
        await expect(sheet).to_be_visible()
        await sheet.get_by_role("button", name="Close").click()
        await one.page.get_by_role("button", name="Keyboard shortcuts").click()
        await sheet.get_by_label("Letters and signs alone").uncheck()
        await one.press("Escape")
        await expect(sheet).to_be_hidden()
        await one.press("?")
        await one.press("Control+/")
        await expect(sheet.get_by_label("Letters and signs alone")).not_to_be_checked()
        assert await one.blocks() == ["what?"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_axe_finds_nothing_where_lists_menus_and_toolbars_are_open(
    server: Server, browser: Browser, document: str, width: int, scheme: Scheme
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address, width=width, scheme=scheme) as one:
        await one.type("words /")
        await expect(choices(one)).to_be_visible()
        await expect_nothing_for_axe(one)
        await one.press("Escape", "Alt+Enter")
        await expect(one.page.get_by_role("menu")).to_be_visible()
        await expect_nothing_for_axe(one)
        await one.press("Escape")
        await select_back(one, 3)
        await one.press("Control+b")
        await expect(toolbar(one)).to_be_visible()
        await expect_nothing_for_axe(one)
        await one.press("Control+k")
        await expect(one.page.get_by_label("Address of the link")).to_be_focused()
        await expect_nothing_for_axe(one)
        assert await one.page.evaluate("document.documentElement.scrollWidth") <= width

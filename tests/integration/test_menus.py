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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_axe_finds_nothing_where_a_list_is_open(
    server: Server, browser: Browser, document: str, width: int, scheme: Scheme
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address, width=width, scheme=scheme) as one:
        await one.type("/")
        await expect(choices(one)).to_be_visible()
        await expect_nothing_for_axe(one)
        assert await one.page.evaluate("document.documentElement.scrollWidth") <= width

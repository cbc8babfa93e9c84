"""Links to one block: copied from its menu, followed in the editor and on the reader's page."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.harness.browser import someone
from tests.harness.editing import address_of, at_editor, editor_in, new_page
from tests.harness.server import Server
from tests.harness.writer import block, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")

IN_SIGHT = """
(words) => {
  const block = [...document.querySelectorAll('p, h2')].find((each) => each.textContent === words)
  if (!block) return false
  const { top, bottom } = block.getBoundingClientRect()
  return top >= 0 && bottom <= innerHeight
}
"""
ABOVE = [block(f"Above {number}", id=f"above{number}") for number in range(60)]
BELOW = [block(f"Below {number}", id=f"below{number}") for number in range(60)]


async def expect_in_sight(page: Page, words: str) -> None:
    """Wait until a block can be seen."""
    await page.wait_for_function(IN_SIGHT, arg=words)


async def test_a_copied_link_leads_to_the_block_wherever_it_has_gone(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with writing(server, document) as writer, someone(browser) as context:
        await writer.write(*BELOW, at=0)
        await writer.write(block("The place", id="a+b", type="h", level=2), at=0)
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        one = await editor_in(context, address)
        await one.press("Control+Home", "Alt+Enter")
        await one.page.get_by_role("menuitem", name="Copy link").click()
        await expect(one.page.locator(".pasting")).to_have_text("The link is copied.")
        await expect(one.text).to_be_focused()
        link: str = await one.page.evaluate("() => navigator.clipboard.readText()")
        assert link == f"{address_of(server, document)}#block=a%2Bb"
        await writer.write(*ABOVE, at=0)
        async with someone(browser) as another:
            there = await another.new_page()
            await there.goto(link)
            await expect_in_sight(there, "The place")
            await expect(there.locator(".ProseMirror")).to_be_focused()
            await there.keyboard.type("Here: ")
            await expect(one.text.locator("h2")).to_have_text("Here: The place")


async def test_an_address_that_comes_to_name_another_block_leads_there(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with writing(server, document) as writer:
        await writer.write(*ABOVE, *BELOW)
    async with at_editor(browser, f"{address}#block=nowhere") as one:
        await one.page.evaluate("() => { location.hash = '#block=above30' }")
        await expect_in_sight(one.page, "Above 30")
        await one.page.evaluate("() => { location.hash = '#block=%' }")
        await one.type("!")
        assert "!Above 30" in await one.blocks()


async def test_on_the_readers_page_a_link_leads_to_the_block_too(
    server: Server, browser: Browser, document: str
) -> None:
    async with writing(server, document) as writer:
        await writer.write(*ABOVE, block("Folds", id="folds", type="toggle", collapsed=True))
        await writer.write(block("inside", id="a+b", indent=1), *BELOW)
        version = await server.version(document)
    page_address = f"{address_of(server, document)}/read?min_version={version}"
    async with someone(browser) as context:
        page = await context.new_page()
        await page.goto(f"{page_address}#block=a%2Bb")
        await expect_in_sight(page, "inside")
        await page.evaluate("() => { location.hash = '#block=above2' }")
        await expect_in_sight(page, "Above 2")

"""What editors on Yjs are known to do to a text in a browser, and ours does not."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.harness.editing import at_editor, new_page
from tests.harness.server import Server, running_server

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_spaces_stay_as_many_as_were_typed(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("a  b   c ")
        await other.expect_block("p", "a  b   c ")
        assert await one.blocks() == await other.blocks() == ["a  b   c "]
        shown = one.text.locator("p").first
        await expect(shown).to_have_css("white-space-collapse", "break-spaces")


async def test_a_caret_stays_where_it_is_while_another_writes_before_it(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("hello world")
        await other.expect_block("p", "hello world")
        for _ in " world":
            await one.press("ArrowLeft")
        await other.press("Control+Home")
        await other.type("oh, ")
        await one.expect_block("p", "oh, hello world")
        await one.type("!")
        await other.expect_block("p", "oh, hello! world")


async def test_nothing_in_the_page_asks_for_more_than_its_policy_allows(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.page.evaluate(
            "() => { window.refused = []; addEventListener('securitypolicyviolation',"
            " (event) => window.refused.push(event.violatedDirective)) }"
        )
        await other.type("# Words")
        await expect(one.page.locator(".caret")).to_be_visible()
        await one.page.get_by_role("button", name="Outline").click()
        await one.text.click()
        await one.press("Control+f")
        await one.page.get_by_label("Find", exact=True).fill("words")
        await expect(one.text.locator(".match.current")).to_be_visible()
        assert await one.page.evaluate("window.refused") == []


async def test_two_who_begin_a_page_at_the_same_time_keep_their_words_whole(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    async with running_server(tmp_path) as server:
        address = await new_page(server, document)
        async with at_editor(browser, address) as one, at_editor(browser, address) as other:
            for each in (one, other):
                await each.expect_saving("saved")
            await server.kill9()
            await one.type("from Ann")
            await other.type("from Bob")
            for each in (one, other):
                await each.expect_saving("kept")
            await server.start()
            for each, words in ((one, "from Bob"), (other, "from Ann")):
                await each.expect_block("p", words)
            for each, more in ((one, "!"), (other, "?")):
                await each.type(more)
                await each.expect_saving("saved")
            await one.expect_block("p", "from Bob?")
            await other.expect_block("p", "from Ann!")

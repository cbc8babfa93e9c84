"""Blocks that several move at the same time, which in Yjs is to delete and to insert again."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.harness.editing import at_editor, new_page
from tests.harness.server import running_server

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_block_that_two_move_at_once_is_there_once(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    # Apart, so that neither knows of the other: nothing is more at the same time.
    async with running_server(tmp_path) as server:
        address = await new_page(server, document)
        async with at_editor(browser, address) as one, at_editor(browser, address) as other:
            await one.type("first\nsecond\nthird")
            await other.expect_block("p", "third")
            await one.expect_saving("saved")
            await server.kill9()
            for each in (one, other):
                await each.expect_saving("offline")
                await each.press("Control+Home", "Alt+ArrowDown")
                await each.expect_saving("kept")
                assert await each.blocks() == ["second", "first", "third"]
            await other.press("Control+End")
            await other.type("!")
            await server.start()
            # The last word comes with what the other moved.
            await one.expect_block("p", "third!")
            for each in (one, other):
                await each.expect_saving("saved")
                assert await each.blocks() == ["second", "first", "third!"]
            assert "".join((await server.content(document, "txt")).split()) == "secondfirstthird!"

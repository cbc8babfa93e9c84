"""Guests and their names: said in several ways, told to all, and never as if they were known."""

import httpx
import pytest
from playwright.async_api import Browser, expect

from tests.harness.browser import someone
from tests.harness.editing import at_editor, editor_in, new_page
from tests.harness.nodes import Kind, NodeHost
from tests.harness.server import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_guest_says_a_name_in_the_page_and_others_read_it(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("before")
        await one.page.get_by_role("button", name="You, as Guest").click()
        await expect(one.page.get_by_label("Your name")).to_be_focused()
        await one.type("Žofie")
        await one.press("Enter")
        await expect(one.page.locator(".oneself")).to_have_text("ŽYou, as Žofie (guest)")
        # What was written is there behind that, and the same writer goes on.
        await expect(one.text).to_have_text("before")
        await one.text.click()
        await one.press("Control+End")
        await one.type(" and behind")
        await one.expect_saving("saved")
        await expect(other.text).to_contain_text("before and behind")
        await expect(other.text.locator(".flag")).to_have_attribute("data-name", "Žofie (guest)")
        await expect(other.page.locator(".people .called")).to_have_text("Žofie (guest)")
        version = await server.version(document)
        told = await server.get(f"documents/{document}/history?min_version={version}")
    written = {each["actor"] for each in told["entries"] if each["kind"] == "edits"}
    assert written == {"Guest", "Žofie (guest)"}


async def test_a_name_that_cannot_be_told_leaves_the_page_and_says_so(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with someone(browser) as context:
        one = await editor_in(context, address)
        await one.page.get_by_role("button", name="You, as Guest").click()
        await context.set_offline(True)
        await one.type("Ann")
        await one.press("Enter")
        await expect(one.page.locator("#name [role=alert]")).to_have_text(
            "The server cannot be reached."
        )
        await expect(one.page.get_by_label("Your name")).to_have_value("Ann")


async def test_a_name_is_said_in_the_library_without_javascript(
    server: Server, browser: Browser
) -> None:
    async with someone(browser, javascript=False) as context:
        page = await context.new_page()
        await page.goto(server.url)
        await page.get_by_text("Change your name").click()
        await page.get_by_label("Your name").fill("Ann")
        await page.get_by_role("button", name="Use this name").click()
        await expect(page.locator("footer")).to_contain_text("You are here as Ann (guest)")
        # An empty name is none.
        await page.get_by_text("Change your name").click()
        await page.get_by_role("button", name="Use this name").click()
        await expect(page.locator("footer")).to_contain_text("You are here as Guest")


@pytest.mark.parametrize("kind", ["y-websocket-3", "hocuspocus-4"])
async def test_a_stock_client_says_a_name_in_the_place_of_a_token(
    server: Server, nodes: NodeHost, document: str, kind: Kind
) -> None:
    client = await nodes.client(kind, server, document, token="guest:Ann%20Lee")
    await client.insert(0, "written")
    await nodes.settle([client])
    present = (await server.get(f"documents/{document}/presence"))["sessions"]
    assert [(each["name"], each["kind"]) for each in present] == [("Ann Lee (guest)", "guest")]
    await client.destroy()


async def test_who_has_a_token_is_who_it_says(server: Server, guarded: Server) -> None:
    for asked, token in ((server, await server.token("Ann")), (guarded, "guest:Ann")):
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=asked.url, headers=headers) as client:
            answer = await client.post("/name", data={"name": "Bob"})
        assert answer.status_code == (403 if asked is server else 401)
        assert "set-cookie" not in answer.headers


async def test_a_page_of_another_site_names_nobody(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        for origin in ("https://evil.example", "null"):
            answer = await client.post("/name", data={"name": "x"}, headers={"Origin": origin})
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers

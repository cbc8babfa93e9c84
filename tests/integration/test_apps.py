"""Other people's applications, as they are: Tiptap and BlockNote, written in, cut off, refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from playwright.async_api import Error as BrowserError

from tests.harness.apps import App, AppWindow, Site, at_app, site
from tests.harness.browser import reader_address, someone
from tests.harness.server import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

each_app = pytest.mark.parametrize("app", ["tiptap", "blocknote"])

Opened = Callable[[App, str], AbstractAsyncContextManager[AppWindow]]

NO_SUCH_TOKEN: Final = "This token is not one of this server's."
REFUSED: Final[dict[App, str]] = {"tiptap": "refused", "blocknote": "closed 4401"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def apps(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The applications, on a web server of their own."""
    async with site(tmp_path_factory.mktemp("apps")) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tokens(guarded: Server) -> dict[str, str]:
    """The tokens of two who write and one who reads, and one that is none."""
    roles = {"Ann": "editor", "Bob": "editor", "Rea": "reader"}
    tokens = {name: await guarded.token(name, role) for name, role in roles.items()}
    return tokens | {"Eve": "made up"}


@pytest.fixture
def opened(
    browser: Browser, apps: Site, guarded: Server, tokens: dict[str, str], document: str
) -> Opened:
    """What opens the test's document in an application, as somebody."""

    def open_as(app: App, name: str) -> AbstractAsyncContextManager[AppWindow]:
        address = apps.address(app, guarded, document, token=tokens[name], name=name)
        return at_app(browser, address)

    return open_as


@each_app
async def test_two_write_in_one_application_and_read_the_same_everywhere(
    guarded: Server, browser: Browser, opened: Opened, document: str, app: App
) -> None:
    async with opened(app, "Ann") as one, opened(app, "Bob") as other:
        await one.expect_said("synced")
        await other.expect_said("synced")
        await one.go_to_the_end()
        await one.type("# From Ann\nplain")
        await other.expect_text("plain")
        await other.put_caret_behind("plain")
        await other.type(" and **Bob**, too")
        await one.expect_text("too")
        await expect(one.text.locator("strong")).to_have_text("Bob")
        await expect(one.carets).to_have_text(["Bob"])
        await expect(other.carets).to_have_text(["Ann"])
        for window in (one, other):
            assert await window.blocks() == ["From Ann", "plain and Bob, too"]
            await window.page.reload()
            await window.expect_text("too")
            assert await window.blocks() == ["From Ann", "plain and Bob, too"]
    said = await guarded.content(document, "md")
    assert said.strip() == "# From Ann\n\nplain and **Bob**, too"
    assert "<h1" in await guarded.content(document, "html")
    async with someone(browser, token=(guarded.url, guarded.admin_token)) as context:
        page = await context.new_page()
        await page.goto(reader_address(guarded, document))
        await expect(page.get_by_role("heading", name="From Ann")).to_be_visible()
        await expect(page.locator("strong").filter(has_text="Bob")).to_be_visible()


@each_app
async def test_an_application_goes_on_when_the_server_is_killed_under_it(
    guarded: Server, opened: Opened, document: str, app: App
) -> None:
    words = [f"word{number}" for number in range(50)]
    async with opened(app, "Ann") as one, opened(app, "Bob") as other:
        await one.expect_said("synced")
        await one.go_to_the_end()
        await one.type(" ".join(words[:10]))
        await other.expect_text(words[9])
        typing = asyncio.create_task(one.type(" ".join(["", *words[10:]]), delay_ms=8))
        await one.expect_text(words[15])
        await guarded.kill9()
        assert not typing.done()
        await guarded.start()
        await typing
        for window in (one, other):
            await window.expect_text(words[-1])
            assert await window.blocks() == [" ".join(words)]
        if app == "tiptap":
            await expect(one.page.locator("#saved")).to_have_text("Saved")
        await other.page.reload()
        await other.expect_text(words[-1])
        assert await other.blocks() == [" ".join(words)]
    assert (await guarded.content(document, "md")).strip() == " ".join(words)


@each_app
async def test_a_reader_follows_and_changes_nothing(
    guarded: Server, opened: Opened, document: str, app: App
) -> None:
    async with opened(app, "Ann") as writer, opened(app, "Rea") as reader:
        await writer.expect_said("synced")
        await reader.expect_said("synced")
        await writer.go_to_the_end()
        await writer.type("To be read")
        await reader.expect_text("To be read")
        await reader.put_caret_behind("To be read")
        await reader.type(", scribbled on")
        if app == "tiptap":
            await reader.expect_said("authenticated readonly")
            await expect(reader.text).to_have_attribute("contenteditable", "false")
        await writer.type(" on")
        await reader.expect_text(" on")
        assert await writer.blocks() == ["To be read on"]
    assert (await guarded.content(document, "txt")).strip() == "To be read on"


@each_app
async def test_an_application_with_a_wrong_token_is_told_so_by_its_provider(
    opened: Opened, app: App
) -> None:
    async with opened(app, "Eve") as stranger:
        await stranger.expect_said(f"{REFUSED[app]} {NO_SUCH_TOKEN}")
        # y-websocket warns as well, in the console.
        stranger.complaints.clear()


async def test_an_application_is_told_when_its_document_goes_into_the_trash(
    guarded: Server, opened: Opened, document: str
) -> None:
    async with opened("tiptap", "Ann") as one:
        await one.expect_said("synced")
        await one.go_to_the_end()
        await one.type("mine")
        await expect(one.page.locator("#saved")).to_have_text("Saved")
        headers = {"Authorization": f"Bearer {guarded.admin_token}"}
        async with httpx.AsyncClient(base_url=guarded.url, headers=headers) as client:
            await client.delete(f"/api/documents/{document}")
        await one.expect_said("refused The document is in the trash")
        await expect(one.text).to_have_attribute("contenteditable", "false")


@each_app
async def test_a_page_of_another_origin_cannot_use_the_cookie_of_whoever_is_signed_in(
    guarded: Server, browser: Browser, apps: Site, document: str, app: App
) -> None:
    # Of the same host: to cookies a port makes no difference, so the browser does send it.
    address = apps.address(app, guarded, document, host="127.0.0.1")
    signed_in = (guarded.url, guarded.admin_token)
    async with at_app(browser, address, token=signed_in) as window:
        await window.expect_said(REFUSED[app])
        with pytest.raises(BrowserError, match="Failed to fetch"):
            await window.page.evaluate(
                "(url) => fetch(url, { credentials: 'include' })", f"{guarded.url}/api/documents"
            )
        window.complaints.clear()

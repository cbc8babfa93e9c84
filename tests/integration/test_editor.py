"""Our own editor in real browsers: written in together, cut off, killed, and true about it."""

import shutil
import time
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, expect

from palimpsest.limits import Limits
from palimpsest.protocol.awareness import MESSAGE_AWARENESS
from palimpsest.protocol.lib0 import Decoder
from tests.harness.browser import DESK, PHONE, Scheme, someone
from tests.harness.editing import Editor, address_of, at_editor, editor_in, new_page
from tests.harness.server import Server, running_server
from tests.harness.writer import Made, block, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")


# Together.


async def test_two_write_in_one_document_and_see_who_is_there(
    guarded: Server, browser: Browser, document: str
) -> None:
    ann = (guarded.url, await guarded.token("Ann"))
    bob = (guarded.url, await guarded.token("Bob"))
    address = await new_page(guarded, document, "Ours", guarded.admin_token)
    async with (
        at_editor(browser, address, token=ann) as one,
        at_editor(browser, address, token=bob) as other,
    ):
        await one.type("# From Ann")
        await other.expect_block("h1", "From Ann")
        await other.press("Control+End", "Enter")
        await other.type("and **Bob**, too")
        await one.expect_block("p", "and Bob, too")
        await expect(one.text.locator("strong")).to_have_text("Bob")
        await expect(one.page.locator(".caret .flag")).to_have_attribute("data-name", "Bob")
        await expect(one.page.locator(".people .called")).to_have_text(["Bob"])
        await expect(other.page.locator(".people .called")).to_have_text(["Ann"])
        await expect(one.page.locator(".oneself")).to_have_text("AYou, as Ann")
        for each in (one, other):
            await each.expect_saving("saved")
            assert await each.blocks() == ["From Ann", "and Bob, too"]


async def test_whoever_comes_second_replaces_nothing_with_the_first_key(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("Ann was here. ")
        await other.expect_block("p", "Ann was here.")
        await other.type("B")
        await one.expect_block("p", "B")
        [words] = await one.blocks()
        assert sorted(words) == sorted("Ann was here. B")


async def test_a_block_changes_its_type_while_another_types_in_it(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    # Apart, so that neither knows of the other: nothing is more at the same time.
    async with running_server(tmp_path) as server:
        address = await new_page(server, document)
        async with at_editor(browser, address) as one, at_editor(browser, address) as other:
            await one.type("hello world")
            await other.expect_block("p", "hello world")
            await one.expect_saving("saved")
            await server.kill9()
            await one.expect_saving("offline")
            await one.press("Control+Alt+2")
            await other.press("Control+End")
            await other.type(", typed meanwhile")
            await one.expect_saving("kept")
            await other.expect_saving("kept")
            await server.start()
            for each in (one, other):
                await each.expect_block("h2", "hello world, typed meanwhile")
                await each.expect_saving("saved")
                assert await each.blocks() == ["hello world, typed meanwhile"]


async def test_one_who_undoes_takes_back_their_own(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("Ann")
        await other.expect_block("p", "Ann")
        await other.press("Control+End", "Enter")
        await other.type("Bob")
        await one.expect_block("p", "Bob")
        await one.press("Control+z")
        await expect(other.text.locator("p").first).not_to_contain_text("Ann")
        assert await other.blocks() == ["", "Bob"]


async def test_a_task_is_checked_with_a_click_and_with_a_key(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("[] buy bread")
        await other.text.get_by_role("checkbox").click()
        await expect(one.text.get_by_role("checkbox")).to_be_checked()
        await expect(other.text.get_by_role("checkbox")).to_be_checked()
        await one.press("Control+Enter")
        await expect(other.text.get_by_role("checkbox")).not_to_be_checked()


async def test_a_link_is_set_with_a_key(server: Server, browser: Browser, document: str) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("see here")
        await one.press("Control+Shift+ArrowLeft")
        # What is selected is known to the editor a moment after it is to the browser.
        await one.page.wait_for_function("() => getSelection().toString() === 'here'")
        await one.page.evaluate("() => new Promise(requestAnimationFrame)")
        await one.press("Control+k")
        await one.page.get_by_label("Address of the link").fill("javascript:alert(1)")
        await one.page.get_by_role("button", name="Set").click()
        await expect(one.page.get_by_role("alert").filter(has_text="leads to")).to_be_visible()
        await one.page.get_by_label("Address of the link").fill("example.org/a")
        await one.press("Enter")
        link = one.text.get_by_role("link", name="here")
        await expect(link).to_have_attribute("href", "https://example.org/a")
        await expect(one.text).to_be_focused()


async def test_a_document_is_renamed_in_its_place(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document, "Old")) as one:
        title = one.page.get_by_label("Title")
        await expect(title).to_have_value("Old")
        await title.fill("New")
        await title.press("Enter")
        await expect(one.text).to_be_focused()
        await expect(one.page).to_have_title("New")
        shown = await server.get(f"documents/{document}?min_version=3")
        assert shown["title"] == "New"


async def test_a_document_without_a_title_is_called_by_its_beginning(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        title = one.page.get_by_label("Title")
        await expect(title).to_have_attribute("placeholder", "Untitled")
        await one.type("Some words")
        await expect(title).to_have_attribute("placeholder", "Some words")
        await one.press("Enter")
        await one.type("# A heading")
        await expect(title).to_have_attribute("placeholder", "A heading")
        await expect(one.page).to_have_title("A heading")


async def test_a_title_given_in_the_library_is_seen_where_the_document_is_open(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document, "Old")) as one:
        await one.expect_saving("saved")
        async with httpx.AsyncClient(base_url=server.url) as client:
            await client.patch(f"/api/documents/{document}", json={"title": "New"})
        await expect(one.page.get_by_label("Title")).to_have_value("New")
        await expect(one.page).to_have_title("New")


async def test_a_new_title_is_seen_at_once_by_whoever_else_is_there(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document, "Old")
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        assert other.page.url.endswith(document)
        await one.page.get_by_label("Title").fill("New")
        await one.page.get_by_label("Title").press("Enter")
        await expect(other.page.get_by_label("Title")).to_have_value("New")
        await expect(other.page).to_have_title("New")


# Saved, and not.


async def test_what_was_written_is_there_after_a_reload(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("- one\ntwo")
        await one.expect_saving("saved")
        await one.open(address_of(server, document))
        await one.expect_block("ul", "two")
        assert await one.blocks() == ["one", "two"]


async def test_nothing_that_was_called_saved_is_lost_when_the_server_is_killed(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    async with running_server(tmp_path) as server:
        address = await new_page(server, document)
        async with at_editor(browser, address) as one:
            await one.note_what_is_saved()
            words = [f"word{number} " for number in range(60)]
            for word in words[:10]:
                await one.type(word)
            # Who types without a rest may see nothing called saved before the kill.
            await one.expect_saving("saved")
            for word in words[10:30]:
                await one.type(word)
            await server.kill9()
            for word in words[30:]:
                await one.type(word)
            await one.expect_saving("kept")
            said = await one.said()
            saved = [text for kind, text in said if kind == "saved"]
            left_out = shutil.ignore_patterns("bus")
            shutil.copytree(server.data, tmp_path / "copy" / "data", ignore=left_out)
            await server.start()
            await one.expect_saving("saved")
            assert await one.blocks() == ["".join(words)]
        async with running_server(tmp_path / "copy") as as_it_was:
            kept = await as_it_was.content(document, "txt")
            assert kept.strip().startswith(saved[-1].strip())
        assert "".join(words).strip() == (await server.content(document, "txt")).strip()
        # Between the kill and the return nothing was called saved but what the log held.
        assert "".join(words[:10]).strip() in saved[-1]


async def test_that_there_is_no_network_is_told_at_once_and_so_is_that_it_is_back(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("here")
        await one.expect_saving("saved")
        chip = one.page.locator(".chip")
        await one.page.context.set_offline(True)
        await expect(chip).to_have_attribute("data-saving", "offline", timeout=2000)
        await one.type(" and there")
        await expect(chip).to_have_attribute("data-saving", "kept", timeout=2000)
        await one.page.context.set_offline(False)
        await expect(chip).to_have_attribute("data-saving", "saved", timeout=3000)
        one.complaints = [each for each in one.complaints if "ERR_INTERNET" not in each]


async def test_edits_made_offline_survive_that_the_page_is_closed(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    async with running_server(tmp_path) as server:
        address = await new_page(server, document)
        async with someone(browser) as context:
            one = await editor_in(context, address)
            await one.type("Before. ")
            await one.expect_saving("saved")
            await server.kill9()
            await one.type("Offline. ")
            await one.expect_saving("kept")
            await one.page.close()
            await server.start()
            async with at_editor(browser, address_of(server, document)) as other:
                await other.type("Meanwhile. ")
                await other.expect_saving("saved")
                again = await editor_in(context, address_of(server, document))
                await again.expect_saving("saved")
                await other.expect_block("p", "Offline.")
                [words] = await other.blocks()
                assert [words] == await again.blocks()
                assert {"Before.", "Offline.", "Meanwhile."} == set(words.split())
                assert words.count("Before.") == 1


async def test_a_document_that_takes_nothing_more_says_why_and_offers_the_text(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("mine")
        await one.expect_saving("saved")
        async with httpx.AsyncClient(base_url=server.url) as client:
            await client.delete(f"/api/documents/{document}")
        await one.expect_saving("read-only")
        banner = one.page.locator("main .banner")
        await expect(banner).to_contain_text("The document is in the trash")
        await one.type(" and lost")
        assert await one.blocks() == ["mine"]
        await banner.get_by_role("button", name="Restore it").click()
        await one.expect_saving("saved")
        await expect(banner).to_be_hidden()


async def test_edits_made_offline_in_a_document_that_went_into_the_trash_are_not_saved(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    async with running_server(tmp_path) as server:
        address = await new_page(server, document)
        async with at_editor(browser, address) as one:
            await one.type("mine")
            await one.expect_saving("saved")
            await server.kill9()
            await one.type(" and offline")
            await one.expect_saving("kept")
            # It is back, and its first deed is the trash: the page tries again only later.
            await one.page.context.set_offline(True)
            await server.start()
            async with httpx.AsyncClient(base_url=server.url) as client:
                await client.delete(f"/api/documents/{document}")
            await one.page.context.set_offline(False)
            await one.expect_saving("not-saved")
            await expect(one.page.get_by_role("button", name="Copy the text")).to_be_visible()
            one.complaints.clear()


# Whose document it is.


async def test_a_document_that_is_not_there_can_be_begun(
    server: Server, browser: Browser, document: str
) -> None:
    async with someone(browser) as context:
        page = await context.new_page()
        answer = await page.goto(address_of(server, document))
        assert answer is not None
        assert answer.status == 404
        await page.get_by_role("button", name="Begin it").click()
        await expect(page.locator(".ProseMirror")).to_be_focused()
        await page.keyboard.type("begun")
        editor = Editor(page)
        await editor.expect_saving("saved")
        assert await editor.blocks() == ["begun"]


async def test_a_new_document_is_one_click_away(server: Server, browser: Browser) -> None:
    async with someone(browser) as context:
        page = await context.new_page()
        await page.goto(server.url)
        await page.get_by_role("button", name="New document").click()
        await expect(page.locator(".ProseMirror")).to_be_focused()
        await page.keyboard.type("begun")
        await Editor(page).expect_saving("saved")


async def test_a_document_of_another_editor_is_left_as_it_is(
    server: Server, browser: Browser, document: str
) -> None:
    async with writing(server, document) as writer, someone(browser) as context:
        await writer.write(Made("paragraph", {}, ("Made with Tiptap",)))
        version = await server.version(document)
        page = await context.new_page()
        await page.goto(f"{address_of(server, document)}?min_version={version}")
        await expect(page.get_by_text("made with another editor")).to_be_visible()
        assert await server.version(document) == version


async def test_what_no_schema_knows_is_shown_and_stays(
    server: Server, browser: Browser, document: str
) -> None:
    async with writing(server, document) as writer:
        await writer.write(block("Known"), Made("columns", {}, ("Precious",)))
        version = await server.version(document)
        address = f"{address_of(server, document)}?min_version={version}"
        async with at_editor(browser, address) as one:
            await expect(one.text.locator(".unknown")).to_have_text("Precious")
            assert await server.version(document) == version
            await one.text.locator("p").first.click()
            await one.press("End")
            await one.type(" too")
            await one.expect_saving("saved")
        seen = await server.get(f"documents/{document}/content.json?min_version={version + 1}")
        assert "Precious" in str(seen)
        assert "columns" in str(seen)


async def test_a_reader_is_led_to_the_readers_page(
    guarded: Server, browser: Browser, document: str
) -> None:
    await new_page(guarded, document, token=guarded.admin_token)
    reader = (guarded.url, await guarded.token("Rea", "reader"))
    async with someone(browser, token=reader) as context:
        page = await context.new_page()
        await page.goto(address_of(guarded, document))
        assert page.url.endswith("/read")
    async with someone(browser) as context:
        page = await context.new_page()
        answer = await page.goto(address_of(guarded, document))
        assert answer is not None
        assert answer.status == 401
        await expect(page.locator("h1")).to_have_text("Sign in")


# For everybody.

ALL_KINDS = (
    block("A heading", type="h", level=1),
    block("Words, ", ("bold", {"bold": {}}), " and ", ("linked", {"link": {"href": "/x"}})),
    block("one", type="ul"),
    block("two", type="ol"),
    block("three", type="task", checked=True),
    block("said", type="quote"),
    block("mind", type="callout", tone="warning"),
    Made("code_block", {"language": "js"}, ("let a = 1",)),
    Made("divider", {}, ()),
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_axe_finds_nothing_to_mend(
    server: Server, browser: Browser, document: str, width: int, scheme: Scheme
) -> None:
    async with writing(server, document) as writer:
        await writer.write(*ALL_KINDS)
        version = await server.version(document)
        address = f"{address_of(server, document)}?min_version={version}"
        async with (
            at_editor(browser, address, width=width, scheme=scheme) as one,
            at_editor(browser, address) as other,
        ):
            # A name that is fading out is no reading matter.
            await one.page.emulate_media(reduced_motion="reduce")
            await other.type("!")
            await expect(one.page.locator(".caret")).to_be_visible()
            await one.expect_saving("saved")
            found = await Axe().run(one.page)
            assert [each["id"] for each in found.response["violations"]] == [], (
                found.generate_report()
            )
            assert await one.page.evaluate("document.documentElement.scrollWidth") <= width


async def test_the_page_and_what_it_loads_say_how_long_they_keep(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        page = await client.get("/documents/none")
        assert page.status_code == 404
        assert "script-src 'self'" in page.headers["content-security-policy"]
        script = page.text.split('type="module" src="')[1].split('"')[0]
        for encoding in ("br", "gzip", "identity"):
            answer = await client.get(script, headers={"Accept-Encoding": encoding})
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
            assert answer.headers.get("content-encoding", "identity") == encoding
        assert (await client.get("/static/none.js")).status_code == 404


async def test_who_types_fast_tells_where_they_are_no_oftener_than_the_server_reads_it(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    sent: list[bytes | str] = []

    def overhear(frame: bytes | str) -> None:
        sent.append(frame)

    async with at_editor(browser, address) as one:
        one.page.on("websocket", lambda socket: socket.on("framesent", overhear))
        await one.open(address)
        await one.expect_saving("saved")
        sent.clear()
        begun = time.monotonic()
        await one.type("a" * 300)
        seconds = time.monotonic() - begun
        presences = [
            each for each in sent if isinstance(each, bytes) and _kind(each) == MESSAGE_AWARENESS
        ]
        assert 1 <= len(presences) <= seconds * Limits().presence_per_second_max


def _kind(frame: bytes) -> int:
    """Return what kind of message a frame of Hocuspocus holds."""
    decoder = Decoder(frame)
    decoder.var_string()
    return decoder.var_uint()

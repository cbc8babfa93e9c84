"""What surrounds the text: its outline, finding in it, who else is here, and text in danger."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, expect

from tests.harness.browser import DESK, PHONE, Scheme
from tests.harness.editing import Editor, address_of, at_editor, new_page
from tests.harness.server import Server, running_server
from tests.harness.writer import block, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIDE = 1600


async def long_page(server: Server, document: str, words: str = "Some words to read.") -> str:
    """Write a page of three long chapters; return its address."""
    async with writing(server, document) as writer:
        for number in range(1, 4):
            await writer.write(
                block(f"Chapter {number}", type="h", level=1, id=f"chapter{number}"),
                block(f"Section {number}", type="h", level=2, id=f"section{number}"),
                *[block(words, id=f"block{number}-{each}") for each in range(20)],
            )
        version = await server.version(document)
    return f"{address_of(server, document)}?min_version={version}"


async def ask_to_find(editor: Editor, words: str) -> None:
    """Open the bar and look for words."""
    await editor.press("Control+f")
    await editor.page.get_by_label("Find", exact=True).fill(words)


# The outline.


async def test_the_outline_leads_to_a_heading_and_marks_where_one_is(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await long_page(server, document)) as one:
        await one.page.set_viewport_size({"width": WIDE, "height": 700})
        await one.page.get_by_role("button", name="Outline").click()
        panel = one.page.get_by_role("complementary", name="Outline")
        await panel.get_by_role("button", name="Chapter 2").click()
        await expect(one.text.locator("#chapter2, h1", has_text="Chapter 2")).to_be_in_viewport()
        await expect(panel.locator("[aria-current]")).to_have_text("Chapter 2")
        await expect(one.text).to_be_focused()
        await one.press("End")
        await one.type("!")
        await one.expect_block("h1", "Chapter 2!")
        await expect(panel.get_by_role("button", name="Chapter 2!")).to_be_visible()
        await one.page.evaluate("() => scrollTo(0, 0)")
        await expect(panel.locator("[aria-current]")).to_have_text("Chapter 1")


async def test_the_outline_is_open_again_after_a_reload(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await long_page(server, document)) as one:
        await one.page.set_viewport_size({"width": WIDE, "height": 700})
        await one.page.get_by_role("button", name="Outline").click()
        panel = one.page.get_by_role("complementary", name="Outline")
        await expect(panel).to_be_visible()
        await one.page.reload()
        await expect(panel).to_contain_text("Chapter 3")
        await panel.get_by_role("button", name="Close the outline").click()
        await one.page.reload()
        await expect(one.text).to_be_focused()
        await expect(panel).to_be_hidden()


async def test_the_outline_counts_what_is_written_and_what_is_selected(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("One two three.")
        await one.page.get_by_role("button", name="Outline").click()
        count = one.page.locator(".panel .count")
        await expect(count).to_contain_text("3 words, 14 characters")
        await expect(count).to_contain_text("1 minute to read")
        await one.text.click()
        await one.press("Control+End", "Control+Shift+ArrowLeft", "Control+Shift+ArrowLeft")
        await expect(count).to_contain_text("1 word, 6 characters selected")


# Finding.


async def test_words_are_found_one_after_another_and_escape_leads_back(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await long_page(server, document)) as one:
        await one.type(" The end")
        scrolled = await one.page.evaluate("scrollY")
        await ask_to_find(one, "chapter")
        says = one.page.locator(".find .says")
        await expect(says).to_have_text("1 of 3")
        await one.press("Enter")
        await expect(says).to_have_text("2 of 3")
        await expect(one.text.locator(".match.current")).to_be_in_viewport()
        await one.press("F3", "F3")
        await expect(says).to_have_text("1 of 3")
        await one.press("Shift+Enter")
        await expect(says).to_have_text("3 of 3")
        await one.press("Escape")
        await expect(one.page.locator(".find")).to_be_hidden()
        await expect(one.text.locator(".match")).to_have_count(0)
        await expect(one.text).to_be_focused()
        assert abs(await one.page.evaluate("scrollY") - scrolled) < 2
        await one.type("!")
        assert (await one.blocks())[-1].endswith("The end!")


async def test_case_and_whole_words_are_looked_at_when_asked(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("Cat, cat, concatenate (a.b) axb")
        await ask_to_find(one, "cat")
        says = one.page.locator(".find .says")
        await expect(says).to_have_text("1 of 3")
        await one.page.get_by_role("button", name="Whole words").click()
        await expect(says).to_contain_text("2")
        await one.page.get_by_role("button", name="Match case").click()
        await expect(says).to_have_text("1 of 1")
        await one.page.get_by_label("Find", exact=True).fill("a.b")
        await expect(says).to_have_text("1 of 1")


async def test_all_are_replaced_in_one_step_that_is_undone_at_once(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("red **red** red\nred")
        await ask_to_find(one, "red")
        await one.page.get_by_label("Replace with").fill("blue")
        await one.press("Enter")
        await expect(one.page.locator(".find .says")).to_have_text("1 of 3")
        assert await one.blocks() == ["blue red red", "red"]
        await one.page.get_by_role("button", name="All", exact=True).click()
        await expect(one.page.locator(".find .says")).to_have_text("3 replaced")
        await expect(one.text.locator("strong")).to_have_text("blue")
        assert await one.blocks() == ["blue blue blue", "blue"]
        await one.press("Escape")
        await expect(one.text).to_be_focused()
        await one.press("Control+z")
        await one.expect_block("p", "blue red red")
        assert await one.blocks() == ["blue red red", "red"]


async def test_what_is_found_stays_found_while_another_writes(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("a needle here")
        await other.expect_block("p", "needle")
        await ask_to_find(one, "needle")
        await expect(one.text.locator(".match")).to_have_text(["needle"])
        await other.press("Control+Home")
        await other.type("A needle, and ")
        await expect(one.text.locator(".match")).to_have_text(["needle", "needle"])
        await expect(one.text.locator(".match.current")).to_have_count(1)
        await expect(one.page.locator(".find .says")).to_have_text("2 of 2")


# Who is here.


async def test_somebody_is_followed_until_one_does_something_oneself(
    guarded: Server, browser: Browser, document: str
) -> None:
    await new_page(guarded, document, token=guarded.admin_token)
    ann = (guarded.url, await guarded.token("Ann"))
    bob = (guarded.url, await guarded.token("Bob"))
    async with writing(guarded, document, bob[1]) as writer:
        await writer.write(*(block(f"line {number}") for number in range(80)))
    version = await guarded.version(document)
    address = f"{address_of(guarded, document)}?min_version={version}"
    async with (
        at_editor(browser, address, token=ann) as one,
        at_editor(browser, address, token=bob) as other,
    ):
        await one.expect_block("p", "line 79")
        await other.press("Control+End")
        await other.type("end")
        await one.expect_block("p", "line 79end")
        await one.page.evaluate("() => scrollTo(0, 0)")
        sign = one.page.get_by_role("button", name="Follow Bob")
        await sign.click()
        await expect(sign).to_have_attribute("aria-pressed", "true")
        await expect(one.text.locator(".caret")).to_be_in_viewport()
        await other.press("Control+Home")
        await other.type("top")
        await one.page.wait_for_function("() => scrollY < 200")
        await one.press("Escape")
        await expect(sign).to_have_attribute("aria-pressed", "false")
        await other.press("Control+End")
        await other.type("bottom")
        await one.expect_block("p", "bottom")
        assert await one.page.evaluate("scrollY") < 200


async def test_who_comes_and_who_leaves_is_said(
    guarded: Server, browser: Browser, document: str
) -> None:
    await new_page(guarded, document, token=guarded.admin_token)
    ann = (guarded.url, await guarded.token("Ann"))
    bob = (guarded.url, await guarded.token("Bob"))
    address = address_of(guarded, document)
    async with at_editor(browser, address, token=ann) as one:
        said = one.page.locator('[data-about="people"]')
        async with at_editor(browser, address, token=bob):
            await expect(said).to_have_text(re.compile(r"^Bob (is here|came)\.$"))
        await expect(said).to_have_text("Bob left.")
        async with at_editor(browser, address, token=bob):
            await expect(said).to_have_text("Bob came.")


async def test_more_than_five_are_counted_and_guests_are_called_so(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    names = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gil"]
    async with at_editor(browser, address) as one:
        tokens = [(server.url, await server.token(name)) for name in names]
        clients = [writing(server, document, token) for _, token in tokens]
        entered = [await client.__aenter__() for client in clients]
        try:
            # They are here without a caret, so nothing tells of them until one asks anew.
            await one.page.reload()
            more = one.page.get_by_role("button", name="2 more people")
            await expect(more).to_be_visible()
            await more.click()
            await expect(one.page.locator("#everybody")).to_contain_text("Gil")
        finally:
            for client in reversed(clients):
                await client.__aexit__(None, None, None)
        assert len(entered) == len(names)


# For everybody.


GAPS = """
() => {
  const box = (name) => document.querySelector(name).getBoundingClientRect()
  const ring = getComputedStyle(document.activeElement)
  const round = parseFloat(ring.outlineWidth) + parseFloat(ring.outlineOffset)
  return [
    box('.find .says').left - document.activeElement.getBoundingClientRect().right - round,
    box('.panel li').top - box('.panel .head').bottom
  ]
}
"""


async def test_on_a_phone_nothing_is_hidden_by_a_ring_and_no_line_left_empty(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await long_page(server, document), width=PHONE) as one:
        await one.page.get_by_role("button", name="Outline").click()
        await expect(one.page.locator(".panel li").first).to_be_visible()
        await one.page.get_by_role("button", name="Find and replace").click()
        await one.page.get_by_label("Find", exact=True).fill("chapter")
        await expect(one.page.locator(".find .says")).to_contain_text("of")
        beside_ring, above_headings = await one.page.evaluate(GAPS)
        assert beside_ring >= 0
        assert 0 <= above_headings <= 12


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_axe_finds_nothing_to_mend_with_all_of_it_open(
    server: Server, browser: Browser, document: str, width: int, scheme: Scheme
) -> None:
    address = await long_page(server, document)
    async with (
        at_editor(browser, address, width=width, scheme=scheme) as one,
        at_editor(browser, address) as other,
    ):
        await one.page.emulate_media(reduced_motion="reduce")
        await other.type("!")
        await expect(one.page.locator(".people button").first).to_be_visible()
        await ask_to_find(one, "chapter")
        await expect(one.page.locator(".find .says")).to_have_text("1 of 3")
        await one.page.get_by_role("button", name="Outline").click()
        await expect(one.page.locator(".panel")).to_contain_text("Section 1")
        await one.expect_saving("saved")
        found = await Axe().run(one.page)
        assert [each["id"] for each in found.response["violations"]] == [], found.generate_report()
        assert await one.page.evaluate("document.documentElement.scrollWidth") <= width


# Text in danger.


async def test_a_document_made_anew_takes_nothing_of_the_one_before_and_offers_the_text(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    async with running_server(tmp_path) as server:
        address = await new_page(server, document)
        async with at_editor(browser, address) as one:
            await one.type("Old and saved. ")
            await one.expect_saving("saved")
            await server.kill9()
            await one.type("Never saved.")
            await one.expect_saving("kept")
            _lose_the_log(server)
            await server.start()
            await new_page(server, document)
            await one.expect_saving("not-saved")
            banner = one.page.locator("main .banner")
            await expect(banner).to_contain_text("made anew")
            # What is there now is left as it is, and what is here is offered when one comes back.
            one.page.on("dialog", lambda dialog: dialog.accept())
            await one.page.goto(address_of(server, document))
            await expect(one.text).to_be_focused()
            assert await one.blocks() == [""]
            await expect(banner).to_contain_text("never saved")
            await one.page.get_by_role("button", name="Keep as a new document").click()
            await one.page.get_by_role("link", name="Open the new document").click()
            await one.expect_block("p", "Old and saved. Never saved.")
            assert await one.blocks() == ["Old and saved. Never saved."]
            await one.expect_saving("saved")
            await one.page.goto(address_of(server, document))
            await expect(one.text).to_be_focused()
            await expect(banner).to_have_count(0)


def _lose_the_log(server: Server) -> None:
    for path in server.data.glob("*.db*"):
        path.unlink()

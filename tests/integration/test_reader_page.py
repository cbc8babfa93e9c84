"""The reader's page in a real browser: read while it is written, without being disturbed."""

import asyncio
import os
import random
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.harness.browser import PHONE, reader_address, someone
from tests.harness.server import Server, running_server
from tests.harness.writer import Made, block, code, table, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")

BEHIND_SECONDS_MAX = 20

LONG: tuple[Made, ...] = (
    block("A long letter", type="h", level=1),
    *(block(f"Paragraph {number}. " + "It goes on for a while. " * 12) for number in range(20)),
    block("With ", ("a link", {"link": {"href": "https://example.org/"}}), " in it."),
    *(block(f"Paragraph {number}. " + "It goes on for a while. " * 12) for number in range(20)),
    block("The end", type="h", level=2),
)


async def opened(page: Page, server: Server, document: str) -> None:
    """Open a document, and leave a mark that a new load or a new text would wipe away."""
    version = await server.version(document)
    await page.goto(f"{reader_address(server, document)}?min_version={version}")
    await marked(page)


async def marked(page: Page) -> None:
    """Leave the mark."""
    await page.evaluate("document.getElementById('text').mark = 'here before'")


async def stayed(page: Page) -> bool:
    """Whether it is still the same text in the same load of the page."""
    return bool(await page.evaluate("document.getElementById('text').mark === 'here before'"))


async def test_a_document_is_read_while_it_is_written(
    guarded: Server, browser: Browser, document: str
) -> None:
    ann, bob = await guarded.token("Ann"), await guarded.token("Bob")
    rea = (guarded.url, await guarded.token("Rea", "reader"))
    async with (
        writing(guarded, document, ann) as writer,
        someone(browser, token=rea) as context,
    ):
        await writer.write(block("Notes", type="h", level=1), block("First."))
        page = await context.new_page()
        await opened(page, guarded, document)
        await expect(page.locator("#text p")).to_have_text(["First."])
        await expect(page.locator("#people li")).to_have_text(["Ann"])
        await expect(page.locator("#news")).to_be_empty()
        await writer.type(" Second.")
        await expect(page.locator("#text p")).to_have_text(["First. Second."])
        await expect(page.locator("#version")).to_have_text("3")
        await expect(page.locator("#news")).to_have_text("The text has changed.")
        async with writing(guarded, document, bob) as other:
            await expect(page.locator("#people li")).to_have_text(["Ann", "Bob"])
            await other.write(block("From Bob."))
            await expect(page.locator("#text p")).to_have_text(["First. Second.", "From Bob."])
            await expect(page.locator("#edited")).to_contain_text("by Bob")
        await expect(page.locator("#people li")).to_have_text(["Ann"])
        await expect(page.locator("#news")).to_contain_text("Bob has left.")
        assert await stayed(page)


async def test_of_a_crowd_some_are_named_and_the_others_counted(
    guarded: Server, browser: Browser, document: str
) -> None:
    token = (guarded.url, guarded.admin_token)
    async with AsyncExitStack() as crowd, someone(browser, token=token) as context:
        writer = await crowd.enter_async_context(writing(guarded, document, token[1]))
        await writer.write(block("Full."))
        page = await context.new_page()
        await opened(page, guarded, document)
        for number in range(10):
            name = await guarded.token(f"Person {number}")
            await crowd.enter_async_context(writing(guarded, document, name))
        people = ["Admin", *(f"Person {number}" for number in range(7)), "and 3 more"]
        await expect(page.locator("#people li")).to_have_text(people)
        assert await stayed(page)
        await page.reload()
        await expect(page.locator("#people li")).to_have_text(people)


async def test_what_is_read_selected_or_focused_stays_where_it_is(
    server: Server, browser: Browser, document: str
) -> None:
    async with writing(server, document) as writer, someone(browser) as context:
        await writer.write(*LONG)
        page = await context.new_page()
        await opened(page, server, document)
        link = page.locator("#text a")
        await link.focus()
        await page.evaluate(
            """() => {
                const words = document.querySelectorAll('#text p')[19].firstChild
                getSelection().setBaseAndExtent(words, 0, words, 13)
            }"""
        )
        top = await _top(link)
        assert await page.evaluate("scrollY") > 1000
        await writer.write(block("New at the top."), block("And one more."), at=1)
        await writer.type("Edited. ", block=3)
        await writer.remove(5)
        await writer.type(" And so on.", block=21)
        await expect(page.locator("#text p").nth(20)).to_contain_text("And so on.")
        await expect(page.locator("#text p").first).to_have_text("New at the top.")
        assert abs(await _top(link) - top) < 2
        assert await page.evaluate("String(getSelection())") == "Paragraph 19."
        assert await page.evaluate("document.activeElement.textContent") == "a link"
        assert await stayed(page)


async def test_the_outline_follows_and_leads_to_the_headings(
    server: Server, browser: Browser, document: str
) -> None:
    headings = [block(f"Part {name}", type="h", level=2) for name in ("one", "two")]
    async with writing(server, document) as writer, someone(browser) as context:
        await writer.write(*headings)
        page = await context.new_page()
        await opened(page, server, document)
        await expect(page.locator("#outline")).to_be_hidden()
        await writer.write(block("text " * 3000), block("Part three", type="h", level=3))
        lines = page.locator("#outline a")
        await expect(lines).to_have_text(["Part one", "Part two", "Part three"])
        await lines.nth(2).click()
        await expect(page.locator("#text h3")).to_be_in_viewport()


async def test_a_title_given_to_the_document_is_shown_at_once(
    guarded: Server, browser: Browser, document: str
) -> None:
    admin = (guarded.url, guarded.admin_token)
    async with writing(guarded, document, admin[1]) as writer:
        await writer.write(block("Hello."))
        async with someone(browser, token=admin) as context:
            page = await context.new_page()
            await opened(page, guarded, document)
            answer = await context.request.patch(
                f"{guarded.url}/api/documents/{document}",
                data={"title": "A given title"},
                headers={"Origin": guarded.url},
            )
            assert answer.ok
            await expect(page.locator("h1")).to_have_text("A given title")
            await expect(page).to_have_title("A given title")
            assert await stayed(page)


async def test_a_page_is_whole_without_javascript(
    server: Server, browser: Browser, document: str
) -> None:
    async with writing(server, document) as writer:
        await writer.write(
            *LONG[:2],
            block("Half", type="h", level=2),
            block("Open me", type="toggle"),
            block("Inside", indent=1),
            LONG[-1],
        )
        async with someone(browser, javascript=False) as context:
            page = await context.new_page()
            await page.goto(f"{reader_address(server, document)}?min_version=2")
            await expect(page.locator("h1")).to_have_text("A long letter")
            await expect(page.locator("#text p").first).to_contain_text("Paragraph 0.")
            await expect(page.locator(".facts")).to_contain_text("Version 2")
            await expect(page.locator("#edited time")).to_contain_text("UTC")
            await expect(page.locator("#people li")).to_have_text(["Guest"])
            await page.locator("#outline summary").click()
            await expect(page.locator("#outline a")).to_have_text(
                ["A long letter", "Half", "The end"]
            )


async def test_while_the_views_stand_still_the_page_says_how_old_it_is(
    server: Server, browser: Browser, document: str
) -> None:
    async with writing(server, document) as writer, someone(browser) as context:
        await writer.write(block("Old."))
        page = await context.new_page()
        await opened(page, server, document)
        [projector] = server.projector_pids
        os.kill(projector, signal.SIGSTOP)
        try:
            for words in (" One.", " Two.", " Three."):
                await writer.type(words)

            async def says_so() -> bool:
                await page.reload()
                return await page.locator("#behind").is_visible()

            async with asyncio.timeout(BEHIND_SECONDS_MAX):
                while not await says_so():
                    pass
            await marked(page)
            await expect(page.locator("#behind")).to_contain_text("3 edits behind")
            await expect(page.locator("#text p")).to_have_text(["Old."])
        finally:
            os.kill(projector, signal.SIGCONT)
        await expect(page.locator("#text p")).to_have_text(["Old. One. Two. Three."])
        await expect(page.locator("#behind")).to_have_count(0)
        assert await stayed(page)


async def test_a_lost_connection_is_told_and_what_was_missed_is_shown(
    tmp_path: Path, browser: Browser, document: str
) -> None:
    async with running_server(tmp_path) as server, someone(browser) as context:
        async with writing(server, document) as writer:
            await writer.write(block("Before."))
        page = await context.new_page()
        await opened(page, server, document)
        await expect(page.locator("#connection")).to_be_empty()
        await server.stop()
        await expect(page.locator("#connection")).to_contain_text("lost")
        await server.start()
        async with writing(server, document) as writer:
            await writer.type(" After.")
        await expect(page.locator("#text p")).to_have_text(["Before. After."])
        await expect(page.locator("#connection")).to_be_empty()
        assert await stayed(page)


async def test_a_page_that_nobody_looks_at_holds_no_connection(
    server: Server, browser: Browser, document: str
) -> None:
    async with writing(server, document) as writer, someone(browser) as context:
        await writer.write(block("Seen."))
        page = await context.new_page()
        await opened(page, server, document)
        await _look(page, away=True)
        await writer.type(" Unseen.")
        await server.get(f"documents/{document}/content.json?min_version=3")
        await expect(page.locator("#text p")).to_have_text(["Seen."])
        await _look(page, away=False)
        await expect(page.locator("#text p")).to_have_text(["Seen. Unseen."])


async def test_what_is_too_wide_for_a_phone_scrolls_by_itself_and_by_keyboard(
    server: Server, browser: Browser, document: str
) -> None:
    columns = [f"Column number {number}" for number in range(12)]
    async with writing(server, document) as writer, someone(browser, width=PHONE) as context:
        await writer.write(table(columns, columns), code("let x = 1 // " + "long " * 40, "js"))
        page = await context.new_page()
        await opened(page, server, document)
        for wide in ("table", "pre"):
            await expect(page.locator(f"#text {wide}")).to_have_attribute("tabindex", "0")
            size = f"document.querySelector('#text {wide}')"
            assert await page.evaluate(f"{size}.scrollWidth > {size}.clientWidth")
        await page.locator("#text table").focus()
        await page.keyboard.press("ArrowRight")
        await page.wait_for_function("() => document.querySelector('#text table').scrollLeft > 0")
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE


async def test_right_to_left_text_begins_at_the_right(
    server: Server, browser: Browser, document: str
) -> None:
    async with writing(server, document) as writer, someone(browser) as context:
        await writer.write(block("Left to right."), block("من اليمين إلى اليسار."))
        page = await context.new_page()
        await opened(page, server, document)
        starts = await page.evaluate(
            """() => [...document.querySelectorAll('#text p')].map((paragraph) => {
                const range = document.createRange()
                range.setStart(paragraph.firstChild, 0)
                range.setEnd(paragraph.firstChild, 1)
                const letter = range.getBoundingClientRect()
                const around = paragraph.getBoundingClientRect()
                return [letter.left - around.left, around.right - letter.right].map(Math.round)
            })"""
        )
        assert starts[0][0] == 0
        assert starts[1][1] == 0


async def test_a_page_ends_as_the_server_has_it_whatever_changes(
    server: Server, browser: Browser, document: str
) -> None:
    async with writing(server, document) as writer, someone(browser) as context:
        await writer.write(block("Any."))
        page = await context.new_page()
        await opened(page, server, document)
        chance = random.Random(7)
        pairs = [_pair(chance) for _ in range(400)]
        wrong = await page.evaluate(
            """async (pairs) => {
                const script = document.querySelector('script[src*="reader.js"]').src
                const { morph } = await import(script.replace('reader.js', 'morph.js'))
                const made = (html) => {
                    const element = document.createElement('div')
                    element.innerHTML = html
                    return element
                }
                return pairs.filter(([before, after]) => {
                    const element = made(before)
                    morph(element, made(after))
                    return element.innerHTML !== after
                })
            }""",
            pairs,
        )
        assert wrong == []


async def _top(locator: Locator) -> float:
    """Return how far below the window's top something is."""
    box = await locator.bounding_box()
    assert box is not None
    return box["y"]


def _pair(chance: random.Random) -> list[str]:
    """Return HTML and what some edits make of it."""
    blocks = [_block(chance) for _ in range(chance.randrange(8))]
    after = list(blocks)
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(after) + 1)
        match chance.randrange(4):
            case 0:
                after.insert(place, _block(chance))
            case 1:
                del after[place : place + 1]
            case 2:
                after[place : place + 1] = [_block(chance)]
            case _:
                chance.shuffle(after)
    return ["".join(blocks), "".join(after)]


def _block(chance: random.Random) -> str:
    name = chance.choice(["p", "h2", "li"])
    attribute = chance.choice(["", ' data-block="a"', ' data-block="b"', ' dir="rtl"'])
    words = chance.choice(["", "one", "one two", "<em>one</em> two", "two <em>one</em>", "x<br>y"])
    return f"<{name}{attribute}>{words}</{name}>"


async def _look(page: Page, *, away: bool) -> None:
    """Have the page believe that it is hidden, or shown again."""
    await page.evaluate(
        """(away) => {
            Object.defineProperty(document, 'hidden', { value: away, configurable: true })
            document.dispatchEvent(new Event('visibilitychange'))
        }""",
        away,
    )

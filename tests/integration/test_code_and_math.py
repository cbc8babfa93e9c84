"""Code, formulas, toggles and callouts in our own editor: chosen, coloured, folded, set."""

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, expect

from tests.harness.browser import DESK, PHONE, Scheme
from tests.harness.editing import address_of, at_editor, new_page
from tests.harness.server import Server
from tests.harness.writer import block, code, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINES = 5_000
KEY_MS_MAX = 50
REST_MS = 80
"""How long the editor waits before it colours code; see code/highlighting.ts."""


# The caret of somebody else may stand in a word, which is then coloured in two parts.
KEYWORDS = """
(expected) => {
  const parts = document.querySelectorAll('pre .hljs-keyword')
  return [...parts].map((each) => each.textContent).join('') === expected
}
"""


async def test_a_language_is_chosen_and_another_sees_its_colours(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("``` def f():\n  return 1")
        await one.press("Alt+F10")
        language = one.page.get_by_role("toolbar", name="Code").get_by_label("Language")
        await expect(language).to_be_focused()
        await language.select_option("Python")
        for each in (one, other):
            await each.page.wait_for_function(KEYWORDS, arg="defreturn")
        await other.text.locator("pre").click()
        await other.press("Control+Home")
        await other.type("import x\n")
        for each in (one, other):
            await each.page.wait_for_function(KEYWORDS, arg="importdefreturn")


async def test_what_finds_colours_is_loaded_only_where_there_is_code(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        loaded = "() => performance.getEntriesByType('resource').map(({ name }) => name)"
        await one.type("words")
        await one.expect_saving("saved")
        before = await one.page.evaluate(loaded)
        await one.press("Enter")
        await one.type("```js let a = 1")
        await expect(one.text.locator("pre .hljs-keyword")).to_have_text("let")
        more = set(await one.page.evaluate(loaded)) - set(before)
        assert any("colours" in each for each in more)


async def test_colours_that_come_right_behind_the_caret_leave_it_where_it_went(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("first")
        await one.press("Enter")
        await one.type("```js let a = 1")
        await expect(one.text.locator("pre .hljs-keyword")).to_have_text("let")
        # A browser tells of it only when all that waits is done.
        await one.page.evaluate(
            """(rest) => {
                const later = window.setTimeout
                window.setTimeout = (then, wait) => later(wait !== rest ? then : () => {
                    getSelection().collapse(document.querySelector('.ProseMirror p').firstChild, 5)
                    then()
                    window.coloured = true
                }, wait)
            }""",
            REST_MS,
        )
        await one.type("0")
        await one.page.wait_for_function("() => window.coloured")
        await one.type("!")
        assert await one.blocks() == ["first!", "let a = 10"]


async def test_code_of_many_lines_is_typed_in_without_delay(
    server: Server, browser: Browser, document: str
) -> None:
    lines = "\n".join(f"let line_{number} = {number}" for number in range(LINES))
    async with writing(server, document) as writer:
        await writer.write(block("before"), code(lines, "javascript"))
        version = await server.version(document)
        address = f"{address_of(server, document)}?min_version={version}"
        async with at_editor(browser, address) as one:
            await one.page.evaluate(
                """() => {
                    window.late = []
                    const text = document.querySelector('.ProseMirror')
                    let pressed = 0
                    text.addEventListener('keydown', () => { pressed = performance.now() })
                    text.addEventListener('input', () => late.push(performance.now() - pressed))
                }"""
            )
            await one.type("return to here")
            late: list[float] = await one.page.evaluate("() => late")
            assert sorted(late)[len(late) // 2] < KEY_MS_MAX, late
            await one.expect_block("pre", "return to here")


async def test_formulas_are_written_as_tex_and_shown_to_all(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("See $x^2$ and $5.\n$$ ")
        await expect(one.text.locator("span.formula msup")).to_be_attached()
        await expect(one.page.get_by_label("TeX", exact=True)).to_be_focused()
        await one.type(r"\frac{1}")
        await expect(one.text.locator("div.formula.wrong")).to_be_visible()
        await one.type("{2}")
        await one.press("Enter")
        await expect(one.text).to_be_focused()
        await one.type("and on")
        for each in (one, other):
            await expect(each.text.locator("div.formula mfrac")).to_be_attached()
            await each.expect_block("p", "and $5.")
            await each.expect_block("div.formula + p", "and on")


async def test_a_formula_from_the_list_of_the_slash_is_written_at_once(
    server: Server, browser: Browser, document: str
) -> None:
    async with at_editor(browser, await new_page(server, document)) as one:
        await one.type("/formula")
        await expect(one.page.get_by_role("option").first).to_have_attribute(
            "aria-selected", "true"
        )
        await one.press("Enter")
        await expect(one.page.get_by_label("TeX", exact=True)).to_be_focused()
        await one.type("a^2")
        await one.press("Escape")
        await expect(one.text).to_be_focused()
        await expect(one.text.locator("div.formula msup")).to_be_attached()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_axe_finds_nothing_in_formulas_with_their_toolbar(
    server: Server, browser: Browser, document: str, scheme: Scheme, width: int
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address, scheme=scheme, width=width) as one:
        await one.type("See $x^2$ and $\\frac{1$.\n$$ ")
        await expect(one.text.locator("span.formula.wrong")).to_be_attached()
        await one.type(r"\sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6}")
        await expect(one.text.locator("div.formula mfrac").first).to_be_attached()
        results = await Axe().run(one.page)
        assert results.violations_count == 0, results.generate_report()


async def test_a_toggle_is_folded_for_all_and_unfolds_before_who_writes_in_it(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address) as one, at_editor(browser, address) as other:
        await one.type("/toggle\nHead\ninside")
        fold = one.text.get_by_role("button", name="What is inside")
        await expect(fold).to_have_attribute("aria-expanded", "true")
        await fold.click()
        for each in (one, other):
            await expect(each.text.get_by_text("inside")).to_be_hidden()
        await one.type("!")
        await one.expect_block(".toggle p", "Head!")
        await one.press("Control+Enter")
        for each in (one, other):
            await expect(each.text.get_by_text("inside")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_axe_finds_nothing_in_callouts_and_toggles(
    server: Server, browser: Browser, document: str, scheme: Scheme, width: int
) -> None:
    tones = ("note", "tip", "important", "warning", "caution")
    async with writing(server, document) as writer:
        await writer.write(
            block("More", type="toggle"),
            block("inside", indent=1),
            *(block(f"A {tone}", type="callout", tone=tone) for tone in tones),
        )
        version = await server.version(document)
        address = f"{address_of(server, document)}?min_version={version}"
        async with at_editor(browser, address, scheme=scheme, width=width) as one:
            bar = one.page.get_by_role("toolbar", name="Callout")
            caution = bar.get_by_role("button", name="Caution")
            await expect(caution).to_have_attribute("aria-pressed", "true")
            await one.press("Alt+F10", "ArrowRight", "Enter")
            await expect(bar.get_by_role("button", name="Tip")).to_be_focused()
            await one.press("Escape")
            await expect(one.text.locator(".callout").last).to_have_attribute("data-tone", "tip")
            results = await Axe().run(one.page)
            assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_axe_finds_nothing_in_code_with_its_toolbar(
    server: Server, browser: Browser, document: str, scheme: Scheme, width: int
) -> None:
    address = await new_page(server, document)
    async with at_editor(browser, address, scheme=scheme, width=width) as one:
        await one.type("```python @wrapped\ndef f(a: int = 1):  # why\nreturn 'x'")
        await expect(one.text.locator("pre .hljs-string")).to_have_text("'x'")
        await expect(one.page.get_by_role("toolbar", name="Code")).to_be_visible()
        results = await Axe().run(one.page)
        assert results.violations_count == 0, results.generate_report()

"""Written pages in a real browser: nothing of what people put into them runs or leads away."""

from collections.abc import Callable

import pytest
from markdown_it import MarkdownIt
from playwright.async_api import Browser, Request, Route

from palimpsest.content import html, markdown
from palimpsest.content.blocks import Page
from tests.harness.browser import someone
from tests.unit.content.injections import VECTORS, everywhere

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "http://palimpsest.test/"
WITNESS = """
    window.runs = [];
    window.ran = what => window.runs.push(what ?? 'something');
    for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = window.ran;
"""
TOUCHED = """
    for (const element of document.body.querySelectorAll('*')) {
        for (const name of ['error', 'load', 'focus', 'click', 'mouseover', 'toggle'])
            element.dispatchEvent(new Event(name));
    }
"""
SEEN = """
    () => {
        const all = [...document.querySelectorAll('html *')];
        return {
            elements: [...new Set(all.map(element => element.localName))],
            namespaces: [...new Set(all.map(element => element.namespaceURI))],
            attributes: [...new Set(all.flatMap(element => element.getAttributeNames()))],
            links: [...new Set(all.filter(e => e.localName == 'a').map(e => e.protocol))],
            // What cannot be read as an address is asked of nobody.
            shown: [...new Set(all.map(e => URL.parse(e.src ?? '', document.baseURI)?.protocol))],
            runs: window.runs,
        };
    }
"""

FRAME = {"head", "body", "title", "meta"}
ALLOWED = FRAME | {
    *("section", "p", "h1", "h2", "ul", "ol", "li", "label", "input", "br", "blockquote", "div"),
    *("details", "summary", "pre", "code", "figure", "figcaption", "img", "a", "table", "thead"),
    *("tr", "th", "td", "tbody", "strong", "em", "s", "u", "mark", "sup", "sub", "span", "hr"),
}
HARMLESS = {
    *("alt", "charset", "checked", "class", "data-block", "data-comment", "data-kind", "href"),
    *("data-mention", "data-root", "data-unknown", "disabled", "download", "id", "loading", "rel"),
    *("open", "role", "scope", "src", "start", "title", "type"),
}


def as_html(page: Page) -> str:
    return html.write(page)


def as_markdown_in_a_careless_reader(page: Page) -> str:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    reader.validateLink = lambda url: url != ""  # type: ignore[method-assign]
    return str(reader.render(markdown.write(page)))


@pytest.mark.parametrize("shown", [as_html, as_markdown_in_a_careless_reader])
async def test_no_script_runs(browser: Browser, shown: Callable[[Page], str]) -> None:
    body = "".join(shown(everywhere(vector)) for vector in VECTORS)
    requests: list[Request] = []

    async def answer(route: Route) -> None:
        if route.request.url == PAGE:
            head = "<!doctype html><meta charset=utf-8><title>x</title>"
            await route.fulfill(body=f"{head}{body}", content_type="text/html; charset=utf-8")
        else:
            requests.append(route.request)
            await route.abort()

    async with someone(browser) as context:
        await context.add_init_script(WITNESS)
        await context.route("**/*", answer)
        page = await context.new_page()
        await page.goto(PAGE)
        await page.evaluate(TOUCHED)
        seen = await page.evaluate(SEEN)
        assert page.url == PAGE
        assert len(page.frames) == len(context.pages) == 1
    assert seen["runs"] == []
    assert set(seen["elements"]) <= ALLOWED
    assert seen["namespaces"] == ["http://www.w3.org/1999/xhtml"]
    assert set(seen["attributes"]) <= HARMLESS
    assert set(seen["links"]) <= {":", "http:", "https:", "mailto:", "tel:"}
    assert set(seen["shown"]) <= {"http:", "https:", None}
    assert {request.resource_type for request in requests} <= {"image"}


async def test_the_witness_sees_a_script_that_runs(browser: Browser) -> None:
    async with someone(browser) as context:
        await context.add_init_script(WITNESS)
        page = await context.new_page()
        await page.set_content("<img src=x onerror=ran(7)><script>alert()</script>")
        await page.wait_for_function("() => window.runs.length == 2")
        seen = await page.evaluate(SEEN)
    assert sorted(map(str, seen["runs"])) == ["7", "something"]
    assert "script" in seen["elements"]

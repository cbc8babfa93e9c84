"""No text of a page becomes a script, wherever in the page it stands."""

from urllib.parse import urlsplit

import pytest

from palimpsest.content import html, markdown
from palimpsest.content.blocks import Page
from palimpsest.content.inlines import clean
from tests.unit.content.html_reading import elements, parse
from tests.unit.content.injections import VECTORS, everywhere
from tests.unit.content.markdown_reading import PARSER, read

ELEMENTS = {
    *("section", "p", "h1", "h2", "ul", "ol", "li", "label", "input", "br", "blockquote", "div"),
    *("details", "summary", "pre", "code", "figure", "figcaption", "img", "a", "table", "thead"),
    *("tr", "th", "td", "tbody", "strong", "em", "s", "u", "mark", "sup", "sub", "span", "hr"),
}
ATTRIBUTES = {
    *("alt", "checked", "class", "data-block", "data-comment", "data-kind", "data-mention", "rel"),
    *("data-root", "data-unknown", "disabled", "download", "href", "id", "loading", "open"),
    *("role", "scope", "src", "type"),
}
SCHEMES = {"", "http", "https", "mailto", "tel"}

each_vector = pytest.mark.parametrize("vector", VECTORS, ids=map(str, range(len(VECTORS))))


@each_vector
def test_html_runs_nothing_and_shows_what_somebody_tried(vector: str) -> None:
    page = everywhere(vector)
    written = html.write(page)
    assert written == html.compose(page)
    sections = parse(written)
    for element in elements(sections):
        assert element.name in ELEMENTS
        assert set(element.attrs) <= ATTRIBUTES
        for address in (element.attrs.get("href"), element.attrs.get("src")):
            assert urlsplit(address or "").scheme in SCHEMES
    assert sections[0].attrs["data-root"] == clean(vector)
    words = sections[0].to_text(separator="", strip=False)
    assert clean(vector).replace("\n", "") in words


@each_vector
def test_markdown_brings_no_html_and_leads_nowhere_it_should_not(vector: str) -> None:
    [rich, *_] = everywhere(vector).roots
    written = markdown.write(Page((rich,)))
    read(written)
    for token in PARSER.parse(written):
        for child in token.children or []:
            for address in (child.attrs.get("href", ""), child.attrs.get("src", "")):
                assert urlsplit(str(address)).scheme in SCHEMES

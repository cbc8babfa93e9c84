"""HTML says all that a page holds, and runs nothing of it."""

from hypothesis import given

from palimpsest.content import html
from palimpsest.content.blocks import Page
from tests.unit.content.html_normal_form import normal_form
from tests.unit.content.html_reading import parse, read
from tests.unit.content.pages import pages, rich_pages


@given(rich_pages)
def test_what_was_written_is_read_back(page: Page) -> None:
    assert read(html.compose(page)) == normal_form(page)


@given(pages)
def test_the_second_gate_changes_nothing(page: Page) -> None:
    assert html.write(page) == html.compose(page)


@given(pages)
def test_no_browser_has_to_mend_it(page: Page) -> None:
    parse(html.write(page))

"""The library's words: how long ago something was, and what was looked for."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from markupsafe import escape

from palimpsest.adapters.web.library import Listing
from palimpsest.adapters.web.pages import ago, marked

SAID: dict[str, str] = json.loads(
    (Path(__file__).parents[3] / "static" / "test" / "ago.json").read_text()
)
NOW = int(datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(("seconds", "words"), SAID.items())
def test_what_was_lately_is_said_by_how_long_ago_it_was_the_rest_by_its_day(
    seconds: str, words: str
) -> None:
    told = ago(NOW - 1000 * int(seconds), NOW)
    assert re.sub("<[^>]*>", "", told) == words
    assert "UTC" in told


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Our Plan", ("plan",), "Our <mark>Plan</mark>"),
        ("<b>&", ("b",), "&lt;<mark>b</mark>&gt;&amp;"),
        ("<b>&", ("<",), "<mark>&lt;</mark>b&gt;&amp;"),
        ("nothing", (), "nothing"),
    ],
)
def test_what_was_looked_for_stands_out_and_nothing_is_markup(
    text: str, words: tuple[str, ...], shown: str
) -> None:
    assert marked(text, words) == shown
    assert re.sub("</?mark>", "", marked(text, words)) == escape(text)


def test_a_list_has_an_address_that_leaves_out_what_is_usual() -> None:
    assert Listing("", (), "edited", trash=False, after=None).address() == "/"
    listing = Listing("a b&c", ("a", "b&c"), "title", trash=True, after="x")
    assert listing.address() == "/?trash=1&filter=a%20b%26c&order=title"
    assert listing.address(after=listing.after).endswith("&after=x")

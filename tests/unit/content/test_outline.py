"""A page has an outline whose anchors lead somewhere, a title and an excerpt."""

import pytest
from hypothesis import given

from palimpsest.content import html
from palimpsest.content.blocks import (
    AnyBlock,
    Block,
    BlockType,
    Break,
    Cell,
    Data,
    Page,
    RichText,
    Source,
    Table,
    Text,
)
from palimpsest.content.outline import (
    ANCHOR_CHARACTERS_MAX,
    Anchors,
    Heading,
    excerpt,
    outline,
    title,
)
from tests.unit.content.html_reading import elements, parse
from tests.unit.content.pages import pages


def heading(words: str, level: int | None = 1) -> Block:
    return Block(type=BlockType.H, level=level, content=(Text(words),))


def paragraph(words: str) -> Block:
    return Block(content=(Text(words),))


def page_of(*blocks: AnyBlock) -> Page:
    return Page((RichText("default", blocks),))


def test_the_outline_has_all_headings_in_order() -> None:
    toggle = Block(type=BlockType.TOGGLE, level=3, content=(Text("Folded"),))
    table = Table(rows=((Cell(blocks=(heading("In a cell", 4),)),),))
    plain = Block(type=BlockType.TOGGLE, content=(Text("No heading"),))
    page = page_of(heading("One", None), paragraph("x"), toggle, table, plain)
    assert outline(page) == (
        Heading(1, "One", "h-one"),
        Heading(3, "Folded", "h-folded"),
        Heading(4, "In a cell", "h-in-a-cell"),
    )


def test_a_heading_is_on_one_line_there() -> None:
    block = Block(type=BlockType.H, content=(Text("a"), Break(), Text("b")))
    assert outline(page_of(block)) == (Heading(1, "a b", "h-a-b"),)


@given(pages)
def test_every_line_of_the_outline_leads_to_its_heading(page: Page) -> None:
    found = [
        (int(element.name[1]), element.attrs["id"])
        for element in elements(parse(html.write(page)))
        if "id" in element.attrs
    ]
    assert found == [(entry.level, entry.anchor) for entry in outline(page)]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Hello, World!", "h-hello-world"),
        ("  Größe & 文字 ", "h-größe-文字"),
        ("snake_case", "h-snake-case"),
        ("", "h-section"),
        ("!?", "h-section"),
        ("a" * 100, "h-" + "a" * ANCHOR_CHARACTERS_MAX),
        ("a" * (ANCHOR_CHARACTERS_MAX - 1) + " b", "h-" + "a" * (ANCHOR_CHARACTERS_MAX - 1)),
    ],
)
def test_an_anchor_is_made_from_words(words: str, expected: str) -> None:
    assert Anchors().take(words) == expected


def test_no_anchor_is_given_twice() -> None:
    anchors = Anchors()
    taken = [anchors.take(words) for words in ("a", "a 2", "A!", "a", "a-2")]
    assert taken == ["h-a", "h-a-2", "h-a-3", "h-a-4", "h-a-2-2"]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (Page(), ""),
        (page_of(Block(), paragraph(" \n ")), ""),
        (page_of(paragraph("first"), heading(" The\n title ")), "The title"),
        (page_of(heading(" "), paragraph("a\nb")), "a"),
        (Page((Source("x", "\n  first line \nsecond"),)), "first line"),
        (Page((Data("x", {"a": 1}),)), "{"),
    ],
)
def test_the_title_is_the_first_heading_else_the_first_line(page: Page, expected: str) -> None:
    assert title(page) == expected


def test_a_long_title_ends_between_words() -> None:
    page = page_of(heading("one two three"))
    assert title(page, 13) == "one two three"
    assert title(page, 12) == "one two…"
    assert title(page, 3) == "on…"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (Page(), ""),
        (page_of(heading("Title")), ""),
        (page_of(heading("Title"), paragraph("a  b\nc"), paragraph("d")), "a b c d"),
        (page_of(paragraph("before"), heading("Title"), paragraph("a")), "before Title a"),
        (page_of(paragraph("only line")), ""),
    ],
)
def test_the_excerpt_is_how_the_page_goes_on(page: Page, expected: str) -> None:
    assert excerpt(page) == expected


def test_a_long_excerpt_ends_between_words() -> None:
    page = page_of(heading("Title"), *[paragraph("word")] * 1000)
    assert excerpt(page, 12) == "word word…"
    assert len(excerpt(page)) <= 200

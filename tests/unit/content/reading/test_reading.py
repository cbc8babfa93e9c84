"""Whatever a document holds, it becomes a page, and no text is lost on the way."""

import pytest
from hypothesis import given

from palimpsest.content import html, markdown, text
from palimpsest.content.blocks import Data, Page, RichText, Root, Source
from palimpsest.content.reading import page_of
from palimpsest.content.reading.elements import blocks_of
from palimpsest.content.tree import Element, Embed, Run, Text
from palimpsest.content.tree import Root as TreeRoot
from tests.outline import outline_of
from tests.unit.content.reading.trees import LETTERS, NAMES, el, formatted, p, roots, text_in


def letters(words: str) -> str:
    return "".join(letter for letter in words if letter in LETTERS)


def shown(root: Root) -> str:
    match root:
        case RichText(blocks=blocks):
            return outline_of(blocks)
        case Source(text=source):
            return source
        case Data():
            return ""


def held(root: TreeRoot) -> str:
    match root.content:
        case Text() as inner:
            return text_in(inner)
        case tuple(nodes):
            return text_in(*nodes)
        case _:
            return ""


@given(roots)
def test_no_text_is_lost_and_none_is_made_up(tree: list[TreeRoot]) -> None:
    page = page_of(tree)
    assert [root.name for root in page.roots] == [root.name for root in tree]
    for root, source in zip(page.roots, tree, strict=True):
        assert sorted(letters(shown(root))) == sorted(letters(held(source)))


@given(roots)
def test_every_page_that_is_read_can_be_written(tree: list[TreeRoot]) -> None:
    page = page_of(tree)
    for write in (html.write, markdown.write, text.write):
        assert isinstance(write(page), str)


@pytest.mark.parametrize("outer", NAMES)
def test_whatever_stands_in_whatever_no_text_is_lost(outer: str) -> None:
    for inner in NAMES:
        texts = [el(inner, letter) for letter in "аб"]
        for children in (texts, [*texts, "в"], ["в", *texts], [texts[0], "в", el(inner, *texts)]):
            nodes = (el("table", el("row", el(outer, *children))), el(outer, *children))
            held_letters = sorted(letters(text_in(*nodes)))
            assert sorted(letters(outline_of(blocks_of(nodes)))) == held_letters, inner


def test_a_document_without_roots_is_an_empty_page() -> None:
    assert page_of([]) == Page()


def test_text_without_formats_is_source() -> None:
    plain = Text((Run("# one\n"), Run("two")))
    assert page_of([TreeRoot("t", plain)]) == Page((Source("t", "# one\ntwo"),))


def test_text_with_formats_or_embeds_is_rich() -> None:
    for rich in (formatted("a", bold=True), Text((Run("a"), Run(Embed({"image": "a.png"}))))):
        (root,) = page_of([TreeRoot("t", rich)]).roots
        assert isinstance(root, RichText)


def test_elements_are_rich_text_and_maps_and_arrays_are_data() -> None:
    page = page_of([TreeRoot("a", (p("x"),)), TreeRoot("b", {"k": [1]}), TreeRoot("c", [None])])
    assert list(map(type, page.roots)) == [RichText, Data, Data]
    assert page.roots[1:] == (Data("b", {"k": [1]}), Data("c", [None]))


def test_elements_nested_without_end_are_read_without_recursion() -> None:
    for name in ("poll", "blockquote", "bulletList", "listItem", "blockGroup", "link", "table"):
        node: Element | Text = formatted("а")
        for _ in range(5_000):
            node = Element(name, {}, (node,))
        (root,) = page_of([TreeRoot("t", (node,))]).roots
        assert letters(shown(root)) == "а"


def test_texts_nested_without_end_are_read_without_recursion() -> None:
    for own in ({}, {"__type": "link"}, {"__type": "listitem"}, {"__type": "table"}):
        node = formatted("а")
        for _ in range(5_000):
            node = Text((Run(node),), own)
        (root,) = page_of([TreeRoot("t", (node,))]).roots
        assert letters(shown(root)) == "а"

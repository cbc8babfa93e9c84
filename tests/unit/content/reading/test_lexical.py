"""Lexical's nodes, which are texts that tell their type."""

from typing import Any

import pytest

from palimpsest.content.reading.elements import blocks_of
from palimpsest.content.reading.lexical import as_element, is_of_lexical
from palimpsest.content.tree import Element, Embed, Node, Run, Text
from tests.outline import outline_of
from tests.unit.content.reading.trees import formatted, p


def node(kind: str, *content: "Node | str | Embed", **own: Any) -> Text:
    """Return a node of Lexical's; `own` are its properties without their underscores."""
    return Text(tuple(map(Run, content)), {"__type": kind} | {f"__{k}": v for k, v in own.items()})


def embed(kind: str, **own: Any) -> Embed:
    return Embed({"__type": kind} | {f"__{key}": value for key, value in own.items()})


def outline(*nodes: Node) -> list[str]:
    return outline_of(blocks_of(nodes, as_element)).splitlines()


def test_nodes_of_lexical_are_told_from_others() -> None:
    assert is_of_lexical([node("paragraph")])
    assert not is_of_lexical([formatted("a"), p("b")])
    assert not is_of_lexical([])


@pytest.mark.parametrize(
    ("bit", "mark"),
    list(enumerate(["bold", "italic", "strike", "underline", "code", "sub", "sup", "highlight"])),
)
def test_formats_are_bits(bit: int, mark: str) -> None:
    assert outline(node("paragraph", embed("text", format=1 << bit), "a")) == [f"p {{{mark}: a}}"]


def test_a_format_is_of_the_text_that_follows_it() -> None:
    parts = "a", embed("text", format=3), "b", embed("text", format="?"), "c"
    assert outline(node("paragraph", *parts)) == ["p a{bold italic: b}c"]


def test_lines_break_and_tabs_stay() -> None:
    parts = embed("text"), "a", embed("linebreak"), embed("tab"), "b"
    assert outline(node("paragraph", *parts)) == ["p a{br}\tb"]


def test_a_list_within_a_list_is_an_item_of_it() -> None:
    inner = node("list", node("listitem", "b"), listType="number", start=3)
    outer = node("list", node("listitem", "a"), node("listitem", inner), listType="bullet")
    assert outline(outer) == ["ul a", "    ol start=3 b"]


def test_a_list_to_check_has_tasks() -> None:
    items = node("listitem", "a", checked=True), node("listitem", "b")
    assert outline(node("list", *items, listType="check")) == ["task checked=True a", "task b"]


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1, ""), (2, " align=center"), (3, " align=end"), (4, " align=justify"), (99, ""), ("", "")],
)
def test_how_a_line_is_aligned_is_a_number(number: Any, shown: str) -> None:
    assert outline(node("paragraph", "a", format=number, dir="rtl")) == [f"p{shown} dir=rtl a"]


def test_headings_source_text_and_quotes_are_those_of_others() -> None:
    assert outline(node("heading", "a", tag="h3")) == ["h level=3 a"]
    assert outline(node("quote", "a")) == ["quote a"]
    assert outline(node("code", "a", language="js")) == ["code language=js 'a'"]


def test_a_cell_is_a_header_by_its_state() -> None:
    cells = node("tablecell", "a", headerState=1, colSpan=2), node("tablecell", "b", headerState=0)
    table = node("table", node("tablerow", *cells))
    assert outline(table) == [
        *("table", "  row", "    header 2x1", "      p a", "    cell", "      p b")
    ]


def test_links_lead_where_they_say() -> None:
    link = node("link", "a", url="/a"), node("autolink", "b", url="/b")
    assert outline(node("paragraph", *link)) == ["p {link=/a: a}{link=/b: b}"]


def test_what_shows_things_is_an_element() -> None:
    picture = Element("UNDEFINED", {"__type": "image", "__src": "a.png", "__altText": "A"})
    line = Element("UNDEFINED", {"__type": "horizontalrule"})
    poll = Element("UNDEFINED", {"__type": "poll"})
    shown = outline(node("paragraph", picture), line, picture, poll)
    assert shown == [
        *("p {inlineimage src=a.png alt=A}", "divider", "figure src=a.png alt=A", "unknown poll:")
    ]


def test_a_value_among_text_that_is_no_node_is_unknown() -> None:
    assert outline(node("paragraph", "a", Embed(7))) == ["p a{unknown }"]


def test_what_is_not_of_lexical_stays_as_it_is() -> None:
    for other in (formatted("a", bold=True), p("b")):
        assert as_element(other) is other

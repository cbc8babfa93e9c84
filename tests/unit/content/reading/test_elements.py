"""Elements as ProseMirror, Tiptap, BlockNote and we write them, and as nobody should."""

from typing import Any

import pytest

from palimpsest.content.blocks import (
    INDENT_MAX,
    TABLES_DEEP_MAX,
    Align,
    AnyBlock,
    Block,
    BlockType,
    Direction,
    Table,
    Unknown,
)
from palimpsest.content.reading.elements import blocks_of
from palimpsest.content.tree import Element, Embed, Node, Run, Text
from tests.outline import outline_of
from tests.unit.content.reading.trees import el, p


def outline(*nodes: Node) -> list[str]:
    return outline_of(blocks_of(nodes)).splitlines()


def only(*nodes: Node) -> AnyBlock:
    (block,) = blocks_of(nodes)
    return block


# Lists


def test_what_follows_the_first_paragraph_of_an_item_stands_in_it() -> None:
    item = el(
        "listItem", p("a"), p("b"), el("codeBlock", "c"), el("bulletList", el("listItem", p("d")))
    )
    assert outline(el("bulletList", item)) == ["ul a", "    p b", "    code 'c'", "    ul d"]


def test_an_item_that_begins_with_no_paragraph_has_no_text_of_its_own() -> None:
    item = el("listItem", el("codeBlock", "c"), p("b"))
    assert outline(el("orderedList", item)) == ["ol", "    code 'c'", "    p b"]


def test_an_item_may_hold_text_itself() -> None:
    assert outline(el("bulletList", el("listItem", "a", p("b")))) == ["ul a", "    p b"]


def test_the_first_number_of_a_list_is_kept_and_no_other() -> None:
    items = el("listItem", p("a")), el("listItem", p("b"))
    assert outline(el("orderedList", *items, start=4)) == ["ol start=4 a", "ol b"]
    assert outline(el("ordered_list", *items, order=4)) == ["ol start=4 a", "ol b"]
    assert outline(el("orderedList", *items, start=1)) == ["ol a", "ol b"]


def test_a_list_behind_a_list_does_not_count_on() -> None:
    numbered = el("orderedList", el("listItem", p("a"), el("bulletList", el("listItem", p("b")))))
    assert outline(numbered, numbered) == ["ol a", "    ul b", "ol start=1 a", "    ul b"]
    assert outline(numbered, p("x"), numbered) == ["ol a", "    ul b", "p x", "ol a", "    ul b"]
    assert outline(numbered, el("orderedList"), numbered)[2] == "ol start=1 a"


def test_an_item_of_a_list_of_tasks_is_a_task() -> None:
    items = el("taskItem", p("a"), checked=True), el("taskItem", p("b"))
    assert outline(el("taskList", *items)) == ["task checked=True a", "task b"]
    assert outline(el("taskList", el("listItem", p("a"), checked=True))) == ["task checked=True a"]


def test_an_item_outside_of_any_list_is_one_of_bullets() -> None:
    assert outline(el("listItem", p("a"))) == ["ul a"]


# Containers


def test_a_quote_holds_its_first_paragraph_and_the_rest() -> None:
    quote = el("blockquote", p("a"), p("b"), el("heading", "c", level=3))
    assert outline(quote) == ["quote a", "    p b", "    h level=3 c"]
    assert outline(el("blockquote", el("heading", "c", level=3))) == ["quote", "    h level=3 c"]


@pytest.mark.parametrize(
    ("attributes", "collapsed"), [({}, ""), ({"open": False}, " collapsed=True")]
)
def test_details_are_a_toggle_with_their_summary(attributes: Any, collapsed: str) -> None:
    inner = el("detailsSummary", "a"), el("detailsContent", p("b"), p("c"))
    shown = outline(el("details", *inner, **attributes))
    assert shown == [f"toggle{collapsed} a", "    p b", "    p c"]


def test_blocks_below_a_block_of_blocknote_are_indented_and_have_ids() -> None:
    inner = el("blockGroup", el("blockContainer", p("b"), id="2"))
    outer = el("blockContainer", el("heading", "a", level=2, isToggleable=True), inner, id="1")
    assert outline(el("blockGroup", outer)) == ["toggle id=1 level=2 a", "    p id=2 b"]


def test_nothing_is_indented_beyond_the_limit() -> None:
    node = p("a")
    for _ in range(INDENT_MAX + 5):
        node = el("blockquote", el("divider"), node)
    assert max(block.indent for block in blocks_of((node,))) == INDENT_MAX


# Attributes


@pytest.mark.parametrize("wrong", [None, True, -1, 10**12, 1.5, "?", [], {}, ""], ids=repr)
def test_an_attribute_of_a_wrong_type_or_out_of_bounds_is_none(wrong: Any) -> None:
    names = ["indent", "type", "level", "start", "align", "dir", "tone"]
    assert only(Element("block", dict.fromkeys(names, wrong))) == Block()
    assert only(Element("heading", {"level": wrong})) == Block(type=BlockType.H, level=1)
    cell = el("tableCell", colspan=wrong, rowspan=wrong, header="true")
    assert outline(el("table", el("tableRow", cell))) == ["table", "  row", "    cell"]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("align", "center", Align.CENTER),
        ("textAlign", "right", Align.END),
        ("textAlignment", "justify", Align.JUSTIFY),
        ("align", "start", Align.START),
        ("textAlign", "left", None),
    ],
)
def test_how_a_line_is_aligned_has_several_names(
    name: str, value: str, expected: Align | None
) -> None:
    assert only(Element("paragraph", {name: value})) == Block(align=expected)


def test_a_line_has_the_direction_that_it_says() -> None:
    assert only(p("a", dir="rtl")) == only(p("a", dir=Direction.RTL.value))
    assert outline(p("a", dir="rtl")) == ["p dir=rtl a"]


def test_a_paragraph_may_be_indented_by_an_attribute() -> None:
    assert outline(p("a", indent=2)) == ["        p a"]


@pytest.mark.parametrize("name", ["language", "lang", "params"])
def test_source_text_has_a_language_of_several_names(name: str) -> None:
    assert outline(Element("code_block", {name: "js"})) == ["code language=js ''"]


def test_source_text_is_without_marks_and_its_last_newline() -> None:
    bold = Text((Run("a\n", {"bold": {}}), Run("b\n"), Run("\n")))
    assert outline(el("codeBlock", bold, el("hardBreak"), "c")) == [r"code 'a\nb\n\n\nc'"]
    assert outline(el("codeBlock", "a\n")) == ["code 'a'"]


def test_files_of_all_kinds_are_files() -> None:
    for name in ("file", "video", "audio", "youtube"):
        shown = outline(Element(name, {"src": "a.mp4", "title": "A", "size": 12}))
        assert shown == ["file src=a.mp4 name=A size=12"]


# Names


def test_an_unknown_element_is_shown_as_what_is_in_it() -> None:
    assert outline(el("poll", p("a"), el("chart", "b"))) == [
        "unknown poll:",
        "    p a",
        "    unknown chart: b",
    ]
    assert only(el("poll")) == Unknown(name="poll")


def test_an_unknown_element_among_text_is_marked() -> None:
    assert outline(p("a", el("poll", "b"), el("chart"))) == ["p a{unknown=poll: b}{unknown chart}"]
    assert outline(el("poll", "a", el("chart", "b"))) == ["unknown poll: a{unknown=chart: b}"]


def test_a_picture_stands_alone_or_among_words() -> None:
    picture = el("image", src="a.png")
    assert outline(picture) == ["figure src=a.png"]
    assert outline(p(picture)) == ["p {inlineimage src=a.png}"]
    assert outline(el("listItem", "a", picture)) == ["ul a{inlineimage src=a.png}"]


def test_what_belongs_into_a_line_and_stands_in_none_gets_one() -> None:
    mention = el("mention", id="ann")
    assert outline(el("blockGroup", mention, "a")) == ["p {mention label=ann id=ann}", "p a"]


def test_blocks_in_a_line_follow_it_indented() -> None:
    assert outline(p("a", el("divider"), "b")) == ["p ab", "    divider"]


def test_a_link_may_be_an_element() -> None:
    link = el("link", "a", el("link", "b", href="/2"), href="/1")
    assert outline(p(link)) == ["p {link=/1: a}{link=/1 link=/2: b}"]


def test_an_element_without_a_name_is_not_there_but_what_is_in_it_is() -> None:
    assert outline(el("", p("a"), el("", p("b")))) == ["p a", "p b"]


def test_a_text_may_hold_embeds_and_elements() -> None:
    runs = Run("a"), Run(Embed({"formula": "x"})), Run(el("poll", "b"), {"bold": {}})
    assert outline(el("paragraph", Text(runs))) == ["p a{math x}{bold unknown=poll: b}"]


def test_empty_texts_are_no_lines() -> None:
    assert blocks_of((Text(), el("blockGroup", Text()))) == ()


# Tables


def cell(*children: Node | str, **attributes: Any) -> Element:
    return el("tableCell", *children, **attributes)


def test_cells_hold_blocks_and_may_span_several() -> None:
    head = el("tableHeader", p("a"), colspan=2), el("table_header", rowspan=3)
    shown = outline(el("table", el("tableRow", *head), el("table_row", cell("b", p("c")))))
    assert shown == [
        "table",
        "  row",
        "    header 2x1",
        "      p a",
        "    header 1x3",
        "  row",
        "    cell",
        "      p b",
        "      p c",
    ]


def test_what_is_no_row_or_no_cell_becomes_one() -> None:
    shown = outline(el("table", p("a"), el("row", p("b"), cell("c"))))
    assert shown == [
        *("table", "  row", "    cell", "      p a"),
        *("  row", "    cell", "      p b", "    cell", "      p c"),
    ]


def test_rows_and_cells_outside_of_tables_are_not_there_but_what_is_in_them_is() -> None:
    assert outline(el("tableRow", cell(p("a"))), cell("b")) == ["p a", "p b"]


def test_tables_stand_in_tables_as_deep_as_the_model_has_it() -> None:
    node = p("a")
    for _ in range(TABLES_DEEP_MAX + 1):
        node = el("table", el("row", el("cell", node)))
    table = only(node)
    for _ in range(TABLES_DEEP_MAX - 1):
        assert isinstance(table, Table)
        (((inner,),),) = (tuple(cell.blocks for cell in row) for row in table.rows)
        table = inner
    assert isinstance(table, Table)
    assert outline_of(table.rows[0][0].blocks) == "unknown table:\n    p a"

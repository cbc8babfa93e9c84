"""Markdown is read back as the page that was written, up to what Markdown cannot say."""

from typing import Any

import pytest
from hypothesis import given

from palimpsest.content import markdown
from palimpsest.content.blocks import (
    AnyBlock,
    Block,
    BlockType,
    Break,
    Cell,
    Code,
    Data,
    Divider,
    Figure,
    File,
    Inline,
    InlineImage,
    InlineMath,
    Mark,
    MarkName,
    Math,
    Mention,
    Page,
    RichText,
    Source,
    Table,
    Text,
    Tone,
    Unknown,
    UnknownInline,
)
from tests.unit.content.markdown_normal_form import normal_form
from tests.unit.content.markdown_reading import read
from tests.unit.content.pages import SYNTAX, pages, pages_that_markdown_says


@given(pages_that_markdown_says)
def test_what_was_written_is_read_back(page: Page) -> None:
    assert read(markdown.write(page)) == normal_form(page)


@given(pages)
def test_whatever_a_page_holds_it_brings_no_html_of_its_own(page: Page) -> None:
    read(markdown.write(page))


BOLD = Text("a", frozenset({Mark(MarkName.BOLD)}))
CODE = Text("a", frozenset({Mark(MarkName.CODE)}))
LINK = Text("a", frozenset({Mark(MarkName.LINK, "/a")}))


@pytest.mark.parametrize("syntax", SYNTAX)
@pytest.mark.parametrize("type_", [BlockType.P, BlockType.H, BlockType.TASK, BlockType.QUOTE])
def test_text_is_never_taken_for_syntax(syntax: str, type_: BlockType) -> None:
    sign, more = Text(syntax), Text(f"{syntax} a")
    for content in (
        (sign,),
        (more, Break(), more),
        (sign, Break(), sign),
        (BOLD, sign, BOLD),
        (sign, CODE, sign),
        (sign, LINK, sign),
        (Text("a"), sign, Text("a")),
    ):
        page = page_of(Block(type=type_, content=content))
        assert read(markdown.write(page)) == normal_form(page)


def test_a_backtick_before_code_is_not_counted_among_its_own() -> None:
    assert written(Block(content=(Text("a`"), CODE))) == "a&#96;`a`\n"


def page_of(*blocks: AnyBlock) -> Page:
    return Page((RichText("default", blocks),))


def written(*blocks: AnyBlock) -> str:
    return markdown.write(page_of(*blocks))


def marked(text: str, *names: MarkName) -> Text:
    return Text(text, frozenset(Mark(name) for name in names))


def linked(text: str, address: str) -> Text:
    return Text(text, frozenset({Mark(MarkName.LINK, address)}))


def item(type_: BlockType, text: str, indent: int = 0, **more: Any) -> Block:
    return Block(type=type_, content=(Text(text),), indent=indent, **more)


def test_a_page_looks_as_a_person_would_write_it() -> None:
    page = page_of(
        item(BlockType.H, "Plan", level=2),
        Block(content=(Text("We "), marked("must", MarkName.BOLD), Text(" do it.\nSoon."))),
        item(BlockType.UL, "one"),
        item(BlockType.UL, "two"),
        item(BlockType.OL, "first", 1, start=3),
        item(BlockType.OL, "second", 1),
        item(BlockType.TASK, "done", checked=True),
        item(BlockType.TASK, "to do"),
        item(BlockType.QUOTE, "said"),
        item(BlockType.CALLOUT, "hot", tone=Tone.WARNING),
        Code(text="x = 1\n", language="python"),
        Divider(),
        Math(tex="a^2"),
        Block(content=(Text("so "), InlineMath("b"), Text(" and "), linked("this", "/x"))),
        Figure(src="/a.png", alt="A cat", caption='Our "cat"'),
    )
    assert markdown.write(page) == EXPECTED_PAGE


EXPECTED_PAGE = r"""## Plan

We **must** do it.\
Soon.

- one

- two

  3. first
  4. second

- [x] done
- [ ] to do

> said

> [!WARNING]
> hot

```python
x = 1

```

***

```math
a^2
```

so $`b`$ and [this](/x)

![A cat](/a.png "Our \"cat\"")
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (MarkName.BOLD, "**a**"),
        (MarkName.ITALIC, "_a_"),
        (MarkName.STRIKE, "~~a~~"),
        (MarkName.CODE, "`a`"),
        (MarkName.UNDERLINE, "<u>a</u>"),
        (MarkName.HIGHLIGHT, "<mark>a</mark>"),
        (MarkName.SUP, "<sup>a</sup>"),
        (MarkName.SUB, "<sub>a</sub>"),
        (MarkName.COMMENT, "a"),
        (MarkName.UNKNOWN, "a"),
    ],
)
def test_a_mark_has_its_sign(name: MarkName, expected: str) -> None:
    assert written(Block(content=(marked("a", name),))) == f"{expected}\n"


def test_a_mark_goes_on_where_another_begins_or_ends() -> None:
    both = (MarkName.BOLD, MarkName.ITALIC)
    content = (marked("a ", MarkName.BOLD), marked("b", *both), marked(" c", MarkName.BOLD))
    assert written(Block(content=content)) == "**a _b_ c**\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ((marked(" a", MarkName.BOLD),), "<strong> a</strong>"),
        ((Text("a"), marked("b", MarkName.ITALIC)), "a<em>b</em>"),
        ((Text("a"), marked("(b)", MarkName.BOLD), Text("c")), "a<strong>(b)</strong>c"),
        ((Text("a"), marked("€", MarkName.BOLD)), "a<strong>€</strong>"),
        ((Text("a "), marked("€", MarkName.BOLD)), "a **€**"),
        ((marked("\u2028a", MarkName.BOLD),), "<strong>\u2028a</strong>"),
    ],
)
def test_where_a_sign_would_not_work_there_is_a_tag(
    content: tuple[Inline, ...], expected: str
) -> None:
    assert written(Block(content=content)) == f"{expected}\n"


def test_signs_work_whether_or_not_a_reader_looks_through_a_strike() -> None:
    strike = (MarkName.STRIKE, MarkName.ITALIC)
    content = (Text("a"), marked("b", MarkName.STRIKE), marked("c", *strike))
    assert written(Block(content=content)) == "a~~b~~<em>~~c~~</em>\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a`b", "``a`b``"),
        ("`a", "`` `a ``"),
        (" a ", "`  a  `"),
        ("  ", "`  `"),
        (" \u00a0 ", "`  \u00a0  `"),
        ("a_*<b>", "`a_*<b>`"),
    ],
)
def test_code_among_words_is_left_as_it_is(text: str, expected: str) -> None:
    assert written(Block(content=(marked(text, MarkName.CODE),))) == f"{expected}\n"


def test_code_that_would_define_a_reference_or_end_a_cell_is_in_a_tag() -> None:
    code = Text("a]: b", frozenset({Mark(MarkName.CODE), Mark(MarkName.LINK, "/x")}))
    assert written(Block(content=(code,))) == "[<code>a\\]: b</code>](/x)\n"
    cell = Cell(blocks=(Block(content=(marked("a\\|b", MarkName.CODE),)),))
    assert "| <code>a\\\\\\|b</code> |" in written(Table(rows=((cell,),)))


def test_a_fence_is_longer_than_any_inside() -> None:
    assert written(Code(text="```\na\n````")) == "`````\n```\na\n````\n`````\n"


def test_a_language_is_one_word() -> None:
    assert written(Code(text="a", language="c++ ` x\n")) == "```c++x\na\n```\n"


def test_an_address_that_pages_may_not_lead_to_is_left_out() -> None:
    assert written(Block(content=(linked("a", "javascript:alert(1)"),))) == "a\n"
    image = InlineImage(src="javascript:1", alt="*a*", href="data:text/html,x")
    assert written(Block(content=(image,))) == "\\*a\\*\n"
    assert (
        written(Figure(src="data:image/svg+xml,x", alt="# a", caption="- b")) == "\\# a\\\n\\- b\n"
    )
    assert written(File(src="vbscript:x", name="f")) == "f\n"


def test_of_several_links_the_first_allowed_one_is_kept() -> None:
    text = Text("a", frozenset({Mark(MarkName.LINK, "data:x"), Mark(MarkName.LINK, "/y")}))
    assert written(Block(content=(text,))) == "[a](/y)\n"


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (item(BlockType.TOGGLE, "a", level=2, collapsed=True), "- a"),
        (Unknown(name="widget", content=(Text("a"),)), "a"),
        (Unknown(name="widget"), "\\[widget\\]"),
        (Block(content=(UnknownInline("chip"),)), "\\[chip\\]"),
        (Block(content=(Mention("Ann_B*", "1", "person"),)), "@Ann_B\\*"),
        (File(src="/f", name="f.pdf", size=3, caption="read"), "[f.pdf](/f)\\\nread"),
        (File(src="/f"), "[/f](/f)"),
        (item(BlockType.CALLOUT, "a"), "> [!NOTE]\n> a"),
        (item(BlockType.H, "a #"), "# a \\#"),
        (item(BlockType.H, "a\\#"), "# a\\\\#"),
        (item(BlockType.H, "a\nb"), "# a<br>b"),
        (item(BlockType.H, ""), "#"),
        (item(BlockType.TASK, ""), "- [ ] &#32;"),
        (item(BlockType.UL, ""), "-"),
        (item(BlockType.QUOTE, ""), ">"),
        (item(BlockType.P, ""), ""),
        (item(BlockType.P, " a\t"), "&#32;a&#9;"),
        (item(BlockType.P, "a\n\n"), "a"),
        (Math(tex=""), ""),
        (Block(content=(InlineMath(""),)), ""),
        (Table(rows=()), ""),
        (Table(rows=((),)), ""),
    ],
)
def test_what_markdown_has_no_words_for_is_said_as_well_as_can_be(
    block: AnyBlock, expected: str
) -> None:
    assert written(block) == (f"{expected}\n" if expected else "")


def test_what_an_unknown_element_holds_stands_where_it_stood() -> None:
    page = page_of(Unknown(name="columns"), item(BlockType.UL, "a", 1), item(BlockType.P, "b"))
    assert markdown.write(page) == "- a\n\nb\n"


def test_lists_that_are_two_stay_two() -> None:
    page = page_of(*(item(BlockType.OL, "a", start=1) for _ in range(3)))
    assert markdown.write(page) == "1. a\n\n1) a\n\n1. a\n"


def test_numbers_grow_no_longer_than_readers_take_them() -> None:
    page = page_of(item(BlockType.OL, "a", start=999_999_999), item(BlockType.OL, "b"))
    assert markdown.write(page) == "999999999. a\n999999999. b\n"


def test_nothing_takes_markers_in_one_line_for_a_divider() -> None:
    page = page_of(*(item(BlockType.UL, "", indent) for indent in range(3)))
    assert markdown.write(page) == "-\n  -\n    -\n"
    assert read(markdown.write(page)) == normal_form(page)


def test_cells_that_reach_over_others_leave_them_empty() -> None:
    def cell(text: str, **spans: Any) -> Cell:
        return Cell(blocks=(item(BlockType.P, text),), **spans)

    rows = (
        (cell("a", colspan=2, header=True), cell("b", rowspan=2, header=True)),
        (cell("c"),),
        (cell("d|"), cell("e"), cell("f\ng")),
    )
    assert written(Table(rows=rows)).splitlines() == [
        "| a |  | b |",
        "| --- | --- | --- |",
        "| c |",
        "| d\\| | e | f<br>g |",
    ]


def test_a_cell_says_all_its_blocks_in_lines() -> None:
    inner = Table(rows=((Cell(blocks=(item(BlockType.P, "x"),)), Cell()),))
    blocks: tuple[AnyBlock, ...] = (
        item(BlockType.UL, "- a"),
        Code(text="b\nc"),
        Divider(),
        Math(tex="d"),
        Figure(src="/e", alt="e", caption="f"),
        File(src="/g", name="g"),
        Unknown(name="h"),
        inner,
    )
    line = written(Table(rows=((Cell(blocks=blocks),),))).splitlines()[-1]
    assert line == ("| - a<br>`b`<br>`c`<br>$`d`$<br>![e](/e)<br>f<br>[g](/g)<br>\\[h\\]<br>x |")


def test_spans_do_not_let_a_table_grow_out_of_all_proportion() -> None:
    row = (Cell(colspan=100, rowspan=100),) * 3
    text = written(Table(rows=(row,) * 200))
    assert len(text) < 200 * 1000


def test_other_roots_are_fenced() -> None:
    page = Page((Source("a", "x\n```"), Data("b", {"c": [1, "é"]}), RichText("c")))
    assert markdown.write(page) == (
        '````\nx\n```\n````\n\n```json\n{\n  "c": [\n    1,\n    "é"\n  ]\n}\n```\n'
    )


def test_an_empty_page_is_empty() -> None:
    assert markdown.write(Page()) == ""

"""HTML says all that a page holds, and runs nothing of it."""

from typing import Any

import pytest
from hypothesis import given

from palimpsest.content import html
from palimpsest.content.blocks import (
    Align,
    AnyBlock,
    Block,
    BlockType,
    Break,
    Cell,
    Code,
    Data,
    Direction,
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
from palimpsest.content.html_tags import MARK_TAGS, sanitized
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


def written(*blocks: AnyBlock) -> str:
    """Return the blocks as HTML, without the section around them."""
    html_ = html.write(Page((RichText("default", blocks),)))
    return html_.removeprefix('<section data-root="default">').removesuffix("</section>")


def item(type_: BlockType, text: str, indent: int = 0, **more: Any) -> Block:
    return Block(type=type_, content=(Text(text),), indent=indent, **more)


def marked(text: str, *names: MarkName) -> Text:
    return Text(text, frozenset(Mark(name) for name in names))


def line(*content: Inline) -> str:
    return written(Block(content=content)).removeprefix("<p>").removesuffix("</p>")


def test_neighbours_are_one_list_with_lists_in_it() -> None:
    assert written(
        item(BlockType.UL, "a"),
        item(BlockType.OL, "b", 1, start=3),
        item(BlockType.OL, "c", 1),
        item(BlockType.P, "d", 1),
        item(BlockType.UL, "e"),
        item(BlockType.OL, "f", start=1),
        item(BlockType.UL, "g", 2),
    ) == (
        '<ul><li>a<ol start="3"><li>b</li><li>c</li></ol><p>d</p></li><li>e</li></ul>'
        '<ol><li>f<ul data-indent="1"><li>g</li></ul></li></ol>'
    )


def test_tasks_have_boxes_that_cannot_be_ticked() -> None:
    assert written(item(BlockType.TASK, "a", checked=True), item(BlockType.TASK, "b")) == (
        '<ul class="tasks">'
        '<li><label><input type="checkbox" disabled="" checked=""> a</label></li>'
        '<li><label><input type="checkbox" disabled=""> b</label></li></ul>'
    )


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([item(BlockType.H, "A b", level=3)], '<h3 id="h-a-b">A b</h3>'),
        ([item(BlockType.P, "a", 2, id="x")], '<p data-block="x" data-indent="2">a</p>'),
        (
            [item(BlockType.P, "a", align=Align.CENTER, dir=Direction.RTL)],
            '<p data-align="center" dir="rtl">a</p>',
        ),
        (
            [item(BlockType.QUOTE, "a"), item(BlockType.UL, "b", 1), item(BlockType.QUOTE, "c")],
            "<blockquote><p>a</p><ul><li>b</li></ul><p>c</p></blockquote>",
        ),
        (
            [Block(type=BlockType.QUOTE), item(BlockType.UL, "b", 1)],
            "<blockquote><ul><li>b</li></ul></blockquote>",
        ),
        (
            [item(BlockType.CALLOUT, "a", tone=Tone.TIP), item(BlockType.P, "b", 1)],
            '<div class="callout" role="note" data-tone="tip"><p>a</p><p>b</p></div>',
        ),
        (
            [item(BlockType.TOGGLE, "a", collapsed=True), item(BlockType.P, "b", 1)],
            "<details><summary>a</summary><p>b</p></details>",
        ),
        (
            [item(BlockType.TOGGLE, "a", level=2)],
            '<details open=""><summary><h2 id="h-a">a</h2></summary></details>',
        ),
        (
            [Code(text="\na < b", language="c++")],
            '<pre><code class="language-c++">\na &lt; b</code></pre>',
        ),
        ([Code(text="")], "<pre><code></code></pre>"),
        ([Math(tex="a^2")], '<pre class="math"><code class="math">a^2</code></pre>'),
        ([Divider()], "<hr>"),
        ([Unknown(name="w")], '<div class="unknown" data-unknown="w"><p>[w]</p></div>'),
        (
            [Unknown(name="w", content=(Text("a"),)), item(BlockType.P, "b", 1)],
            '<div class="unknown" data-unknown="w"><p>a</p><p>b</p></div>',
        ),
        (
            [Unknown(name="w"), item(BlockType.P, "b", 1)],
            '<div class="unknown" data-unknown="w"><p>b</p></div>',
        ),
    ],
)
def test_a_block_is_what_html_has_for_it(blocks: list[AnyBlock], expected: str) -> None:
    assert written(*blocks) == expected


def test_a_figure_has_its_caption_and_leads_where_it_says() -> None:
    figure = Figure(src="/a.png", alt="A", width=40, caption="c", href="/b")
    assert written(figure) == (
        '<figure><a href="/b" rel="noopener noreferrer">'
        '<img src="/a.png" alt="A" width="40" loading="lazy"></a>'
        "<figcaption>c</figcaption></figure>"
    )


def test_what_may_not_be_shown_is_described() -> None:
    assert written(Figure(src="javascript:1", alt="A", href="data:,x")) == (
        '<figure><img alt="A" loading="lazy"></figure>'
    )
    assert written(File(src="javascript:1", name="f")) == (
        '<figure class="file"><p>f</p></figure>'
    )


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (None, ""),
        (0, " (0 bytes)"),
        (999, " (999 bytes)"),
        (12_345, " (12 kB)"),
        (3_600_000, " (4 MB)"),
        (2**50, " (1125900 GB)"),
    ],
)
def test_a_file_tells_its_size(size: int | None, expected: str) -> None:
    assert written(File(src="/f", size=size, caption="c")) == (
        '<figure class="file"><p><a href="/f" download="" rel="noopener noreferrer">/f</a>'
        f"{expected}</p><figcaption>c</figcaption></figure>"
    )


def test_a_table_tells_what_its_headers_are_headers_of() -> None:
    def cell(text: str, **more: Any) -> Cell:
        return Cell(blocks=(item(BlockType.P, text),), **more)

    rows = (
        (cell("a", header=True), cell("b", header=True, colspan=2)),
        (cell("c", header=True, rowspan=2), cell("d")),
        (),
    )
    assert written(Table(rows=rows)) == (
        '<table><thead><tr><th scope="col"><p>a</p></th>'
        '<th scope="col" colspan="2"><p>b</p></th></tr></thead>'
        '<tbody><tr><th scope="row" rowspan="2"><p>c</p></th><td><p>d</p></td></tr>'
        "<tr></tr></tbody></table>"
    )
    assert written(Table(rows=())) == "<table></table>"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            [marked("a", MarkName.BOLD), marked("b", MarkName.BOLD, MarkName.ITALIC), Text("c")],
            "<strong>a<em>b</em></strong>c",
        ),
        (
            [marked("a", MarkName.ITALIC), marked("b", MarkName.BOLD, MarkName.ITALIC)],
            "<em>a</em><strong><em>b</em></strong>",
        ),
        (
            [marked("a", MarkName.BOLD), Break(), marked("b", MarkName.BOLD)],
            "<strong>a<br>b</strong>",
        ),
        ([Text("a\nb")], "a<br>b"),
        ([Text("<&>\"'\u00a0")], "&lt;&amp;&gt;\"'&nbsp;"),
        (
            [Text("a", frozenset({Mark(MarkName.COMMENT, "1"), Mark(MarkName.COMMENT, "2")}))],
            '<span data-comment="1 2">a</span>',
        ),
        ([Text("a", frozenset({Mark(MarkName.UNKNOWN, "x")}))], '<span data-unknown="x">a</span>'),
        ([Text("a", frozenset({Mark(MarkName.LINK, "javascript:1")}))], "a"),
        (
            [Text("a", frozenset({Mark(MarkName.LINK, "data:,"), Mark(MarkName.LINK, "/b")}))],
            '<a href="/b" rel="noopener noreferrer">a</a>',
        ),
        (
            [Mention("Ann", "1", "person")],
            '<span data-mention="1" data-kind="person">@Ann</span>',
        ),
        ([InlineMath("a<b")], '<code class="math">a&lt;b</code>'),
        ([UnknownInline("chip")], '<span data-unknown="chip">[chip]</span>'),
        (
            [InlineImage(src="/a", alt="b", width=3)],
            '<img src="/a" alt="b" width="3" loading="lazy">',
        ),
    ],
)
def test_an_inline_is_what_html_has_for_it(content: list[Inline], expected: str) -> None:
    assert line(*content) == expected


@pytest.mark.parametrize("name", sorted(MARK_TAGS))
def test_a_mark_has_its_element(name: MarkName) -> None:
    assert line(marked("a", name)) == f"<{MARK_TAGS[name]}>a</{MARK_TAGS[name]}>"


def test_other_roots_are_source_text() -> None:
    assert html.write(Page((Source("a", "x < y"), Data("b", [1])))) == (
        '<section data-root="a"><pre><code>x &lt; y</code></pre></section>'
        '<section data-root="b"><pre><code class="language-json">[\n  1\n]</code></pre></section>'
    )


# The second gate alone: what it would do, did the first one fail.


@pytest.mark.parametrize(
    ("wrong", "mended"),
    [
        ("<script>ran()</script>", "ran()"),
        ("<p onclick=ran() style=x class=y>a</p>", "<p>a</p>"),
        ('<a href="javascript:ran()">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="DATA:image/png,x">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<img src="data:text/html,x">', "<img>"),
        ('<img src="data:image/png;base64,AAAA">', '<img src="data:image/png;base64,AAAA">'),
        ('<div role="alert" class="callout x">a</div>', '<div class="callout">a</div>'),
        ('<input type="image" src="x">', "<input>"),
        ("<svg><p>a</p></svg>", "<p>a</p>"),
        ("<p>a<!-- b --></p>", "<p>a</p>"),
    ],
)
def test_the_second_gate_lets_through_what_is_listed_and_no_more(wrong: str, mended: str) -> None:
    assert sanitized(wrong) == mended


def test_a_link_that_no_browser_can_read_is_lost_in_the_gate_and_its_text_is_not() -> None:
    broken = Text("a", frozenset({Mark(MarkName.LINK, "http://[x/")}))
    assert line(broken) == '<a rel="noopener noreferrer">a</a>'

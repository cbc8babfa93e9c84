"""Plain text has every word of a page, in lines."""

import pytest
from hypothesis import given

from palimpsest.content import text
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
    Unknown,
)
from tests.unit.content.pages import pages


def said(*blocks: AnyBlock) -> list[str]:
    return list(text.lines(Page((RichText("default", blocks),))))


def paragraph(words: str, indent: int = 0) -> Block:
    return Block(content=(Text(words),), indent=indent)


def test_a_line_of_text_says_all_that_stands_in_it() -> None:
    bold = Text("b", frozenset({Mark(MarkName.BOLD)}))
    content = (Text("a "), bold, Break(), Mention("Ann"), Text("\nc "), InlineMath("x"))
    assert said(Block(type=BlockType.TASK, content=content)) == ["a b", "@Ann", "c x"]
    assert text.line(content) == "a b @Ann c x"


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (Block(), [""]),
        (Code(text="a\n b\r\nc"), ["a", " b", "c"]),
        (Math(tex="a\nb"), ["a", "b"]),
        (Divider(), []),
        (Figure(src="/x", alt="a\nb", caption="c"), ["a b", "c"]),
        (Figure(src="/x"), []),
        (File(src="/x", name="a", caption="c"), ["a", "c"]),
        (File(src="/x"), ["/x"]),
        (Unknown(name="w"), ["[w]"]),
        (Unknown(name="w", content=(Text("a\nb"),)), ["a", "b"]),
    ],
)
def test_every_block_says_its_words(block: AnyBlock, expected: list[str]) -> None:
    assert said(block) == expected


def test_an_unknown_element_is_named_only_where_nothing_stands_in_it() -> None:
    assert said(Unknown(name="w"), paragraph("a", 1)) == ["a"]
    assert said(Unknown(name="w"), paragraph("a")) == ["[w]", "a"]


def test_a_row_is_a_line_with_tabs() -> None:
    cells = (
        Cell(blocks=(paragraph("a\nb"), paragraph("c"))),
        Cell(),
        Cell(blocks=(Table(rows=((Cell(blocks=(paragraph("d"),)),),)),)),
    )
    assert said(Table(rows=(cells, ()))) == ["a b c\t\td", ""]


def test_every_root_is_said() -> None:
    page = Page((Source("a", "x\r\ny"), Data("b", ["é"]), RichText("c", (paragraph("z"),))))
    assert text.write(page) == 'x\ny\n[\n  "é"\n]\nz\n'


def test_an_empty_page_says_nothing() -> None:
    assert text.write(Page()) == ""


@given(pages)
def test_what_is_written_are_the_lines(page: Page) -> None:
    lines = list(text.lines(page))
    assert not any("\n" in line for line in lines)
    assert text.write(page) == "".join(f"{line}\n" for line in lines)

"""Writing takes time and room in proportion to the page, whatever its shape.

What is counted is calls, not seconds: twice the page may take twice as many, and a few more.
"""

import json
import sys
from collections.abc import Callable
from types import FrameType

import pytest

from palimpsest.content import data, html, markdown, text
from palimpsest.content.blocks import (
    AnyBlock,
    Block,
    BlockType,
    Cell,
    Code,
    Data,
    Mark,
    MarkName,
    Page,
    RichText,
    Source,
    Table,
    Text,
    Unknown,
)
from palimpsest.content.outline import excerpt, outline, title

WRITERS: dict[str, Callable[[Page], object]] = {
    "html": html.write,
    "markdown": markdown.write,
    "text": text.write,
    "data": lambda page: json.dumps(data.write(page)),
    "outline": lambda page: str(outline(page)),
    "title": title,
    "excerpt": excerpt,
}


def rich(*blocks: AnyBlock) -> Page:
    return Page((RichText("default", blocks),))


def item(type_: BlockType, words: str, indent: int = 0) -> Block:
    return Block(type=type_, content=(Text(words),), indent=indent)


def runs(count: int) -> tuple[Text, ...]:
    names = list(MarkName)
    return tuple(
        Text("word ", frozenset({Mark(names[i % 11], "/a"), Mark(names[i % 7], "/b")}))
        for i in range(count)
    )


SHAPES: dict[str, Callable[[int], Page]] = {
    "paragraphs": lambda count: rich(*[item(BlockType.P, "some *words* <here>")] * count),
    "headings of the same words": lambda count: rich(*[item(BlockType.H, "Same")] * count),
    "a deep list": lambda count: rich(*(item(BlockType.UL, "a", i % 9) for i in range(count))),
    "numbers that begin anew": lambda count: rich(
        *[Block(type=BlockType.OL, start=7, content=(Text("a"),))] * count
    ),
    "quotes": lambda count: rich(*(item(BlockType.QUOTE, "a\nb", i % 9) for i in range(count))),
    "runs": lambda count: rich(Block(content=runs(count))),
    "lines": lambda count: rich(Block(content=(Text("> a\n" * count),))),
    "signs": lambda count: rich(Block(content=(Text("`*_<&[!|#" * count),))),
    "spaces": lambda count: rich(Block(content=(Text(" \t" * count),))),
    "ampersands": lambda count: rich(Block(content=(Text("&#" + "a" * count + "&" * count),))),
    "comments on one word": lambda count: rich(
        Block(
            content=(Text("a", frozenset(Mark(MarkName.COMMENT, str(i)) for i in range(count))),)
        )
    ),
    "a long table": lambda count: rich(
        Table(rows=((Cell(blocks=(item(BlockType.P, "a|b"),)),) * 5,) * count)
    ),
    "a wide table": lambda count: rich(
        Table(rows=((Cell(colspan=100, rowspan=100),) * count,) * 3)
    ),
    "a table of spans": lambda count: rich(
        Table(rows=((Cell(colspan=100, rowspan=100),),) * count)
    ),
    "backticks": lambda count: rich(Code(text="`" * count), Code(text="` " * count)),
    "unknown elements": lambda count: rich(
        *(Unknown(name="w", indent=i % 9) for i in range(count))
    ),
    "an address": lambda count: rich(
        Block(content=(Text("a", frozenset({Mark(MarkName.LINK, "/ &amp" * count)})),))
    ),
    "source text": lambda count: Page((Source("a", "line\r\n" * count),)),
    "data": lambda count: Page((Data("a", [{"a": 1}] * count),)),
}

COUNT = 5_000
GROWTH_MAX = 2.2
ROOM_MAX = 600
"""Characters for each item; a cell that reaches over a hundred columns has most."""


def calls(act: Callable[[], object]) -> int:
    """Return how many calls an action makes."""
    count = 0

    def on_event(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(on_event)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_page_takes_no_more_than_twice_the_work(writer: str, shape: str) -> None:
    write = WRITERS[writer]
    small, large = SHAPES[shape](500), SHAPES[shape](1_000)
    assert calls(lambda: write(large)) <= GROWTH_MAX * calls(lambda: write(small)) + 100


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_large_page_is_written_in_proportion(writer: str, shape: str) -> None:
    written = str(WRITERS[writer](SHAPES[shape](COUNT)))
    assert len(written) <= ROOM_MAX * COUNT

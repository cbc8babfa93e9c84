"""A page as plain text, for searching, counting and comparing: its words, in lines."""

from collections.abc import Iterable, Iterator

from palimpsest.content.blocks import (
    AnyBlock,
    Block,
    Code,
    Data,
    Divider,
    Figure,
    File,
    Inline,
    Math,
    Page,
    RichText,
    Root,
    Source,
    Table,
    Unknown,
)
from palimpsest.content.data import json_text
from palimpsest.content.inlines import clean, is_something, one_line, spoken


def write(page: Page) -> str:
    """Return what the page says as lines of text; rows of tables have tabs between their cells."""
    return "".join(f"{line}\n" for line in lines(page))


def lines(page: Page) -> Iterator[str]:
    """Yield the page's lines, reading no further than asked."""
    for root in page.roots:
        yield from _root(root)


def line(content: Iterable[Inline]) -> str:
    """Return what the inlines say, on one line."""
    return "".join(map(spoken, content)).replace("\n", " ")


def _root(root: Root) -> Iterator[str]:
    match root:
        case RichText(_, blocks):
            yield from _blocks(blocks)
        case Source(_, text):
            yield from clean(text).split("\n")
        case Data(_, value):
            yield from json_text(value).split("\n")


def _blocks(blocks: tuple[AnyBlock, ...]) -> Iterator[str]:
    for position, block in enumerate(blocks):
        match block:
            case Block(content=content):
                yield from "".join(map(spoken, content)).split("\n")
            case Unknown(name=name, content=content):
                following = blocks[position + 1 : position + 2]
                if is_something(content):
                    yield from "".join(map(spoken, content)).split("\n")
                elif not (following and following[0].indent > block.indent):
                    yield f"[{one_line(name)}]"
            case Table(rows=rows):
                for row in rows:
                    yield "\t".join(" ".join(_blocks(cell.blocks)) for cell in row)
            case _:
                yield from _single(block)


def _single(block: Code | Figure | Divider | Math | File) -> Iterator[str]:
    match block:
        case Code(text=text):
            yield from clean(text).split("\n")
        case Math(tex=tex):
            yield from clean(tex).split("\n")
        case Figure(alt=alt, caption=caption):
            yield from filter(None, (one_line(alt), one_line(caption)))
        case File(src=src, name=name, caption=caption):
            yield from filter(None, (one_line(name or src), one_line(caption)))
        case Divider():
            pass

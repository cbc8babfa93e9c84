"""A page as Markdown (GFM), in which no text of the page is taken for syntax, nor for HTML.

What Markdown has no words for is left out: alignment, direction, shifts, widths, ids, comments, an
empty paragraph. A callout is a quote as GitHub marks it; a toggle is a list item; a mention, a
file, an unknown element is what it says. In a table's cell all blocks are lines. Formulas stand in
a fence `math`, and in dollars with backticks among words, so that no other reader misreads them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from palimpsest.content import addresses
from palimpsest.content.blocks import (
    START_MAX,
    AnyBlock,
    Block,
    BlockType,
    Code,
    Data,
    Divider,
    Figure,
    Inline,
    Math,
    Page,
    RichText,
    Root,
    Source,
    Table,
    Tone,
    Unknown,
    UnknownInline,
)
from palimpsest.content.data import json_text
from palimpsest.content.inlines import clean, is_something, language_word
from palimpsest.content.markdown_inlines import TAGGED, longest_backticks, picture
from palimpsest.content.markdown_inlines import write as write_inlines
from palimpsest.content.markdown_tables import in_lines, write_table
from palimpsest.content.nesting import Branch, groups, nest

Lines = list[str]

_LIST_ITEM = re.compile(r"(?:-|\d+[.)])(?: |$)")
# Only such an item ends a paragraph right before it; others would be taken for more of its text.
_ENDS_PARAGRAPH = re.compile(r"(?:-|1[.)]) [^ ]")
_CLOSING_SIGNS = re.compile(r"(?<!\\)#$")

_FENCE_MIN = 3


def write(page: Page) -> str:
    """Return the page as Markdown; roots that are no rich text are fenced."""
    lines: Lines = []
    for root in page.roots:
        _append(lines, _root(root))
    return "".join(f"{line}\n" for line in lines)


def _root(root: Root) -> Lines:
    match root:
        case RichText(_, blocks):
            return _all(nest(blocks))
        case Source(_, text):
            return _fenced(text, "")
        case Data(_, value):
            return _fenced(json_text(value), "json")


def _append(lines: Lines, more: Lines) -> None:
    if lines and more:
        lines.append("")
    lines += more


def _all(branches: Iterable[Branch]) -> Lines:
    lines: Lines = []
    delimiter = ""
    for group in groups(_sayable(branches)):
        first = group[0].block
        if isinstance(first, Block) and first.type is BlockType.OL:
            # Another delimiter begins another list.
            delimiter = ")" if delimiter == "." else "."
            more = _numbered(first.start, group, delimiter)
        elif more := _group(first, group):
            delimiter = ""
        _append(lines, more)
    return lines


def _sayable(branches: Iterable[Branch]) -> Iterator[Branch]:
    """Yield the branches with blocks in them that Markdown has words for."""
    for branch in branches:
        match branch.block:
            case Unknown(name=name, content=content):
                if is_something(content):
                    yield Branch(Block(content=content))
                elif not branch.inside:
                    yield Branch(Block(content=(UnknownInline(name),)))
                yield from _sayable(branch.inside)
            case Block(type=BlockType.TOGGLE) as block:
                yield replace(branch, block=replace(block, type=BlockType.UL))
            case _:
                yield branch


def _group(first: AnyBlock, group: list[Branch]) -> Lines:
    match first:
        case Block(type=BlockType.UL | BlockType.TASK):
            return _list([_item("- ", branch) for branch in group])
        case Block(type=BlockType.QUOTE):
            return _quote(group)
        case Block(type=BlockType.CALLOUT, tone=tone, content=content):
            lines = [f"[!{(tone or Tone.NOTE).upper()}]", *_paragraph(content)]
            _append(lines, _all(group[0].inside))
            return _quoted(lines)
        case _:
            return _one(first)


def _numbered(start: int | None, group: list[Branch], delimiter: str) -> Lines:
    items = []
    for number, branch in enumerate(group, 1 if start is None else start):
        # Readers count for themselves; longer numbers they don't take for numbers.
        items.append(_item(f"{min(number, START_MAX)}{delimiter} ", branch))
    return _list(items)


def _list(items: list[Lines]) -> Lines:
    loose = any("" in item for item in items)
    lines: Lines = []
    for item in items:
        if loose and lines:
            lines.append("")
        lines += item
    return lines


def _item(marker: str, branch: Branch) -> Lines:
    block = branch.block
    assert isinstance(block, Block)
    body = _paragraph(block.content)
    if block.type is BlockType.TASK:
        # A box needs something to stand before.
        body = body or ["&#32;"]
        body[0] = f"[{'x' if block.checked else ' '}] {body[0]}"
    inside = _all(branch.inside)
    if body and inside and not _ENDS_PARAGRAPH.match(inside[0]):
        body.append("")
    elif not body and (not inside or _LIST_ITEM.match(inside[0])):
        # Markers on one line might be read as a line across the page.
        body.append("")
    body += inside
    return [f"{marker}{body[0]}".rstrip(), *_prefixed(" " * len(marker), body[1:])]


def _quote(group: list[Branch]) -> Lines:
    lines: Lines = []
    for branch in group:
        assert isinstance(branch.block, Block)
        _append(lines, _paragraph(branch.block.content))
        _append(lines, _all(branch.inside))
    return _quoted(lines)


def _quoted(lines: Lines) -> Lines:
    return [f"> {line}" if line else ">" for line in lines or [""]]


def _prefixed(prefix: str, lines: Lines) -> Lines:
    return [f"{prefix}{line}" if line else "" for line in lines]


def _one(block: AnyBlock) -> Lines:
    match block:
        case Block(type=BlockType.H, level=level, content=content):
            words = _CLOSING_SIGNS.sub(r"\\#", write_inlines(content, TAGGED))
            return [f"{'#' * (level or 1)} {words}".rstrip()]
        case Code(text=text, language=language):
            return _fenced(text, language_word(language))
        case Math(tex=tex):
            return _fenced(tex, "math") if tex else []
        case Figure(src=src) if address := addresses.image(src):
            return [picture(address, block.alt, block.href, block.caption)]
        case Table():
            return write_table(block)
        case Divider():
            return ["***"]
        case _:
            return _paragraph(in_lines((block,)))


def _paragraph(content: Iterable[Inline]) -> Lines:
    words = write_inlines(content)
    return words.split("\n") if words else []


def _fenced(text: str, language: str) -> Lines:
    text = clean(text)
    fence = "`" * max(_FENCE_MIN, longest_backticks(text) + 1)
    return [f"{fence}{language}", *text.split("\n"), fence]

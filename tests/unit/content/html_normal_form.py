"""What of a page HTML can say, which is nearly all: the blocks that come back when it is read.

- What means nothing where it stands is gone: a level that is no heading's, a start within a list.
- The first of a numbered list has its number. An address that may not be led to is gone.
- A quote's paragraphs are quotes, wherever they stood in it. What a callout or an unknown element
  begins with is its own text, if it has none and nothing tells the two apart.
- Several comments, and several unknown elements, are one mark; an unknown atom is its name.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from palimpsest.content import addresses
from palimpsest.content.blocks import (
    AnyBlock,
    Block,
    BlockType,
    Cell,
    Code,
    Figure,
    Inline,
    InlineImage,
    InlineMath,
    Inlines,
    Mark,
    MarkName,
    Marks,
    Math,
    Mention,
    Page,
    RichText,
    Table,
    Text,
    Unknown,
    UnknownInline,
)
from palimpsest.content.inlines import clean, language_word, one_line, written
from palimpsest.content.nesting import Branch, groups, nest


def normal_form(page: Page) -> list[AnyBlock]:
    """Return what is read back of a page with one root of rich text."""
    [root] = page.roots
    assert isinstance(root, RichText)
    return list(_blocks(root.blocks))


def _blocks(blocks: Iterable[AnyBlock]) -> Iterator[AnyBlock]:
    yield from _branches(nest(blocks))


def _branches(branches: list[Branch]) -> Iterator[AnyBlock]:
    for group in groups(branches):
        match group[0].block:
            case Block(type=BlockType.QUOTE):
                yield from _quote(group)
            case Block(type=BlockType.OL, start=start):
                for number, branch in enumerate(group):
                    first = 1 if start is None else start
                    yield replace(_words(branch.block), start=None if number else first)
                    yield from _branches(branch.inside)
            case Block(type=BlockType.CALLOUT) | Unknown():
                yield from _beginning(group[0])
            case _:
                for branch in group:
                    yield _one(branch.block)
                    yield from _branches(branch.inside)


def _quote(group: list[Branch]) -> Iterator[AnyBlock]:
    indent = group[0].block.indent
    blocks: list[AnyBlock] = []
    for branch in group:
        block = _words(branch.block)
        if block.content or not branch.inside:
            blocks.append(block)
        for inner in _branches(branch.inside):
            is_paragraph = _is_paragraph(inner, indent + 1)
            blocks.append(_as_quote(inner, indent) if is_paragraph else inner)
    if blocks[0].indent > indent:
        yield Block(type=BlockType.QUOTE, indent=indent)
    yield from blocks


def _as_quote(block: AnyBlock, indent: int) -> Block:
    assert isinstance(block, Block)
    return replace(block, type=BlockType.QUOTE, indent=indent)


def _is_paragraph(block: AnyBlock, indent: int) -> bool:
    return isinstance(block, Block) and block.type is BlockType.P and block.indent == indent


def _beginning(branch: Branch) -> Iterator[AnyBlock]:
    block = _one(branch.block)
    inside = list(_branches(branch.inside))
    assert isinstance(block, Block | Unknown)
    if inside and not block.content:
        first = inside[0]
        block = replace(block, content=())
        if isinstance(block, Block):
            block = replace(block, align=None, dir=None)
        if _is_paragraph(first, block.indent + 1) and first.id is None:
            assert isinstance(first, Block)
            inside = inside[1:]
            block = replace(block, content=first.content)
            if isinstance(block, Block):
                block = replace(block, align=first.align, dir=first.dir)
    elif isinstance(block, Unknown) and not block.content:
        block = replace(block, content=line((Text(f"[{block.name}]"),)))
    yield block
    yield from inside


def _one(block: AnyBlock) -> AnyBlock:
    block = replace(block, id=_id(block.id))
    match block:
        case Block():
            return _words(block)
        case Code(text=text, language=language):
            return replace(block, text=clean(text), language=language_word(language) or None)
        case Math(tex=tex):
            return replace(block, tex=clean(tex))
        case Figure():
            return _figure(block)
        case Table(rows=rows):
            cells = (tuple(_cell(cell) for cell in row) for row in rows)
            return replace(block, rows=tuple(cells))
        case Unknown(name=name, content=content):
            return replace(block, name=clean(name), content=line(content))
        case _:
            return block


def _words(block: AnyBlock) -> Block:
    assert isinstance(block, Block)
    type_ = block.type
    level = block.level if type_ in {BlockType.H, BlockType.TOGGLE} else None
    return replace(
        block,
        id=_id(block.id),
        content=line(block.content),
        level=1 if type_ is BlockType.H and level is None else level,
        start=None,
        checked=block.checked and type_ is BlockType.TASK,
        tone=block.tone if type_ is BlockType.CALLOUT else None,
        collapsed=block.collapsed and type_ is BlockType.TOGGLE,
    )


def _id(id_: str | None) -> str | None:
    return None if id_ is None else clean(id_)


def _figure(figure: Figure) -> Figure:
    return replace(
        figure,
        src=addresses.image(figure.src) or "",
        alt=clean(figure.alt),
        caption=clean(figure.caption),
        href=addresses.link(figure.href or ""),
    )


def _cell(cell: Cell) -> Cell:
    return replace(cell, blocks=tuple(_blocks(cell.blocks)))


def line(content: Iterable[Inline]) -> Inlines:
    """Return what is read back of a line."""
    return tuple(written(_said(content)))


def _said(content: Iterable[Inline]) -> Iterator[Inline]:
    for inline in content:
        match inline:
            case Text(text, marks):
                yield Text(text, frozenset(_marks(marks)))
            case InlineImage(src=src, alt=alt, width=width, href=href):
                yield InlineImage(
                    src=addresses.image(src) or "",
                    alt=clean(alt),
                    width=width,
                    href=addresses.link(href or ""),
                )
            case InlineMath(tex):
                yield InlineMath(clean(tex))
            case Mention(label, id_, kind):
                label = one_line(label).removeprefix("@")
                yield Mention(label.removeprefix("@"), clean(id_), clean(kind))
            case UnknownInline(name):
                mark = Mark(MarkName.UNKNOWN, clean(name))
                yield Text(f"[{one_line(name)}]", frozenset({mark}))
            case _:
                yield inline


def _marks(marks: Marks) -> Iterator[Mark]:
    for name in MarkName:
        values = sorted(mark.value for mark in marks if mark.name is name)
        match name:
            case MarkName.LINK:
                allowed = [address for value in values if (address := addresses.link(value))]
                yield from (Mark(name, address) for address in allowed[:1])
            case MarkName.COMMENT | MarkName.UNKNOWN:
                if values:
                    yield Mark(name, clean(" ".join(values)))
            case _:
                yield from (Mark(name, value) for value in values)

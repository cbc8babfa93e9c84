"""What of a page Markdown can say: the blocks that come back when it is read.

- Shifts, ids, widths, alignment, directions and empty paragraphs are gone.
- The first of a numbered list has its number; a callout has a tone, a heading a level.
- A picture alone in a paragraph is a figure. What an item begins with is its own text.
- A quote's paragraphs are quotes, wherever they stood in it.
- A table has as many cells in each row, with one paragraph each, and headers in its first row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from palimpsest.content import addresses
from palimpsest.content.blocks import (
    NO_MARKS,
    AnyBlock,
    Block,
    BlockType,
    Break,
    Cell,
    Code,
    Divider,
    Figure,
    Inline,
    InlineImage,
    InlineMath,
    Mark,
    MarkName,
    Marks,
    Math,
    Page,
    RichText,
    Table,
    Text,
    Tone,
)
from palimpsest.content.inlines import clean, language_word, one_line, written
from palimpsest.content.nesting import Branch, groups, nest

CODE = frozenset({Mark(MarkName.CODE)})


def normal_form(page: Page) -> list[AnyBlock]:
    """Return what is read back of a page with one root of rich text."""
    [root] = page.roots
    assert isinstance(root, RichText)
    return list(_blocks(nest(root.blocks), 0))


def _blocks(branches: Iterable[Branch], indent: int) -> Iterator[AnyBlock]:
    for group in groups(branches):
        match group[0].block:
            case Block(type=BlockType.QUOTE):
                yield from _quote(group, indent)
            case Block(type=BlockType.OL, start=start):
                first = 1 if start is None else start
                for number, branch in enumerate(group):
                    yield from _item(branch, indent, start=None if number else first)
            case Block(type=BlockType.UL | BlockType.TASK):
                for branch in group:
                    yield from _item(branch, indent, start=None)
            case Block(type=BlockType.CALLOUT, tone=tone, content=content):
                callout = Block(type=BlockType.CALLOUT, tone=tone or Tone.NOTE)
                yield replace(callout, content=line(content), indent=indent)
                yield from _blocks(group[0].inside, indent + 1)
            case block:
                yield from _one(block, indent)


def _quote(group: list[Branch], indent: int) -> Iterator[AnyBlock]:
    blocks: list[AnyBlock] = []
    for branch in group:
        assert isinstance(branch.block, Block)
        if content := line(branch.block.content):
            blocks.append(Block(type=BlockType.QUOTE, content=content, indent=indent))
        for inner in _blocks(branch.inside, indent + 1):
            content = _as_paragraph(inner) if inner.indent == indent + 1 else ()
            quote = Block(type=BlockType.QUOTE, content=content, indent=indent)
            blocks.append(quote if content else inner)
    if not blocks or blocks[0].indent > indent:
        yield Block(type=BlockType.QUOTE, indent=indent)
    yield from blocks


def _item(branch: Branch, indent: int, *, start: int | None) -> Iterator[AnyBlock]:
    block = branch.block
    assert isinstance(block, Block)
    content = line(block.content)
    inside = list(_blocks(branch.inside, indent + 1))
    if block.type is BlockType.TASK:
        content = () if content == (Text(" "),) else content
        yield Block(type=block.type, content=content, checked=block.checked, indent=indent)
    else:
        if inside and not content and (content := _as_paragraph(inside[0])):
            inside = inside[1:]
        yield Block(type=block.type, content=content, start=start, indent=indent)
    yield from inside


def _as_paragraph(block: AnyBlock) -> tuple[Inline, ...]:
    match block:
        case Block(type=BlockType.P, content=content):
            return content
        case Figure(src=src, alt=alt, href=href):
            return (InlineImage(src=src, alt=alt, href=href),)
        case _:
            return ()


def _one(block: AnyBlock, indent: int) -> Iterator[AnyBlock]:
    match block:
        case Block(type=BlockType.H, level=level, content=content):
            content = line(content)
            yield Block(type=BlockType.H, level=level or 1, content=content, indent=indent)
        case Block(content=content):
            yield from _paragraph(line(content), indent)
        case Code(text=text, language=language):
            yield _code(clean(text), language_word(language), indent)
        case Math(tex=tex) if tex:
            yield Math(tex=clean(tex), indent=indent)
        case Figure():
            yield _figure(block, indent)
        case Table(rows=rows):
            yield from _table(rows, indent)
        case Divider():
            yield Divider(indent=indent)
        case _:
            pass


def _code(text: str, language: str, indent: int) -> AnyBlock:
    if language == "math":
        return Math(tex=text, indent=indent)
    return Code(text=text, language=language or None, indent=indent)


def _figure(figure: Figure, indent: int) -> Figure:
    [image] = line([_image(figure)])
    [said] = _paragraph((image,), indent)
    assert isinstance(said, Figure)
    return replace(said, caption=one_line(figure.caption))


def _paragraph(content: tuple[Inline, ...], indent: int) -> Iterator[AnyBlock]:
    match content:
        case ():
            pass
        case (InlineImage(src=src, alt=alt, href=href),):
            yield Figure(src=src, alt=alt, href=href, indent=indent)
        case _:
            yield Block(content=content, indent=indent)


def _image(figure: Figure) -> InlineImage:
    return InlineImage(src=figure.src, alt=figure.alt, href=figure.href)


def line(content: Iterable[Inline]) -> tuple[Inline, ...]:
    """Return what is read back of a line."""
    said = list(written(_said(content)))
    while said and isinstance(said[-1], Break):
        said.pop()
    return tuple(said)


def _said(content: Iterable[Inline]) -> Iterator[Inline]:
    for inline in content:
        match inline:
            case Text(text, marks):
                yield Text(text, _marks(marks))
            case InlineImage(src=src, alt=alt, href=href):
                href = addresses.link(href or "")
                src = addresses.image(src) or ""
                yield InlineImage(src=src, alt=one_line(alt), href=href)
            case InlineMath(tex):
                if tex:
                    yield InlineMath(one_line(tex))
            case _:
                yield inline


def _marks(marks: Marks) -> Marks:
    links = sorted(mark.value for mark in marks if mark.name is MarkName.LINK)
    others = {mark for mark in marks if mark.name is not MarkName.LINK}
    link = Mark(MarkName.LINK, addresses.link(links[0]) or "") if links else None
    return frozenset({*others, link} if link else others)


def _table(rows: tuple[tuple[Cell, ...], ...], indent: int) -> Iterator[AnyBlock]:
    grid = _grid(rows)
    width = max(map(len, grid), default=0)
    if not width:
        return
    lines = [[*row, *[()] * (width - len(row))] for row in grid]
    has_head = all(cell.header for cell in rows[0])
    if has_head and not any(lines[0]):
        lines, has_head = lines[1:], False
    yield Table(
        rows=tuple(
            tuple(_cell(content, header=has_head and not number) for content in row)
            for number, row in enumerate(lines)
        ),
        indent=indent,
    )


def _grid(rows: tuple[tuple[Cell, ...], ...]) -> list[list[tuple[Inline, ...]]]:
    taken: dict[tuple[int, int], tuple[Inline, ...]] = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            for below in range(cell.rowspan):
                for right in range(cell.colspan):
                    taken[y + below, x + right] = ()
            taken[y, x] = _lines(cell.blocks)
    return [_row(taken, y) for y in range(len(rows))]


def _row(taken: dict[tuple[int, int], tuple[Inline, ...]], y: int) -> list[tuple[Inline, ...]]:
    width = max((x + 1 for y_, x in taken if y_ == y), default=0)
    return [taken.get((y, x), ()) for x in range(width)]


def _cell(content: tuple[Inline, ...], *, header: bool) -> Cell:
    return Cell(blocks=(Block(content=content),) if content else (), header=header)


def _lines(blocks: Iterable[AnyBlock]) -> tuple[Inline, ...]:
    inlines: list[Inline] = []
    for block in blocks:
        said = list(_block_in_lines(block))
        if inlines and said:
            inlines.append(Break())
        inlines += said
    return line(inlines)


def _block_in_lines(block: AnyBlock) -> Iterator[Inline]:
    match block:
        case Block(content=content):
            yield from content
        case Code(text=text):
            yield Text(text, CODE)
        case Math(tex=tex):
            yield InlineMath(tex)
        case Figure(caption=caption):
            yield _image(block)
            if caption:
                yield from (Break(), Text(one_line(caption), NO_MARKS))
        case _:
            pass

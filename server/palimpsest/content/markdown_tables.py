"""A table as Markdown: a line for each row, and in a cell nothing but lines of text."""

from collections.abc import Iterable, Iterator

from palimpsest.content.blocks import (
    AnyBlock,
    Block,
    Break,
    Cell,
    Code,
    Divider,
    Figure,
    File,
    Inline,
    InlineImage,
    InlineMath,
    Mark,
    MarkName,
    Math,
    Table,
    Text,
    Unknown,
    UnknownInline,
)
from palimpsest.content.inlines import clean, is_something, one_line
from palimpsest.content.markdown_inlines import TAGGED
from palimpsest.content.markdown_inlines import write as write_inlines

SPANNED_COLUMNS_MAX = 100
"""Beyond them, what a cell spans is not left empty: the table would grow out of all proportion."""

_CODE = frozenset({Mark(MarkName.CODE)})


def write_table(table: Table) -> list[str]:
    """Return the lines of the table; without a row of headers, that row is empty."""
    rows = list(_grid(table.rows))
    width = max(map(len, rows), default=0)
    if not width:
        return []
    head = rows.pop(0) if all(cell.header for cell in table.rows[0]) else []
    head += [""] * (width - len(head))
    return [_line(head), _line(["---"] * width), *map(_line, rows)]


def in_lines(blocks: Iterable[AnyBlock]) -> Iterator[Inline]:
    """Yield what the blocks say, each as a line or several."""
    between = False
    for block in blocks:
        inlines = _inlines(block)
        if between and inlines:
            yield Break()
        yield from inlines
        between = between or bool(inlines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells or [''])} |"


def _grid(rows: Iterable[tuple[Cell, ...]]) -> Iterator[list[str]]:
    """Yield the texts of each row, with empty ones where cells reach over."""
    taken_until: dict[int, int] = {}
    for number, row in enumerate(rows):
        line: list[str] = []
        for cell in row:
            _leave_empty(line, taken_until, number)
            first = len(line)
            line.append(_words(cell))
            spanned = range(first, min(first + cell.colspan, SPANNED_COLUMNS_MAX))
            line += [""] * (len(spanned) - 1)
            for column in spanned:
                until = number + cell.rowspan
                taken_until[column] = max(taken_until.get(column, 0), until)
        _leave_empty(line, taken_until, number)
        yield line


def _leave_empty(line: list[str], taken_until: dict[int, int], number: int) -> None:
    while taken_until.get(len(line), 0) > number:
        line.append("")


def _words(cell: Cell) -> str:
    return write_inlines(in_lines(cell.blocks), TAGGED).replace("|", "\\|")


def _inlines(block: AnyBlock) -> list[Inline]:
    match block:
        case Block(content=content):
            return list(content)
        case Unknown(name=name, content=content):
            return list(content) if is_something(content) else [UnknownInline(name)]
        case Code(text=text):
            return [Text(clean(text), _CODE)]
        case Math(tex=tex):
            return [InlineMath(tex)]
        case Figure() | File():
            return list(_shown(block))
        case Table(rows=rows):
            return list(in_lines(inner for row in rows for cell in row for inner in cell.blocks))
        case Divider():
            return []


def _shown(block: Figure | File) -> Iterator[Inline]:
    match block:
        case Figure(src=src, alt=alt, href=href):
            yield InlineImage(src=src, alt=alt, href=href)
        case File(src=src, name=name):
            yield Text(one_line(name or src), frozenset({Mark(MarkName.LINK, src)}))
    if block.caption:
        yield Break()
        yield Text(one_line(block.caption))

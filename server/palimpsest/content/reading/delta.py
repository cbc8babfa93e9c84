"""From formatted text to blocks: what a line is, its newline says, as Quill has it."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from palimpsest.content.blocks import (
    INDENT_MAX,
    LEVEL_MAX,
    AnyBlock,
    Block,
    BlockType,
    Cell,
    Code,
    Direction,
    Divider,
    File,
    Inlines,
    Table,
)
from palimpsest.content.inlines import spoken
from palimpsest.content.reading.attributes import align_of, choice_of, text_of, whole_of
from palimpsest.content.reading.inlines import inlines_of
from palimpsest.content.tree import Attributes, Embed, Run, Text

_CODE = "code-block"
_TABLE = "table"
_PLAIN = frozenset({"", "true", "plain"})
"""What Quill calls the language of source text that is of none."""

_LISTS = {
    "bullet": BlockType.UL,
    "ordered": BlockType.OL,
    "checked": BlockType.TASK,
    "unchecked": BlockType.TASK,
}


class _Line(NamedTuple):
    runs: tuple[Run, ...]
    formats: Attributes

    @property
    def inlines(self) -> Inlines:
        return inlines_of((Text(self.runs),))

    @property
    def belongs_to(self) -> tuple[str, object]:
        """What several lines are together."""
        if self.formats.get(_CODE):
            return _CODE, _language(self.formats)
        return (_TABLE if text_of(self.formats, _TABLE) else ""), None


def blocks_of_text(text: Text) -> tuple[AnyBlock, ...]:
    """Return the blocks that a text's lines are."""
    return tuple(_blocks(_lines(text.runs)))


def _blocks(lines: Iterable[_Line]) -> Iterator[AnyBlock]:
    for (together, _), group in groupby(lines, key=lambda line: line.belongs_to):
        if together == _CODE:
            yield _code(list(group))
        elif together == _TABLE:
            yield _table(group)
        else:
            yield from map(_block, group)


def _lines(runs: Iterable[Run]) -> Iterator[_Line]:
    line: list[Run] = []
    for run in runs:
        if isinstance(run.content, str):
            first, *following = run.content.split("\n")
            line += _pieces(first, run)
            for piece in following:
                yield _Line(tuple(line), run.formats)
                line = _pieces(piece, run)
        elif _stands_alone(run):
            if line:
                yield _Line(tuple(line), {})
            yield _Line((run,), {})
            line = []
        else:
            line.append(run)
    if line:
        yield _Line(tuple(line), {})


def _pieces(text: str, run: Run) -> list[Run]:
    return [Run(text, run.formats)] if text else []


def _stands_alone(run: Run) -> bool:
    match run.content:
        case Embed(dict(value)):
            return len(value) == 1 and value.keys() <= {"video", "divider"}
        case _:
            return False


def _block(line: _Line) -> AnyBlock:
    if len(line.runs) == 1 and _stands_alone(line.runs[0]):
        return _alone(line.runs[0])
    formats = line.formats
    level = whole_of(formats, "header", least=1, most=LEVEL_MAX)
    return Block(
        type=_type(formats),
        content=line.inlines,
        level=level,
        checked=formats.get("list") == "checked",
        indent=whole_of(formats, "indent", least=0, most=INDENT_MAX) or 0,
        align=align_of(formats),
        dir=choice_of({"dir": formats.get("direction")}, "dir", Direction),
    )


def _type(formats: Attributes) -> BlockType:
    if text_of(formats, "list") in _LISTS:
        return _LISTS[text_of(formats, "list")]
    if formats.get("blockquote"):
        return BlockType.QUOTE
    return BlockType.H if formats.get("header") else BlockType.P


def _alone(run: Run) -> AnyBlock:
    match run.content:
        case Embed({"video": src}):
            return File(src=src if isinstance(src, str) else "")
        case _:
            return Divider()


def _code(lines: list[_Line]) -> Code:
    text = "\n".join("".join(map(spoken, line.inlines)) for line in lines)
    return Code(text=text, language=_language(lines[0].formats))


def _language(formats: Attributes) -> str | None:
    name = text_of(formats, _CODE)
    return None if name in _PLAIN else name


def _table(lines: Iterable[_Line]) -> Table:
    # A line is a cell; those of a row have the row's name.
    rows = groupby(lines, key=lambda line: text_of(line.formats, _TABLE))
    return Table(rows=tuple(tuple(map(_cell, row)) for _, row in rows))


def _cell(line: _Line) -> Cell:
    return Cell(blocks=(Block(content=line.inlines, align=align_of(line.formats)),))

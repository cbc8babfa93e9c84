"""The block model: what a page says, whatever editor wrote it. Knows no CRDT and no format.

A page is flat, as our editor's schema is (`static/schema.json` has the same names): a sequence of
blocks, each with an `indent`. What stands inside what follows from the indents alone:

- A *container* is a `Block` of type ul, ol, task, quote, callout or toggle, or an `Unknown`.
- A block stands inside the nearest container before it that is indented less, unless a block
  between them is indented no more than that container. Its own text comes first in a container,
  and may be empty.
- Neighbours of one kind and one indent inside the same container form one list or one quote. An
  ol block with a `start` begins a list of its own; the others count on.
- What is indented deeper than its container explains (or at all, without one) is merely shifted.

So a list item with a list, two paragraphs and some code in it is four blocks more, indented by one
more than the item; a quote that holds a list is a quote block and indented ul blocks. Only the
cells of a table hold blocks of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

INDENT_MAX = 8
LEVEL_MAX = 6
START_MAX = 999_999_999
"""The greatest number that Markdown lets a list begin with."""

SPAN_MAX = 100
TABLES_DEEP_MAX = 4
"""How many tables may stand in one another; it bounds every walk over a page."""

Json = None | bool | int | float | str | Sequence["Json"] | dict[str, "Json"]
"""Numbers are finite. A value is never changed once it is in a page."""


class BlockType(StrEnum):
    """What a block of text is."""

    P = "p"
    H = "h"
    UL = "ul"
    OL = "ol"
    TASK = "task"
    QUOTE = "quote"
    CALLOUT = "callout"
    TOGGLE = "toggle"


class Align(StrEnum):
    """To which side text keeps; start and end depend on its direction."""

    START = "start"
    CENTER = "center"
    END = "end"
    JUSTIFY = "justify"


class Direction(StrEnum):
    """In which direction text runs."""

    LTR = "ltr"
    RTL = "rtl"
    AUTO = "auto"


class Tone(StrEnum):
    """How a callout speaks."""

    NOTE = "note"
    TIP = "tip"
    IMPORTANT = "important"
    WARNING = "warning"
    CAUTION = "caution"


class MarkName(StrEnum):
    """What can be true of a run of text; in this order marks are nested, outermost first."""

    LINK = "link"
    COMMENT = "comment"
    UNKNOWN = "unknown"
    HIGHLIGHT = "highlight"
    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKE = "strike"
    SUP = "sup"
    SUB = "sub"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that is true of a run of text.

    `value` is a link's address, a comment's thread, an unknown mark's name, else empty. A run may
    have several comments and several unknown marks; of several links, one is shown.
    """

    name: MarkName
    value: str = ""


Marks = frozenset[Mark]
NO_MARKS: Marks = frozenset()


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text with the same marks; a newline in it is the same as a `Break`.

    What an unknown inline element held is text with the mark `unknown`.
    """

    text: str
    marks: Marks = NO_MARKS


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a line within a block."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody or something called by name; `kind` says what, such as `person`."""

    label: str
    id: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineImage:
    """A picture among words, maybe a link."""

    src: str
    alt: str = ""
    width: int | None = None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class InlineMath:
    """A formula among words, in TeX."""

    tex: str


@dataclass(frozen=True, slots=True)
class UnknownInline:
    """An inline element without text that no reader here knows, by its name."""

    name: str


Inline = Text | Break | Mention | InlineImage | InlineMath | UnknownInline
Inlines = tuple[Inline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What every block has: how deep it is indented, 0 to INDENT_MAX, and maybe an id.

    Ids are the editor's own, and two blocks may have the same.
    """

    indent: int = 0
    id: str | None = None

    def __post_init__(self) -> None:
        _check(self.indent, "an indent", 0, INDENT_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Placed):
    """A line or paragraph of text, or what a list item, quote, callout or toggle begins with.

    `level` belongs to headings (without it, 1) and to toggles that are headings; `checked` to
    tasks; `start` to ol; `tone` to callouts; `collapsed` to toggles. Elsewhere they mean nothing.
    """

    type: BlockType = BlockType.P
    content: Inlines = ()
    level: int | None = None
    checked: bool = False
    start: int | None = None
    align: Align | None = None
    dir: Direction | None = None
    tone: Tone | None = None
    collapsed: bool = False

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        if self.level is not None:
            _check(self.level, "a level", 1, LEVEL_MAX)
        if self.start is not None:
            _check(self.start, "a start", 0, START_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(Placed):
    """Source text, with its newlines; without a final one."""

    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Placed):
    """A picture that stands alone; its width is in pixels."""

    src: str
    alt: str = ""
    width: int | None = None
    caption: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Divider(Placed):
    """A line between what is before and what is after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Math(Placed):
    """A formula that stands alone, in TeX."""

    tex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File(Placed):
    """Something to download, to hear or to watch; its size is in bytes."""

    src: str
    name: str = ""
    size: int | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Placed):
    """A block element that no reader here knows: its name, and the text right inside it.

    Blocks that were in it follow, indented deeper.
    """

    name: str
    content: Inlines = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table, over `colspan` columns and `rowspan` rows (1 to SPAN_MAX)."""

    blocks: "tuple[AnyBlock, ...]" = ()
    header: bool = False
    colspan: int = 1
    rowspan: int = 1

    def __post_init__(self) -> None:
        _check(self.colspan, "a colspan", 1, SPAN_MAX)
        _check(self.rowspan, "a rowspan", 1, SPAN_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Placed):
    """Rows of cells. A row may have fewer cells than another.

    Raises:
        ValueError: it stands around more than TABLES_DEEP_MAX - 1 tables in one another.
    """

    rows: tuple[tuple[Cell, ...], ...]
    deep: int = field(init=False, compare=False, repr=False)
    """How many tables stand in one another here, this one included."""

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        inner = (
            block.deep
            for row in self.rows
            for cell in row
            for block in cell.blocks
            if isinstance(block, Table)
        )
        object.__setattr__(self, "deep", 1 + max(inner, default=0))
        _check(self.deep, "the depth of tables", 1, TABLES_DEEP_MAX)


AnyBlock = Block | Code | Figure | Divider | Math | File | Unknown | Table


CONTAINERS = frozenset(
    {
        BlockType.UL,
        BlockType.OL,
        BlockType.TASK,
        BlockType.QUOTE,
        BlockType.CALLOUT,
        BlockType.TOGGLE,
    }
)


def is_container(block: AnyBlock) -> bool:
    """Tell whether blocks that follow and are indented deeper stand inside this one."""
    return isinstance(block, Unknown) or (isinstance(block, Block) and block.type in CONTAINERS)


@dataclass(frozen=True, slots=True)
class RichText:
    """A root that holds blocks: what a word processor shows."""

    name: str
    blocks: tuple[AnyBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A root that holds plain text, as a code editor shows it."""

    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Data:
    """A root that holds plain values: a map or an array of an application."""

    name: str
    value: Json = None


Root = RichText | Source | Data


@dataclass(frozen=True, slots=True)
class Page:
    """All that a document says, at one version: its roots, in a steady order."""

    roots: tuple[Root, ...] = ()


def _check(value: int, name: str, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"{name} is from {least} to {most}, not {value}")

"""How a page is found and gone through: headings with their anchors, a title, an excerpt."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count, islice

from palimpsest.content import text
from palimpsest.content.blocks import AnyBlock, Block, BlockType, Page
from palimpsest.content.nesting import walk

ANCHOR_CHARACTERS_MAX = 60
_BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """One line of the outline; `anchor` is the id of its element in the HTML."""

    level: int
    text: str
    anchor: str


class Anchors:
    """Gives each heading of one page an anchor of its own, made from its words.

    All begin alike, so that none can be taken for the id or the name of anything else.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, Iterator[int]] = {}

    def take(self, words: str) -> str:
        """Return the anchor of the next heading that says `words`."""
        name = _BETWEEN_WORDS.sub("-", words.lower()).strip("-")[:ANCHOR_CHARACTERS_MAX]
        anchor = wanted = f"h-{name.rstrip('-') or 'section'}"
        numbers = self._next.setdefault(wanted, count(2))
        while anchor in self._taken:
            anchor = f"{wanted}-{next(numbers)}"
        self._taken.add(anchor)
        return anchor


def heading_level(block: AnyBlock) -> int | None:
    """Return the level of a heading or of a toggle that is one; None for anything else."""
    match block:
        case Block(type=BlockType.H, level=level):
            return level or 1
        case Block(type=BlockType.TOGGLE, level=level):
            return level
        case _:
            return None


def outline(page: Page) -> tuple[Heading, ...]:
    """Return the page's headings, with the anchors that its HTML has."""
    anchors = Anchors()
    headings = []
    for block in walk(page):
        if isinstance(block, Block) and (level := heading_level(block)) is not None:
            words = text.line(block.content)
            headings.append(Heading(level, words, anchors.take(words)))
    return tuple(headings)


def title(page: Page, characters_max: int = 300) -> str:
    """Return the first heading that says something, else the first line that does, else ""."""
    return _cut(_title(page), characters_max)


def excerpt(page: Page, characters_max: int = 200) -> str:
    """Return how the page begins, on one line; without the title where that stands first."""
    lines = _said(text.lines(page))
    first = next(lines, "")
    words = [] if first == _title(page) else [first]
    # No line is empty: so many are enough.
    words += islice(lines, characters_max + 1)
    return _cut(" ".join(words), characters_max)


def _title(page: Page) -> str:
    headings = (
        text.line(block.content)
        for block in walk(page)
        if isinstance(block, Block) and heading_level(block) is not None
    )
    return next(chain(_said(headings), _said(text.lines(page))), "")


def _said(lines: Iterable[str]) -> Iterator[str]:
    return filter(None, (" ".join(line.split()) for line in lines))


def _cut(words: str, characters_max: int) -> str:
    if len(words) <= characters_max:
        return words
    kept = words[: characters_max - 1]
    return (kept.rpartition(" ")[0] or kept) + "…"

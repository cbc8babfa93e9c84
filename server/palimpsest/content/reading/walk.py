"""A walk over elements, which adds one block after another. Knows no element by its name."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from palimpsest.content.blocks import INDENT_MAX, AnyBlock, Block, BlockType, Inlines
from palimpsest.content.reading.inlines import INLINE_NAMES, View, inlines_of
from palimpsest.content.tree import Element, Node, Text


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: how deep, in an element of what id, in what kind of list."""

    indent: int = 0
    id: str | None = None
    item: BlockType = BlockType.UL
    start: int | None = None

    def deeper(self) -> "Place":
        """Return where that stands which is in what stands here."""
        return Place(min(self.indent + 1, INDENT_MAX))


class Walk:
    """Goes through nodes in the order in which they are read, and adds a block after another."""

    def __init__(
        self, readers: "Readers", unknown: "Reader", view: View, tables_deep_max: int
    ) -> None:
        self.blocks: list[AnyBlock] = []
        self.view = view
        self._readers = readers
        self._unknown = unknown
        self.tables_deep_max = tables_deep_max
        self._last_at: list[AnyBlock | None] = [None] * (INDENT_MAX + 1)
        self._path: list[tuple[Iterator[Node], Place]] = []

    def go_into(self, nodes: Iterable[Node], place: Place) -> None:
        """Read these nodes next."""
        self._path.append((iter(nodes), place))

    def run(self) -> None:
        """Read all that there is."""
        while self._path:
            rest, place = self._path[-1]
            node = next(rest, None)
            if node is None:
                self._path.pop()
            else:
                self._read(self.view(node), place)

    def inlines(self, nodes: Iterable[Node]) -> Inlines:
        """Return what nodes say that stand in a line."""
        return inlines_of(nodes, self.view)

    def part(self, element: Element, *, is_line: bool) -> tuple[list[Node], list[Element]]:
        """Return what in an element stands in a line, and what are blocks.

        Some names are of both: in a line, or beside text, they are no blocks; nor is what has no
        known name.
        """
        children = [self.view(child) for child in element.children]
        is_line = is_line or any(isinstance(child, Text) and child.runs for child in children)
        line: list[Node] = []
        blocks: list[Element] = []
        for child in children:
            if isinstance(child, Text) or self._is_inline(child.name, is_line=is_line):
                line.append(child)
            else:
                blocks.append(child)
        return line, blocks

    def add(self, block: AnyBlock) -> None:
        """Add the next block."""
        self.blocks.append(block)
        self._last_at[block.indent :] = [block, *[None] * (INDENT_MAX - block.indent)]

    def goes_on_counting(self, indent: int) -> bool:
        """Tell whether a numbered item here would count on from a list before it."""
        before = self._last_at[indent]
        return isinstance(before, Block) and before.type is BlockType.OL

    def _read(self, node: Node, place: Place) -> None:
        if isinstance(node, Text):
            if node.runs:
                self.add(Block(indent=place.indent, content=self.inlines((node,))))
        elif self._is_inline(node.name, is_line=False):
            self.add(Block(indent=place.indent, content=self.inlines((node,))))
        else:
            self._readers.get(node.name, self._unknown)(self, node, place)

    def _is_inline(self, name: str, *, is_line: bool) -> bool:
        if is_line:
            return name in INLINE_NAMES or name not in self._readers
        return name in INLINE_NAMES and name not in self._readers


Reader = Callable[[Walk, Element, Place], None]
"""Adds the block that an element is, and has the walk go into what is in it."""

Readers = Mapping[str, Reader]
"""By names of elements."""

"""What stands inside what: the tree that the indents of flat blocks describe, and the way back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from palimpsest.content.blocks import (
    AnyBlock,
    Block,
    BlockType,
    Page,
    RichText,
    Table,
    is_container,
)


@dataclass(slots=True)
class Branch:
    """A block with those that stand inside it, and how far it is shifted beyond its container."""

    block: AnyBlock
    shift: int = 0
    inside: "list[Branch]" = field(default_factory=list)


def nest(blocks: Iterable[AnyBlock]) -> list[Branch]:
    """Return the outermost blocks, each with what stands inside it.

    It is at most INDENT_MAX levels deep, for only what is indented more stands inside.
    """
    outermost: list[Branch] = []
    open_containers: list[Branch] = []
    for block in blocks:
        while open_containers and open_containers[-1].block.indent >= block.indent:
            open_containers.pop()
        if open_containers:
            container = open_containers[-1]
            branch = Branch(block, block.indent - container.block.indent - 1)
            container.inside.append(branch)
        else:
            branch = Branch(block, block.indent)
            outermost.append(branch)
        if is_container(block):
            open_containers.append(branch)
    return outermost


def groups(branches: Iterable[Branch]) -> Iterator[list[Branch]]:
    """Yield neighbours that form one list or one quote together; all others alone."""
    group: list[Branch] = []
    for branch in branches:
        if group and not _continues(group[-1], branch):
            yield group
            group = []
        group.append(branch)
    if group:
        yield group


_GROUPED = frozenset({BlockType.UL, BlockType.OL, BlockType.TASK, BlockType.QUOTE})


def _continues(last: Branch, branch: Branch) -> bool:
    return (
        isinstance(last.block, Block)
        and isinstance(branch.block, Block)
        and last.block.type is branch.block.type
        and branch.block.type in _GROUPED
        and branch.block.start is None
        and last.shift == branch.shift
    )


def walk(page: Page) -> Iterator[AnyBlock]:
    """Yield every block of the page in the order in which it is read, those in cells too."""
    for root in page.roots:
        if isinstance(root, RichText):
            yield from _walk(root.blocks)


def _walk(blocks: Iterable[AnyBlock]) -> Iterator[AnyBlock]:
    for block in blocks:
        yield block
        if isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    yield from _walk(cell.blocks)

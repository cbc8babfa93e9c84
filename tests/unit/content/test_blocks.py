"""A page holds only what every writer can write within bounds."""

from collections.abc import Callable

import pytest

from palimpsest.content.blocks import (
    INDENT_MAX,
    LEVEL_MAX,
    SPAN_MAX,
    START_MAX,
    TABLES_DEEP_MAX,
    AnyBlock,
    Block,
    BlockType,
    Cell,
    Code,
    Divider,
    Table,
    Unknown,
    is_container,
)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Block(indent=-1),
        lambda: Block(indent=INDENT_MAX + 1),
        lambda: Divider(indent=INDENT_MAX + 1),
        lambda: Table(rows=(), indent=INDENT_MAX + 1),
        lambda: Block(level=0),
        lambda: Block(level=LEVEL_MAX + 1),
        lambda: Block(start=-1),
        lambda: Block(start=START_MAX + 1),
        lambda: Cell(colspan=0),
        lambda: Cell(colspan=SPAN_MAX + 1),
        lambda: Cell(rowspan=0),
        lambda: Cell(rowspan=SPAN_MAX + 1),
    ],
)
def test_what_is_out_of_bounds_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="is from"):
        make()


def test_what_is_at_the_bounds_is_not() -> None:
    Block(indent=INDENT_MAX, level=LEVEL_MAX, start=START_MAX)
    Block(indent=0, level=1, start=0)
    Cell(colspan=SPAN_MAX, rowspan=1)


def tables_in_one_another(count: int) -> Table:
    table = Table(rows=())
    for _ in range(count - 1):
        table = Table(rows=((Cell(blocks=(Divider(), table)), Cell(blocks=(Table(rows=()),))),))
    return table


def test_tables_stand_in_one_another_only_so_deep() -> None:
    assert tables_in_one_another(TABLES_DEEP_MAX).deep == TABLES_DEEP_MAX
    with pytest.raises(ValueError, match="depth of tables is from"):
        tables_in_one_another(TABLES_DEEP_MAX + 1)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        *((Block(type=type_), type_ not in {BlockType.P, BlockType.H}) for type_ in BlockType),
        (Unknown(name="a"), True),
        (Code(text=""), False),
        (Table(rows=()), False),
    ],
)
def test_containers_are_known(block: AnyBlock, expected: bool) -> None:  # noqa: FBT001 - a value
    assert is_container(block) is expected

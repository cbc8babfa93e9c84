"""Indents say what stands inside what."""

from hypothesis import given

from palimpsest.content.blocks import (
    INDENT_MAX,
    AnyBlock,
    Block,
    BlockType,
    Cell,
    Code,
    Data,
    Page,
    RichText,
    Source,
    Table,
    Text,
    Unknown,
)
from palimpsest.content.nesting import Branch, groups, nest, walk
from tests.unit.content.pages import pages

UL, OL, P, QUOTE = BlockType.UL, BlockType.OL, BlockType.P, BlockType.QUOTE


def block(type_: BlockType, indent: int = 0, start: int | None = None) -> Block:
    return Block(type=type_, indent=indent, start=start)


Shape = list[tuple[int, int, "Shape"]]


def shape(branches: list[Branch]) -> Shape:
    """Return each branch as its block's indent, its shift and what is inside."""
    return [(branch.block.indent, branch.shift, shape(branch.inside)) for branch in branches]


def test_what_is_indented_more_stands_inside_the_container_before_it() -> None:
    blocks = [block(UL), block(P, 1), block(UL, 1), block(P, 2), block(P)]
    assert shape(nest(blocks)) == [
        (0, 0, [(1, 0, []), (1, 0, [(2, 0, [])])]),
        (0, 0, []),
    ]


def test_only_containers_hold_blocks() -> None:
    assert shape(nest([block(P), block(P, 1), Code(text=""), block(P, 2)])) == [
        (0, 0, []),
        (1, 1, []),
        (0, 0, []),
        (2, 2, []),
    ]


def test_an_unknown_element_holds_blocks() -> None:
    assert shape(nest([Unknown(name="a"), block(P, 1)])) == [(0, 0, [(1, 0, [])])]


def test_what_is_indented_beyond_its_container_is_shifted() -> None:
    assert shape(nest([block(UL), block(UL, 3), block(P, 4), block(P, 1)])) == [
        (0, 0, [(3, 2, [(4, 0, [])]), (1, 0, [])]),
    ]


def kinds(blocks: list[AnyBlock]) -> list[int]:
    return [len(group) for group in groups(nest(blocks))]


def test_neighbours_of_one_kind_form_one_list_or_quote() -> None:
    assert kinds([block(UL), block(P, 1), block(UL), block(OL), block(OL)]) == [2, 2]
    assert kinds([block(QUOTE), block(QUOTE)]) == [2]


def test_a_start_another_block_or_another_shift_begin_another_list() -> None:
    assert kinds([block(OL, start=1), block(OL), block(OL, start=1)]) == [2, 1]
    assert kinds([block(UL), block(P), block(UL)]) == [1, 1, 1]
    assert kinds([block(UL, 1), block(UL)]) == [1, 1]


def test_paragraphs_headings_callouts_and_toggles_stand_alone() -> None:
    for type_ in (P, BlockType.H, BlockType.CALLOUT, BlockType.TOGGLE):
        assert kinds([block(type_), block(type_)]) == [1, 1]
    assert kinds([Code(text=""), Code(text="")]) == [1, 1]
    assert kinds([]) == []


def test_all_blocks_are_walked_in_the_order_in_which_they_are_read() -> None:
    first, cell, last = (Block(content=(Text(text),)) for text in "abc")
    table = Table(rows=((Cell(), Cell(blocks=(cell,))),))
    page = Page(
        (Source("x", "y"), RichText("a", (first, table)), Data("z"), RichText("b", (last,)))
    )
    assert list(walk(page)) == [first, table, cell, last]


@given(pages)
def test_nesting_keeps_every_block_in_its_order(page: Page) -> None:
    for root in page.roots:
        if isinstance(root, RichText):
            assert list(flat(nest(root.blocks))) == list(root.blocks)


def flat(branches: list[Branch], depth: int = 0) -> list[AnyBlock]:
    assert depth <= INDENT_MAX + 1
    blocks: list[AnyBlock] = []
    for group in groups(branches):
        for branch in group:
            assert branch.shift >= 0
            blocks += [branch.block, *flat(branch.inside, depth + 1)]
    return blocks

"""Pages by chance: all that the model can hold, and what Markdown can say of it."""

from collections.abc import Sequence

from hypothesis import strategies as st

from palimpsest.content.blocks import (
    INDENT_MAX,
    NO_MARKS,
    Align,
    AnyBlock,
    Block,
    BlockType,
    Break,
    Cell,
    Code,
    Data,
    Direction,
    Divider,
    Figure,
    File,
    Inline,
    InlineImage,
    InlineMath,
    Mark,
    MarkName,
    Math,
    Mention,
    Page,
    RichText,
    Source,
    Table,
    Text,
    Tone,
    Unknown,
    UnknownInline,
)

SYNTAX = (
    "# ", "## a #", "- ", "+ ", "* ", "1. ", "12) ", "> ", "```", "~~~", "---", "***", "___",
    "===", "|", "| - |", ":-:", "-|-", "**", "__", "_", "*", "~~", "~", "`", "``", "[", "]",
    "](x)", "![", "[a]: b", "[^1]", "[ ] ", "[x] ", "[!NOTE]", "<b>", "</b>", "<br>", "<!--",
    "<?", "<![CDATA[", "<script>", "<http://a.b>", "<a@b.c>", "&amp;", "&", "&#35;", "&lt", "\\",
    "\\\\", "$", "$$", "$`a`$", "!", "    ", "\t", "  ", "\n", "\n\n", "\r\n", "\0", "\x0b",
    "\x85", "\ud800", "\u2028", "\u00a0", "\ufeff", "snake_case", "a*b*c", "5 < 6 > 4", "€", "“",
    "é", "字", "😀", "\U0001f469\u200d\U0001f467", "http://a.b/c_d_e", "www.a.b",
)  # fmt: skip
"""What is syntax to somebody, or strange."""

ADDRESSES = (
    "http://example.org/", "https://example.org/a_(b)?c=d&amp;e=f#g", "/a/b", "a b", "#c",
    "?d=e:f", "mailto:ann@example.org", "tel:+431234", "//example.org/x",
    "http://example.org/a|b`c`*d*\\e\"f", "http://example.org/<x>", "http://example.org/é字",
    "HTTPS://EXAMPLE.ORG", "a&copy;b",
)  # fmt: skip
"""Addresses that links may lead to."""

_pieces = st.lists(
    st.sampled_from(SYNTAX) | st.text(max_size=4) | st.text("ab ", max_size=4), max_size=5
)


@st.composite
def _words(draw: st.DrawFn) -> str:
    return "".join(draw(_pieces))


words = _words()

_values = {
    MarkName.LINK: st.sampled_from(ADDRESSES),
    MarkName.COMMENT: words,
    MarkName.UNKNOWN: words,
}


_BOLD, _STRIKE = Mark(MarkName.BOLD), Mark(MarkName.STRIKE)
_ITALIC, _LINK = Mark(MarkName.ITALIC), Mark(MarkName.LINK, "/a")
_COMMON_MARKS = [
    frozenset(marks)
    for marks in ([_BOLD], [_BOLD, _ITALIC], [_BOLD, _LINK], [_LINK], [_STRIKE, _ITALIC])
]
"""Of these, one goes on where another ends."""


def marks(names: Sequence[MarkName]) -> st.SearchStrategy[frozenset[Mark]]:
    mark = st.sampled_from(names).flatmap(
        lambda name: st.builds(Mark, st.just(name), _values.get(name, st.just("")))
    )
    return st.one_of(
        st.just(NO_MARKS),
        st.sampled_from(_COMMON_MARKS),
        st.frozensets(mark, max_size=4),
    )


ALL_MARKS = list(MarkName)
SAID_MARKS = [name for name in MarkName if name not in {MarkName.COMMENT, MarkName.UNKNOWN}]

lengths = st.none() | st.integers(1, 4000)
sources = st.sampled_from([*ADDRESSES[:2], "/a/b.png", "data:image/png;base64,AAAA"])
links = st.none() | st.sampled_from(ADDRESSES)

images = st.builds(InlineImage, src=sources, alt=words, width=lengths, href=links)


def contents(inlines: st.SearchStrategy[Inline]) -> st.SearchStrategy[tuple[Inline, ...]]:
    return st.lists(inlines, max_size=5).map(tuple)


inlines_that_markdown_says: st.SearchStrategy[Inline] = st.one_of(
    st.builds(Text, words, marks(SAID_MARKS)),
    st.builds(Break),
    images,
    st.builds(InlineMath, words),
)
all_inlines: st.SearchStrategy[Inline] = st.one_of(
    st.builds(Text, words, marks(ALL_MARKS)),
    inlines_that_markdown_says,
    st.builds(Mention, words, words, words),
    st.builds(UnknownInline, words),
    st.builds(InlineImage, src=words, alt=words, href=st.none() | words),
    st.builds(
        Text,
        words,
        st.builds(Mark, st.just(MarkName.LINK), words).map(lambda m: {m}).map(frozenset),
    ),
)

indents = st.integers(0, INDENT_MAX) | st.integers(0, 2)
placed = {"indent": indents, "id": st.none() | words}
SAID_TYPES = [type_ for type_ in BlockType if type_ is not BlockType.TOGGLE]


def texts(
    inlines: st.SearchStrategy[Inline], types: Sequence[BlockType]
) -> st.SearchStrategy[Block]:
    return st.builds(
        Block,
        **placed,
        type=st.sampled_from(types),
        content=contents(inlines),
        level=st.none() | st.integers(1, 6),
        checked=st.booleans(),
        start=st.none() | st.integers(0, 12) | st.just(999_999_999),
        align=st.none() | st.sampled_from(Align),
        dir=st.none() | st.sampled_from(Direction),
        tone=st.none() | st.sampled_from(Tone),
        collapsed=st.booleans(),
    )


atoms: st.SearchStrategy[AnyBlock] = st.one_of(
    st.builds(Code, **placed, text=words, language=st.none() | st.just("c++") | words),
    st.builds(Figure, **placed, src=sources, alt=words, width=lengths, caption=words, href=links),
    st.builds(Divider, **placed),
    st.builds(Math, **placed, tex=words),
)


def tables(blocks: st.SearchStrategy[AnyBlock]) -> st.SearchStrategy[Table]:
    cell = st.builds(
        Cell,
        blocks=st.lists(blocks, max_size=2).map(tuple),
        header=st.booleans(),
        colspan=st.integers(1, 3),
        rowspan=st.integers(1, 3),
    )
    rows = st.lists(st.lists(cell, max_size=3).map(tuple), max_size=3).map(tuple)
    return st.builds(Table, **placed, rows=rows)


_lines = texts(inlines_that_markdown_says, SAID_TYPES)
blocks_that_markdown_says = _lines | atoms | tables(_lines | atoms)

_others: st.SearchStrategy[AnyBlock] = st.one_of(
    texts(all_inlines, list(BlockType)),
    atoms,
    st.builds(
        File, **placed, src=words, name=words, size=st.none() | st.integers(0), caption=words
    ),
    st.builds(Unknown, **placed, name=words, content=contents(all_inlines)),
    st.builds(Figure, **placed, src=words, alt=words, caption=words, href=st.none() | words),
)
all_blocks = _others | tables(_others | tables(_others))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=5,
)

roots = st.one_of(
    st.builds(RichText, words, st.lists(all_blocks, max_size=6).map(tuple)),
    st.builds(Source, words, words),
    st.builds(Data, words, json_values),
)
pages = st.builds(Page, st.lists(roots, max_size=2).map(tuple))
pages_that_markdown_says = st.lists(blocks_that_markdown_says, max_size=6).map(
    lambda blocks: Page((RichText("default", tuple(blocks)),))
)

# A file says its size in words, and an empty mark has no tag to be read back from.
rich_pages = st.lists(all_blocks.filter(lambda block: not _holds_files(block)), max_size=6).map(
    lambda blocks: Page((RichText("default", tuple(blocks)),))
)


def _holds_files(block: AnyBlock) -> bool:
    match block:
        case File():
            return True
        case Table(rows=rows):
            cells = (cell for row in rows for cell in row)
            return any(_holds_files(inner) for cell in cells for inner in cell.blocks)
        case _:
            return False

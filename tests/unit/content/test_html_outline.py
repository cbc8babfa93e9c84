"""An outline that is read back from HTML is the page's own."""

from hypothesis import given
from hypothesis import strategies as st

from palimpsest.content import html
from palimpsest.content.blocks import (
    AnyBlock,
    BlockType,
    Break,
    Inline,
    InlineMath,
    Mention,
    Page,
    RichText,
    Text,
    UnknownInline,
)
from palimpsest.content.html_outline import headings
from palimpsest.content.outline import Heading, outline
from tests.unit.content.pages import ALL_MARKS, marks, tables, texts, words

spoken: st.SearchStrategy[Inline] = st.one_of(
    st.builds(Text, words, marks(ALL_MARKS)),
    st.builds(Break),
    st.builds(InlineMath, words),
    st.builds(Mention, words, words, words),
    st.builds(UnknownInline, words),
)
lines: st.SearchStrategy[AnyBlock] = texts(spoken, [BlockType.H, BlockType.TOGGLE, BlockType.P])
pages = st.lists(lines | tables(lines), max_size=8).map(
    lambda blocks: Page((RichText("default", tuple(blocks)),))
)


@given(pages)
def test_headings_have_their_level_their_words_and_their_anchor(page: Page) -> None:
    expected = [
        Heading(heading.level, " ".join(heading.text.split()), heading.anchor)
        for heading in outline(page)
    ]
    assert headings(html.write(page)) == tuple(each for each in expected if each.text)


def test_a_heading_that_is_a_picture_alone_is_left_out() -> None:
    made = '<section><h1 id="h-a"><img src="https://a.example/b" alt="words"></h1></section>'
    assert headings(made) == ()

"""Text is clean and whole before it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.content.blocks import (
    Break,
    Inline,
    InlineImage,
    InlineMath,
    Mark,
    MarkName,
    Mention,
    Text,
    UnknownInline,
)
from palimpsest.content.inlines import (
    clean,
    in_order,
    is_something,
    language_word,
    one_line,
    spoken,
    written,
)
from tests.unit.content.pages import all_inlines

BOLD = frozenset({Mark(MarkName.BOLD)})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\nd\n\r", "a\nb\nc\nd\n\n"),
        ("a\0b\x0b\x1f\x7f\x85", "a\ufffdb\ufffd\ufffd\ufffd\ufffd"),
        ("\ud800\ufffe\uffff", "\ufffd\ufffd\ufffd"),
        ("\ta\u00a0\u2028\ufeff😀", "\ta\u00a0\u2028\ufeff😀"),
    ],
)
def test_what_no_format_can_carry_is_replaced(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_on_one_line_a_line_end_is_a_space() -> None:
    assert one_line("a\r\nb\nc") == "a b c"


def test_texts_with_the_same_marks_are_one() -> None:
    content = [Text("a"), Text("b"), Text("c", BOLD), Text("", frozenset()), Text("d", BOLD)]
    assert list(written(content)) == [Text("ab"), Text("cd", BOLD)]


def test_a_newline_is_a_break_even_where_two_texts_make_it_up() -> None:
    assert list(written([Text("a\r"), Text("\nb")])) == [Text("a"), Break(), Text("b")]
    assert list(written([Text("\n", BOLD)])) == [Break()]


@given(st.lists(all_inlines))
def test_writing_again_changes_nothing(content: list[Inline]) -> None:
    once = list(written(content))
    assert list(written(once)) == once
    assert all(inline.text for inline in once if isinstance(inline, Text))


def test_empty_text_is_nothing_and_all_else_is_something() -> None:
    assert not is_something(())
    assert not is_something((Text(""), Text("", BOLD)))
    assert is_something((Text(""), Text(" ")))
    assert is_something((Break(),))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (None, ""),
        ("", ""),
        ("c++", "c++"),
        ("C# 12", "C#12"),
        ('x"><b>`\n', "xb"),
        ("日本", "日本"),
    ],
)
def test_a_language_is_a_word(language: str | None, expected: str) -> None:
    assert language_word(language) == expected


def test_marks_are_in_a_steady_order() -> None:
    marks = [Mark(MarkName.LINK, "a"), Mark(MarkName.COMMENT, "1"), Mark(MarkName.COMMENT, "2")]
    marks += [Mark(MarkName.BOLD), Mark(MarkName.CODE)]
    assert in_order(frozenset(reversed(marks))) == marks


@pytest.mark.parametrize(
    ("inline", "expected"),
    [
        (Text("a\0"), "a\ufffd"),
        (Break(), "\n"),
        (Mention("Ann\nB"), "@Ann B"),
        (Mention("@Ann"), "@Ann"),
        (InlineImage(src="/x", alt="a\nb"), "a b"),
        (InlineMath("a\nb"), "a b"),
        (UnknownInline("chip"), "[chip]"),
    ],
)
def test_every_inline_can_be_said(inline: Inline, expected: str) -> None:
    assert spoken(inline) == expected

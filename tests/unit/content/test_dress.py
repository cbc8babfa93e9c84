"""Readers see code in colours and formulas set; what is too much, or not understood, is plain."""

import time
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from re import sub

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.adapters.system.bounds import within
from palimpsest.content import colouring, formulas, html
from palimpsest.content.blocks import (
    AnyBlock,
    Block,
    BlockType,
    Code,
    Direction,
    InlineMath,
    Math,
    Page,
    RichText,
    Text,
)
from palimpsest.content.dress import Patience, Wardrobe
from palimpsest.content.html_outline import headings
from palimpsest.content.html_tags import COLOURS, escaped, sanitized
from palimpsest.limits import Limits
from tests.unit.content.html_reading import elements, parse
from tests.unit.content.pages import pages

LANGUAGES = sorted(colouring.LEXERS)
PROGRAM = "def first(x: int) -> int:\n    return x + 1  # <one> & 'more'\n"


def at_once(work: Callable[[], str]) -> str | None:
    return work()


def never(work: Callable[[], str]) -> str | None:
    return None


def dressed(*blocks: AnyBlock, limits: Limits | None = None, patience: Patience = at_once) -> str:
    dress = Wardrobe(limits or Limits(), patience).dress()
    page = Page((RichText("default", blocks),))
    return html.write(page, dress).removeprefix('<section data-root="default">')


def words(html_: str) -> str:
    return unescape(sub("<[^>]*>", "", html_))


def test_a_program_is_coloured_by_classes() -> None:
    shown = dressed(Code(text=PROGRAM, language="python"))
    assert '<span class="hljs-keyword">def</span>' in shown
    assert '<span class="hljs-title">first</span>' in shown
    assert "style=" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text(max_size=60))
def test_coloured_code_says_what_the_program_says(language: str, text: str) -> None:
    shown = colouring.coloured(text, language)
    assert sanitized(f"<pre><code>{shown}</code></pre>") == f"<pre><code>{shown}</code></pre>"
    assert words(shown) == words(escaped(text))


def test_every_colour_is_one_that_the_gate_lets_through() -> None:
    assert set(colouring.CLASSES.values()) <= set(COLOURS)


@pytest.mark.parametrize("language", [None, "", "klingon", "../../etc", "PYTHON3000"])
def test_an_unknown_language_has_no_colours(language: str | None) -> None:
    code = Code(text=PROGRAM, language=language)
    assert dressed(code) == dressed(code, patience=never)


def test_code_beyond_a_limit_is_shown_as_it_is() -> None:
    code = Code(text=PROGRAM, language="python")
    for name in ("code_coloured_characters_max", "page_dressed_characters_max"):
        limits = replace(Limits(), **{name: len(PROGRAM) - 1})
        assert "hljs" not in dressed(code, limits=limits)
    once = replace(Limits(), page_dressed_characters_max=len(PROGRAM))
    assert dressed(code, code, limits=once).count(">def<") == 1


def test_after_what_took_too_long_no_other_code_is_tried() -> None:
    tried: list[int] = []

    def first_only(work: Callable[[], str]) -> str | None:
        tried.append(1)
        return None

    code = [Code(text=f"{number} = 1", language="python") for number in range(3)]
    assert "hljs" not in dressed(*code, patience=first_only)
    assert len(tried) == 1


def test_a_lexer_that_does_not_end_is_given_up() -> None:
    """Many empty lines take some of the lexers a time that grows with the square of them."""
    began = time.process_time()
    shown = dressed(Code(text="\n" * 29_000, language="c"), patience=within(50))
    assert time.process_time() - began < 5
    assert "hljs" not in shown


def test_what_was_in_time_is_whole() -> None:
    assert within(10_000)(lambda: "done") == "done"


def test_what_was_coloured_before_is_not_coloured_again() -> None:
    times: list[int] = []

    def counted(work: Callable[[], str]) -> str | None:
        times.append(1)
        return work()

    wardrobe = Wardrobe(Limits(), counted)
    assert wardrobe.dress().code(PROGRAM, "python") == wardrobe.dress().code(PROGRAM, "python")
    assert len(times) == 1


def test_a_formula_is_set_on_its_line_and_within_one() -> None:
    shown = dressed(Math(tex=r"\frac{1}{2}", id="m"), Block(content=(InlineMath("x^2"),)))
    assert '<div class="formula" data-block="m"><math display="block">' in shown
    assert "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in shown
    assert "<mrow><msup><mi>x</mi><mn>2</mn></msup></mrow>" in shown
    assert '<annotation encoding="application/x-tex">x^2</annotation>' in shown


def test_a_heading_is_called_by_its_formula_as_it_is_seen() -> None:
    heading = Block(type=BlockType.H, level=2, content=(Text("About "), InlineMath("x^2 < y")))
    assert [each.text for each in headings(dressed(heading))] == ["About x2<y"]


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (r"\begin{aligned}a&=b\\c&=d\end{aligned}", "<mtable "),
        (r"\begin{gathered}a\\c\end{gathered}", "<mtable>"),
        (r"\lim_{x\to 0} x", "<munder><mo>lim</mo>"),
        (r"\sin x", '<mi>sin</mi><mspace width="0.1667em"></mspace><mi>x</mi>'),
        (r"\text{a < b \& c}", "&lt;"),
        (r"\left(\frac ab\right)^n", 'form="prefix"'),
    ],
)
def test_a_formula_says_what_is_meant(tex: str, part: str) -> None:
    shown = formulas.mathml(tex, display=True)
    assert shown is not None
    assert part in shown


@pytest.mark.parametrize(
    "tex",
    [
        r"\unknown{x}",
        r"\frac",
        r"\left(",
        "{",
        "x & y",
        r"a \\ b",
        r"\boxed{x}",
        r"\hspace{1000em}x",
        r"\rule{1em}{1em}",
        r"\def\a{\a}\a",
        r"\ce{H2O}",
        "{" * 2400 + "}" * 2400,
        "x^" * 2000,
        r"\frac{1}{1+" * 200 + "1" + "}" * 200,
        "",
        " ",
    ],
)
def test_what_would_not_be_shown_as_it_is_meant_is_shown_as_it_is_written(tex: str) -> None:
    shown = dressed(Math(tex=tex), Block(content=(InlineMath(tex),)))
    assert shown == dressed(Math(tex=tex), Block(content=(InlineMath(tex),)), patience=never)


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;img src=x onerror=alert(1)&gt;}",
        r"\href{javascript:alert(1)}{x}",
        r"\style{position:fixed}{x}",
        r"\class{bar}{x}",
        r"\mathrm{</math><img src=x>}",
    ],
)
def test_a_formula_brings_nothing_but_a_formula(tex: str) -> None:
    shown = dressed(Math(tex=tex), Block(content=(InlineMath(tex),)))
    assert not [
        each for each in elements(parse(f"<section>{shown}")) if each.name in {"script", "img"}
    ]
    for foreign in (" href", "style=", 'class="bar'):
        assert foreign not in shown


@given(st.text(alphabet=r"\{}^_&<>'\"ab1 =+()[]#$%~", max_size=40))
def test_any_formula_passes_the_gate_as_it_was_written(tex: str) -> None:
    shown = formulas.mathml(tex, display=True)
    if shown is not None:
        assert sanitized(f"<p>{shown}</p>") == f"<p>{shown}</p>"


def test_what_stands_beside_words_is_on_the_side_on_which_they_begin() -> None:
    words = (Text("بند"),)
    assert '<ul dir="auto">' in dressed(Block(type=BlockType.UL, content=words))
    assert '<blockquote dir="auto">' in dressed(Block(type=BlockType.QUOTE, content=words))
    assert '<ol dir="rtl">' in dressed(Block(type=BlockType.OL, dir=Direction.RTL, content=words))


@given(pages)
def test_a_dressed_page_needs_no_mending(page: Page) -> None:
    dress = Wardrobe(Limits(), at_once).dress()
    composed = html.compose(page, Wardrobe(Limits(), at_once).dress())
    assert html.write(page, dress) == composed
    parse(composed)

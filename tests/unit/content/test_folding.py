"""Words as they are compared: without case and accents, and found where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.content.folding import folded, places, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Résumé", "resume"),
        ("re\u0301sume\u0301", "RÉSUMÉ"),
        ("STRASSE", "straße"),
        ("ﬁnal", "FINAL"),
        ("Ｗｉｄｅ", "wide"),
        ("مُحَمَّد", "محمد"),
        ("שָׁלוֹם", "שלום"),
        ("İstanbul", "istanbul"),
        ("Ångström", "angstrom"),
    ],
)
def test_what_differs_in_case_or_accents_alone_is_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("क", "कि"), ("か", "き"), ("o", "ø"), ("a", "b")])
def test_what_are_other_letters_stays_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("Our Résumé", ["resume"], ["Résumé"]),
        ("Große Straße", ["ss"], ["ß", "ß"]),
        ("Große Straße", ["s"], ["ß", "S", "ß"]),
        ("banana", ["an", "nan"], ["anan"]),
        ("banana", ["x"], []),
        ("", ["x"], []),
        ("aaaa", ["aa"], ["aaaa"]),
        ("plan of plans", ["plan", "of"], ["plan", "of", "plan"]),
        ("🏡 at home", ["home"], ["home"]),
    ],
)
def test_words_are_found_where_they_stand(text: str, words: list[str], marked: list[str]) -> None:
    assert [text[start:end] for start, end in places(text, words)] == marked


@given(st.text(max_size=40), st.lists(st.text(max_size=3).map(folded), max_size=4))
def test_places_are_in_order_and_apart_and_as_many_as_are_found(
    text: str, words: list[str]
) -> None:
    found = places(text, words)
    edges = [edge for place in found for edge in place]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= len(text) for edge in edges)
    assert bool(found) == any(word and word in folded(text) for word in words)


@given(st.text())
def test_what_is_folded_once_is_folded(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_words_are_taken_once_and_not_without_end() -> None:
    assert words_of("  Über uns\tüber ", 8) == ("uber", "uns")
    assert words_of("a b c d", 2) == ("a", "b")
    assert words_of(" \n", 8) == ()

"""A refusal says what was wrong, in a sentence of its own or one that it is given."""

import pytest

from palimpsest.domain import refusals
from palimpsest.domain.refusals import DocumentNotFound, Refusal

ALL = [
    refusal
    for refusal in vars(refusals).values()
    if isinstance(refusal, type) and issubclass(refusal, Refusal)
]


def test_a_refusal_says_its_own_sentence() -> None:
    assert str(DocumentNotFound()) == "There is no such document."


def test_a_refusal_says_the_sentence_it_is_given() -> None:
    assert str(DocumentNotFound("It was here yesterday.")) == "It was here yesterday."


@pytest.mark.parametrize("refusal", ALL)
def test_every_refusal_has_a_sentence(refusal: type[Refusal]) -> None:
    assert str(refusal()).endswith(".")
    assert "\n" not in str(refusal())

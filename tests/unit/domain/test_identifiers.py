"""Document ids are checked where they come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.domain.identifiers import document_id, has_control_characters
from palimpsest.domain.refusals import BadDocumentId


@pytest.mark.parametrize(
    "text", ["a", "notes/2024/june", "Überlänge ist erlaubt", "x" * 200, "é" * 100, "..", " "]
)
def test_a_document_id_is_1_to_200_bytes_of_utf_8(text: str) -> None:
    assert document_id(text) == text


@pytest.mark.parametrize("text", ["", "x" * 201, "é" * 101])
def test_a_document_id_of_no_bytes_or_too_many_is_refused(text: str) -> None:
    with pytest.raises(BadDocumentId):
        document_id(text)


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "\x7f", "\x85"])
def test_a_document_id_with_a_control_character_is_refused(text: str) -> None:
    with pytest.raises(BadDocumentId):
        document_id(text)


def test_a_document_id_with_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(BadDocumentId):
        document_id("a\ud800b")


def test_a_lone_surrogate_counts_as_a_control_character_since_no_utf_8_can_hold_it() -> None:
    assert has_control_characters("\udfff")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_text_without_control_characters_has_none(text: str) -> None:
    assert not has_control_characters(text)

"""Formats mean the same marks under all the names that editors have for them."""

from typing import Any

import pytest

from palimpsest.content.blocks import NO_MARKS, Json, Mark, MarkName
from palimpsest.content.reading.formats import marks_of
from palimpsest.content.tree import Attributes


@pytest.mark.parametrize(
    ("mark", "names"),
    [
        (MarkName.BOLD, ["bold", "strong"]),
        (MarkName.ITALIC, ["italic", "em"]),
        (MarkName.UNDERLINE, ["underline"]),
        (MarkName.STRIKE, ["strike", "strikethrough"]),
        (MarkName.HIGHLIGHT, ["highlight", "background", "backgroundColor"]),
        (MarkName.SUP, ["sup", "superscript"]),
        (MarkName.SUB, ["sub", "subscript"]),
        (MarkName.CODE, ["code"]),
    ],
)
def test_a_mark_has_several_names(mark: MarkName, names: list[str]) -> None:
    for name in names:
        values: list[Json] = [{}, True, "red", {"color": "red"}]
        for value in values:
            assert marks_of({name: value}) == {Mark(mark)}


@pytest.mark.parametrize("value", [None, False])
def test_a_format_that_is_off_is_no_mark(value: Any) -> None:
    assert marks_of({"bold": value, "glow": value, "link": value}) == NO_MARKS


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ({"link": {"href": "/a", "target": "_blank"}}, Mark(MarkName.LINK, "/a")),
        ({"link": "/a"}, Mark(MarkName.LINK, "/a")),
        ({"link": {"href": 7}}, Mark(MarkName.LINK)),
        ({"comment": {"id": "one"}}, Mark(MarkName.COMMENT, "one")),
        ({"comment": {"threadId": "one", "orphan": False}}, Mark(MarkName.COMMENT, "one")),
        ({"unknown": {"name": "glow"}}, Mark(MarkName.UNKNOWN, "glow")),
        ({"script": "sub"}, Mark(MarkName.SUB)),
        ({"script": "super"}, Mark(MarkName.SUP)),
        ({"script": ["sub"]}, Mark(MarkName.UNKNOWN, "script")),
        ({"glow": {"strength": 1}}, Mark(MarkName.UNKNOWN, "glow")),
        ({"bold--AbCdEf12": {}}, Mark(MarkName.BOLD)),
    ],
)
def test_a_mark_keeps_what_matters_of_its_value(formats: Any, expected: Mark) -> None:
    assert marks_of(formats) == {expected}


def test_several_comments_are_told_apart_without_their_hashes() -> None:
    formats: Attributes = {"comment--OvbjDyO+": {"id": "one"}, "comment--U1NbFvN=": {"id": "two"}}
    assert marks_of(formats) == {Mark(MarkName.COMMENT, "one"), Mark(MarkName.COMMENT, "two")}


def test_only_a_hash_of_eight_is_taken_from_a_name() -> None:
    for name in ("a--AbCdEf1", "a--AbCdEf123", "a-AbCdEf12", "a--AbCdEf1_"):
        assert marks_of({name: {}}) == {Mark(MarkName.UNKNOWN, name)}


def test_how_text_looks_is_no_mark() -> None:
    looks = dict.fromkeys(["textStyle", "textColor", "color", "font", "size", "ychange"], "red")
    assert marks_of(looks) == NO_MARKS

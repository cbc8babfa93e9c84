"""Quill's lines: what one is, its newline says."""

from typing import Any

from palimpsest.content.reading.delta import blocks_of_text
from palimpsest.content.tree import Embed, Run, Text
from tests.outline import outline_of
from tests.unit.content.reading.trees import el


def outline(*runs: tuple[Any, dict[str, Any]] | str) -> list[str]:
    """Return the blocks of runs; what is no string and no node is an embed."""
    pairs = [(run, {}) if isinstance(run, str) else run for run in runs]
    content = (
        Run(Embed(value) if isinstance(value, dict) else value, formats)
        for value, formats in pairs
    )
    return outline_of(blocks_of_text(Text(tuple(content)))).splitlines()


def test_a_newline_ends_a_line_and_says_what_it_is() -> None:
    item = "\n", {"list": "bullet", "indent": 1}
    shown = outline("a", ("\n", {"header": 2}), "b\nc", item, "d", ("\n", {"blockquote": True}))
    assert shown == ["h level=2 a", "p b", "    ul c", "quote d"]


def test_the_last_line_may_have_no_newline() -> None:
    assert outline("a\nb") == ["p a", "p b"]


def test_a_newline_at_the_end_begins_no_line() -> None:
    assert outline("a\n") == ["p a"]
    assert outline("a\n\n") == ["p a", "p"]
    assert outline() == []


def test_lists_are_of_four_kinds() -> None:
    kinds = ["bullet", "ordered", "checked", "unchecked", "?", 7]
    shown = outline(*[part for kind in kinds for part in ("a", ("\n", {"list": kind}))])
    assert shown == ["ul a", "ol a", "task checked=True a", "task a", "p a", "p a"]


def test_lines_of_source_text_are_one_block_as_long_as_their_language_is_one() -> None:
    js, none, plain = [("\n", {"code-block": language}) for language in ("js", True, "plain")]
    shown = outline("a", js, "b", js, "c", none, "", plain, "d\n")
    assert shown == ["code language=js 'a\\nb'", "code 'c\\n'", "p d"]


def test_lines_of_a_table_are_cells_of_the_rows_that_they_name() -> None:
    cells = [("a", "1"), ("b", "1"), ("c", "2")]
    shown = outline(*[part for text, row in cells for part in (text, ("\n", {"table": row}))])
    assert shown == [
        *("table", "  row", "    cell", "      p a", "    cell", "      p b"),
        *("  row", "    cell", "      p c"),
    ]


def test_a_line_has_its_side_and_direction() -> None:
    shown = outline("a", ("\n", {"align": "right", "direction": "rtl"}))
    assert shown == ["p align=end dir=rtl a"]


def test_a_video_and_a_divider_are_lines_of_their_own() -> None:
    shown = outline(
        "a", ({"video": "v.mp4"}, {}), ({"divider": True}, {}), ({"video": 7}, {}), "b"
    )
    assert shown == ["p a", "file src=v.mp4", "divider", "file", "p b"]


def test_other_embeds_stand_in_the_line() -> None:
    image = {"image": "a.png"}, {"alt": "A", "width": "20", "link": "/b"}
    shown = outline(image, ({"formula": "x"}, {}), ({"mention": {"value": "Ann"}}, {}), "a")
    assert shown == [
        "p {inlineimage src=a.png alt=A width=20 href=/b}{math x}{mention label=Ann}a"
    ]
    assert outline(({"poll": {}}, {}), ({"a": 1, "b": 2}, {})) == ["p {unknown poll}{unknown }"]


def test_an_element_among_text_is_read_as_one() -> None:
    assert outline("a", (el("poll", "b"), {"bold": True})) == ["p a{bold unknown=poll: b}"]

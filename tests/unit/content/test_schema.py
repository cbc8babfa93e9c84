"""The editor's schema, the model and the writers say the same, down to each attribute."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from palimpsest.content import blocks, data, html, markdown, text
from palimpsest.content.blocks import (
    INDENT_MAX,
    LEVEL_MAX,
    SPAN_MAX,
    START_MAX,
    AnyBlock,
    Block,
    BlockType,
    Break,
    Cell,
    Code,
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
    Table,
    Text,
    Tone,
    Unknown,
    UnknownInline,
)
from palimpsest.content.schema import MARK_VALUES, NODES, SCHEMA, SCHEMA_VERSION

ROOT = Path(__file__).parents[3]

WITHIN = {"content", "text", "marks", "blocks", "rows", "deep"}
"""What the schema calls content, and the model a field."""

LEAST = {"indent": 0, "level": 1, "start": 0, "colspan": 1, "rowspan": 1, "width": 1, "size": 0}
MOST = {
    "indent": INDENT_MAX,
    "level": LEVEL_MAX,
    "start": START_MAX,
    "colspan": SPAN_MAX,
    "rowspan": SPAN_MAX,
}

ATTRIBUTES = [
    (model, name)
    for model, node in NODES.items()
    for name in SCHEMA["nodes"][node].get("attrs", {})
]


def test_the_model_has_every_node_and_no_other() -> None:
    # A document is a page's root, and a row is no more than its cells.
    assert set(SCHEMA["nodes"]) - {"doc", "row"} == set(NODES.values())


def test_the_same_nodes_are_blocks_and_inlines() -> None:
    for group, union in (("anyblock", AnyBlock), ("inline", Inline)):
        nodes = {name for name, node in SCHEMA["nodes"].items() if node.get("group") == group}
        assert nodes == {NODES[model] for model in get_args(union)}


@pytest.mark.parametrize("model", NODES)
def test_a_node_has_the_same_attributes(model: type) -> None:
    attributes = set(SCHEMA["nodes"][NODES[model]].get("attrs", {}))
    assert attributes == {item.name for item in fields(model)} - WITHIN


@pytest.mark.parametrize(("model", "name"), ATTRIBUTES)
def test_an_attribute_has_the_same_type_and_bounds(model: type, name: str) -> None:
    attribute = SCHEMA["nodes"][NODES[model]]["attrs"][name]
    hint = get_type_hints(model)[name]
    kind = next(iter(get_args(hint)), hint)
    types = {"string": str, "integer": int, "boolean": bool}
    assert issubclass(kind, types[attribute["type"]])
    assert attribute["default"] is None
    assert attribute.get("values") == (list(kind) if issubclass(kind, StrEnum) else None)
    if attribute["type"] == "integer":
        assert attribute["minimum"] == LEAST[name]
        assert attribute.get("maximum") == MOST.get(name)


def test_the_model_has_every_mark_and_its_attribute() -> None:
    assert set(SCHEMA["marks"]) == set(MarkName)
    attributes = {name: list(mark.get("attrs", {})) for name, mark in SCHEMA["marks"].items()}
    assert attributes == {
        name.value: [MARK_VALUES[name]] if name in MARK_VALUES else [] for name in MarkName
    }


def test_several_marks_of_a_name_stand_together_where_the_model_says_so() -> None:
    together = {name for name, mark in SCHEMA["marks"].items() if mark.get("excludes") == ""}
    assert together == {MarkName.COMMENT, MarkName.UNKNOWN}


def test_no_node_has_the_name_of_a_mark() -> None:
    assert not set(SCHEMA["nodes"]) & set(SCHEMA["marks"])


def test_the_schema_goes_into_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included["static/schema.json"] == "palimpsest/content/schema.json"
    assert json.loads((ROOT / "static/schema.json").read_text()) == SCHEMA
    assert SCHEMA["schemaVersion"] == SCHEMA_VERSION


# What each writer does with each of them: two pages differ in it, and so does what is written.

WRITERS: dict[str, Callable[[Page], str]] = {
    "html": html.write,
    "markdown": markdown.write,
    "text": text.write,
    "data": lambda page: json.dumps(data.write(page)),
}


@dataclass(frozen=True)
class Sample:
    """A node, and each of its attributes as it is in it and as it is otherwise."""

    node: Any
    others: dict[str, Any]
    bases: dict[str, Any] | None = None


def _of(type_: BlockType, **more: Any) -> Block:
    return Block(type=type_, content=(Text("a"),), **more)


_PLACED = {"indent": 1, "id": "x"}
_CELL = Cell(blocks=(_of(BlockType.P),))

SAMPLES = {
    Block: Sample(
        _of(BlockType.P),
        {
            **_PLACED,
            "type": BlockType.H,
            "level": 3,
            "checked": True,
            "start": 5,
            "align": blocks.Align.CENTER,
            "dir": blocks.Direction.RTL,
            "tone": Tone.TIP,
            "collapsed": True,
        },
        {
            "level": _of(BlockType.H),
            "checked": _of(BlockType.TASK),
            "start": _of(BlockType.OL),
            "tone": _of(BlockType.CALLOUT),
            "collapsed": _of(BlockType.TOGGLE),
        },
    ),
    Code: Sample(Code(text="a"), {**_PLACED, "language": "c"}),
    Figure: Sample(
        Figure(src="/a", alt="a"),
        {**_PLACED, "src": "/b", "alt": "b", "width": 5, "caption": "c", "href": "/d"},
    ),
    Table: Sample(Table(rows=((_CELL,),)), _PLACED),
    Cell: Sample(_CELL, {"header": True, "colspan": 2, "rowspan": 2}),
    Divider: Sample(Divider(), _PLACED),
    Math: Sample(Math(tex="a"), {**_PLACED, "tex": "b"}),
    File: Sample(
        File(src="/a", name="a"), {**_PLACED, "src": "/b", "name": "b", "size": 5, "caption": "c"}
    ),
    Unknown: Sample(Unknown(name="a"), {**_PLACED, "name": "b"}),
    Text: Sample(Text("a"), {}),
    Break: Sample(Break(), {}),
    Mention: Sample(Mention("a"), {"label": "b", "id": "1", "kind": "person"}),
    InlineImage: Sample(
        InlineImage(src="/a", alt="a"), {"src": "/b", "alt": "b", "width": 5, "href": "/c"}
    ),
    InlineMath: Sample(InlineMath("a"), {"tex": "b"}),
    UnknownInline: Sample(UnknownInline("a"), {"name": "b"}),
}

UNSAID = {
    "html": set[str](),
    "data": set[str](),
    "markdown": {
        *("indent", "id", "align", "dir", "collapsed", "width", "size", "kind"),
        # A row below is what a cell could reach over.
        "cell.rowspan",
    },
    "text": {
        *(
            "indent",
            "id",
            "type",
            "level",
            "checked",
            "start",
            "align",
            "dir",
            "tone",
            "collapsed",
        ),
        *("language", "src", "width", "href", "header", "colspan", "rowspan", "size", "kind"),
        *("divider", "file.src"),
    },
}


def _page(node: Any) -> Page:
    if isinstance(node, Cell):
        node = Table(rows=((node,),))
    if isinstance(node, Inline):
        node = Block(content=(Text("x"), node, Text("y")))
    return Page((RichText("default", (node,)),))


def test_there_is_a_sample_of_everything() -> None:
    assert set(SAMPLES) == set(NODES)
    for model, node in NODES.items():
        assert set(SAMPLES[model].others) == set(SCHEMA["nodes"][node].get("attrs", {}))


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("model", NODES)
def test_every_writer_writes_every_node(writer: str, model: type) -> None:
    write = WRITERS[writer]
    without = Page((RichText("default"),))
    if model in get_args(Inline):
        without = Page((RichText("default", (Block(content=(Text("xy"),)),)),))
    is_said = write(_page(SAMPLES[model].node)) != write(without)
    assert is_said == (NODES[model] not in UNSAID[writer])


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(("model", "name"), ATTRIBUTES)
def test_every_writer_writes_every_attribute_or_is_known_not_to(
    writer: str, model: type, name: str
) -> None:
    sample = SAMPLES[model]
    node = (sample.bases or {}).get(name, sample.node)
    other = replace(node, **{name: sample.others[name]})
    write = WRITERS[writer]
    is_said = write(_page(node)) != write(_page(other))
    unsaid = {name, f"{NODES[model]}.{name}"} & UNSAID[writer]
    assert is_said == (not unsaid)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", MarkName)
def test_every_writer_writes_every_mark_or_is_known_not_to(writer: str, name: MarkName) -> None:
    write = WRITERS[writer]
    mark = Mark(name, "/a" if name in MARK_VALUES else "")
    is_said = write(_page(Text("a", frozenset({mark})))) != write(_page(Text("a")))
    unsaid = {"markdown": {MarkName.COMMENT, MarkName.UNKNOWN}, "text": set(MarkName)}
    assert is_said == (name not in unsaid.get(writer, set()))

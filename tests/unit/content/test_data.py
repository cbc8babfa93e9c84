"""Nothing of a page is lost in plain values, and any JSON writer takes them."""

import json
from typing import Any

from hypothesis import given

from palimpsest.content import data
from palimpsest.content.blocks import (
    Align,
    Block,
    BlockType,
    Break,
    Cell,
    Data,
    Direction,
    Mark,
    MarkName,
    Page,
    RichText,
    Root,
    Source,
    Table,
    Text,
    Tone,
)
from palimpsest.content.schema import MARK_VALUES, NODES
from tests.unit.content.pages import pages

MODELS = {node: model for model, node in NODES.items()}
ENUMERATIONS = {"type": BlockType, "align": Align, "dir": Direction, "tone": Tone}


def read(values: dict[str, Any]) -> Page:
    """Return the page that the values describe."""
    return Page(tuple(_root(root) for root in values["roots"]))


def _root(values: dict[str, Any]) -> Root:
    match values:
        case {"name": name, "blocks": blocks}:
            return RichText(name, tuple(map(_node, blocks)))
        case {"name": name, "text": text}:
            return Source(name, text)
        case _:
            return Data(values["name"], values["value"])


def _node(values: dict[str, Any]) -> Any:
    attributes = {name: _value(name, value) for name, value in values.items() if name != "node"}
    return MODELS[values["node"]](**attributes)


def _value(name: str, value: Any) -> Any:
    match name:
        case "content" | "blocks":
            return tuple(map(_node, value))
        case "rows":
            return tuple(tuple(map(_node, row)) for row in value)
        case "marks":
            return frozenset(map(_mark, value))
        case _:
            return ENUMERATIONS[name](value) if name in ENUMERATIONS else value


def _mark(values: dict[str, Any]) -> Mark:
    name = MarkName(values["mark"])
    return Mark(name, values[MARK_VALUES[name]]) if name in MARK_VALUES else Mark(name)


@given(pages)
def test_what_was_written_is_read_back(page: Page) -> None:
    assert read(data.write(page)) == page
    assert read(json.loads(json.dumps(data.write(page)))) == page


def test_it_looks_as_documented() -> None:
    bold = frozenset({Mark(MarkName.BOLD), Mark(MarkName.LINK, "/a")})
    heading = Block(type=BlockType.H, level=2, content=(Text("Bold", bold), Break()))
    table = Table(rows=((Cell(header=True, blocks=(Block(),)),),), id="t")
    page = Page(
        (RichText("default", (heading, table)), Source("notes", "x"), Data("settings", [1]))
    )
    assert data.write(page) == {
        "schemaVersion": 1,
        "roots": [
            {
                "name": "default",
                "blocks": [
                    {
                        "node": "block",
                        "type": "h",
                        "level": 2,
                        "content": [
                            {
                                "node": "text",
                                "text": "Bold",
                                "marks": [{"mark": "link", "href": "/a"}, {"mark": "bold"}],
                            },
                            {"node": "br"},
                        ],
                    },
                    {
                        "node": "table",
                        "id": "t",
                        "rows": [
                            [{"node": "cell", "header": True, "blocks": [{"node": "block"}]}]
                        ],
                    },
                ],
            },
            {"name": "notes", "text": "x"},
            {"name": "settings", "value": [1]},
        ],
    }


def test_data_is_shown_as_json_that_people_can_read() -> None:
    assert data.json_text({"a": ["é", None]}) == '{\n  "a": [\n    "é",\n    null\n  ]\n}'

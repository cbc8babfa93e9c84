"""A page as plain values for programs: nothing is lost, names are those of the editor's schema.

    {"schemaVersion": 1, "roots": [
        {"name": "default", "blocks": [
            {"node": "block", "type": "h", "level": 2, "content": [
                {"node": "text", "text": "Bold", "marks": [{"mark": "bold"}]}, {"node": "br"}]},
            {"node": "table", "rows": [[{"node": "cell", "header": true, "blocks": []}]]}]},
        {"name": "notes", "text": "plain text"},
        {"name": "settings", "value": {"any": "JSON"}}]}

What is as it is by default (an indent of 0, no id, not checked, no marks ...) is left out.
"""

import json
from dataclasses import fields
from enum import StrEnum
from typing import Any

from palimpsest.content.blocks import Data, Json, Mark, Page, RichText, Root, Source
from palimpsest.content.inlines import in_order
from palimpsest.content.schema import MARK_VALUES, NODES, SCHEMA_VERSION

Values = dict[str, Any]


def write(page: Page) -> Values:
    """Return the page as values that any JSON writer takes."""
    return {"schemaVersion": SCHEMA_VERSION, "roots": [_root(root) for root in page.roots]}


def json_text(value: Json) -> str:
    """Return plain values as JSON that people can read."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def _root(root: Root) -> Values:
    match root:
        case RichText(name, blocks):
            return {"name": name, "blocks": [_node(block) for block in blocks]}
        case Source(name, text):
            return {"name": name, "text": text}
        case Data(name, value):
            return {"name": name, "value": value}


_DEFAULTS = {
    node: [(item.name, item.default) for item in fields(node) if item.init] for node in NODES
}


def _node(node: object) -> Values:
    values: Values = {"node": NODES[type(node)]}
    for name, default in _DEFAULTS[type(node)]:
        value = getattr(node, name)
        if value != default:
            values[name] = _value(value)
    return values


def _value(value: object) -> object:
    match value:
        case StrEnum():
            return value.value
        case None | str() | int():
            return value
        case tuple():
            return [_value(item) for item in value]
        case frozenset():
            return [_mark(mark) for mark in in_order(value)]
        case _:
            return _node(value)


def _mark(mark: Mark) -> Values:
    values: Values = {"mark": mark.name.value}
    if mark.name in MARK_VALUES:
        values[MARK_VALUES[mark.name]] = mark.value
    return values

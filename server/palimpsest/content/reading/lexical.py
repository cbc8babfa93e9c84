"""Lexical's nodes as elements of the names that Tiptap uses: `@lexical/yjs` keeps them as texts.

Each is a text whose attributes begin with two underscores and tell its type. A piece of text has
its properties before it, in a map; the formats are bits. What shows things (decorators) are
elements.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from palimpsest.content.blocks import Json
from palimpsest.content.reading.attributes import text_of, whole_of
from palimpsest.content.tree import Attributes, Element, Embed, Node, Run, Text

_TYPE = "__type"

_FORMATS = ("bold", "italic", "strike", "underline", "code", "sub", "sup", "highlight")
"""From the lowest bit on."""
_FORMAT_MAX = 2**16

_ALIGNS = ("", "left", "center", "right", "justify", "start", "end")

_NAMES = {
    "quote": "blockquote",
    "listitem": "listItem",
    "code": "codeBlock",
    "tablerow": "tableRow",
    "autolink": "link",
    "horizontalrule": "horizontalRule",
}
_LISTS = {"number": "orderedList", "check": "taskList"}
_BETWEEN: dict[str, Node] = {"linebreak": Element("br"), "tab": Text((Run("\t"),))}


def is_of_lexical(nodes: Iterable[Node]) -> bool:
    """Tell whether these are Lexical's, and not ProseMirror's."""
    return any(isinstance(node, Text) and _TYPE in node.attributes for node in nodes)


def as_element(node: Node) -> Node:
    """Show a node as an element; what is within it, only when it is asked for itself."""
    own = node.attributes
    if _TYPE not in own:
        return node
    children = node.children if isinstance(node, Element) else tuple(_children(node))
    return Element(_name(own), _attributes(own), children)


def _name(own: Attributes) -> str:
    kind = text_of(own, _TYPE)
    if kind == "list":
        return _LISTS.get(text_of(own, "__listType"), "bulletList")
    if kind == "tablecell":
        return "tableHeader" if own.get("__headerState") else "tableCell"
    return _NAMES.get(kind, kind)


def _attributes(own: Attributes) -> Attributes:
    found: dict[str, Json] = {key.removeprefix("__"): value for key, value in own.items()}
    align = whole_of(own, "__format", least=0, most=len(_ALIGNS) - 1)
    found |= {
        "align": _ALIGNS[align or 0],
        "level": text_of(own, "__tag").removeprefix("h"),
        "href": own.get("__url"),
        "alt": own.get("__altText"),
        "colspan": own.get("__colSpan"),
        "rowspan": own.get("__rowSpan"),
    }
    return found


def _children(text: Text) -> Iterator[Node]:
    formats: dict[str, Any] = {}
    for run in text.runs:
        match run.content:
            case Embed(dict(properties)):
                kind = text_of(properties, _TYPE)
                formats = _formats(properties)
                if kind in _BETWEEN:
                    yield _BETWEEN[kind]
            case str(content):
                yield Text((Run(content, formats),))
            case Embed():
                yield Text((run,))
            case node:
                yield node


def _formats(properties: Attributes) -> dict[str, Any]:
    bits = whole_of(properties, "__format", least=0, most=_FORMAT_MAX) or 0
    return {name: True for bit, name in enumerate(_FORMATS) if bits >> bit & 1}

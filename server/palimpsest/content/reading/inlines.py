"""From text, and elements among it, to what stands in a line."""

from collections.abc import Callable, Iterable, Iterator

from palimpsest.content.blocks import (
    NO_MARKS,
    Break,
    Inline,
    InlineImage,
    InlineMath,
    Inlines,
    Json,
    Mark,
    MarkName,
    Marks,
    Mention,
    Text,
    UnknownInline,
)
from palimpsest.content.reading.attributes import text_of, whole_of
from palimpsest.content.reading.formats import marks_of
from palimpsest.content.tree import Attributes, Element, Embed, Node, Run
from palimpsest.content.tree import Text as TreeText

WIDTH_MAX = 100_000

View = Callable[[Node], Node]
"""Shows a node as elements of known names; what is within, only when it is asked for itself."""


def as_it_is(node: Node) -> Node:
    """Show a node of ProseMirror's, or of our own, which need no translation."""
    return node


def inlines_of(nodes: Iterable[Node], view: View = as_it_is) -> Inlines:
    """Return all that the nodes say, as what stands in a line."""
    return tuple(_walk(nodes, view))


def embedded(value: Json, formats: Attributes) -> Inline:
    """Return what an embed shows; Quill's have one key, which says what it is."""
    name, inner = _named(value)
    attributes = inner if isinstance(inner, dict) else {"": inner}
    match name:
        case "image":
            return image({**formats, **attributes})
        case "formula":
            return InlineMath(text_of(attributes, "", "tex", "latex"))
        case "mention":
            return mention(attributes)
        case _:
            return UnknownInline(name)


def mention(attributes: Attributes) -> Mention:
    """Return whom an element calls by name."""
    named = text_of(attributes, "id")
    label = text_of(attributes, "label", "value", "name", "user") or named
    return Mention(label, named, text_of(attributes, "kind"))


def image(attributes: Attributes) -> InlineImage:
    """Return a picture among words."""
    return InlineImage(
        src=text_of(attributes, "src", "url", ""),
        alt=text_of(attributes, "alt", "altText", "name"),
        width=whole_of(attributes, "width", "previewWidth", least=1, most=WIDTH_MAX),
        href=text_of(attributes, "href", "link") or None,
    )


def _named(value: Json) -> tuple[str, Json]:
    if isinstance(value, dict) and len(value) == 1:
        return next(iter(value.items()))
    return "", None


def _walk(nodes: Iterable[Node], view: View) -> Iterator[Inline]:
    path: list[tuple[Iterator[Node | Run], Marks]] = [(iter(nodes), NO_MARKS)]
    while path:
        rest, marks = path[-1]
        item = next(rest, None)
        if item is None:
            path.pop()
        elif isinstance(item, Run):
            formatted = marks | marks_of(item.formats) if item.formats else marks
            match item.content:
                case str(text):
                    yield Text(text, formatted)
                case Embed(value):
                    yield embedded(value, item.formats)
                case node:
                    path.append((iter((node,)), formatted))
        else:
            node = view(item)
            if isinstance(node, Element) and (node.name in _ATOMS or not _holds_something(node)):
                yield _atom(node)
            path.append(_within(node, marks))


def _within(node: Node, marks: Marks) -> tuple[Iterator[Node | Run], Marks]:
    """Return what a node holds, and what is true of all of it."""
    if isinstance(node, TreeText):
        return iter(node.runs), marks
    if node.name == "link":
        return iter(node.children), marks | marks_of({"link": dict(node.attributes)})
    if node.name and node.name not in _ATOMS:
        marks |= {Mark(MarkName.UNKNOWN, node.name)}
    return iter(node.children), marks


def _holds_something(element: Element) -> bool:
    return any(not isinstance(child, TreeText) or child.runs for child in element.children)


def _atom(element: Element) -> Inline:
    read = _ATOMS.get(element.name)
    return read(element) if read else UnknownInline(element.name)


def _formula(element: Element) -> Inline:
    return InlineMath(text_of(element.attributes, "tex", "latex"))


def _line_break(_: Element) -> Inline:
    return Break()


def _image(element: Element) -> Inline:
    return image(element.attributes)


def _unknown(element: Element) -> Inline:
    return UnknownInline(text_of(element.attributes, "name"))


def _mention(element: Element) -> Inline:
    return mention(element.attributes)


_ATOMS: dict[str, Callable[[Element], Inline]] = {
    "br": _line_break,
    "hardBreak": _line_break,
    "hard_break": _line_break,
    "image": _image,
    "image_inline": _image,
    "inlineMath": _formula,
    "math_inline": _formula,
    "mention": _mention,
    "unknown_inline": _unknown,
}
"""By name, what stands in a line and is itself all it says."""

INLINE_NAMES = frozenset({*_ATOMS, "link"})

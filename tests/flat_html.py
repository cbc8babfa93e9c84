"""Reads a page's HTML back as flat blocks, whether its lists are nested or each item is one."""

from html.parser import HTMLParser
from typing import Final, NamedTuple

VOID: Final = {"br", "hr", "img", "input"}
HEADINGS: Final = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS: Final = HEADINGS | {
    "p", "ul", "ol", "blockquote", "div", "details", "pre", "hr", "figure", "table"
}  # fmt: skip
MARKS: Final = {"strong", "em", "u", "s", "mark", "sup", "sub", "code", "a"}


class Node:
    """An element, or a piece of text."""

    def __init__(self, name: str, attributes: dict[str, str], text: str = "") -> None:
        self.name = name
        self.attributes = attributes
        self.text = text
        self.children: list[Node] = []

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def whole(self) -> str:
        return self.text + "".join(child.whole() for child in self.children)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.path = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.path[-1].children.append(node)
        if tag not in VOID:
            self.path.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.path.pop().name == tag

    def handle_data(self, data: str) -> None:
        self.path[-1].children.append(Node("", {}, data))


class Line(NamedTuple):
    """One block: how deep, what it is, what it says with which marks."""

    indent: int
    kind: str
    said: tuple[tuple[str, str], ...]


def lines(html: str) -> list[Line]:
    """Return the blocks of a page."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    found: list[Line] = []
    _blocks(builder.path[0].children, 0, found)
    return found


def ids(html: str) -> list[str]:
    """Return the ids of its blocks."""
    builder = _Builder()
    builder.feed(html)
    return sorted(_ids(builder.path[0]))


def _ids(node: Node) -> list[str]:
    own = [node.attributes["data-block"]] if "data-block" in node.attributes else []
    return own + [each for child in node.children for each in _ids(child)]


def _blocks(nodes: list[Node], indent: int, found: list[Line]) -> None:
    for node in nodes:
        deep = indent + int(node.attributes.get("data-indent", 0))
        if node.name == "section":
            _blocks(node.children, indent, found)
        elif node.name in {"ul", "ol"}:
            _items(node, deep, found)
        elif node.name == "blockquote":
            _quote(node, deep, found)
        elif node.name == "details" or node.classes & {"callout", "toggle"}:
            _container(node, deep, found)
        else:
            _single(node, deep, found)


def _quote(node: Node, indent: int, found: list[Line]) -> None:
    for child in node.children:
        if child.name == "p":
            found.append(_line(indent, "quote", child))
        else:
            _blocks([child], indent + 1, found)


def _container(node: Node, indent: int, found: list[Line]) -> None:
    kind = "toggle" if node.name == "details" or "toggle" in node.classes else "callout"
    # The button that folds is no part of what it says.
    head, *inside = (child for child in node.children if "box" not in child.classes)
    tone = node.attributes.get("data-tone", "")
    found.append(_line(indent, f"{kind} {tone}".strip(), head))
    _blocks(inside, indent + 1, found)


def _items(node: Node, indent: int, found: list[Line]) -> None:
    number = int(node.attributes.get("start", 1))
    for item in node.children:
        words = [child for child in item.children if child.name not in BLOCKS]
        inside = [child for child in item.children if child.name in BLOCKS]
        kind = node.name if node.name == "ul" else f"ol {number}"
        if "tasks" in node.classes:
            box, words, inside = _task(item)
            kind = "task done" if "checked" in box.attributes else "task"
        line = Node("li", item.attributes)
        line.children = words
        found.append(_line(indent, kind, line))
        _blocks(inside, indent + 1, found)
        number += 1


def _task(item: Node) -> tuple[Node, list[Node], list[Node]]:
    """Return a task's box, its words and what stands inside it."""
    head, *rest = item.children
    box = next(child for child in head.children if child.name == "input")
    if head.name == "label":  # The box, a space, and the words.
        _, space, *words = head.children
        space.text = space.text.removeprefix(" ")
        return box, [space, *words], rest
    words_of, *rest = rest
    return box, words_of.children, rest


def _single(node: Node, indent: int, found: list[Line]) -> None:
    match node.name:
        case "pre" if "math" in node.classes:
            found.append(Line(indent, "math", ((node.whole(), ""),)))
        case "pre":
            language = node.children[0].attributes.get("class", "")
            found.append(Line(indent, f"code {language}".strip(), ((node.whole(), ""),)))
        case "table":
            found.append(Line(indent, "table", ()))
            _rows(node, indent + 1, found)
        case "div":
            assert "unknown" in node.classes
            name = node.attributes["data-unknown"]
            found.append(Line(indent, f"unknown {name}", ((node.whole(), ""),)))
        case "figure":
            found.append(_line(indent, f"figure {' '.join(sorted(node.classes))}".strip(), node))
        case _:
            found.append(_line(indent, node.name, node))


def _rows(node: Node, indent: int, found: list[Line]) -> None:
    for child in node.children:
        if child.name in {"thead", "tbody"}:
            _rows(child, indent, found)
        elif child.name == "tr":
            found.append(Line(indent, "row", ()))
            _rows(child, indent + 1, found)
        else:
            spans = [child.attributes.get(name, "1") for name in ("colspan", "rowspan")]
            found.append(Line(indent, f"{child.name} {'x'.join(spans)}", ()))
            _blocks(child.children, indent + 1, found)


def _line(indent: int, kind: str, node: Node) -> Line:
    said: list[tuple[str, str]] = []
    _inlines(node, frozenset(), said)
    form = [node.attributes[name] for name in ("data-align", "dir") if name in node.attributes]
    return Line(indent, " ".join([kind, *form]), tuple(_joined(said)))


def _inlines(node: Node, marks: frozenset[str], said: list[tuple[str, str]]) -> None:
    for child in node.children:
        around = marks | _marks(child)
        if child.name == "br":
            said.append(("\n", ""))
        elif child.name == "img":
            image = [
                f"{name}={child.attributes.get(name, '')}" for name in ("src", "alt", "width")
            ]
            said.append((f"[{' '.join(image)}]", ""))
        elif child.text:
            said.append((child.text, " ".join(sorted(around))))
        elif child.name == "figcaption":
            said.append((child.whole(), "caption"))
        else:
            _inlines(child, around, said)


def _marks(node: Node) -> frozenset[str]:
    if node.name == "a":
        return frozenset({f"a={node.attributes.get('href', '')}"})
    if node.name == "code" and "math" in node.classes:
        return frozenset({"math"})
    if node.name == "span":
        named = [f"{name}={value}" for name, value in node.attributes.items()]
        return frozenset(each for each in named if each.startswith("data-"))
    return frozenset({node.name}) if node.name in MARKS else frozenset()


def _joined(said: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pieces, neighbours of the same marks as one."""
    joined: list[tuple[str, str]] = []
    for text, marks in said:
        if joined and joined[-1][1] == marks:
            joined[-1] = (joined[-1][0] + text, marks)
        elif text:
            joined.append((text, marks))
    return joined

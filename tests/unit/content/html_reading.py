"""Reads HTML, as a browser understands it, into the block model."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Any

from justhtml import JustHTML

from palimpsest.content.blocks import (
    Align,
    AnyBlock,
    Block,
    BlockType,
    Break,
    Cell,
    Code,
    Direction,
    Divider,
    Figure,
    Inline,
    InlineImage,
    InlineMath,
    Inlines,
    Mark,
    MarkName,
    Marks,
    Math,
    Mention,
    Table,
    Text,
    Tone,
    Unknown,
)
from palimpsest.content.inlines import written

TAGS = {
    "strong": MarkName.BOLD,
    "em": MarkName.ITALIC,
    "s": MarkName.STRIKE,
    "u": MarkName.UNDERLINE,
    "mark": MarkName.HIGHLIGHT,
    "sup": MarkName.SUP,
    "sub": MarkName.SUB,
    "code": MarkName.CODE,
}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


IN_LINES = frozenset({"#text", "br", "a", "img", "span", "label", *TAGS})


def parse(html: str) -> list[Any]:
    """Return the outermost elements, and raise if a browser would have to mend the HTML."""
    document = JustHTML(html, fragment=True, sanitize=False, collect_errors=True)
    assert document.errors == []
    return document.root.children or []


def elements(nodes: list[Any]) -> Iterator[Any]:
    """Yield all elements, in their order."""
    waiting = nodes[::-1]
    while waiting:
        node = waiting.pop()
        if node.name != "#text":
            yield node
            waiting += reversed(node.children)


def read(html: str) -> list[AnyBlock]:
    """Return the blocks of the one root in the HTML."""
    [section] = parse(html)
    assert section.name == "section"
    return list(_blocks(section.children, 0))


def _number(node: Any, name: str) -> int:
    return int(node.attrs.get(name, 0))


def _blocks(nodes: Iterable[Any], indent: int) -> Iterator[AnyBlock]:
    for node in nodes:
        inner = indent + _number(node, "data-indent")
        match node.name, node.attrs.get("class"):
            case "ul" | "ol", _:
                yield from _list(node, inner)
            case "blockquote", _:
                yield from _quote(node, inner)
            case "details", _:
                yield from _toggle(node, inner)
            case "div", "callout":
                yield from _callout(node, inner)
            case "div", _:
                yield from _unknown(node, inner)
            case _:
                yield _single(node, inner)


def _single(node: Any, indent: int) -> AnyBlock:
    id_ = node.attrs.get("data-block")
    match node.name:
        case "p":
            return _words(node, node.children, indent)
        case "pre":
            return _source(node, indent)
        case "hr":
            return Divider(id=id_, indent=indent)
        case "figure":
            return _figure(node, indent)
        case "table":
            rows = (row for part in node.children for row in part.children)
            cells = tuple(tuple(_cell(cell) for cell in row.children) for row in rows)
            return Table(rows=cells, id=id_, indent=indent)
        case heading:
            level = HEADINGS.index(heading) + 1
            block = _words(node, node.children, indent)
            return replace(block, type=BlockType.H, level=level)


def _words(node: Any, nodes: Iterable[Any], indent: int) -> Block:
    align, direction = node.attrs.get("data-align"), node.attrs.get("dir")
    return Block(
        content=inlines(nodes),
        indent=indent,
        id=node.attrs.get("data-block"),
        align=Align(align) if align else None,
        dir=Direction(direction) if direction else None,
    )


def _list(node: Any, indent: int) -> Iterator[AnyBlock]:
    for number, item in enumerate(node.children):
        words = list(takewhile(lambda child: child.name in IN_LINES, item.children))
        inside = item.children[len(words) :]
        if node.name == "ol":
            start = None if number else int(node.attrs.get("start", 1))
            yield replace(_words(item, words, indent), type=BlockType.OL, start=start)
        elif "class" not in node.attrs:
            yield replace(_words(item, words, indent), type=BlockType.UL)
        else:
            [label] = words
            box, *words = label.children
            block = _words(item, words, indent)
            # There is a space between the box and the words.
            first = block.content[0]
            assert isinstance(first, Text)
            content = (*written((Text(first.text[1:], first.marks),)), *block.content[1:])
            checked = "checked" in box.attrs
            yield replace(block, type=BlockType.TASK, checked=checked, content=content)
        yield from _blocks(inside, indent + 1)


def _quote(node: Any, indent: int) -> Iterator[AnyBlock]:
    if not node.children or node.children[0].name != "p" or _is_shifted(node.children[0]):
        yield Block(type=BlockType.QUOTE, indent=indent)
    for child in node.children:
        if child.name == "p" and not _is_shifted(child):
            yield replace(_words(child, child.children, indent), type=BlockType.QUOTE)
        else:
            yield from _blocks([child], indent + 1)


def _is_shifted(node: Any) -> bool:
    return "data-indent" in node.attrs


def _own(node: Any) -> tuple[list[Any], list[Any]]:
    """Return the paragraph that says what a container itself says, and what stands inside."""
    children = node.children
    if not children or children[0].name != "p":
        return [], children
    is_own = not {"data-indent", "data-block"} & set(children[0].attrs)
    return (children[:1], children[1:]) if is_own else ([], children)


def _callout(node: Any, indent: int) -> Iterator[AnyBlock]:
    own, inside = _own(node)
    block = _words(own[0], own[0].children, indent) if own else Block(indent=indent)
    tone = node.attrs.get("data-tone")
    id_ = node.attrs.get("data-block")
    yield replace(block, type=BlockType.CALLOUT, id=id_, tone=Tone(tone) if tone else None)
    yield from _blocks(inside, indent + 1)


def _unknown(node: Any, indent: int) -> Iterator[AnyBlock]:
    own, inside = _own(node)
    content = inlines(own[0].children) if own else ()
    name, id_ = node.attrs["data-unknown"], node.attrs.get("data-block")
    yield Unknown(name=name, content=content, id=id_, indent=indent)
    yield from _blocks(inside, indent + 1)


def _toggle(node: Any, indent: int) -> Iterator[AnyBlock]:
    summary, *inside = node.children
    words, level = summary, None
    if summary.children and summary.children[0].name in HEADINGS:
        [words] = summary.children
        level = HEADINGS.index(words.name) + 1
    block = _words(words, words.children, indent)
    id_, collapsed = node.attrs.get("data-block"), "open" not in node.attrs
    yield replace(block, type=BlockType.TOGGLE, level=level, id=id_, collapsed=collapsed)
    yield from _blocks(inside, indent + 1)


def _source(node: Any, indent: int) -> AnyBlock:
    [code] = node.children
    text = "".join(child.data for child in code.children)
    id_ = node.attrs.get("data-block")
    if node.attrs.get("class") == "math":
        return Math(tex=text, id=id_, indent=indent)
    language = code.attrs.get("class", "").removeprefix("language-")
    return Code(text=text, language=language or None, id=id_, indent=indent)


def _figure(node: Any, indent: int) -> Figure:
    shown, *caption = node.children
    [image] = inlines([shown])
    assert isinstance(image, InlineImage)
    return Figure(
        src=image.src,
        alt=image.alt,
        width=image.width,
        href=image.href,
        caption="".join(text.data for element in caption for text in element.children),
        id=node.attrs.get("data-block"),
        indent=indent,
    )


def _cell(node: Any) -> Cell:
    return Cell(
        blocks=tuple(_blocks(node.children, 0)),
        header=node.name == "th",
        colspan=int(node.attrs.get("colspan", 1)),
        rowspan=int(node.attrs.get("rowspan", 1)),
    )


def inlines(nodes: Iterable[Any]) -> Inlines:
    """Return what the nodes of one line say."""
    return tuple(written(_inlines(nodes, frozenset())))


def _inlines(nodes: Iterable[Any], marks: Marks) -> Iterator[Inline]:
    for node in nodes:
        match node.name:
            case "#text":
                yield Text(node.data, marks)
            case "br":
                yield Break()
            case "img":
                yield _image(node, marks)
            case "code" if "class" in node.attrs:
                yield InlineMath("".join(child.data for child in node.children))
            case "span" if "data-mention" in node.attrs:
                label = node.children[0].data.removeprefix("@")
                yield Mention(label, node.attrs["data-mention"], node.attrs.get("data-kind", ""))
            case _:
                yield from _inlines(node.children, marks | {_mark(node)})


def _image(node: Any, marks: Marks) -> InlineImage:
    return InlineImage(
        src=node.attrs.get("src", ""),
        alt=node.attrs["alt"],
        width=_number(node, "width") or None,
        href=next((mark.value for mark in marks), None),
    )


def _mark(node: Any) -> Mark:
    match node.name, node.attrs:
        case "a", {"href": href}:
            return Mark(MarkName.LINK, href)
        case "span", {"data-comment": ids}:
            return Mark(MarkName.COMMENT, ids)
        case "span", {"data-unknown": names}:
            return Mark(MarkName.UNKNOWN, names)
        case name, _:
            return Mark(TAGS[name])

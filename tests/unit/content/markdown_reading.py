"""Reads Markdown, as markdown-it understands it, into the block model."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.tasklists import tasklists_plugin

from palimpsest.content.blocks import (
    AnyBlock,
    Block,
    BlockType,
    Break,
    Cell,
    Code,
    Divider,
    Figure,
    Inline,
    InlineImage,
    InlineMath,
    Mark,
    MarkName,
    Math,
    Table,
    Text,
    Tone,
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
MATH = re.compile(r"\$(`+)(?!`)(.+?)(?<!`)\1\$")
CALLOUT = re.compile(r"\[!([A-Z]+)\]$")


def _math(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    found = MATH.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        token = state.push("math_inline", "", 0)
        token.content = found[2]
    state.pos = found.end()
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.use(tasklists_plugin)
    parser.inline.ruler.before("escape", "math", _math)
    # What a link may lead to is the writer's business, and it is compared as it was written.
    parser.validateLink = lambda url: url != ""  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser


PARSER = _parser()


def read(markdown: str) -> list[AnyBlock]:
    """Return the blocks that the Markdown says.

    Raises:
        AssertionError: there is other HTML in it than the few words that are agreed.
    """
    tree = SyntaxTreeNode(PARSER.parse(markdown))
    return list(_blocks(tree.children, 0))


def _blocks(nodes: list[SyntaxTreeNode], indent: int) -> Iterator[AnyBlock]:
    for node in nodes:
        match node.type:
            case "paragraph":
                yield _paragraph(node, indent)
            case "bullet_list" | "ordered_list":
                yield from _list(node, indent)
            case "blockquote":
                yield from _quote(node, indent)
            case "table":
                yield _table(node, indent)
            case _:
                yield _single(node, indent)


def _single(node: SyntaxTreeNode, indent: int) -> AnyBlock:
    match node.type:
        case "heading":
            level = int(node.tag[1])
            return Block(type=BlockType.H, level=level, indent=indent, content=_content(node))
        case "fence":
            text = node.content.removesuffix("\n")
            if node.info == "math":
                return Math(tex=text, indent=indent)
            return Code(text=text, language=node.info or None, indent=indent)
        case "hr":
            return Divider(indent=indent)
        case other:
            raise AssertionError(f"{other}: {node.content}")


def _paragraph(node: SyntaxTreeNode, indent: int) -> AnyBlock:
    content = _content(node)
    match content:
        case (InlineImage(src=src, alt=alt, href=href),):
            title = next((str(n.attrs["title"]) for n in node.walk() if "title" in n.attrs), "")
            return Figure(src=src, alt=alt, href=href, caption=title, indent=indent)
        case _:
            return Block(content=content, indent=indent)


def _list(node: SyntaxTreeNode, indent: int) -> Iterator[AnyBlock]:
    type_ = BlockType.OL if node.type == "ordered_list" else BlockType.UL
    start = int(node.attrs.get("start", 1)) if type_ is BlockType.OL else None
    for item in node.children:
        children = item.children
        content: tuple[Inline, ...] = ()
        if children and children[0].type == "paragraph":
            content, children = _content(children[0]), children[1:]
        if "task-list-item" in str(item.attrs.get("class", "")):
            checked = 'checked="checked"' in str(item.children[0].children[0].children[0].content)
            # A box stands before a space, and before another one if the task says nothing.
            if content and isinstance(first := content[0], Text):
                content = (*written((Text(first.text[1:], first.marks),)), *content[1:])
            content = () if content == (Text(" "),) else content
            yield Block(type=BlockType.TASK, checked=checked, indent=indent, content=content)
        else:
            yield Block(type=type_, start=start, indent=indent, content=content)
        start = None
        yield from _blocks(children, indent + 1)


def _quote(node: SyntaxTreeNode, indent: int) -> Iterator[AnyBlock]:
    children = node.children
    first = children[0] if children else None
    if first and first.type == "paragraph":
        line, _, _ = first.children[0].content.partition("\n")
        if found := CALLOUT.match(line):
            tone = Tone(found[1].lower())
            content = _content(first, lines_skipped=1)
            yield Block(type=BlockType.CALLOUT, tone=tone, indent=indent, content=content)
            yield from _blocks(children[1:], indent + 1)
            return
    if not first or first.type != "paragraph":
        yield Block(type=BlockType.QUOTE, indent=indent)
    for child in children:
        if child.type == "paragraph":
            yield Block(type=BlockType.QUOTE, indent=indent, content=_content(child))
        else:
            yield from _blocks([child], indent + 1)


def _table(node: SyntaxTreeNode, indent: int) -> Table:
    rows = [row for part in node.children for row in part.children]
    cells = [tuple(_cell(cell) for cell in row.children) for row in rows]
    if not any(cell.blocks for cell in cells[0]):
        cells = cells[1:]
    return Table(rows=tuple(cells), indent=indent)


def _cell(node: SyntaxTreeNode) -> Cell:
    content = _content(node)
    blocks = (Block(content=content),) if content else ()
    return Cell(header=node.type == "th", blocks=blocks)


def _content(node: SyntaxTreeNode, *, lines_skipped: int = 0) -> tuple[Inline, ...]:
    [inline] = node.children
    if not lines_skipped:
        return inlines(inline.token.children or [] if inline.token else [])
    text = "\n".join(inline.content.split("\n")[lines_skipped:])
    [token] = PARSER.parseInline(text)
    return inlines(token.children or [])


def inlines(tokens: list[Token]) -> tuple[Inline, ...]:
    """Return what the tokens of one line say."""
    reading = _Line()
    for token in tokens:
        reading.take(token)
    assert not reading.opened
    return tuple(reading.content)


class _Line:
    def __init__(self) -> None:
        self.content: list[Inline] = []
        self.opened: list[Mark] = []

    def take(self, token: Token) -> None:
        if token.type.endswith("_open"):
            self._open(token.tag, str(token.attrs.get("href", "")))
        elif token.type.endswith("_close"):
            self.opened.pop()
        else:
            self._take_single(token)

    def _take_single(self, token: Token) -> None:
        match token.type:
            case "text":
                self._add(token.content, frozenset(self.opened))
            case "code_inline":
                self._add(token.content, frozenset([*self.opened, Mark(MarkName.CODE)]))
            case "math_inline":
                tex = token.content
                padded = tex[0] == tex[-1] == " " and tex.strip(" ")
                self.content.append(InlineMath(tex[1:-1] if padded else tex))
            case "hardbreak":
                self.content.append(Break())
            case "image":
                self._add_image(token)
            case "html_inline":
                self._take_html(token.content)
            case other:
                raise AssertionError(f"{other}: {token.content}")

    def _open(self, tag: str, href: str) -> None:
        self.opened.append(Mark(MarkName.LINK, href) if tag == "a" else Mark(TAGS[tag]))

    def _add(self, text: str, marks: frozenset[Mark]) -> None:
        if self.content and isinstance(last := self.content[-1], Text) and last.marks == marks:
            self.content[-1] = Text(last.text + text, marks)
        elif text:
            self.content.append(Text(text, marks))

    def _add_image(self, token: Token) -> None:
        alt = "".join(child.content for child in token.children or [])
        href = next((mark.value for mark in self.opened), None)
        self.content.append(InlineImage(src=str(token.attrs["src"]), alt=alt, href=href))

    def _take_html(self, html: str) -> None:
        if html == "<br>":
            self.content.append(Break())
        elif "task-list-item-checkbox" in html:
            pass
        elif html.startswith("</"):
            assert self.opened.pop() == Mark(TAGS[html[2:-1]])
        else:
            self._open(html[1:-1], "")

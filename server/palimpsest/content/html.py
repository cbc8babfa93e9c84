"""A page as an HTML fragment that runs nothing and asks nobody: semantic, escaped, by allow-list.

Two gates stand behind one another. The writer makes every tag from names in this file and escapes
every value; then nh3 reads the result as a browser would, and lets through only what `html_tags`
lists. Of what the writer writes it changes nothing, but links that no browser can read.

What the HTML says beyond HTML's own words: `data-indent` (shifted by so many steps), `data-align`,
`data-tone` (of a callout), `data-block` (the id of a block), `data-comment` (ids of threads),
`data-mention` and `data-kind` (whose name it is), `data-unknown` (names of what no reader here
knows), `data-root` (the name of a root). Runs of spaces are kept: it wants a style sheet that has
`white-space: break-spaces` for text.
"""

from collections.abc import Sequence
from itertools import takewhile

from palimpsest.content.blocks import (
    AnyBlock,
    Block,
    BlockType,
    Cell,
    Code,
    Data,
    Divider,
    Figure,
    File,
    Math,
    Page,
    RichText,
    Root,
    Source,
    Table,
    Unknown,
)
from palimpsest.content.data import json_text
from palimpsest.content.dress import Dress
from palimpsest.content.html_inlines import InlineWriter, formula, linked, picture
from palimpsest.content.html_tags import (
    HEADINGS,
    LANGUAGE_CLASS,
    element,
    escaped,
    sanitized,
    tag,
)
from palimpsest.content.inlines import is_something, language_word
from palimpsest.content.nesting import Branch, groups, nest
from palimpsest.content.outline import Anchors, heading_level
from palimpsest.content.text import line

Attributes = dict[str, str | int | None]

_KILO = 1000


def write(page: Page, dress: Dress | None = None) -> str:
    """Return the page as HTML, a section for each root; headings have the outline's anchors."""
    return sanitized(compose(page, dress))


def compose(page: Page, dress: Dress | None = None) -> str:
    """Return the page as HTML before the second gate."""
    writer = _Writer(dress)
    for root in page.roots:
        writer.write_root(root)
    return "".join(writer.out)


class _Writer:
    """Gathers the HTML of one page."""

    def __init__(self, dress: Dress | None) -> None:
        self.out: list[str] = []
        self._dress = dress
        self._inlines = InlineWriter(dress)
        self._anchors = Anchors()

    def write_root(self, root: Root) -> None:
        self.out.append(tag("section", data_root=root.name))
        match root:
            case RichText(_, blocks):
                self._write_all(nest(blocks))
            case Source(_, text):
                self.out.append(_source(text, None))
            case Data(_, value):
                self.out.append(_source(json_text(value), "json"))
        self.out.append("</section>")

    def _write_all(self, branches: list[Branch]) -> None:
        for group in groups(branches):
            match group[0].block:
                case Block(type=BlockType.QUOTE):
                    self._write_quote(group)
                case Block(type=BlockType.UL | BlockType.OL | BlockType.TASK) as first:
                    self._write_list(first, group)
                case _:
                    self._write_one(group[0])

    def _write_quote(self, group: list[Branch]) -> None:
        side = self._side(group[0].block)
        self.out.append(tag("blockquote", data_indent=group[0].shift or None, dir=side))
        for branch in group:
            self._write_text_and_inside(branch, {"data_block": branch.block.id})
        self.out.append("</blockquote>")

    def _side(self, block: AnyBlock) -> str | None:
        """Return where bullets, bars and signs stand for readers: where the words begin."""
        if self._dress is None:
            return None
        return (block.dir if isinstance(block, Block) else None) or "auto"

    def _write_list(self, first: Block, group: list[Branch]) -> None:
        name = "ol" if first.type is BlockType.OL else "ul"
        tasks = "tasks" if first.type is BlockType.TASK else None
        start = None if first.start == 1 or name == "ul" else first.start
        shift = group[0].shift or None
        side = self._side(first)
        self.out.append(tag(name, class_=tasks, start=start, data_indent=shift, dir=side))
        for branch in group:
            self._write_item(branch)
        self.out.append(f"</{name}>")

    def _write_item(self, branch: Branch) -> None:
        block = branch.block
        assert isinstance(block, Block)
        words = self._inlines.write(block.content)
        if block.type is BlockType.TASK:
            box = tag("input", type="checkbox", disabled=True, checked=block.checked)
            words = element("label", f"{box} {words}")
        self.out += [tag("li", data_block=block.id, **_form(block)), words]
        self._write_all(branch.inside)
        self.out.append("</li>")

    def _write_one(self, branch: Branch) -> None:
        place = _place(branch)
        match branch.block:
            case Block(type=BlockType.CALLOUT) as block:
                self.out.append(
                    tag(
                        "div",
                        class_="callout",
                        role="note",
                        data_tone=block.tone,
                        dir=self._side(block),
                        **place,
                    )
                )
                self._write_text_and_inside(branch, {})
                self.out.append("</div>")
            case Block(type=BlockType.TOGGLE) as block:
                self.out.append(
                    tag("details", open=not block.collapsed, dir=self._side(block), **place)
                )
                self._write_summary(block)
                self._write_all(branch.inside)
                self.out.append("</details>")
            case Block() as block:
                self._write_words(block, place)
            case Unknown() as block:
                self.out.append(tag("div", class_="unknown", data_unknown=block.name, **place))
                self._write_unknown(block, branch.inside)
                self.out.append("</div>")
            case Table() as block:
                self._write_table(block, place)
            case block:
                self.out.append(_single(block, place, self._dress))

    def _write_text_and_inside(self, branch: Branch, place: Attributes) -> None:
        block = branch.block
        assert isinstance(block, Block)
        # What begins with something else than text has an empty one of its own.
        if is_something(block.content) or not branch.inside:
            self._write_words(block, place)
        self._write_all(branch.inside)

    def _write_words(self, block: Block, place: Attributes) -> None:
        words = self._inlines.write(block.content)
        level = heading_level(block)
        anchor = None if level is None else self._anchors.take(line(block.content))
        name = "p" if level is None else HEADINGS[level - 1]
        self.out.append(element(name, words, id=anchor, **place, **_form(block)))

    def _write_summary(self, block: Block) -> None:
        if block.level is None:
            words = self._inlines.write(block.content)
            self.out.append(element("summary", words, **_form(block)))
        else:
            self.out.append("<summary>")
            self._write_words(block, {})
            self.out.append("</summary>")

    def _write_unknown(self, block: Unknown, inside: list[Branch]) -> None:
        if is_something(block.content):
            self.out.append(element("p", self._inlines.write(block.content)))
        elif not inside:
            self.out.append(element("p", escaped(f"[{block.name}]")))
        self._write_all(inside)

    def _write_table(self, table: Table, place: Attributes) -> None:
        self.out.append(tag("table", **place))
        head = list(takewhile(_is_head, table.rows))
        self._write_rows("thead", head, scope="col")
        self._write_rows("tbody", table.rows[len(head) :], scope="row")
        self.out.append("</table>")

    def _write_rows(self, name: str, rows: Sequence[tuple[Cell, ...]], scope: str) -> None:
        if rows:
            self.out.append(f"<{name}>")
            for row in rows:
                self.out.append("<tr>")
                for cell in row:
                    self._write_cell(cell, scope)
                self.out.append("</tr>")
            self.out.append(f"</{name}>")

    def _write_cell(self, cell: Cell, scope: str) -> None:
        name = "th" if cell.header else "td"
        spans = {
            "colspan": cell.colspan if cell.colspan > 1 else None,
            "rowspan": cell.rowspan if cell.rowspan > 1 else None,
        }
        self.out.append(tag(name, scope=scope if cell.header else None, **spans))
        self._write_all(nest(cell.blocks))
        self.out.append(f"</{name}>")


def _is_head(row: tuple[Cell, ...]) -> bool:
    return bool(row) and all(cell.header for cell in row)


def _single(
    block: Code | Figure | Divider | Math | File, place: Attributes, dress: Dress | None
) -> str:
    match block:
        case Code():
            coloured = dress.code(block.text, block.language) if dress else None
            return _source(block.text, block.language, place, coloured)
        case Math():
            if dress and (html := dress.formula(block.tex, display=True)):
                return element("div", html, class_="formula", **place)
            return element("pre", formula(block.tex), class_="math", **place)
        case Divider():
            return tag("hr", **place)
        case Figure():
            html = picture(block.src, block.alt, block.width, block.href)
            return element("figure", html + _caption(block.caption), **place)
        case File():
            name = escaped(block.name or block.src)
            html = linked(name, block.src, download=block.name)
            size = "" if block.size is None else f" ({_size(block.size)})"
            html = element("p", html + size) + _caption(block.caption)
            return element("figure", html, class_="file", **place)


def _source(
    text: str,
    language: str | None,
    place: Attributes | None = None,
    coloured: str | None = None,
) -> str:
    word = language_word(language)
    class_ = f"{LANGUAGE_CLASS}{word}" if word else None
    html = coloured or escaped(text)
    return element("pre", element("code", html, class_=class_), **(place or {}))


def _caption(caption: str) -> str:
    return element("figcaption", escaped(caption)) if caption else ""


def _size(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < _KILO:
            return f"{size} {unit}"
        size = round(size / _KILO)
    return f"{size} GB"


def _place(branch: Branch) -> Attributes:
    return {"data_block": branch.block.id, "data_indent": branch.shift or None}


def _form(block: Block) -> Attributes:
    return {"data_align": block.align, "dir": block.dir}

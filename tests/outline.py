"""A page as lines that a test can compare: a block a line, what stands in it marked by braces."""

from collections.abc import Iterable, Iterator
from dataclasses import fields

from palimpsest.content.blocks import (
    AnyBlock,
    Block,
    Break,
    Cell,
    Code,
    Data,
    Inline,
    InlineImage,
    InlineMath,
    Mention,
    Page,
    Root,
    Source,
    Table,
    Text,
    Unknown,
    UnknownInline,
)


def outline(page: Page) -> str:
    """Return all of a page; each root begins with its name and its kind."""
    return "\n".join(line for root in page.roots for line in _root(root))


def outline_of(blocks: Iterable[AnyBlock]) -> str:
    """Return all of some blocks."""
    return "\n".join(line for block in blocks for line in _block(block))


def line_of(inlines: Iterable[Inline]) -> str:
    """Return what stands in a line: `{bold: words}`, `{br}` and so on."""
    return "".join(map(_inline, inlines))


def _root(root: Root) -> Iterator[str]:
    yield f"{root.name}: {type(root).__name__}"
    if isinstance(root, Source):
        yield root.text
    elif isinstance(root, Data):
        yield repr(root.value)
    else:
        for block in root.blocks:
            yield from _block(block)


def _block(block: AnyBlock) -> Iterator[str]:
    margin = "    " * block.indent
    if isinstance(block, Table):
        yield margin + "table" + _shown(block, "indent", "rows", "deep")
        for row in block.rows:
            yield margin + "  row"
            for cell in row:
                yield margin + "    " + ("header" if cell.header else "cell") + _spans(cell)
                yield from (margin + "      " + line for b in cell.blocks for line in _block(b))
    elif isinstance(block, Block):
        name = block.type.value + _shown(block, "indent", "type", "content")
        yield f"{margin}{name} {line_of(block.content)}".rstrip()
    elif isinstance(block, Unknown):
        yield f"{margin}unknown {block.name}: {line_of(block.content)}".rstrip()
    elif isinstance(block, Code):
        yield f"{margin}code{_shown(block, 'indent', 'text')} {block.text!r}"
    else:
        yield margin + type(block).__name__.lower() + _shown(block, "indent")


def _spans(cell: Cell) -> str:
    spans = (cell.colspan, cell.rowspan)
    return "" if spans == (1, 1) else " {}x{}".format(*spans)


def _shown(item: AnyBlock | InlineImage | Mention, *without: str) -> str:
    found = {field.name: getattr(item, field.name) for field in fields(item)}
    set_ = {name: value for name, value in found.items() if value and name not in without}
    return "".join(f" {name}={value}" for name, value in set_.items())


def _inline(inline: Inline) -> str:
    match inline:
        case Text(text, marks):
            names = sorted(f"{m.name}={m.value}" if m.value else m.name.value for m in marks)
            return f"{{{' '.join(names)}: {text}}}" if marks else text
        case Break():
            return "{br}"
        case InlineMath(tex):
            return f"{{math {tex}}}"
        case UnknownInline(name):
            return f"{{unknown {name}}}"
        case Mention() | InlineImage():
            return f"{{{type(inline).__name__.lower()}{_shown(inline)}}}"

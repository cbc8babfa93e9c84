"""From elements to blocks: our own schema, and the usual nodes of ProseMirror, Tiptap, BlockNote.

A node is read by its name alone, wherever it stands. Those of no known name are shown as what is
in them, marked as unknown. Without recursion, but for tables in tables, of which the model allows
few.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from palimpsest.content.blocks import (
    INDENT_MAX,
    LEVEL_MAX,
    SPAN_MAX,
    START_MAX,
    TABLES_DEEP_MAX,
    AnyBlock,
    Block,
    BlockType,
    Cell,
    Code,
    Direction,
    Divider,
    Figure,
    File,
    Math,
    Table,
    Tone,
    Unknown,
)
from palimpsest.content.inlines import spoken
from palimpsest.content.reading.attributes import align_of, choice_of, is_on, text_of, whole_of
from palimpsest.content.reading.inlines import View, as_it_is, image
from palimpsest.content.reading.walk import Place, Reader, Walk
from palimpsest.content.tree import Attributes, Element, Node

_SIZE_MAX = 2**53 - 1


def blocks_of(
    nodes: Iterable[Node], view: View = as_it_is, *, tables_deep_max: int = TABLES_DEEP_MAX
) -> tuple[AnyBlock, ...]:
    """Return the blocks that the nodes are."""
    walk = Walk(_READERS, _unknown, view, tables_deep_max)
    walk.go_into(nodes, Place())
    walk.run()
    return tuple(walk.blocks)


def _placed(element: Element, place: Place) -> dict[str, Any]:
    own = whole_of(element.attributes, "indent", least=0, most=INDENT_MAX) or 0
    return {
        "id": text_of(element.attributes, "id") or place.id or None,
        "indent": min(place.indent + own, INDENT_MAX),
    }


def _arranged(attributes: Attributes) -> dict[str, Any]:
    return {"align": align_of(attributes), "dir": choice_of(attributes, "dir", Direction)}


# Lines of text.


def _line(
    walk: Walk, element: Element, place: Place, kind: BlockType = BlockType.P, **more: object
) -> None:
    line, blocks = walk.part(element, is_line=True)
    fields = _placed(element, place) | _arranged(element.attributes) | more
    walk.add(Block(type=kind, content=walk.inlines(line), **fields))
    walk.go_into(blocks, place.deeper())


def _heading(walk: Walk, element: Element, place: Place) -> None:
    folds = is_on(element.attributes, "isToggleable")
    kind = BlockType.TOGGLE if folds else BlockType.H
    level = whole_of(element.attributes, "level", least=1, most=LEVEL_MAX) or 1
    _line(walk, element, place, kind, level=level)


def _numbered(walk: Walk, element: Element, place: Place) -> None:
    start = whole_of(element.attributes, "start", least=0, most=START_MAX)
    _line(walk, element, place, BlockType.OL, start=start)


def _checked(walk: Walk, element: Element, place: Place) -> None:
    _line(walk, element, place, BlockType.TASK, checked=is_on(element.attributes, "checked"))


def _block(walk: Walk, element: Element, place: Place) -> None:
    attributes = element.attributes
    _line(
        walk,
        element,
        place,
        choice_of(attributes, "type", BlockType) or BlockType.P,
        level=whole_of(attributes, "level", least=1, most=LEVEL_MAX),
        checked=is_on(attributes, "checked"),
        start=whole_of(attributes, "start", least=0, most=START_MAX),
        tone=choice_of(attributes, "tone", Tone),
        collapsed=is_on(attributes, "collapsed"),
    )


def _source(walk: Walk, element: Element, place: Place) -> None:
    line, blocks = walk.part(element, is_line=True)
    text = "".join(map(spoken, walk.inlines(line))).removesuffix("\n")
    language = text_of(element.attributes, "language", "lang", "params") or None
    walk.add(Code(text=text, language=language, **_placed(element, place)))
    walk.go_into(blocks, place.deeper())


# What stands around blocks.

_HEADS = frozenset({"paragraph", "tableParagraph", "detailsSummary"})
"""What may be a container's own text if it comes first in it."""


def _container(
    walk: Walk, element: Element, place: Place, kind: BlockType, **more: object
) -> None:
    line, blocks = walk.part(element, is_line=False)
    head = element
    if not line and blocks and blocks[0].name in _HEADS:
        head = blocks[0]
        line, within = walk.part(head, is_line=True)
        blocks[:1] = within
    fields = _placed(element, place) | _arranged(head.attributes) | more
    walk.add(Block(type=kind, content=walk.inlines(line), **fields))
    walk.go_into(blocks, place.deeper())


def _quote(walk: Walk, element: Element, place: Place) -> None:
    _container(walk, element, place, BlockType.QUOTE)


def _details(walk: Walk, element: Element, place: Place) -> None:
    collapsed = element.attributes.get("open") is False
    _container(walk, element, place, BlockType.TOGGLE, collapsed=collapsed)


def _list(walk: Walk, element: Element, place: Place, item: BlockType) -> None:
    start = None
    if item is BlockType.OL:
        start = whole_of(element.attributes, "start", "order", least=0, most=START_MAX) or 1
        if start == 1 and not walk.goes_on_counting(place.indent):
            start = None
    walk.go_into(element.children[1:], replace(place, item=item))
    walk.go_into(element.children[:1], replace(place, item=item, start=start))


def _item(walk: Walk, element: Element, place: Place) -> None:
    children = [walk.view(child) for child in element.children]
    if children and all(isinstance(child, Element) and child.name in _LISTS for child in children):
        # With Lexical, a list within a list stands in an item of its own.
        walk.go_into(children, place.deeper())
        return
    checked = is_on(element.attributes, "checked")
    _container(walk, element, place, place.item, start=place.start, checked=checked)


def _task_item(walk: Walk, element: Element, place: Place) -> None:
    _item(walk, element, replace(place, item=BlockType.TASK))


def _transparent(walk: Walk, element: Element, place: Place) -> None:
    walk.go_into(element.children, place)


def _block_container(walk: Walk, element: Element, place: Place) -> None:
    # BlockNote has a block's text first, then the blocks below it.
    named = replace(place, id=text_of(element.attributes, "id") or None)
    walk.go_into(element.children[1:], place.deeper())
    walk.go_into(element.children[:1], named)


def _unknown(walk: Walk, element: Element, place: Place) -> None:
    line, blocks = walk.part(element, is_line=False)
    name = text_of(element.attributes, "name") if element.name == "unknown_block" else element.name
    content = walk.inlines(line)
    walk.add(Unknown(name=name, content=content, **_placed(element, place)))
    walk.go_into(blocks, place.deeper())


# What stands alone. Nothing should be in it; if something is, it follows.


def _divider(walk: Walk, element: Element, place: Place) -> None:
    walk.add(Divider(**_placed(element, place)))
    walk.go_into(element.children, place)


def _figure(walk: Walk, element: Element, place: Place) -> None:
    picture = image(element.attributes)
    figure = Figure(
        src=picture.src,
        alt=picture.alt,
        width=picture.width,
        href=picture.href,
        caption=text_of(element.attributes, "caption", "title"),
        **_placed(element, place),
    )
    walk.add(figure)
    walk.go_into(element.children, place)


def _file(walk: Walk, element: Element, place: Place) -> None:
    attributes = element.attributes
    file = File(
        src=text_of(attributes, "src", "url"),
        name=text_of(attributes, "name", "title"),
        size=whole_of(attributes, "size", least=0, most=_SIZE_MAX),
        caption=text_of(attributes, "caption"),
        **_placed(element, place),
    )
    walk.add(file)
    walk.go_into(element.children, place)


def _math(walk: Walk, element: Element, place: Place) -> None:
    tex = text_of(element.attributes, "tex", "latex")
    walk.add(Math(tex=tex, **_placed(element, place)))
    walk.go_into(element.children, place)


# Tables.

_ROWS = frozenset({"row", "tableRow", "table_row"})
_CELLS = frozenset({"cell", "tableCell", "tableHeader", "table_cell", "table_header"})
_HEADERS = frozenset({"tableHeader", "table_header"})


def _table(walk: Walk, element: Element, place: Place) -> None:
    if not walk.tables_deep_max:
        _unknown(walk, element, place)
        return
    rows = tuple(_row(walk, walk.view(child)) for child in element.children)
    walk.add(Table(rows=rows, **_placed(element, place)))


def _row(walk: Walk, node: Node) -> tuple[Cell, ...]:
    if isinstance(node, Element) and node.name in _ROWS:
        return tuple(_cell(walk, walk.view(child)) for child in node.children)
    return (_cell(walk, node),)


def _cell(walk: Walk, node: Node) -> Cell:
    deep_max = walk.tables_deep_max - 1
    if not isinstance(node, Element) or node.name not in _CELLS:
        return Cell(blocks=blocks_of((node,), walk.view, tables_deep_max=deep_max))
    attributes = node.attributes
    return Cell(
        blocks=blocks_of(node.children, walk.view, tables_deep_max=deep_max),
        header=node.name in _HEADERS or is_on(attributes, "header"),
        colspan=whole_of(attributes, "colspan", least=1, most=SPAN_MAX) or 1,
        rowspan=whole_of(attributes, "rowspan", least=1, most=SPAN_MAX) or 1,
    )


_LISTS: dict[str, BlockType] = {
    "bulletList": BlockType.UL,
    "bullet_list": BlockType.UL,
    "orderedList": BlockType.OL,
    "ordered_list": BlockType.OL,
    "taskList": BlockType.TASK,
    "task_list": BlockType.TASK,
}

_READERS: dict[str, Reader] = {
    # Ours; several are names of others, too.
    "block": _block,
    "figure": _figure,
    "table": _table,
    "divider": _divider,
    "math": _math,
    "file": _file,
    "unknown_block": _unknown,
    # Tiptap's, and with underscores ProseMirror's.
    "paragraph": _line,
    "heading": _heading,
    "blockquote": _quote,
    **{name: partial(_list, item=item) for name, item in _LISTS.items()},
    "listItem": _item,
    "list_item": _item,
    "taskItem": _task_item,
    "task_item": _task_item,
    "codeBlock": _source,
    "code_block": _source,
    "horizontalRule": _divider,
    "horizontal_rule": _divider,
    "image": _figure,
    "blockMath": _math,
    "youtube": _file,
    "details": _details,
    "detailsSummary": _line,
    "detailsContent": _transparent,
    # BlockNote's.
    "blockGroup": _transparent,
    "blockContainer": _block_container,
    "columnList": _transparent,
    "column": _transparent,
    "tableParagraph": _line,
    "bulletListItem": partial(_line, kind=BlockType.UL),
    "numberedListItem": _numbered,
    "checkListItem": _checked,
    "toggleListItem": partial(_line, kind=BlockType.TOGGLE),
    "quote": partial(_line, kind=BlockType.QUOTE),
    "video": _file,
    "audio": _file,
    # Where they do not belong, and fragments in fragments.
    **dict.fromkeys((*_ROWS, *_CELLS, ""), _transparent),
}
"""How an element of a name is read."""

KNOWN = frozenset(_READERS)
"""The names of elements that are blocks."""

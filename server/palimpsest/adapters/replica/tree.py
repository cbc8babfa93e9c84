"""Reads pycrdt's tree within bounds and without recursion. Never calls what recurses in Rust.

That is `str`, `to_py` and `to_json`: how deep types stand in each other is bounded in each update,
but not in a document. The rule for telling a root's kind is in `docs/content.md`.
"""

from base64 import b64encode
from collections.abc import Callable, Generator, Iterable
from math import isfinite
from types import GeneratorType, NoneType
from typing import Any

from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText

from palimpsest.content import tree
from palimpsest.content.blocks import Json
from palimpsest.limits import Limits
from palimpsest.protocol.lib0 import SAFE_INTEGER_MAX

_Reading = Generator["_Reading", Any, Any]
"""Yields how to read what is within, and is sent what came of it."""

_Chunks = list[tuple[Any, dict[str, Any] | None]]
_Entries = Iterable[tuple[str, Any]]

_SHARED = (Array, Map, Text, XmlElement, XmlFragment, XmlText)
_XML = (XmlElement, XmlFragment, XmlText)
_AS_IT_IS = frozenset((NoneType, bool, str))

_CUT: Any = object()
"""What came of something that is not shown."""


def read_tree(doc: "Doc[Any]", limits: Limits) -> tree.Tree:
    """Return what a document holds, as far as the limits allow."""
    reader = _Reader(limits)
    with doc.transaction():
        read = [(name, reader.content(doc, name)) for name in sorted(doc.keys())]
    roots = tuple(tree.Root(name, content) for name, content in read if content is not None)
    return tree.Tree(roots, truncated=reader.truncated)


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self.truncated = False
        self._nodes_left = limits.content_nodes_max
        self._array_items_left = limits.content_array_items_max
        self._depth_max = limits.content_depth_max
        self._values: dict[type, Callable[[Any], Any]] = {
            float: _number,
            int: str,  # a BigInt, as all other numbers are floats
            bytearray: _binary,
            dict: self._object,
            list: self._listed,
            Map: self._map,
            Array: self._array,
            Text: self._plain_text,
        }

    def content(self, doc: "Doc[Any]", name: str) -> tree.Content | None:
        """Return what a root holds, or None if it is empty.

        Updates don't say what a root is. pycrdt shows it as whatever is asked for, and changes
        nothing by that. As a text it shows strings, embeds and shared types, but neither an
        array's values nor keys.
        """
        chunks: _Chunks = doc.get(name, type=Text).diff()
        entries: Map[Any] = doc.get(name, type=Map)
        array: Array[Any] = doc.get(name, type=Array)
        if any(not isinstance(value, _SHARED) for value, _ in chunks):
            reading = self._text(chunks, _entries(entries), plain=False)
        elif any(isinstance(value, _XML) for value, _ in chunks):
            reading = self._children([value for value, _ in chunks], len(array), plain=False)
        elif len(array):
            reading = self._array(array)
        elif len(entries):
            reading = self._map(entries)
        else:
            return None
        content: tree.Content = self._run(reading)
        return content

    def _run(self, reading: _Reading) -> Any:  # noqa: ANN401
        """Run a reading, and all those within it, on a stack of our own."""
        path = [reading]
        came = None
        while path:
            try:
                within = path[-1].send(came)
            except StopIteration as end:
                path.pop()
                came = end.value
            else:
                came = None
                if len(path) < self._depth_max:
                    path.append(within)
                else:
                    came = _CUT
                    self.truncated = True
        return came

    def _may_read(self) -> bool:
        """Tell whether one more node is within the limit."""
        self._nodes_left -= 1
        if self._nodes_left < 0:
            self.truncated = True
            return False
        return True

    def _element(self, element: XmlElement, *, plain: bool) -> _Reading:
        attributes = yield self._keyed(_attributes(element))
        nodes = element.children
        children = yield self._children(list(nodes), len(nodes), plain=plain)
        name = element.tag or ""
        if plain:
            return {"name": name, "attributes": attributes, "children": children}
        return tree.Element(name, attributes, children)

    def _fragment(self, fragment: XmlFragment, *, plain: bool) -> _Reading:
        nodes = fragment.children
        children = yield self._children(list(nodes), len(nodes), plain=plain)
        return children if plain else tree.Element("", children=children)

    def _children(self, nodes: list[Any], length: int, *, plain: bool) -> _Reading:
        # What else stands between them, pycrdt does not show: with Yjs 14, that is text.
        if length > len(nodes):
            self.truncated = True
        children = []
        for node in nodes:
            if not self._may_read():
                break
            child = yield self._node(node, plain=plain)
            if child is not _CUT:
                children.append(child)
        return children if plain else tuple(children)

    def _node(self, node: object, *, plain: bool) -> _Reading:
        if isinstance(node, XmlElement):
            return self._element(node, plain=plain)
        if isinstance(node, XmlText):
            return self._text(node.diff(), _attributes(node), plain=plain)
        if isinstance(node, XmlFragment):
            return self._fragment(node, plain=plain)
        return self._unreadable()

    def _unreadable(self) -> _Reading:
        self.truncated = True
        yield from ()
        return _CUT

    def _text(self, chunks: _Chunks, attributes: _Entries, *, plain: bool) -> _Reading:
        own = yield self._keyed(attributes)
        runs: list[tuple[Any, tree.Attributes]] = []
        for value, formats in chunks:
            if not self._may_read():
                break
            content = value
            if isinstance(value, _XML) and not plain:
                content = yield self._node(value, plain=False)
            elif not isinstance(value, str):
                content = yield from self._within(value)
                if not plain and content is not _CUT:
                    content = tree.Embed(content)
            if content is not _CUT:
                read = (yield self._keyed(formats.items())) if formats else {}
                runs.append((content, read))
        return _delta(runs) if plain else tree.Text(tuple(tree.Run(*run) for run in runs), own)

    def _keyed(self, entries: _Entries) -> _Reading:
        read: dict[str, Json] = {}
        # The order in which they come is chance.
        for key, value in sorted(entries, key=_key):
            if not self._may_read():
                break
            item = yield from self._within(value)
            if item is not _CUT:
                read[key] = item
        return read

    def _map(self, entries: Map[Any]) -> _Reading:
        return self._keyed(_entries(entries))

    def _array(self, array: Array[Any]) -> _Reading:
        # An item costs the more, the more pieces of the array are before it.
        length = min(len(array), self._array_items_left)
        self._array_items_left -= length
        if length < len(array):
            self.truncated = True
        return self._listed(array[index] for index in range(length))

    def _listed(self, values: Iterable[Any]) -> _Reading:
        read: list[Json] = []
        for value in values:
            if not self._may_read():
                break
            item = yield from self._within(value)
            if item is not _CUT:
                read.append(item)
        return read

    def _within(self, value: object) -> _Reading:
        """Read a value that stands in another one."""
        if type(value) in _AS_IT_IS:
            return value
        read = self._values.get(type(value))
        item = self._node(value, plain=True) if read is None else read(value)
        return (yield item) if isinstance(item, GeneratorType) else item

    def _plain_text(self, text: Text) -> _Reading:
        return self._text(text.diff(), (), plain=True)

    def _object(self, value: dict[str, Any]) -> _Reading:
        return self._keyed(value.items())


def _number(value: float) -> Json:
    """Return a number as JSON has it: whole ones come as floats, too, and some are none."""
    if not isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) <= SAFE_INTEGER_MAX else value


def _binary(value: bytearray) -> Json:
    return {"base64": b64encode(value).decode()}


def _attributes(node: XmlElement | XmlText) -> _Entries:
    attributes: Any = node.attributes
    entries: _Entries = iter(attributes)
    return entries


def _entries(entries: Map[Any]) -> _Entries:
    # A key may hold something that is no value.
    return ((key, entries[key]) for key in entries.keys() if key in entries)  # noqa: SIM118


def _key(entry: tuple[str, Any]) -> str:
    return entry[0]


def _delta(runs: list[tuple[Any, tree.Attributes]]) -> Json:
    """Return text within values: a string, or with formats and embeds what Quill calls a delta."""
    if all(isinstance(content, str) and not formats for content, formats in runs):
        return "".join(content for content, _ in runs)
    return [{"insert": content, "attributes": dict(formats)} for content, formats in runs]

"""Reads pycrdt's tree within bounds and without recursion. Never calls what recurses in Rust.

That is `str`, `to_py` and `to_json`: how deep types stand in each other is bounded in each update,
but not in a document. What it reads are the types of pycrdt's Rust half, for wrapping one costs
more than reading it. The rule for telling a root's kind is in `docs/content.md`.
"""

from base64 import b64encode
from collections.abc import Callable, Generator, Iterable
from math import isfinite
from types import GeneratorType, NoneType
from typing import Any

import pycrdt
from pycrdt._pycrdt import Array, Map, Text, Transaction, XmlElement, XmlFragment, XmlText

from palimpsest.content import tree
from palimpsest.content.blocks import Json
from palimpsest.limits import Limits

_Reading = Generator["_Reading", Any, Any]
"""Yields how to read what is within, and is sent what came of it."""

_Chunks = list[tuple[Any, dict[str, Any] | None]]
_Entries = Iterable[tuple[str, Any]]

_SHARED = (Array, Map, Text, XmlElement, XmlFragment, XmlText)
_XML = (XmlElement, XmlFragment, XmlText)
_AS_IT_IS = frozenset((NoneType, bool, str, int))
_BIG_INTEGER_MAX = 2**63

_CUT: Any = object()
"""What came of something that is not shown."""


def read_tree(doc: "pycrdt.Doc[Any]", limits: Limits) -> tree.Tree:
    """Return what a document holds, as far as the limits allow."""
    with doc.transaction() as transaction:
        raw = transaction._txn  # noqa: SLF001
        assert raw is not None
        reader = _Reader(raw, limits)
        read = [(name, reader.content(doc, name)) for name in sorted(doc.keys())]
    roots = tuple(tree.Root(name, content) for name, content in read if content is not None)
    return tree.Tree(roots, truncated=reader.truncated)


class _Reader:
    def __init__(self, transaction: Transaction, limits: Limits) -> None:
        self.truncated = False
        self._transaction = transaction
        self._nodes_left = limits.content_nodes_max
        self._array_items_left = limits.content_array_items_max
        self._depth_max = limits.content_depth_max
        self._values: dict[type, Callable[[Any], Any]] = {
            float: _number,
            bytearray: _binary,
            dict: self._object,
            list: self._listed,
            Map: self._map,
            Array: self._array,
            Text: self._plain_text,
        }

    def content(self, doc: "pycrdt.Doc[Any]", name: str) -> tree.Content | None:
        """Return what a root holds, or None if it is empty.

        Updates don't say what a root is. pycrdt shows it as whatever is asked for, and changes
        nothing by that. As a text it shows strings, embeds and shared types, but neither an
        array's values nor keys.
        """
        transaction = self._transaction
        chunks: _Chunks = doc.get(name, type=pycrdt.Text).integrated.diff(transaction)
        entries: Map = doc.get(name, type=pycrdt.Map).integrated
        array: Array = doc.get(name, type=pycrdt.Array).integrated
        if any(not isinstance(value, _SHARED) for value, _ in chunks):
            reading = self._text(chunks, self._entries(entries), plain=False)
        elif any(isinstance(value, _XML) for value, _ in chunks):
            nodes = [value for value, _ in chunks]
            reading = self._children(nodes, array.len(transaction), plain=False)
        elif array.len(transaction):
            reading = self._array(array)
        elif entries.len(transaction):
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
        transaction = self._transaction
        attributes = yield from self._keyed(element.attributes(transaction))
        nodes: list[Any] = element.children(transaction)
        length = element.len(transaction)
        children = yield from self._children(nodes, length, plain=plain)
        name = element.tag() or ""  # type: ignore[attr-defined]
        if plain:
            return {"name": name, "attributes": attributes, "children": children}
        return tree.Element(name, attributes, children)

    def _fragment(self, fragment: XmlFragment, *, plain: bool) -> _Reading:
        transaction = self._transaction
        nodes: list[Any] = fragment.children(transaction)
        length = fragment.len(transaction)
        children = yield from self._children(nodes, length, plain=plain)
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
            transaction = self._transaction
            attributes = node.attributes(transaction)
            return self._text(node.diff(transaction), attributes, plain=plain)
        if isinstance(node, XmlFragment):
            return self._fragment(node, plain=plain)
        return self._unreadable()

    def _unreadable(self) -> _Reading:
        self.truncated = True
        yield from ()
        return _CUT

    def _text(self, chunks: _Chunks, attributes: _Entries, *, plain: bool) -> _Reading:
        own = yield from self._keyed(attributes)
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
                read = (yield from self._keyed(formats.items())) if formats else {}
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

    def _entries(self, entries: Map) -> _Entries:
        transaction = self._transaction
        for key in entries.keys(transaction):  # type: ignore[attr-defined]
            # A key may hold something that is no value.
            if entries.has(transaction, key):
                yield key, entries.get(transaction, key)

    def _map(self, entries: Map) -> _Reading:
        return self._keyed(self._entries(entries))

    def _array(self, array: Array) -> _Reading:
        # An item costs the more, the more pieces of the array are before it.
        length = array.len(self._transaction)
        read = min(length, self._array_items_left)
        self._array_items_left -= read
        if read < length:
            self.truncated = True
        return self._listed(array.get(self._transaction, index) for index in range(read))

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
        return self._text(text.diff(self._transaction), (), plain=True)

    def _object(self, value: dict[str, Any]) -> _Reading:
        return self._keyed(value.items())


def _number(value: float) -> Json:
    """Return a number as JSON has it.

    Only BigInts come as ints, and pycrdt makes numbers of those that fit. So that it is the same
    for a reader, what could be a BigInt is an int.
    """
    if not isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) <= _BIG_INTEGER_MAX else value


def _binary(value: bytearray) -> Json:
    return {"base64": b64encode(value).decode()}


def _key(entry: tuple[str, Any]) -> str:
    return entry[0]


def _delta(runs: list[tuple[Any, tree.Attributes]]) -> Json:
    """Return text within values: a string, or with formats and embeds what Quill calls a delta."""
    if all(isinstance(content, str) and not formats for content, formats in runs):
        return "".join(content for content, _ in runs)
    return [{"insert": content, "attributes": dict(formats)} for content, formats in runs]

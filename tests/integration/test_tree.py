"""What pycrdt holds is read within bounds, whatever it is, and its roots are known by it."""

import struct
from collections.abc import Callable
from typing import Any

import pytest

from palimpsest.adapters.replica import pycrdt_replica
from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from palimpsest.content.reading import page_of
from palimpsest.content.tree import Content, Element, Embed, Run, Text, Tree
from palimpsest.limits import Limits
from palimpsest.ports import ReplicaBroken
from palimpsest.protocol.lib0 import var_bytes, var_string, var_uint
from palimpsest.protocol.scanner import scan
from tests.unit.protocol.updates import (
    ANY,
    ARRAY,
    BINARY,
    EMBED,
    FORMAT,
    MAP,
    NULL,
    TYPE,
    XML_FRAGMENT,
    Id,
    item,
    section,
    text,
    update,
)

TEXT_TYPE = b"\x02"
XML_TEXT = b"\x06"
PARAGRAPH = b"\x03" + var_string("paragraph")


def read(*updates: bytes, limits: Limits | None = None) -> Tree:
    for one in updates:
        scan(one)
    replica = PycrdtReplica()
    replica.load(updates)
    return replica.tree(limits or Limits())


def content(*structs: bytes, **options: Any) -> Content:
    """Return what the root t holds after these structs of client 7."""
    (root,) = read(update(section(7, 0, *structs)), **options).roots
    assert root.name == "t"
    return root.content


def any_of(*values: bytes) -> bytes:
    return var_uint(len(values)) + b"".join(values)


def string(value: str) -> bytes:
    return b"\x77" + var_string(value)


A_STRING = text("abc")
AN_EMBED = item(EMBED, var_string('{"image":"a.png"}'))
AN_ELEMENT = item(TYPE, PARAGRAPH)

# What a root is used for


@pytest.mark.parametrize(
    ("structs", "expected"),
    [
        ([A_STRING], Text((Run("abc"),))),
        ([AN_EMBED], Text((Run(Embed({"image": "a.png"})),))),
        ([AN_ELEMENT], (Element("paragraph"),)),
        ([item(TYPE, XML_TEXT)], (Text(),)),
        ([item(TYPE, XML_FRAGMENT)], (Element(""),)),
        ([item(TYPE, MAP)], [{}]),
        ([item(TYPE, ARRAY)], [[]]),
        ([item(TYPE, TEXT_TYPE)], [""]),
        ([item(ANY, any_of(string("a"), NULL))], ["a", None]),
        ([item(BINARY, var_bytes(b"abc"))], [{"base64": "YWJj"}]),
        ([item(ANY, any_of(string("a")), key="k")], {"k": "a"}),
    ],
    ids=str,
)
def test_a_root_is_known_by_what_stands_in_it(structs: list[bytes], expected: Content) -> None:
    assert content(*structs) == expected


def test_a_root_of_formatted_text_has_its_formats() -> None:
    bold = item(FORMAT, var_string("bold") + var_string("true"))
    plain = item(FORMAT, var_string("bold") + var_string("null"), origin=(7, 2))
    structs = [bold, text("ab", origin=(7, 0)), plain, text("c", origin=(7, 3))]
    assert content(*structs) == Text((Run("ab", {"bold": True}), Run("c")))


def test_text_may_have_attributes_and_elements_in_it() -> None:
    keyed = item(ANY, any_of(string("v")), key="k")
    element = item(TYPE, PARAGRAPH, origin=(7, 2))
    expected = Text((Run("abc"), Run(Element("paragraph"))), {"k": "v"})
    assert content(A_STRING, element, keyed) == expected


@pytest.mark.parametrize("deleted", [A_STRING, AN_ELEMENT, item(ANY, any_of(NULL), key="k")])
def test_a_root_whose_content_is_all_gone_is_none(deleted: bytes) -> None:
    length = 3 if deleted == A_STRING else 1
    assert read(update(section(7, 0, deleted), deletions={7: [(0, length)]})) == Tree()


def test_an_empty_document_has_no_roots() -> None:
    assert read() == Tree()


def test_roots_keys_attributes_and_formats_come_in_the_order_of_their_names() -> None:
    names = [f"{number:03}" for number in range(100)]
    keyed = [item(ANY, any_of(NULL), parent="m", key=name) for name in reversed(names)]
    roots = [item(ANY, any_of(NULL), parent=name) for name in reversed(names)]
    tree = read(update(section(7, 0, *keyed, *roots)))
    assert [root.name for root in tree.roots] == [*names, "m"]
    assert isinstance(tree.roots[-1].content, dict)
    assert list(tree.roots[-1].content) == names


# Values


def number(value: float) -> bytes:
    return b"\x7b" + struct.pack(">d", value)


def big_integer(value: int) -> bytes:
    return b"\x7a" + value.to_bytes(8, "big", signed=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (number(2.0), 2),
        (number(-0.0), 0),
        (number(2.5), 2.5),
        (number(float("nan")), None),
        (number(float("-inf")), None),
        (number(2.0**60), 2**60),
        (number(1e300), 1e300),
        (big_integer(5), 5),
        (big_integer(2**60), 2**60),
        (big_integer(-(2**63)), -(2**63)),
        (big_integer(2**60 + 1), 2**60 + 1),
        (b"\x7f", None),
        (b"\x78", True),
        (b"\x74" + var_bytes(b"\0\xff"), {"base64": "AP8="}),
        (b"\x76\x01" + var_string("k") + b"\x75\x02" + NULL + number(1.0), {"k": [None, 1]}),
    ],
)
def test_values_are_read_as_json_has_them(value: bytes, expected: object) -> None:
    structs = update(section(7, 0, item(ANY, any_of(value))))
    (root,) = read(structs).roots
    assert isinstance(root.content, list)
    assert root.content == [expected]
    assert type(root.content[0]) is type(expected)
    # Yjs or pycrdt may encode it otherwise the next time; it reads the same.
    replica = PycrdtReplica()
    replica.load([structs])
    assert read(replica.difference(b"\0")) == read(structs)


def test_elements_among_values_are_values_with_their_attributes() -> None:
    structs = [
        item(TYPE, PARAGRAPH, key="k"),
        item(ANY, any_of(number(1)), parent=(7, 0), key="level"),
        item(TYPE, XML_TEXT, parent=(7, 0)),
        text("inside", parent=(7, 2)),
    ]
    shown = {"name": "paragraph", "attributes": {"level": 1}, "children": ["inside"]}
    assert content(*structs) == {"k": shown}


def test_a_shared_type_may_be_an_attribute() -> None:
    attribute = item(TYPE, MAP, parent=(7, 0), key="m")
    value = item(ANY, any_of(string("v")), parent=(7, 1), key="k")
    assert content(AN_ELEMENT, attribute, value) == (Element("paragraph", {"m": {"k": "v"}}),)


def test_a_key_that_holds_no_value_is_left_out() -> None:
    keyed = item(FORMAT, var_string("bold") + var_string("true"), key="f")
    assert content(keyed, item(ANY, any_of(NULL), key="k")) == {"k": None}


# What is not shown


def test_text_right_in_an_element_is_missed_and_that_is_said() -> None:
    # As Yjs 14 writes it; pycrdt shows neither it nor what is behind it.
    inside = item(TYPE, b"\x03" + var_string("b"), origin=(7, 2))
    tree = read(update(section(7, 0, AN_ELEMENT, text("ab", parent=(7, 0)), inside)))
    assert tree.truncated
    (root,) = tree.roots
    assert root.content == (Element("paragraph"),)


def test_values_among_elements_are_missed_and_that_is_said() -> None:
    tree = read(update(section(7, 0, AN_ELEMENT, item(ANY, any_of(NULL), origin=(7, 0)))))
    assert (tree.roots[0].content, tree.truncated) == ((Element("paragraph"),), True)


@pytest.mark.parametrize("nodes_max", range(9))
def test_what_is_over_the_limit_of_nodes_is_cut(nodes_max: int) -> None:
    structs = [AN_ELEMENT, *(item(TYPE, PARAGRAPH, origin=(7, clock)) for clock in range(9))]
    tree = read(update(section(7, 0, *structs)), limits=Limits(content_nodes_max=nodes_max))
    (root,) = tree.roots
    assert root.content == (Element("paragraph"),) * nodes_max
    assert tree.truncated


def test_what_is_over_the_limit_of_array_items_is_cut() -> None:
    structs = item(ANY, any_of(NULL, NULL, NULL)), item(ANY, any_of(NULL, NULL), parent="u")
    limits = Limits(content_array_items_max=4)
    tree = read(update(section(7, 0, *structs)), limits=limits)
    assert [root.content for root in tree.roots] == [[None] * 3, [None]]
    assert tree.truncated


DEEP: dict[str, Callable[[Id | str], bytes]] = {
    "elements": lambda parent: item(TYPE, PARAGRAPH, parent=parent),
    "texts": lambda parent: item(TYPE, XML_TEXT, parent=parent),
    "fragments": lambda parent: item(TYPE, XML_FRAGMENT, parent=parent),
    "maps": lambda parent: item(TYPE, MAP, parent=parent, key="k"),
    "arrays": lambda parent: item(TYPE, ARRAY, parent=parent),
}
PER_UPDATE = 60


@pytest.mark.parametrize("kind", DEEP)
def test_what_is_nested_without_end_by_one_update_after_another_is_cut(kind: str) -> None:
    nested = DEEP[kind]
    updates = []
    for start in range(0, 100_000, PER_UPDATE):
        clocks = range(start, start + PER_UPDATE)
        structs = [nested((7, clock - 1) if clock else "t") for clock in clocks]
        updates.append(update(section(7, start, *structs)))
    tree = read(*updates)
    assert tree.truncated
    assert depth(tree.roots[0].content) == Limits().content_depth_max
    assert page_of(tree.roots).roots


def depth(value: object) -> int:
    """Return in how many levels what is innermost stands; the root is one."""
    levels = 1 if isinstance(value, tuple) else 0
    while value:
        match value:
            case Element(children=inner) | Text(runs=inner):
                levels, value = levels + 1, inner
            case [Run(content=inner)] | [(Element() | Text()) as inner]:
                value = inner
            case [inner] | {"k": inner}:
                levels, value = levels + 1, inner
            case _:
                return levels
    return levels + (value in ([], {}))


def test_all_that_one_update_may_nest_is_shown() -> None:
    limits = Limits()
    types = limits.update_nesting_max
    structs = [item(TYPE, MAP, key="k")]
    structs += [item(TYPE, MAP, parent=(7, clock), key="k") for clock in range(types - 1)]
    value = b"\x75\x01" * limits.update_json_depth_max + NULL
    structs.append(item(ANY, any_of(value), parent=(7, types - 1), key="k"))
    tree = read(update(section(7, 0, *structs)))
    assert not tree.truncated
    assert depth(tree.roots[0].content) >= types + limits.update_json_depth_max


MANY = Limits().update_structs_max - 1


@pytest.mark.parametrize("kind", ["elements", "keys"])
def test_as_much_as_an_update_may_hold_is_read_up_to_the_limit(kind: str) -> None:
    if kind == "elements":
        structs = [AN_ELEMENT, *(item(TYPE, PARAGRAPH, origin=(7, n)) for n in range(MANY))]
    else:
        structs = [item(ANY, any_of(NULL), key=str(number)) for number in range(MANY)]
    tree = read(update(section(7, 0, *structs)))
    assert tree.truncated
    (root,) = tree.roots
    assert isinstance(root.content, tuple | dict)
    assert len(root.content) == Limits().content_nodes_max


@pytest.mark.parametrize("error", [ValueError, BaseException])
def test_what_pycrdt_raises_breaks_the_replica(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Tree:
        raise error

    monkeypatch.setattr(pycrdt_replica, "read_tree", fail)
    with pytest.raises(ReplicaBroken, match=error.__name__):
        PycrdtReplica().tree(Limits())

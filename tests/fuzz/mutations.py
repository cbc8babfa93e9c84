"""Valid updates, and what becomes of them when bytes go wrong."""

import random
from typing import Any, NamedTuple

from pycrdt import Array, Doc, Map, Text, TransactionEvent, XmlElement, XmlFragment, XmlText

EXTREMES = (
    b"\x00",
    b"\x7f",
    b"\x80\x01",
    b"\xff\xff\xff\xff\x07",
    b"\xff\xff\xff\xff\x0f",
    b"\xff\xff\xff\xff\xff\xff\xff\x0f",
)


class Seed(NamedTuple):
    """An honest document, and an honest update that builds on it."""

    base: bytes
    update: bytes


def seeds(chance: random.Random) -> list[Seed]:
    """Return documents of every kind of content, each with every update that led to it."""
    found: list[Seed] = []
    for client in range(1, 6):
        doc: Doc[Any] = Doc(client_id=chance.randrange(1, 2**31) + client)
        updates: list[bytes] = []

        def note(event: TransactionEvent, updates: list[bytes] = updates) -> None:
            updates.append(event.update)

        subscription = doc.observe(note)
        _write(doc, chance)
        doc.unobserve(subscription)
        grown: Doc[Text] = Doc()
        for update in updates:
            found.append(Seed(grown.get_update(), update))
            grown.apply_update(update)
        found.append(Seed(b"\0\0", grown.get_update()))
    return found


def _write(doc: "Doc[Any]", chance: random.Random) -> None:
    text: Text = doc.get("t", type=Text)
    for _ in range(6):
        text.insert(chance.randrange(len(str(text)) + 1), chance.choice(["a", "hello", "xyz"]))
    text.format(0, 2, {"bold": True})
    del text[1:3]
    table: Map[object] = doc.get("m", type=Map)
    table["n"] = {"deep": [1, 2.5, None, "x", True]}
    table["k"] = Text("inner")
    items: Array[object] = doc.get("a", type=Array)
    items.extend([1, "two", Map({"three": 3})])
    del items[0]
    fragment = doc.get("x", type=XmlFragment)
    paragraph = fragment.children.append(XmlElement("paragraph", {"level": "1"}))
    paragraph.children.append(XmlText("words"))
    del fragment.children[0]


def mutated(update: bytes, other: bytes, chance: random.Random) -> bytes:
    """Return the update with one to four things wrong."""
    data = bytearray(update)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(data)) if data else 0
        kind = chance.randrange(6)
        if kind == 0 and data:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1 and data:
            data[at] = chance.randrange(256)
        elif kind == 2:
            del data[at : at + chance.randint(1, 4)]
        elif kind == 3:
            data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 4)))
        elif kind == 4:
            data[at : at + 1] = chance.choice(EXTREMES)
        else:
            start = chance.randrange(len(other))
            data[at:at] = other[start : start + chance.randint(1, 12)]
    return bytes(data)

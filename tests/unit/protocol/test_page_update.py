"""Pages that are written as one update: read back by the CRDT, claimed as they should be."""

from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from palimpsest.protocol.page_update import ROOT, Element, Run, page_update
from palimpsest.protocol.scanner import scan

PAGE = (
    Element("block", {"type": "h", "level": 1}, (Run("A 🏡 of one’s own"),)),
    Element("block", {"type": "task", "checked": True}, (Run("done "), Run("b", ("bold",)))),
    Element("block", {"checked": False}, (Run("both", ("bold", "italic")), Run(" none"))),
    Element("divider"),
    Element("code_block", {"language": "js"}, (Run("let a = '<b>'\n\tb"),)),
    Element("block", {}, ()),
)


def read(update: bytes) -> list[tuple[str, dict[str, object], list[tuple[str, list[str]]] | None]]:
    """Return what the CRDT makes of an update: names, attributes, runs with their marks."""
    doc: Doc[XmlFragment] = Doc()
    doc.apply_update(update)
    found = []
    for element in doc.get(ROOT, type=XmlFragment).children:
        assert isinstance(element, XmlElement)
        [*texts] = element.children
        runs = None
        if texts:
            [text] = texts
            assert isinstance(text, XmlText)
            runs = [(str(words), sorted(marks or {})) for words, marks in text.diff()]
        attributes: Any = element.attributes
        found.append((str(element.tag), {str(name): value for name, value in attributes}, runs))
    return found


def test_what_was_written_is_what_is_read() -> None:
    assert read(page_update(7, PAGE)) == [
        ("block", {"type": "h", "level": 1}, [("A 🏡 of one’s own", [])]),
        ("block", {"type": "task", "checked": True}, [("done ", []), ("b", ["bold"])]),
        ("block", {"checked": False}, [("both", ["bold", "italic"]), (" none", [])]),
        ("divider", {}, None),
        ("code_block", {"language": "js"}, [("let a = '<b>'\n\tb", [])]),
        ("block", {}, []),
    ]


def test_it_builds_on_nothing_and_claims_all_clocks_from_the_first_on() -> None:
    update = page_update(2**32 - 1, PAGE)
    claims = scan(update)
    doc: Doc[XmlFragment] = Doc()
    doc.apply_update(update)
    [(client, start, end)] = claims.spans
    assert (client, start) == (2**32 - 1, 0)
    assert not claims.needs
    assert page_update(2**32 - 1, PAGE) == update
    doc.apply_update(update)
    assert len(read(doc.get_update())) == len(PAGE)
    assert end > len(PAGE)


def test_what_others_write_behind_it_stays() -> None:
    one: Doc[XmlFragment] = Doc()
    one.apply_update(page_update(7, PAGE))
    before = one.get_state()
    one.get(ROOT, type=XmlFragment).children.insert(1, XmlElement("block"))
    # The page once more is no second page.
    one.apply_update(page_update(7, PAGE))
    assert len(one.get(ROOT, type=XmlFragment).children) == len(PAGE) + 1
    other: Doc[XmlFragment] = Doc()
    other.apply_update(page_update(7, PAGE))
    other.apply_update(one.get_update(before))
    assert read(other.get_update()) == read(one.get_update())

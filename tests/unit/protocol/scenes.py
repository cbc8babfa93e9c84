"""What two people write with pycrdt in all its types, by chance."""

from typing import Any

import pycrdt
from hypothesis import strategies as st

_WORDS = st.sampled_from(["a", "word ", "\n", "x" * 200])
_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 7, -(2**40), 0.5, 1e300, "s", b"ab", [1, [2]], {"k": {}}]
)
_EDITS = st.tuples(st.integers(0, 10), _WORDS, _VALUES, st.floats(0, 1))
SCENES = st.lists(st.tuples(st.booleans(), _EDITS, st.booleans()), min_size=2, max_size=40)

Edit = tuple[int, str, Any, float]
Edits = list[tuple[bool, Edit, bool]]
"""Who of the two edits, what, and whether the other is told all that is new to it."""


def _edit(document: pycrdt.Doc[Any], edit: Edit) -> None:  # noqa: C901, PLR0912
    kind, word, value, place = edit
    letters = document.get("text", type=pycrdt.Text)
    keys = document.get("map", type=pycrdt.Map)
    row = document.get("array", type=pycrdt.Array)
    tree = document.get("tree", type=pycrdt.XmlFragment)
    at = int(place * len(letters))
    match kind:
        case 0 | 1 | 2:
            letters.insert(at, word)
        case 3 if at < len(letters):
            del letters[at : min(at + 5, len(letters))]
        case 4 if at < len(letters):
            letters.format(at, len(letters), {"bold": True if place < 0.5 else None})
        case 5:
            letters.insert_embed(at, {"image": word})
        case 6:
            keys["abc"[int(place * 2)]] = value
        case 7:
            keys["nested"] = [pycrdt.Map({"q": 1}), pycrdt.Array([1]), pycrdt.Text("n")][at % 3]
        case 8:
            row.insert(int(place * len(row)), value)
        case 9:
            paragraph = pycrdt.XmlElement("p", {"level": "1"})
            tree.children.append(paragraph)
            paragraph.children.append(pycrdt.XmlText(word))
        case 10 if len(tree.children):
            del tree.children[int(place * (len(tree.children) - 1))]
        case _:
            pass


class Scene:
    """Two documents, what was written in them, and the differences they told each other."""

    def __init__(self, edits: Edits) -> None:
        self.documents: list[pycrdt.Doc[Any]] = [pycrdt.Doc(client_id=id_) for id_ in (7, 2**40)]
        self.written: list[bytes] = []
        self.differences: list[tuple[bytes, bytes]] = []
        for document in self.documents:
            document.observe(lambda event: self.written.append(event.update))
        for second, edit, tell in edits:
            document, other = self.documents[second], self.documents[not second]
            _edit(document, edit)
            if tell:
                state_vector = other.get_state()
                difference = document.get_update(state_vector)
                self.differences.append((state_vector, difference))
                other.apply_update(difference)

"""Which marks the formats on a run of text mean, whatever editor gave them their names."""

import re

from palimpsest.content.blocks import Json, Mark, MarkName, Marks
from palimpsest.content.reading.attributes import text_of
from palimpsest.content.tree import Attributes

_NAMES = {
    "bold": MarkName.BOLD,
    "strong": MarkName.BOLD,
    "italic": MarkName.ITALIC,
    "em": MarkName.ITALIC,
    "underline": MarkName.UNDERLINE,
    "strike": MarkName.STRIKE,
    "strikethrough": MarkName.STRIKE,
    "highlight": MarkName.HIGHLIGHT,
    "background": MarkName.HIGHLIGHT,
    "backgroundColor": MarkName.HIGHLIGHT,
    "sup": MarkName.SUP,
    "superscript": MarkName.SUP,
    "sub": MarkName.SUB,
    "subscript": MarkName.SUB,
    "code": MarkName.CODE,
}
_SCRIPTS = {"sub": MarkName.SUB, "super": MarkName.SUP}

_MEANINGLESS = frozenset({"textStyle", "textColor", "color", "font", "size", "ychange"})
"""How text looks, and nothing else."""

# y-prosemirror adds a hash to the names of marks of which one text can have several.
_OVERLAP = re.compile(r"--[A-Za-z0-9+/=]{8}\Z")


def marks_of(formats: Attributes) -> Marks:
    """Return the marks that formats mean."""
    marks = (
        _mark(_OVERLAP.sub("", name) if "--" in name else name, value)
        for name, value in formats.items()
        if value is not None and value is not False
    )
    return frozenset(mark for mark in marks if mark is not None)


def _mark(name: str, value: Json) -> Mark | None:
    if name in _NAMES:
        return Mark(_NAMES[name])
    if name in _MEANINGLESS:
        return None
    attributes = value if isinstance(value, dict) else {"": value}
    match name:
        case "link":
            return Mark(MarkName.LINK, text_of(attributes, "href", ""))
        case "comment":
            return Mark(MarkName.COMMENT, text_of(attributes, "id", "threadId", ""))
        case "unknown":
            return Mark(MarkName.UNKNOWN, text_of(attributes, "name", ""))
        case "script" if isinstance(value, str) and value in _SCRIPTS:
            return Mark(_SCRIPTS[value])
        case _:
            return Mark(MarkName.UNKNOWN, name)

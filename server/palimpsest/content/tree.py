"""What a document's CRDT holds, as plain values: roots, elements, texts. Knows no editor.

It is read from the CRDT by `adapters/replica/tree.py`, within bounds; what stands in it is neither
checked nor interpreted. `docs/content.md` tells how a root's kind is found out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from palimpsest.content.blocks import Json

Attributes = Mapping[str, Json]
"""In the order of their names."""


class Kind(StrEnum):
    """As what an application has used a root."""

    FRAGMENT = "fragment"
    TEXT = "text"
    MAP = "map"
    ARRAY = "array"


@dataclass(frozen=True, slots=True)
class Embed:
    """A value that stands among text: a picture, a formula, the properties of a node."""

    value: Json


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text and the formats on it."""

    content: "str | Embed | Node"
    formats: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """Text with formats (Y.Text, Y.XmlText); some editors give it attributes, too."""

    runs: tuple[Run, ...] = ()
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Element:
    """An element (Y.XmlElement) and what it stands around; a fragment within is one of no name."""

    name: str
    attributes: Attributes = field(default_factory=dict)
    children: "tuple[Node, ...]" = ()


Node = Element | Text

Content = tuple[Node, ...] | Text | dict[str, Json] | list[Json]
"""Of a fragment, a text, a map, an array."""


@dataclass(frozen=True, slots=True)
class Root:
    """One of the shared types that a document begins with, by the name an application gave it."""

    name: str
    content: Content

    @property
    def kind(self) -> Kind:
        """Return as what it was used."""
        match self.content:
            case Text():
                return Kind.TEXT
            case tuple():
                return Kind.FRAGMENT
            case dict():
                return Kind.MAP
            case list():
                return Kind.ARRAY


@dataclass(frozen=True, slots=True)
class Tree:
    """All that a document holds. A root without content is none, as nobody can tell its kind."""

    roots: tuple[Root, ...] = ()
    truncated: bool = False
    """Whether something is missing: it was over a limit, or cannot be read."""

"""Attributes as editors write them: under several names, of any type, often wrong."""

from enum import StrEnum
from typing import TypeVar

from palimpsest.content.blocks import Align
from palimpsest.content.tree import Attributes

_Choice = TypeVar("_Choice", bound=StrEnum)

_ALIGNS = {"center": Align.CENTER, "right": Align.END, "justify": Align.JUSTIFY}
_ALIGNS |= {"start": Align.START, "end": Align.END}


def text_of(attributes: Attributes, *names: str) -> str:
    """Return the first that is text and not empty, or else no text."""
    for name in names:
        value = attributes.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def whole_of(attributes: Attributes, *names: str, least: int, most: int) -> int | None:
    """Return the first that is a whole number within bounds; digits are one, too."""
    for name in names:
        value = attributes.get(name)
        if isinstance(value, str) and value.isdecimal() and len(value) <= len(str(most)):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
    return None


def is_on(attributes: Attributes, *names: str) -> bool:
    """Tell whether one of them is true."""
    return any(attributes.get(name) is True for name in names)


def choice_of(attributes: Attributes, name: str, choices: type[_Choice]) -> _Choice | None:
    """Return which of the choices it is."""
    value = attributes.get(name)
    return next((choice for choice in choices if choice == value), None)


def align_of(attributes: Attributes) -> Align | None:
    """Return how a line is aligned; to the left is how it is anyway."""
    return _ALIGNS.get(text_of(attributes, "align", "textAlign", "textAlignment"))

"""Text made ready for writing: clean, merged, with every line end as a break."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from palimpsest.content.blocks import (
    Break,
    Inline,
    InlineImage,
    InlineMath,
    Mark,
    MarkName,
    Marks,
    Mention,
    Text,
    UnknownInline,
)

# What no format can carry: control characters but tab and newline, halves of characters, and what
# Unicode says is none.
_UNSPEAKABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RETURN = re.compile("\r\n?")

_NOT_IN_LANGUAGES = re.compile(r"[^\w+#.-]")

_PLACES = {name: place for place, name in enumerate(MarkName)}


def clean(text: str) -> str:
    """Return the text with newlines as its line ends, and U+FFFD for what cannot be written."""
    return _UNSPEAKABLE.sub("\ufffd", _RETURN.sub("\n", text))


def one_line(text: str) -> str:
    """Return the clean text with a space for every line end."""
    return clean(text).replace("\n", " ")


def written(content: Iterable[Inline]) -> Iterator[Inline]:
    """Yield the same content with its texts clean, merged, not empty, and without newlines."""
    for marks, run in groupby(filter(_is_something, content), _marks):
        if marks is None:
            yield from run
        else:
            text = clean("".join(inline.text for inline in run if isinstance(inline, Text)))
            yield from _lines(text, marks)


def is_something(content: Iterable[Inline]) -> bool:
    """Tell whether there is anything but empty text."""
    return any(map(_is_something, content))


def language_word(language: str | None) -> str:
    """Return the name of a language of source text as one word, with nothing but its letters."""
    return _NOT_IN_LANGUAGES.sub("", language or "")


def in_order(marks: Marks) -> list[Mark]:
    """Return the marks in the order in which they are nested, outermost first."""
    return sorted(marks, key=lambda mark: (_PLACES[mark.name], mark.value))


def spoken(inline: Inline) -> str:
    """Return what the inline says, as plain text."""
    match inline:
        case Text(text):
            return clean(text)
        case Break():
            return "\n"
        case Mention(label):
            return "@" + one_line(label.removeprefix("@"))
        case InlineImage(alt=alt):
            return one_line(alt)
        case InlineMath(tex):
            return one_line(tex)
        case UnknownInline(name):
            return f"[{one_line(name)}]"


def _is_something(inline: Inline) -> bool:
    return not isinstance(inline, Text) or inline.text != ""


def _marks(inline: Inline) -> Marks | None:
    return inline.marks if isinstance(inline, Text) else None


def _lines(text: str, marks: Marks) -> Iterator[Inline]:
    for number, line in enumerate(text.split("\n")):
        if number:
            yield Break()
        if line:
            yield Text(line, marks)

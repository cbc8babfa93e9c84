"""What stands in a line, as Markdown, so that no text is taken for syntax.

Marks are written with Markdown's own signs where these work: beside some letters and spaces they
don't, and some marks have none. There, and for lines that end within a heading or a cell, it is
one of HTML's words that readers of GFM know: `<strong>`, `<em>`, `<s>`, `<u>`, `<mark>`, `<sup>`,
`<sub>`, `<code>`, `<br>`. No other HTML is written, and none of it comes from the page.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

from palimpsest.content import addresses
from palimpsest.content.blocks import (
    Break,
    Inline,
    InlineImage,
    InlineMath,
    Mark,
    MarkName,
    Marks,
    Text,
)
from palimpsest.content.html_tags import MARK_TAGS
from palimpsest.content.inlines import in_order, one_line, spoken, written

BROKEN: Final = "\\\n"
"""How a line ends in a paragraph."""

TAGGED: Final = "<br>"
"""How a line ends in a heading or in a cell, which must be one line."""

_SIGNS: Final = {MarkName.BOLD: "**", MarkName.ITALIC: "_", MarkName.STRIKE: "~~"}
_UNSAID: Final = frozenset({MarkName.COMMENT, MarkName.UNKNOWN, MarkName.LINK})

_CODE: Final = Mark(MarkName.CODE)

_SPECIAL = re.compile(
    r"""[\\`*\[\]~$]
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])
    | <(?=[A-Za-z/!?]|$)
    | &(?=\#?[A-Za-z0-9]+;)
    | !$""",
    re.VERBOSE,
)
_BLOCK_SIGN = re.compile(r"[-+=#>:|]|\d{1,9}(?=[.)])")
_BACKTICKS = re.compile("`+")
_IN_ADDRESS = re.compile(r"[\\()<>]")
_IN_TITLE = re.compile(r'[\\"]')
_ENTITY = re.compile(r"&(?=#?[A-Za-z0-9]+;)")


def write(content: Iterable[Inline], line_end: str = BROKEN) -> str:
    """Return the inlines as Markdown; its first line may begin a block."""
    pieces = _pieces(content, line_end)
    for position, piece in enumerate(pieces):
        if isinstance(piece, _Edge):
            before = _kinds(pieces, position, -1)
            after = _kinds(pieces, position, 1)
            outside, inside = (before, after) if piece.opens else (after, before)
            works = _works_within if piece.span.mark.name is MarkName.ITALIC else _works
            piece.span.has_sign &= all(works(o, i) for o in outside for i in inside)
    return "".join(piece if isinstance(piece, str) else _sign(piece) for piece in pieces)


def code_span(text: str) -> str:
    """Return a line of text as code; it is not empty."""
    fence = "`" * (longest_backticks(text) + 1)
    padding = " " if text[0] == "`" or text[-1] == "`" or _would_be_cut(text) else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def longest_backticks(text: str) -> int:
    """Return how many backticks stand side by side at most."""
    return max(map(len, _BACKTICKS.findall(text)), default=0)


def picture(address: str, alt: str, href: str | None, caption: str = "") -> str:
    """Return a picture that may be shown, in a link if it has one."""
    title = f' "{_verbatim(_IN_TITLE, one_line(caption))}"' if caption else ""
    image = f"![{_escaped(one_line(alt))}]({_address(address)}{title})"
    leads_to = addresses.link(href or "")
    return f"[{image}]({_address(leads_to)})" if leads_to else image


_BACKSLASHED: Final = r"\\\g<0>"


@dataclass(slots=True)
class _Span:
    mark: Mark
    has_sign: bool = True


@dataclass(slots=True)
class _Edge:
    """Where a span opens or closes."""

    span: _Span
    opens: bool


_Piece = str | _Edge


def _pieces(content: Iterable[Inline], line_end: str) -> list[_Piece]:
    inlines = list(written(_said(content)))
    while inlines and isinstance(inlines[-1], Break):  # It shows nothing.
        inlines.pop()
    pieces: list[_Piece] = []
    opened: list[_Span] = []
    for inline, following in zip_longest(inlines, inlines[1:]):
        wanted = [mark for mark in _marks(inline) if mark != _CODE]
        kept = 0
        while kept < min(len(opened), len(wanted)) and opened[kept].mark == wanted[kept]:
            kept += 1
        while len(opened) > kept:
            pieces.append(_Edge(opened.pop(), opens=False))
        for mark in wanted[kept:]:
            opened.append(_Span(mark))
            pieces.append(_Edge(opened[-1], opens=True))
        begins = not pieces or pieces[-1] == line_end
        ends = not wanted and (following is None or isinstance(following, Break))
        pieces.append(_bare(inline, line_end, begins=begins, ends=ends))
    pieces += [_Edge(span, opens=False) for span in reversed(opened)]
    return pieces


def _said(content: Iterable[Inline]) -> Iterator[Inline]:
    """Yield the inlines as Markdown can say them."""
    for inline in content:
        match inline:
            case Text(text, marks):
                yield Text(text, _said_marks(marks))
            case InlineImage(src=src, alt=alt):
                address = addresses.image(src)
                yield replace(inline, src=address) if address else Text(one_line(alt))
            case Break():
                yield inline
            case InlineMath(tex):
                if tex:
                    yield inline
            case _:
                yield Text(spoken(inline))


def _said_marks(marks: Marks) -> Marks:
    said = {mark for mark in marks if mark.name not in _UNSAID}
    links = (addresses.link(mark.value) for mark in in_order(marks) if mark.name is MarkName.LINK)
    address = next(filter(None, links), None)
    return frozenset(said | {Mark(MarkName.LINK, address)} if address else said)


def _marks(inline: Inline) -> list[Mark]:
    return in_order(inline.marks) if isinstance(inline, Text) else []


def _bare(inline: Inline, line_end: str, *, begins: bool, ends: bool) -> str:
    match inline:
        case Break():
            return line_end
        case Text(text, marks):
            if _CODE in marks:
                return _code(text, marks, line_end)
            return _plain(text, begins=begins, ends=ends, in_paragraph=line_end == BROKEN)
        case InlineImage(src=src, alt=alt, href=href):
            return picture(src, alt, href)
        case InlineMath(tex):
            return f"${code_span(one_line(tex))}$"
        case _:
            raise AssertionError("everything else has become text")


def _code(text: str, marks: Marks, line_end: str) -> str:
    in_link = any(mark.name is MarkName.LINK for mark in marks)
    # What begins with a link with such code might be read as the definition of a reference, and
    # readers disagree where a cell ends in which code has a backslash before a bar.
    if (in_link and "]:" in text) or (line_end == TAGGED and "\\|" in text):
        return f"<code>{_escaped(text)}</code>"
    return code_span(text)


def _plain(text: str, *, begins: bool, ends: bool, in_paragraph: bool) -> str:
    before = after = ""
    if begins:
        inner = text.lstrip()
        before, text = _numbered(text[: len(text) - len(inner)]), inner
    if ends:
        inner = text.rstrip()
        after, text = _numbered(text[len(inner) :]), inner
    escaped = _escaped(text)
    if begins and not before and in_paragraph:
        escaped = _without_block_sign(escaped)
    return f"{before}{escaped}{after}"


def _numbered(spaces: str) -> str:
    # Markdown takes spaces from the ends of lines, unless they are written so.
    return "".join(f"&#{ord(space)};" for space in spaces)


def _escaped(text: str) -> str:
    escaped = _SPECIAL.sub(_BACKSLASHED, text)
    # A code span may follow, and some readers count this backtick among its own.
    return f"{escaped[:-2]}&#96;" if text.endswith("`") else escaped


def _without_block_sign(escaped: str) -> str:
    sign = _BLOCK_SIGN.match(escaped)
    if not sign:
        return escaped
    place = sign.end() if sign.group().isdigit() else 0
    return f"{escaped[:place]}\\{escaped[place:]}"


def _address(address: str) -> str:
    return _verbatim(_IN_ADDRESS, address)


def _verbatim(special: re.Pattern[str], text: str) -> str:
    # A backslash does not keep every reader from an entity here, as it does in text.
    return special.sub(_BACKSLASHED, _ENTITY.sub("&amp;", text))


def _would_be_cut(text: str) -> bool:
    return text[0] == text[-1] == " " and text.strip(" ") != ""


def _sign(edge: _Edge) -> str:
    mark = edge.span.mark
    if mark.name is MarkName.LINK:
        return "[" if edge.opens else f"]({_address(mark.value)})"
    if mark.name in _SIGNS and edge.span.has_sign:
        return _SIGNS[mark.name]
    return f"<{MARK_TAGS[mark.name]}>" if edge.opens else f"</{MARK_TAGS[mark.name]}>"


# What a character beside a sign is. Of symbols readers of Markdown disagree whether they are
# punctuation, and of some characters whether they are spaces.
_SPACE, _PUNCTUATION, _SYMBOL, _OTHER, _DOUBTFUL = range(5)
_SURE_BORDERS: Final = frozenset({_SPACE, _PUNCTUATION})


def _kinds(pieces: list[_Piece], position: int, step: int) -> set[int]:
    """Return what readers may take for the character beside the edge."""
    kinds: set[int] = set()
    position += step
    while 0 <= position < len(pieces):
        piece = pieces[position]
        if isinstance(piece, str):
            return kinds | {_kind(piece[0 if step > 0 else -1])}
        kinds.add(_PUNCTUATION)
        # Some look through this one sign, to what is behind it.
        if piece.span.mark.name is not MarkName.STRIKE:
            return kinds
        position += step
    return kinds | {_SPACE}


def _kind(character: str) -> int:
    category = unicodedata.category(character)
    if character in "\t\n" or category == "Zs":
        return _SPACE
    if category[0] == "P" or (category[0] == "S" and character.isascii()):
        return _PUNCTUATION
    if category[0] == "S":
        return _SYMBOL
    return _DOUBTFUL if category[0] in "ZC" else _OTHER


def _works(outside: int, inside: int) -> bool:
    """Tell whether a sign opens or closes where these stand outside and inside of it."""
    if inside in {_SPACE, _DOUBTFUL}:
        return False
    return inside == _OTHER or outside in _SURE_BORDERS


def _works_within(outside: int, inside: int) -> bool:
    """Tell the same of a sign that means nothing within a word."""
    return outside in _SURE_BORDERS and _works(outside, inside)

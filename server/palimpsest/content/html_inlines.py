"""What stands in a line, as HTML: text with its marks, breaks, pictures, formulas, names."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from palimpsest.content import addresses
from palimpsest.content.blocks import (
    Break,
    Inline,
    InlineImage,
    InlineMath,
    MarkName,
    Marks,
    Mention,
    Text,
    UnknownInline,
)
from palimpsest.content.dress import Dress
from palimpsest.content.html_tags import LINK_REL, MARK_TAGS, element, escaped, tag
from palimpsest.content.inlines import in_order, spoken, written

Wrapper = tuple[str, str]
"""An opening tag and its closing tag."""


class InlineWriter:
    """Writes lines of one page; remembers how marks are written, for most come again."""

    def __init__(self, dress: Dress | None = None) -> None:
        self._dress = dress
        self._wrappers: dict[Marks, list[Wrapper]] = {}

    def write(self, content: Iterable[Inline]) -> str:
        """Return the inlines as HTML."""
        out: list[str] = []
        opened: list[Wrapper] = []
        for inline in written(content):
            wanted = self._around(inline, opened)
            kept = _common(opened, wanted)
            out += [closing for _, closing in reversed(opened[kept:])]
            out += [opening for opening, _ in wanted[kept:]]
            out.append(self._bare(inline))
            opened = wanted
        out += [closing for _, closing in reversed(opened)]
        return "".join(out)

    def _bare(self, inline: Inline) -> str:
        if self._dress and isinstance(inline, InlineMath):
            return self._dress.formula(inline.tex, display=False) or _bare(inline)
        return _bare(inline)

    def _around(self, inline: Inline, opened: list[Wrapper]) -> list[Wrapper]:
        match inline:
            case Text(_, marks):
                if marks not in self._wrappers:
                    self._wrappers[marks] = list(_wrappers(marks))
                return self._wrappers[marks]
            case Break():  # It ends the line, and none of the marks.
                return opened
            case _:
                return []


def picture(src: str, alt: str, width: int | None, href: str | None) -> str:
    """Return a picture, in a link if it has one; if it may not be shown, what it is said to be."""
    html = tag("img", src=addresses.image(src), alt=alt, width=width, loading="lazy")
    return linked(html, href)


def linked(html: str, href: str | None, *, download: str | None = None) -> str:
    """Return the HTML in a link, if it may lead there; `download` is what is saved is called."""
    address = addresses.link(href or "")
    return element("a", html, href=address, download=download, rel=LINK_REL) if address else html


def formula(tex: str) -> str:
    """Return a formula as its source."""
    return element("code", escaped(tex), class_="math")


def _bare(inline: Inline) -> str:
    match inline:
        case Text(text):
            return escaped(text)
        case Break():
            return "<br>"
        case Mention(_, id_, kind):
            name = escaped(spoken(inline))
            return element("span", name, data_mention=id_, data_kind=kind or None)
        case InlineImage():
            return picture(inline.src, inline.alt, inline.width, inline.href)
        case InlineMath(tex):
            return formula(tex)
        case UnknownInline(name):
            return element("span", escaped(spoken(inline)), data_unknown=name)


def _wrappers(marks: Marks) -> Iterator[Wrapper]:
    for name, same in groupby(in_order(marks), lambda mark: mark.name):
        values = [mark.value for mark in same]
        match name:
            case MarkName.LINK:
                address = next(filter(None, map(addresses.link, values)), None)
                if address:
                    yield tag("a", href=address, rel=LINK_REL), "</a>"
            # However many there are, they are one element: browsers bound how deep those go.
            case MarkName.COMMENT:
                yield tag("span", data_comment=" ".join(values)), "</span>"
            case MarkName.UNKNOWN:
                yield tag("span", data_unknown=" ".join(values)), "</span>"
            case _:
                yield f"<{MARK_TAGS[name]}>", f"</{MARK_TAGS[name]}>"


def _common(opened: list[Wrapper], wanted: list[Wrapper]) -> int:
    kept = 0
    for one, other in zip(opened, wanted, strict=False):
        if one != other:
            break
        kept += 1
    return kept

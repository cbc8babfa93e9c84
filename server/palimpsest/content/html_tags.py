"""Tags and text of HTML, escaped by construction; and which tags and attributes there are at all.

Everything is written as HTML's own serializer would, so that parsing and writing it once more
changes nothing.
"""

from typing import Final

import nh3

from palimpsest.content.blocks import MarkName
from palimpsest.content.inlines import clean

MARK_TAGS: Final = {
    MarkName.HIGHLIGHT: "mark",
    MarkName.BOLD: "strong",
    MarkName.ITALIC: "em",
    MarkName.UNDERLINE: "u",
    MarkName.STRIKE: "s",
    MarkName.SUP: "sup",
    MarkName.SUB: "sub",
    MarkName.CODE: "code",
}

HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
LINK_REL: Final = "noopener noreferrer"
LANGUAGE_CLASS: Final = "language-"

COLOUR_CLASS: Final = "hljs-"
COLOURS: Final = (
    *("addition", "attr", "built_in", "comment", "deletion", "emphasis", "keyword", "meta"),
    *("name", "number", "section", "string", "strong", "title", "type", "variable"),
)
"""What parts of a program are called: some of the names of the editor's lowlight."""

MATH_TAGS: Final = frozenset(
    (
        *("math", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow"),
        *("mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext"),
        *("mtr", "munder", "munderover"),
    )
)
"""What browsers show as what it means; `menclose`, for instance, they do not."""

_ATTRIBUTES: Final[dict[str, set[str]]] = {
    **{name: set() for name in MARK_TAGS.values()},
    **{name: {"id"} for name in HEADINGS},
    "*": {"data-align", "data-block", "data-indent", "dir"},
    "a": {"href", "download"},
    "blockquote": set(),
    "br": set(),
    "code": {"class"},
    "details": {"open"},
    "div": {"data-tone", "data-unknown"},
    "figcaption": set(),
    "figure": set(),
    "hr": set(),
    "img": {"alt", "loading", "src", "width"},
    "input": {"checked", "disabled"},
    "label": set(),
    "li": set(),
    "ol": {"start"},
    "p": set(),
    "pre": set(),
    "section": {"data-root"},
    "span": {"data-comment", "data-kind", "data-mention", "data-unknown"},
    "summary": set(),
    "table": set(),
    "tbody": set(),
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "thead": set(),
    "tr": set(),
    "ul": set(),
    **{name: {"displaystyle", "scriptlevel"} for name in MATH_TAGS},
    "annotation": {"encoding"},
    "math": {"display"},
    "semantics": set(),
    "mfrac": {"linethickness"},
    "mo": {"accent", "fence", "form", "maxsize", "minsize", "movablelimits", "stretchy"},
    "mover": {"accent"},
    "mpadded": {"depth", "height", "lspace", "voffset", "width"},
    "mspace": {"depth", "height", "width"},
    "mtd": {"columnalign"},
}
_VALUES: Final = {"div": {"role": {"note"}}, "input": {"type": {"checkbox"}}}
_CLASSES: Final = {
    "div": {"callout", "formula", "unknown"},
    "figure": {"file"},
    "pre": {"math"},
    "span": {f"{COLOUR_CLASS}{name}" for name in COLOURS},
    "ul": {"tasks"},
}
_SCHEMES: Final = {"data", "http", "https", "mailto", "tel"}

_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;"})


def escaped(text: str) -> str:
    """Return HTML that shows the text."""
    return clean(text).translate(_ESCAPES)


def tag(name: str, **attributes: str | int | bool | None) -> str:
    """Return an opening tag; an attribute that is None or False is left out, True is empty.

    An underscore in an attribute's name stands for a hyphen, and one at its end for nothing.
    """
    parts = [f"<{name}"]
    for attribute, value in attributes.items():
        if value is not None and value is not False:
            text = "" if value is True else escaped(str(value)).replace('"', "&quot;")
            parts.append(f' {attribute.rstrip("_").replace("_", "-")}="{text}"')
    return "".join(parts) + ">"


def element(name: str, inside: str, **attributes: str | int | bool | None) -> str:
    """Return an element around HTML."""
    return f"{tag(name, **attributes)}{inside}</{name}>"


def sanitized(html: str) -> str:
    """Return what of the HTML is on the lists above; for what the writer wrote, that is all."""
    return nh3.clean(
        html,
        tags=set(_ATTRIBUTES) - {"*"},
        clean_content_tags=set(),
        attributes=_ATTRIBUTES,
        attribute_filter=_only_pictures_are_data,
        link_rel=LINK_REL,
        tag_attribute_values=_VALUES,
        url_schemes=_SCHEMES,
        allowed_classes=_CLASSES,
    )


def _only_pictures_are_data(name: str, attribute: str, value: str) -> str | None:
    if value[:5].lower() == "data:" and attribute in {"href", "src"}:
        return value if name == "img" and value[5:11].lower() == "image/" else None
    return value

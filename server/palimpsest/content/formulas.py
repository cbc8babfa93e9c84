"""A formula as MathML, by latex2mathml; or not, if it would not say what is written.

That library writes what it was given without escaping it, and takes what it does not know for
letters. So only its tree is used: every tag, attribute and length is from the lists here, and a
formula in which anything else stands, or that it did not understand, is left to its source.
"""

import re
from html import unescape
from typing import Final
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from palimpsest.content.html_tags import MATH_TAGS, element, escaped, tag

_DEPTH_MAX: Final = 50
_EM_MAX: Final = 25.0
_ENVIRONMENTS: Final = {
    # What stands in a formula lines up as what is one.
    "aligned": "align*",
    "gathered": "matrix",
    "gather": "matrix",
    "gather*": "matrix",
    "equation": "matrix",
    "equation*": "matrix",
}
_ENVIRONMENT: Final = re.compile(r"\\(begin|end)\{(aligned|gathered|gather\*?|equation\*?)\}")
_LENGTH: Final = re.compile(r"[+-]?(\d*\.?\d+)(em|ex|px|pt)")
_LENGTHS: Final = {"depth", "height", "lspace", "maxsize", "minsize", "voffset", "width"}
_WORDS: Final = {
    "accent",
    "columnalign",
    "displaystyle",
    "fence",
    "form",
    "linethickness",
    "movablelimits",
    "scriptlevel",
    "stretchy",
}
_LIMITS: Final = {"lim", "liminf", "limsup", "max", "min", "sup", "inf"}
_NOT_UNDERSTOOD: Final = re.compile(r"[\\&]")
_NAME_OF_FUNCTION: Final = re.compile(r"[A-Za-z]{2,}")


class _NotShowable(Exception):
    """It would not say what is written."""


def mathml(tex: str, *, display: bool) -> str | None:
    """Return a formula as MathML, on its own line or within one; its source is in it, unseen."""
    written = _ENVIRONMENT.sub(lambda it: rf"\{it[1]}{{{_ENVIRONMENTS[it[2]]}}}", tex)
    try:
        root = convert_to_element(written, display="block" if display else "inline")
        children = [child for node in root for child in (node if node.tag == "mrow" else [node])]
        parts = [_written(child, 1, display=display) for child in children]
        inside = "".join(_spaced(children, parts))
    except Exception:  # noqa: BLE001 - it has no list of what it raises; the source is shown.
        return None
    source = element("annotation", escaped(tex), encoding="application/x-tex")
    both = element("semantics", element("mrow", inside) + source)
    return element("math", both, display="block" if display else None)


def _written(node: Element, depth: int, *, display: bool) -> str:
    text = unescape(node.text or "")
    if node.tag not in MATH_TAGS or depth > _DEPTH_MAX or "linebreak" in node.attrib:
        raise _NotShowable
    if node.tag != "mtext" and _NOT_UNDERSTOOD.search(text):
        raise _NotShowable
    name = node.tag
    if display and name == "msub" and len(node) and node[0].text in _LIMITS:
        name = "munder"
    children = [_written(child, depth + 1, display=display) for child in node]
    if name in {"math", "mrow"}:
        children = _spaced(list(node), children)
    if name == "mrow" and len(node) == 1 and not node.attrib:
        return children[0]
    return element(name, escaped(text) + "".join(children), **_attributes(node))


def _spaced(nodes: list[Element], written: list[str]) -> list[str]:
    """Set what a function's name is followed by apart from it, but for a parenthesis."""
    out: list[str] = []
    for node, html, following in zip(nodes, written, [*nodes[1:], None], strict=True):
        out.append(html)
        named = _NAME_OF_FUNCTION.fullmatch(_first_text(node))
        if named and following is not None and following.tag != "mo":
            out.append(tag("mspace", width="0.1667em") + "</mspace>")
    return out


def _first_text(node: Element) -> str:
    """Return the text of an identifier, with or without something above and below it."""
    if node.tag in {"msub", "msup", "msubsup", "munder"} and len(node):
        node = node[0]
    return node.text or "" if node.tag in {"mi", "mo"} else ""


def _attributes(node: Element) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in node.attrib.items():
        if name in _WORDS:
            kept[name] = value
        elif name in _LENGTHS:
            length = _LENGTH.fullmatch(value)
            if length is None or float(length[1]) > _EM_MAX:
                raise _NotShowable
            kept[name] = value
        elif name == "mathbackground":
            raise _NotShowable
    return kept

"""Trees by hand, in one line, and by chance."""

from typing import Any

from hypothesis import strategies as st

from palimpsest.content.reading.elements import KNOWN
from palimpsest.content.reading.inlines import INLINE_NAMES
from palimpsest.content.tree import Element, Embed, Node, Root, Run, Text

LETTERS = "абвгд"
"""Of which all text is made, and no name or value: so a test can tell them."""


def el(name: str, *children: Node | str, **attributes: Any) -> Element:
    """Return an element; a string in it stands for a text."""
    nodes = tuple(Text((Run(child),)) if isinstance(child, str) else child for child in children)
    return Element(name, attributes, nodes)


def p(*children: Node | str, **attributes: Any) -> Element:
    """Return a paragraph."""
    return el("paragraph", *children, **attributes)


def formatted(text: str, **formats: Any) -> Text:
    """Return a text with formats on all of it."""
    return Text((Run(text, formats),))


NAMES = [*sorted(KNOWN | INLINE_NAMES), "poll", "chart"]
"""All names of elements that a reader knows, and two that none does."""

_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "2", "h1", "center", "rtl", "task", "bullet", "js", "true", "text"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=4,
)
_NAMES = [
    *("id", "level", "indent", "type", "checked", "start", "align", "textAlign", "dir", "open"),
    *("language", "src", "url", "alt", "caption", "width", "colspan", "tex", "href", "name"),
    *("header", "list", "code-block", "blockquote", "table", "direction", "script", "link"),
    *("bold", "comment", "comment--AbCdEf12", "color", "glow", "unknown", "isToggleable"),
]
_OF_LEXICAL = ["__type", "__format", "__tag", "__listType", "__headerState", "__url", "__indent"]
_TYPES = ["text", "linebreak", "tab", "paragraph", "heading", "list", "listitem", "link", "code"]
_TYPES += ["table", "tablerow", "tablecell", "quote", "horizontalrule", "image"]

attributes = st.dictionaries(st.sampled_from(_NAMES), _values, max_size=4)
_attributes_of_lexical = st.dictionaries(
    st.sampled_from(_OF_LEXICAL), st.sampled_from(_TYPES) | _values, max_size=4
)
_embeds = st.builds(
    Embed,
    st.dictionaries(
        st.sampled_from(["image", "video", "divider", "formula", "mention", "poll"]), _values
    )
    | _attributes_of_lexical
    | _values,
)
_words = st.text(LETTERS + "\n", max_size=4)


def _texts(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    runs = st.builds(Run, _words | _embeds | nodes, attributes)
    own = attributes | _attributes_of_lexical
    return st.builds(Text, st.lists(runs, max_size=4).map(tuple), own)


def _nodes(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    names = st.sampled_from(NAMES)
    children = st.lists(nodes, max_size=4).map(tuple)
    return _texts(nodes) | st.builds(Element, names, attributes | _attributes_of_lexical, children)


nodes: st.SearchStrategy[Node] = st.recursive(
    st.builds(Text, st.lists(st.builds(Run, _words, attributes), max_size=2).map(tuple)),
    _nodes,
    max_leaves=12,
)
_contents = (
    st.lists(nodes, max_size=6).map(tuple)
    | _texts(nodes)
    | st.dictionaries(st.sampled_from("ab"), _values)
    | st.lists(_values, max_size=3)
)
roots = st.lists(st.builds(Root, st.sampled_from(["default", "quill"]), _contents), max_size=3)


def text_in(*nodes: Node) -> str:
    """Return all letters in nodes, in order."""
    found = ""
    for node in nodes:
        if isinstance(node, Element):
            found += text_in(*node.children)
        else:
            for run in node.runs:
                if isinstance(run.content, str):
                    found += run.content
                elif not isinstance(run.content, Embed):
                    found += text_in(run.content)
    return found

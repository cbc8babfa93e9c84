"""A page in every form that is kept of it. Whoever asks for one later asks for another, too."""

import json
from typing import NamedTuple

from palimpsest.content import data, html, markdown, text
from palimpsest.content.dress import Dress
from palimpsest.content.outline import excerpt, title
from palimpsest.content.reading import page_of
from palimpsest.content.tree import Tree

RENDERER = 4
"""Raised when the same document would be written otherwise: part of every rendering's name."""


class Rendering(NamedTuple):
    """A page in every form; `truncated` if it was too large to be shown whole."""

    title: str
    excerpt: str
    html: str
    markdown: str
    text: str
    json: str
    truncated: bool


def render(tree: Tree, dress: Dress) -> Rendering:
    """Return what a document holds, in every form."""
    page = page_of(tree.roots)
    return Rendering(
        title(page),
        excerpt(page),
        html.write(page, dress),
        markdown.write(page),
        text.write(page),
        json.dumps(data.write(page), ensure_ascii=False, separators=(",", ":")),
        tree.truncated,
    )

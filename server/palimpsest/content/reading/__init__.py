"""From what a document holds to what its page says, whatever editor wrote it."""

from collections.abc import Sequence

from palimpsest.content import tree
from palimpsest.content.blocks import Data, Page, RichText, Root, Source
from palimpsest.content.reading.delta import blocks_of_text
from palimpsest.content.reading.elements import blocks_of
from palimpsest.content.reading.lexical import as_element, is_of_lexical


def page_of(roots: Sequence[tree.Root]) -> Page:
    """Return what the page says, root by root; the reader of each is found by what it holds."""
    return Page(tuple(map(_root, roots)))


def _root(root: tree.Root) -> Root:
    match root.content:
        case tree.Text() as text if _is_plain(text):
            return Source(root.name, "".join(str(run.content) for run in text.runs))
        case tree.Text() as text:
            return RichText(root.name, blocks_of_text(text))
        case tuple(nodes) if is_of_lexical(nodes):
            return RichText(root.name, blocks_of(nodes, as_element))
        case tuple(nodes):
            return RichText(root.name, blocks_of(nodes))
        case value:
            return Data(root.name, value)


def _is_plain(text: tree.Text) -> bool:
    return all(isinstance(run.content, str) and not run.formats for run in text.runs)

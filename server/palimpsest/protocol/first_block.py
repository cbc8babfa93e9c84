"""The update that a page begins with: one empty block, as our editor's binding would write it.

An editor that is bound to an empty text replaces, with its first keystroke, whatever has come
meanwhile; so there is never nothing. The client id follows from the document's id: however often
a page is begun, it begins with the same block.
"""

from hashlib import sha256
from typing import Final

from palimpsest.protocol.page_update import Element, page_update

BLOCK: Final = "block"


def first_block(document: str) -> bytes:
    """Return the update that brings a document its first block."""
    return page_update(first_client(document), [Element(BLOCK)])


def first_client(document: str) -> int:
    """Return the client id under which a document's first blocks are written."""
    return int.from_bytes(sha256(f"first block of {document}".encode()).digest()[:4])

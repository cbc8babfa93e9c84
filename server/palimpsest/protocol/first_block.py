"""The update that a page begins with: one empty block, as our editor's binding would write it.

An editor that is bound to an empty text replaces, with its first keystroke, whatever has come
meanwhile; so there is never nothing. Nor is the block without a text: two who begin to write at
the same moment would each make one, and their letters would mix. All ids follow from the
document's: however often a page is begun, it begins with the same block.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

from palimpsest.protocol.page_update import Element, page_update

BLOCK: Final = "block"
BLOCK_ID_LENGTH: Final = 10


def first_block(document: str) -> bytes:
    """Return the update that brings a document its first block."""
    block = Element(BLOCK, {"id": _first_id(document)}, runs=())
    return page_update(first_client(document), [block])


def first_client(document: str) -> int:
    """Return the client id under which a document's first blocks are written."""
    return int.from_bytes(_digest(document)[:4])


def _first_id(document: str) -> str:
    """Return the block's id, in the letters of those that the editor draws (blockids.ts)."""
    return urlsafe_b64encode(_digest(document)).decode()[:BLOCK_ID_LENGTH]


def _digest(document: str) -> bytes:
    return sha256(f"first block of {document}".encode()).digest()

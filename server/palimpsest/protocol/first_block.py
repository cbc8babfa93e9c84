"""The update that a page begins with: one empty block, as our editor's binding would write it.

An editor that is bound to an empty text replaces, with its first keystroke, whatever has come
meanwhile; so there is never nothing. The client id follows from the document's id: however often
a page is begun, it begins with the same block.
"""

from hashlib import sha256
from typing import Final

from palimpsest.protocol.contents import TYPE, XML_ELEMENT
from palimpsest.protocol.lib0 import var_string, var_uint

ROOT: Final = "default"
BLOCK: Final = "block"

_NAMED_PARENT: Final = 1


def first_block(document: str) -> bytes:
    """Return the update that brings a document its first block."""
    client = int.from_bytes(sha256(f"first block of {document}".encode()).digest()[:4])
    item = bytes((TYPE, _NAMED_PARENT)) + var_string(ROOT)
    item += bytes((XML_ELEMENT,)) + var_string(BLOCK)
    one_section_of_one = var_uint(1) + var_uint(1)
    return one_section_of_one + var_uint(client) + var_uint(0) + item + var_uint(0)

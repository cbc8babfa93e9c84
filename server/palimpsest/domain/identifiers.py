"""The names that things go by, checked where they come in."""

import re
import unicodedata
from typing import Final, NewType

from palimpsest.domain.refusals import BadDocumentId

DocumentId = NewType("DocumentId", str)

DOCUMENT_ID_BYTES_MAX = 200
_BY_CHANCE: Final = re.compile(r"(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_-]{22}")


def document_id(text: str) -> DocumentId:
    """Return `text` as a document's id.

    Raises:
        BadDocumentId: unless it is 1 to 200 bytes of UTF-8 without control characters.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:  # a lone surrogate
        raise BadDocumentId from error
    if not 1 <= size <= DOCUMENT_ID_BYTES_MAX or has_control_characters(text):
        raise BadDocumentId
    return DocumentId(text)


def is_by_chance(identifier: str) -> bool:
    """Tell whether an id looks like one of those that are drawn: nobody would know it by that."""
    return _BY_CHANCE.fullmatch(identifier) is not None


def has_control_characters(text: str) -> bool:
    """Tell whether a control character or a lone surrogate is in `text` (Unicode Cc and Cs)."""
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in text)

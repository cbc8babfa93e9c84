"""What happened to a document: facts, in the past tense. Their stored form is in event_codec."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from palimpsest.domain.ledger import Span


@dataclass(frozen=True, slots=True)
class DocumentCreated:
    """The document exists; `lineage` names its CRDT history."""

    title: str
    lineage: str


@dataclass(frozen=True, slots=True)
class DocumentRenamed:
    """The document carries another title."""

    title: str


class UpdateRecorded(NamedTuple):
    """An edit: Yjs bytes, what it added; `introduced` are client ids and their new owner.

    A NamedTuple because one is made for every keystroke.
    """

    update: bytes
    spans: tuple[Span, ...]
    introduced: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class DocumentTrashed:
    """The document is in the trash: nobody writes to it, and it can be restored."""


@dataclass(frozen=True, slots=True)
class DocumentRestored:
    """The document is back from the trash."""


@dataclass(frozen=True, slots=True)
class QuarantineImposed:
    """The document killed the engine twice: read-only, or closed if `opens` is false."""

    reason: str
    opens: bool


@dataclass(frozen=True, slots=True)
class QuarantineLifted:
    """Somebody looked, and the document may be written to again."""


Event = (
    DocumentCreated
    | DocumentRenamed
    | UpdateRecorded
    | DocumentTrashed
    | DocumentRestored
    | QuarantineImposed
    | QuarantineLifted
)

"""What somebody wishes of a document, and may be refused."""

from dataclasses import dataclass
from typing import NamedTuple

from palimpsest.domain.access import Actor
from palimpsest.domain.ledger import Claims


class RecordUpdate(NamedTuple):
    """Somebody sent an edit. A NamedTuple because one is made for every keystroke."""

    actor: Actor
    update: bytes
    claims: Claims


@dataclass(frozen=True, slots=True)
class CreateDocument:
    """Somebody wants a document to exist."""

    actor: Actor
    title: str


@dataclass(frozen=True, slots=True)
class RenameDocument:
    """Somebody wants the document to carry another title."""

    actor: Actor
    title: str


@dataclass(frozen=True, slots=True)
class TrashDocument:
    """Somebody wants the document out of the way, restorably."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class RestoreDocument:
    """Somebody wants the document back from the trash."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class ImposeQuarantine:
    """The server wants a document that killed the engine twice to be left alone."""

    actor: Actor
    reason: str
    opens: bool


@dataclass(frozen=True, slots=True)
class LiftQuarantine:
    """An administrator looked, and wants the document to be writable again."""

    actor: Actor


Command = (
    RecordUpdate
    | CreateDocument
    | RenameDocument
    | TrashDocument
    | RestoreDocument
    | ImposeQuarantine
    | LiftQuarantine
)

"""The life of a document: decide what happens, evolve what is known. Does no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from palimpsest.domain.access import Actor, Role, require
from palimpsest.domain.commands import (
    Command,
    CreateDocument,
    ImposeQuarantine,
    LiftQuarantine,
    RecordUpdate,
    RenameDocument,
    RestoreDocument,
    TrashDocument,
)
from palimpsest.domain.events import (
    DocumentCreated,
    DocumentRenamed,
    DocumentRestored,
    DocumentTrashed,
    Event,
    QuarantineImposed,
    QuarantineLifted,
    UpdateRecorded,
)
from palimpsest.domain.identifiers import has_control_characters
from palimpsest.domain.ledger import Ledger
from palimpsest.domain.refusals import (
    BadTitle,
    DocumentInTrash,
    DocumentNotFound,
    DocumentQuarantined,
)

TITLE_CHARACTERS_MAX = 300

_NONE_INTRODUCED: Mapping[int, str] = MappingProxyType({})

_new = tuple.__new__  # half the price of calling a NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What must be known of a document to judge commands.

    One that does not exist yet comes with the lineage that it will have.
    """

    exists: bool = False
    title: str = ""
    lineage: str = ""
    trashed: bool = False
    quarantine: str = ""
    opens: bool = True
    ledger: Ledger = field(default_factory=Ledger)

    def copy(self) -> "Document":
        """Return the same document with a ledger that goes its own way."""
        return replace(self, ledger=self.ledger.copy())


def decide(command: Command, document: Document) -> list[Event]:
    """Return the events that make the command true; none if it already is.

    Raises:
        Refusal: the command may not be done; `UpdateWaits` if it may later.
    """
    match command:
        case RecordUpdate():
            return _record_update(command, document)
        case CreateDocument(actor, title):
            require(actor, Role.EDITOR)
            _check_title(title)
            return [] if document.exists else [DocumentCreated(title, document.lineage)]
        case RenameDocument(actor, title):
            require_writable(actor, document)
            _check_title(title)
            return [] if title == document.title else [DocumentRenamed(title)]
        case TrashDocument(actor):
            _require_existing(actor, document, Role.EDITOR)
            return [] if document.trashed else [DocumentTrashed()]
        case RestoreDocument(actor):
            _require_existing(actor, document, Role.EDITOR)
            return [DocumentRestored()] if document.trashed else []
        case ImposeQuarantine(actor, reason, opens):
            _require_existing(actor, document, Role.ADMIN)
            known = document.quarantine and document.opens == opens
            return [] if known else [QuarantineImposed(reason, opens)]
        case LiftQuarantine(actor):
            _require_existing(actor, document, Role.ADMIN)
            return [QuarantineLifted()] if document.quarantine else []


def evolve(document: Document, event: Event) -> Document:
    """Return the document as it is after the event; its ledger grows in place."""
    match event:
        case UpdateRecorded():
            document.ledger.add(event.spans, event.introduced)
            return document
        case DocumentCreated(title, lineage):
            return replace(document, exists=True, title=title, lineage=lineage)
        case DocumentRenamed(title):
            return replace(document, title=title)
        case DocumentTrashed():
            return replace(document, trashed=True)
        case DocumentRestored():
            return replace(document, trashed=False)
        case QuarantineImposed(reason, opens):
            return replace(document, quarantine=reason, opens=opens)
        case QuarantineLifted():
            return replace(document, quarantine="", opens=True)


def require_open_to_writing(document: Document) -> None:
    """Raise the refusal that says why nobody may write to the document just now."""
    if document.trashed:
        raise DocumentInTrash
    if document.quarantine:
        raise DocumentQuarantined(f"The document is read-only: {document.quarantine}")


def _record_update(command: RecordUpdate, document: Document) -> list[Event]:
    actor, update, claims = command
    if actor.role < Role.EDITOR:
        require(actor, Role.EDITOR)
    if document.trashed or document.quarantine:
        require_open_to_writing(document)
    if claims.empty:
        return []
    introduced = document.ledger.introduced(claims, actor.principal)
    owners = dict.fromkeys(introduced, actor.principal) if introduced else _NONE_INTRODUCED
    recorded = _new(UpdateRecorded, (update, claims.spans, owners))
    # A document comes to be with its first edit.
    return [recorded] if document.exists else [DocumentCreated("", document.lineage), recorded]


def _require_existing(actor: Actor, document: Document, role: Role) -> None:
    if not document.exists:
        raise DocumentNotFound
    require(actor, role)


def require_writable(actor: Actor, document: Document) -> None:
    """Raise the refusal that says why the actor may not write to the document."""
    _require_existing(actor, document, Role.EDITOR)
    require_open_to_writing(document)


def _check_title(title: str) -> None:
    if len(title) > TITLE_CHARACTERS_MAX or has_control_characters(title):
        raise BadTitle

"""A document's life: given events, when a command comes, then these events or this refusal."""

from typing import cast

import pytest

from palimpsest.domain.access import Actor, ActorKind, Role
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
from palimpsest.domain.document import Document, decide, evolve, require_open_to_writing
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
from palimpsest.domain.ledger import Claims, Span
from palimpsest.domain.refusals import (
    BadTitle,
    DocumentInTrash,
    DocumentNotFound,
    DocumentQuarantined,
    ForeignClientId,
    NotAllowed,
    Refusal,
    UpdateWaits,
)

READER = Actor(ActorKind.GUEST, "guest", "Guest", Role.READER)
ANN = Actor(ActorKind.USER, "user:ann", "Ann", Role.EDITOR)
BOB = Actor(ActorKind.USER, "user:bob", "Bob", Role.EDITOR)
ADMIN = Actor(ActorKind.USER, "user:root", "Root", Role.ADMIN)

CREATED = DocumentCreated("Plan", "lineage")
TRASHED = DocumentTrashed()
SET_ASIDE = QuarantineImposed("it died", opens=True)


def given(*events: Event) -> Document:
    document = Document(lineage="new lineage")
    for event in events:
        document = evolve(document, event)
    return document


def edit(
    actor: Actor = ANN,
    *spans: tuple[int, int, int],
    needs: dict[int, int] | None = None,
    deletes: bool = False,
) -> RecordUpdate:
    claims = Claims(tuple(Span(*span) for span in spans), needs or {}, deletes)
    return RecordUpdate(actor, b"update", claims)


def recorded(*spans: tuple[int, int, int], **introduced: str) -> UpdateRecorded:
    owners = {int(client[1:]): owner for client, owner in introduced.items()}
    return UpdateRecorded(b"update", tuple(Span(*span) for span in spans), owners)


BY_ANN = recorded((5, 0, 3), c5="user:ann")


@pytest.mark.parametrize(
    ("document", "command", "events"),
    [
        # Creating.
        (given(), CreateDocument(ANN, "Plan"), [DocumentCreated("Plan", "new lineage")]),
        (given(CREATED), CreateDocument(ANN, "Another"), []),
        (given(CREATED, TRASHED), CreateDocument(ANN, "Plan"), []),
        (given(), CreateDocument(ANN, "x" * 300), [DocumentCreated("x" * 300, "new lineage")]),
        # Renaming.
        (given(CREATED), RenameDocument(ANN, "Goal"), [DocumentRenamed("Goal")]),
        (given(CREATED), RenameDocument(ANN, "Plan"), []),
        (given(CREATED, DocumentRenamed("Goal")), RenameDocument(ANN, "Goal"), []),
        # Trash.
        (given(CREATED), TrashDocument(ANN), [TRASHED]),
        (given(CREATED, TRASHED), TrashDocument(ANN), []),
        (given(CREATED, TRASHED), RestoreDocument(ANN), [DocumentRestored()]),
        (given(CREATED), RestoreDocument(ANN), []),
        (given(CREATED, TRASHED, DocumentRestored()), RestoreDocument(ANN), []),
        (given(CREATED, SET_ASIDE), TrashDocument(ANN), [TRASHED]),
        # Quarantine.
        (given(CREATED), ImposeQuarantine(ADMIN, "it died", opens=True), [SET_ASIDE]),
        (given(CREATED, SET_ASIDE), ImposeQuarantine(ADMIN, "again", opens=True), []),
        (
            given(CREATED, SET_ASIDE),
            ImposeQuarantine(ADMIN, "worse", opens=False),
            [QuarantineImposed("worse", opens=False)],
        ),
        (given(CREATED, SET_ASIDE), LiftQuarantine(ADMIN), [QuarantineLifted()]),
        (given(CREATED), LiftQuarantine(ADMIN), []),
        # Editing.
        (
            given(),
            edit(ANN, (5, 0, 3)),
            [DocumentCreated("", "new lineage"), BY_ANN],
        ),
        (given(CREATED), edit(ANN, (5, 0, 3)), [BY_ANN]),
        (given(CREATED, BY_ANN), edit(ANN, (5, 3, 4)), [recorded((5, 3, 4))]),
        (
            given(CREATED, BY_ANN),
            edit(BOB, (6, 0, 1), needs={5: 3}),
            [recorded((6, 0, 1), c6="user:bob")],
        ),
        (given(CREATED, BY_ANN), edit(BOB, needs={5: 3}, deletes=True), [recorded()]),
        # A repeat goes on to the replica, which alone knows that it adds nothing.
        (given(CREATED, BY_ANN), edit(BOB, (5, 0, 3)), [recorded((5, 0, 3))]),
        (given(CREATED, BY_ANN), edit(ANN), []),
        (given(), edit(ANN), []),
        (given(CREATED, TRASHED, DocumentRestored()), edit(ANN, (5, 0, 3)), [BY_ANN]),
        (given(CREATED, SET_ASIDE, QuarantineLifted()), edit(ANN, (5, 0, 3)), [BY_ANN]),
    ],
)
def test_a_command_leads_to_the_events_that_make_it_true(
    document: Document, command: Command, events: list[Event]
) -> None:
    assert decide(command, document) == events


@pytest.mark.parametrize(
    ("document", "command", "refusal"),
    [
        (given(), CreateDocument(READER, "Plan"), NotAllowed),
        (given(), CreateDocument(ANN, "x" * 301), BadTitle),
        (given(CREATED), CreateDocument(ANN, "a\nb"), BadTitle),
        (given(), CreateDocument(ANN, "a\ud800b"), BadTitle),
        (given(), RenameDocument(ANN, "Goal"), DocumentNotFound),
        (given(CREATED), RenameDocument(READER, "Goal"), NotAllowed),
        (given(CREATED), RenameDocument(ANN, "a\x00b"), BadTitle),
        (given(CREATED, TRASHED), RenameDocument(ANN, "Goal"), DocumentInTrash),
        (given(CREATED, SET_ASIDE), RenameDocument(ANN, "Goal"), DocumentQuarantined),
        (given(), TrashDocument(ANN), DocumentNotFound),
        (given(CREATED), TrashDocument(READER), NotAllowed),
        (given(), RestoreDocument(ANN), DocumentNotFound),
        (given(CREATED, TRASHED), RestoreDocument(READER), NotAllowed),
        (given(), ImposeQuarantine(ADMIN, "it died", opens=True), DocumentNotFound),
        (given(CREATED), ImposeQuarantine(ANN, "it died", opens=True), NotAllowed),
        (given(), LiftQuarantine(ADMIN), DocumentNotFound),
        (given(CREATED, SET_ASIDE), LiftQuarantine(ANN), NotAllowed),
        (given(CREATED), edit(READER, (5, 0, 3)), NotAllowed),
        (given(CREATED, TRASHED), edit(ANN, (5, 0, 3)), DocumentInTrash),
        (given(CREATED, SET_ASIDE), edit(ANN, (5, 0, 3)), DocumentQuarantined),
        (given(CREATED, BY_ANN), edit(ANN, (5, 4, 5)), UpdateWaits),
        (given(CREATED), edit(ANN, needs={500: 1}, deletes=True), UpdateWaits),
        (given(), edit(ANN, needs={500: 1}, deletes=True), UpdateWaits),
        (given(CREATED, BY_ANN), edit(BOB, (5, 3, 4)), ForeignClientId),
    ],
)
def test_a_command_that_may_not_be_done_is_refused(
    document: Document, command: Command, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        decide(command, document)


def test_what_is_not_a_command_changes_nothing() -> None:
    assert decide(cast("Command", None), given(CREATED)) is None


def test_what_is_not_an_event_changes_nothing() -> None:
    assert evolve(given(CREATED), cast("Event", None)) is None


def test_a_document_is_what_its_events_say() -> None:
    document = given(CREATED, DocumentRenamed("Goal"), BY_ANN, TRASHED)
    assert (document.exists, document.title, document.lineage) == (True, "Goal", "lineage")
    assert document.trashed
    assert document.ledger.clocks == {5: 3}
    assert document.ledger.owners == {5: "user:ann"}


def test_a_document_set_aside_says_why_and_whether_it_opens() -> None:
    document = given(CREATED, QuarantineImposed("it died", opens=False))
    assert (document.quarantine, document.opens) == ("it died", False)
    document = evolve(document, QuarantineLifted())
    assert (document.quarantine, document.opens) == ("", True)


def test_the_refusal_of_a_document_set_aside_says_why() -> None:
    with pytest.raises(DocumentQuarantined, match="it died"):
        require_open_to_writing(given(CREATED, SET_ASIDE))


def test_a_document_is_open_to_writing_unless_something_says_otherwise() -> None:
    require_open_to_writing(given(CREATED))


def test_a_copy_of_a_document_has_a_ledger_of_its_own() -> None:
    document = given(CREATED, BY_ANN)
    copy = evolve(document.copy(), recorded((5, 3, 9)))
    assert document.ledger.clocks == {5: 3}
    assert copy.ledger.clocks == {5: 9}

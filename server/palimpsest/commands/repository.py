"""The live aggregates: loaded once, shared, unloaded when memory is short and nobody is there."""

import asyncio
import logging

from palimpsest.commands.live_document import LiveDocument, Send
from palimpsest.commands.submission import Submission
from palimpsest.domain.access import Actor, ActorKind, Role
from palimpsest.domain.commands import ImposeQuarantine
from palimpsest.domain.document import Document, evolve
from palimpsest.domain.event_codec import UnknownEvent, decode
from palimpsest.domain.identifiers import DocumentId
from palimpsest.domain.ledger import Ledger
from palimpsest.domain.refusals import DocumentQuarantined, Refusal
from palimpsest.limits import Limits
from palimpsest.ports import Clock, Engine, EngineDied, Identifiers, Opened, Origin, Unreadable

SYSTEM = Actor(ActorKind.SYSTEM, "system", "Palimpsest", Role.ADMIN)
SYSTEM_ORIGIN = Origin(0, "system", SYSTEM.kind, SYSTEM.principal, SYSTEM.name)

log = logging.getLogger(__name__)


class Repository:
    """Opens documents, keeps them, and lets them go, the one used longest ago first."""

    def __init__(
        self, engine: Engine, send: Send, limits: Limits, clock: Clock, identifiers: Identifiers
    ) -> None:
        self._engine = engine
        self._send = send
        self._limits = limits
        self._clock = clock
        self._identifiers = identifiers
        # In the order of their last use.
        self._documents: dict[DocumentId, LiveDocument] = {}
        self._opening: dict[DocumentId, asyncio.Task[None]] = {}

    async def open(self, document_id: DocumentId) -> LiveDocument:
        """Return the document, whether it exists already or not; `close` must follow.

        It comes without its ledger (`loaded` is false) if its events cannot be replayed.

        Raises:
            DocumentQuarantined: it holds events that this version of the server does not know.
            EngineDied: not even its facts could be read.
        """
        # Others waited as well, and the first to come back may have let it go again.
        while (document := self._documents.get(document_id)) is None:
            opening = self._opening.get(document_id)
            if opening is None:
                opening = asyncio.ensure_future(self._load(document_id))
                self._opening[document_id] = opening
                opening.add_done_callback(lambda _: self._opening.pop(document_id))
            await asyncio.shield(opening)
        document.users += 1
        self._use(document)
        return document

    def close(self, document: LiveDocument) -> None:
        """Let go of a document that was opened."""
        document.users -= 1
        if not (document.loaded or document.users or document.in_flight):
            # Somebody may have looked at it: it is tried anew next time.
            self._documents.pop(document.id, None)
            return
        self._use(document)
        self._unload_some()

    def quarantine(self, document: LiveDocument, reason: str, *, opens: bool) -> None:
        """Set a document aside that killed the engine; it is read-only until somebody looked."""
        command = ImposeQuarantine(SYSTEM, reason, opens)
        try:
            document.submit(Submission(command, SYSTEM_ORIGIN, _Unheard()))
        except Refusal as refusal:
            log.warning("A document could not be set aside: %s", refusal)

    async def _load(self, document_id: DocumentId) -> None:
        try:
            opened = await self._opened(document_id)
        except (EngineDied, Unreadable) as error:
            opened = await self._engine.open(document_id, load=False)
            document = self._live(document_id, opened)
            document.loaded = False
            reason = str(error) or "opening it killed the engine twice"
            self.quarantine(document, reason, opens=False)
        else:
            document = self._live(document_id, opened)
            document.loaded = document.committed.opens
        self._documents[document_id] = document
        self._unload_some()

    async def _opened(self, document_id: DocumentId) -> Opened:
        try:
            return await self._engine.open(document_id, load=True)
        except EngineDied:
            log.warning("The engine died while it opened a document; trying from its start.")
            return await self._engine.open(document_id, load=True, from_start=True)

    def _live(self, document_id: DocumentId, opened: Opened) -> LiveDocument:
        ledger = Ledger(dict(opened.clocks), dict(opened.owners))
        aggregate = Document(lineage=self._identifiers.identifier(), ledger=ledger)
        try:
            for stored in opened.facts:
                aggregate = evolve(aggregate, decode(stored))
        except UnknownEvent as error:
            raise DocumentQuarantined(
                f"The document holds events of a newer version of Palimpsest ({error})."
            ) from error
        return LiveDocument(
            document_id,
            aggregate,
            version=opened.version,
            cost=opened.cost,
            clock=self._clock,
            send=self._send,
        )

    def _use(self, document: LiveDocument) -> None:
        self._documents.pop(document.id, None)
        self._documents[document.id] = document

    def _unload_some(self) -> None:
        """Unload documents that nobody uses until the rest fits into memory."""
        excess = sum(document.cost for document in self._documents.values())
        excess -= self._limits.live_documents_bytes_max
        if excess <= 0:
            return
        for document in list(self._documents.values()):
            # Whoever opens it just now is about to use it.
            if document.users or document.in_flight or document.id in self._opening:
                continue
            del self._documents[document.id]
            self._engine.unload(document.id)
            excess -= document.cost
            if excess <= 0:
                return


class _Unheard:
    """Submits and does not listen."""

    def committed(self, submission: Submission, version: int, update: bytes | None) -> None:
        """Pass."""

    def nothing_new(self, submission: Submission, version: int) -> None:
        """Pass."""

    def refused(self, submission: Submission, refusal: Refusal) -> None:  # noqa: ARG002
        """Take note in the log."""
        log.warning("The server's own command was refused: %s", refusal)

"""Updates as real clients make them, and what can be read in them."""

from collections.abc import Iterable

from pycrdt import Doc, Text, TransactionEvent

from palimpsest.domain.document import Document
from palimpsest.domain.event_codec import Stored, encode, introduction
from palimpsest.domain.events import DocumentCreated
from palimpsest.domain.ledger import Ledger
from palimpsest.ports import Entry, Origin
from palimpsest.protocol.scanner import scan

ANN = Origin(1, "session-of-ann", "user", "user:ann", "Ann")
BOB = Origin(2, "session-of-bob", "user", "user:bob", "Bob")

CREATED = encode(DocumentCreated("", "lineage"))

NOTHING = b"\x00\x00"
"""The update of a client that is in step."""


class Client:
    """Somebody who writes: each change comes back as the update that a provider would send."""

    def __init__(self, client_id: int) -> None:
        self.client_id = client_id
        self._doc: Doc[Text] = Doc(client_id=client_id)
        self._text = self._doc.get("text", type=Text)
        self._sent: list[bytes] = []
        self._subscription = self._doc.observe(self._note)

    def type(self, text: str, at: int | None = None) -> bytes:
        """Write `text`, at the end if not said otherwise."""
        self._text.insert(len(self.text) if at is None else at, text)
        return self._sent.pop()

    def delete(self, start: int, end: int) -> bytes:
        """Delete the text from `start` to `end`."""
        del self._text[start:end]
        return self._sent.pop()

    def receive(self, update: bytes) -> None:
        """Take what somebody else wrote."""
        self._doc.apply_update(update)
        self._sent.clear()

    @property
    def text(self) -> str:
        """What this client sees."""
        return str(self._text)

    def everything(self) -> bytes:
        """Return all that the client has, as a first Step2."""
        return self._doc.get_update()

    def state_vector(self) -> bytes:
        """Return the clocks that the client has."""
        return self._doc.get_state()

    def _note(self, event: TransactionEvent) -> None:
        self._sent.append(event.update)


def typing(client_id: int, text: str) -> list[bytes]:
    """Return an update for each letter that a new client types."""
    client = Client(client_id)
    return [client.type(letter) for letter in text]


def text_of(*updates: bytes) -> str:
    """Return the text that the updates add up to."""
    reader = Client(1)
    for update in updates:
        reader.receive(update)
    return reader.text


def entry(
    document: str,
    update: bytes,
    *,
    origin: Origin = ANN,
    facts: Iterable[Stored] = (),
    introduces: Iterable[int] = (),
) -> Entry:
    """Return the entry that a decision on the update leads to."""
    owned = introduction(dict.fromkeys(introduces, origin.principal))
    return Entry(document, origin.number, 1_000, tuple(facts), update, owned, scan(update).spans)


def first_entry(document: str, update: bytes, *, origin: Origin = ANN) -> Entry:
    """Return the entry of a document's first edit: it creates the document as well."""
    clients = dict.fromkeys(span.client for span in scan(update).spans)
    return entry(document, update, origin=origin, facts=(CREATED,), introduces=clients)


def existing(**fields: str | bool) -> Document:
    """Return a document that exists, and what else is said of it."""
    return Document(exists=True, lineage="lineage", ledger=Ledger(), **fields)  # type: ignore[arg-type]

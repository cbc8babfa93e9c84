"""The stored form of events: `name.vN` and bytes, one explicit codec each.

Stored bytes are never rewritten; an old form gets an upcaster here. An update's spans are not
stored: they are in its bytes, and whoever folds updates asks the scanner.
"""

import json
import struct
from collections.abc import Callable, Mapping
from typing import NamedTuple

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

UPDATE_RECORDED = "update_recorded.v1"

_COUNT = struct.Struct(">H")
_CLIENT = struct.Struct(">Q")
_NONE_INTRODUCED = _COUNT.pack(0)


class Stored(NamedTuple):
    """An event as the log keeps it."""

    kind: str
    payload: bytes


class UnknownEvent(Exception):
    """The log holds an event that this version of the server does not know."""


def encode(event: Event) -> Stored:
    """Return the event's stored form."""
    match event:
        case UpdateRecorded(update, _, introduced):
            return Stored(UPDATE_RECORDED, introduction(introduced) + update)
        case DocumentCreated(title, lineage):
            return Stored("document_created.v1", _json(title=title, lineage=lineage))
        case DocumentRenamed(title):
            return Stored("document_renamed.v1", _json(title=title))
        case DocumentTrashed():
            return Stored("document_trashed.v1", b"")
        case DocumentRestored():
            return Stored("document_restored.v1", b"")
        case QuarantineImposed(reason, opens):
            return Stored("quarantine_imposed.v1", _json(reason=reason, opens=opens))
        case QuarantineLifted():
            return Stored("quarantine_lifted.v1", b"")


def decode(stored: Stored) -> Event:
    """Return the event; an update comes without its spans (see `split_update`).

    Raises:
        UnknownEvent: the kind is not of this version.
    """
    decoder = _DECODERS.get(stored.kind)
    if decoder is None:
        raise UnknownEvent(stored.kind)
    return decoder(stored.payload)


def introduction(introduced: Mapping[int, str]) -> bytes:
    """Return what stands before the update's bytes: the client ids it introduces, and to whom.

    A count (2 bytes), each client id (8 bytes), then the owner's length (2 bytes) and name: the
    owner is the principal that delivered the update, one for all of them.
    """
    if not introduced:
        return _NONE_INTRODUCED
    owner = next(iter(introduced.values())).encode()
    clients = b"".join(_CLIENT.pack(client) for client in introduced)
    return _COUNT.pack(len(introduced)) + clients + _COUNT.pack(len(owner)) + owner


def split_update(payload: bytes) -> tuple[Mapping[int, str], bytes]:
    """Return which client ids a stored update introduces to whom, and the update's bytes."""
    if payload.startswith(_NONE_INTRODUCED):
        return {}, payload[_COUNT.size :]
    (count,) = _COUNT.unpack_from(payload)
    start = _COUNT.size
    owner_at = start + count * _CLIENT.size
    (owner_size,) = _COUNT.unpack_from(payload, owner_at)
    update_at = owner_at + _COUNT.size + owner_size
    owner = payload[owner_at + _COUNT.size : update_at].decode()
    clients = (_CLIENT.unpack_from(payload, start + n * _CLIENT.size)[0] for n in range(count))
    return dict.fromkeys(clients, owner), payload[update_at:]


def _update_recorded_v1(payload: bytes) -> Event:
    introduced, update = split_update(payload)
    return UpdateRecorded(update, (), introduced)


def _json(**fields: str | bool) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


_DECODERS: Mapping[str, Callable[[bytes], Event]] = {
    UPDATE_RECORDED: _update_recorded_v1,
    "document_created.v1": lambda payload: DocumentCreated(**json.loads(payload)),
    "document_renamed.v1": lambda payload: DocumentRenamed(**json.loads(payload)),
    "document_trashed.v1": lambda _: DocumentTrashed(),
    "document_restored.v1": lambda _: DocumentRestored(),
    "quarantine_imposed.v1": lambda payload: QuarantineImposed(**json.loads(payload)),
    "quarantine_lifted.v1": lambda _: QuarantineLifted(),
}

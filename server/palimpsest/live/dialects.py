"""How news is told to each kind of client: the table of docs/protocol.md as code. No state."""

from typing import Protocol

from palimpsest.domain.refusals import Refusal
from palimpsest.protocol import awareness, hocuspocus, sync, y_websocket
from palimpsest.protocol.websocket import binary_frame

CLOSE_FORBIDDEN = 4403

NO_PRESENCE = awareness.message(awareness.write_presences(()))
"""A presence message about nobody: stock clients take 30 s of silence for a dead socket."""


class Dialect(Protocol):
    """What differs between the protocols."""

    prefix: bytes
    """What stands before each message: nothing, or the address within the socket."""

    echoes: bool
    """Whether its own updates, sent back to the author, are its acknowledgement."""

    def greeting(self, *, writable: bool) -> list[bytes]:
        """Return the messages a session begins with."""
        ...

    def asks_back(self) -> bool:
        """Tell whether a SyncStep1 is answered with one of our own, too."""
        ...

    def acknowledgement(self, owed: int, update: bytes | None) -> list[bytes]:
        """Return the messages that acknowledge; `update` if it is not fanned out."""
        ...

    def ignored(self, *, no_op: bool) -> list[bytes]:
        """Return what a read-only session hears when it writes."""
        ...

    def refusal(self, refusal: Refusal) -> list[bytes]:
        """Return what a session hears whose right to write has ended with this refusal."""
        ...

    def renamed(self, version: int) -> list[bytes]:
        """Return what a session hears when the document has another title since a version."""
        ...


class YWebsocket:
    """y-websocket: updates come back as their acknowledgement, refusals as Auth 0."""

    prefix = b""
    echoes = True

    def greeting(self, *, writable: bool) -> list[bytes]:  # noqa: ARG002
        """Begin without a word of access: the protocol has none."""
        return []

    def asks_back(self) -> bool:
        """Tell that our SyncStep1 was sent on accepting."""
        return False

    def acknowledgement(self, owed: int, update: bytes | None) -> list[bytes]:  # noqa: ARG002
        """Echo an update that nobody else needs to see."""
        return [] if update is None else [sync.update(update)]

    def ignored(self, *, no_op: bool) -> list[bytes]:  # noqa: ARG002
        """Say nothing."""
        return []

    def refusal(self, refusal: Refusal) -> list[bytes]:
        """Deny permission, with the reason."""
        return [y_websocket.permission_denied(str(refusal))]

    def renamed(self, version: int) -> list[bytes]:  # noqa: ARG002
        """Say nothing: the protocol has no word for it."""
        return []


Y_WEBSOCKET = YWebsocket()


class Hocuspocus:
    """Hocuspocus: one SyncStatus for each update, refusals as PermissionDenied."""

    echoes = False

    def __init__(self, address: str) -> None:
        self.prefix = hocuspocus.prefix_of(address)

    def greeting(self, *, writable: bool) -> list[bytes]:
        """Tell the access that was granted."""
        return [hocuspocus.authenticated("read-write" if writable else "readonly")]

    def asks_back(self) -> bool:
        """Tell that each of the client's handshakes expects ours."""
        return True

    def acknowledgement(self, owed: int, update: bytes | None) -> list[bytes]:  # noqa: ARG002
        """Settle what the client counts as unsynced."""
        return [hocuspocus.sync_status(applied=True)] * owed

    def ignored(self, *, no_op: bool) -> list[bytes]:
        """Tell whether anything was lost by not taking it."""
        return [hocuspocus.sync_status(applied=no_op)]

    def refusal(self, refusal: Refusal) -> list[bytes]:
        """Deny the update, then permission, with the reason."""
        return [
            hocuspocus.sync_status(applied=False),
            hocuspocus.permission_denied(str(refusal)),
        ]

    def renamed(self, version: int) -> list[bytes]:
        """Tell the application."""
        return [hocuspocus.stateless(f'{{"renamed":{version}}}')]


def framed(dialect: Dialect, message: bytes) -> bytes:
    """Return the frame that carries a message to a client of the dialect."""
    return binary_frame(dialect.prefix + message)

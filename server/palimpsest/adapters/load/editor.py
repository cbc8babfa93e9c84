"""One editor on one socket, who types, each edit answering one of the partner's.

Messages are compared with those that are expected; only what a server has merged is looked into.
"""

import time
from array import array
from collections import deque

from palimpsest.adapters.load.connection import Connection, Door, Progress, is_receipt
from palimpsest.adapters.load.keystrokes import Keystrokes, masked
from palimpsest.limits import Limits
from palimpsest.protocol import awareness, sync
from palimpsest.protocol.lib0 import Decoder
from palimpsest.protocol.scanner import scan

CURSORS_KEPT = 64


class Typing(Progress):
    """How far all editors together have come."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = False
        self.heard = 0
        self.latencies = array("d")


class Editor(Connection):
    """Somebody who types what `own` says, and hears what `theirs` says."""

    partner: "Editor"

    def __init__(
        self, progress: Typing, door: Door, document: str, own: Keystrokes, theirs: Keystrokes
    ) -> None:
        super().__init__(progress, door, document)
        self.client_id = own.client_id
        self.sent = 0
        self.heard = 0
        self.updates: list[bytes] = []
        self._typing = progress
        self._masked_prefix = masked(self._prefix)
        self._own = own
        self._theirs = theirs
        self.sent_at = array("d")
        self._echoed = 0
        self._cursors: deque[bytes] = deque(maxlen=CURSORS_KEPT)
        self._now = 0.0

    def type(self) -> None:
        """Send the next edit and the cursor behind it, in one write."""
        if self.sent == len(self._own.typed):
            self._fail("An editor has nothing left to type; measure for fewer seconds.")
            return
        _, _, edit, cursor = self._own.typed[self.sent]
        prefix = self._masked_prefix
        self._transport.write(b"".join((edit[0], prefix, edit[1], cursor[0], prefix, cursor[1])))
        self.sent_at.append(time.perf_counter())
        self.sent += 1

    @property
    def sent_updates(self) -> list[bytes]:
        """The updates that were sent."""
        return [typed.update for typed in self._own.typed[: self.sent]]

    @property
    def is_settled(self) -> bool:
        """Whether the partner's last edit is here, and its last cursor."""
        sent = self.partner.sent
        return self.heard == sent and self._newest_cursor() == sent + 1

    def greet(self) -> None:
        """Say where the cursor is."""
        self.say(self._own.first_cursor)

    def data_received(self, data: bytes) -> None:
        """Take what comes, and note when."""
        self._now = time.perf_counter()
        super().data_received(data)

    def hear(self, message: bytes) -> None:
        """Take an edit or a cursor of the partner's, or one's own edit that has come back."""
        heard = self.heard
        if message[0] == awareness.MESSAGE_AWARENESS:
            self._cursors.append(message)
        elif heard < self.partner.sent and message == self._theirs.typed[heard].message:
            self.updates.append(self._theirs.typed[heard].update)
            self._hear_up_to(heard + 1)
        elif self._echoed < self.sent and message == self._own.typed[self._echoed].message:
            self._echoed += 1
        else:
            self._hear_otherwise(message)

    def _hear_up_to(self, clock: int) -> None:
        """Count the partner's edits, each of which is one tick of its clock, and answer each."""
        progress, partner = self._typing, self.partner
        for number in range(self.heard, clock):
            progress.latencies.append(self._now - partner.sent_at[number])
            progress.heard += 1
            if progress.runs:
                partner.type()
        self.heard = max(self.heard, clock)

    def _hear_otherwise(self, message: bytes) -> None:
        """Take what is not as an editor sent it: merged edits, and Hocuspocus's receipts."""
        decoder = Decoder(message)
        kind = decoder.var_uint()
        if kind == sync.MESSAGE_SYNC:
            said, update = sync.read_sync(decoder)
            if said == sync.UPDATE:
                self.updates.append(update)
                for span in scan(update).spans:
                    if span.client == self._theirs.client_id:
                        self._hear_up_to(span.end)
                return
        elif is_receipt(kind, decoder):
            return
        self._fail(f"An unexpected message: {message[:200]!r}")

    def _newest_cursor(self) -> int:
        """Return the clock of the newest cursor of the partner's; 0 if none came."""
        clocks = [
            presence.clock
            for message in self._cursors
            for presence in awareness.read_presences(Decoder(message, 1).var_bytes(), Limits())
            if presence.client == self._theirs.client_id
        ]
        return max(clocks, default=0)

"""One of many in a document: counts what comes, remembers how far everybody has come, may write.

The same bytes go to many, so what is in them is looked into once, for all.
"""

import asyncio
import itertools
import socket
import time
from array import array
from collections import defaultdict
from typing import NamedTuple

from palimpsest.adapters.load.connection import Connection, Door, Progress
from palimpsest.adapters.load.keystrokes import PROSE, cursor, frame, insertion
from palimpsest.domain.ledger import Span
from palimpsest.protocol import hocuspocus, sync
from palimpsest.protocol.awareness import MESSAGE_AWARENESS
from palimpsest.protocol.lib0 import Decoder
from palimpsest.protocol.scanner import scan

KNOWN_MAX = 4096
SLOW_BUFFER_BYTES = 4096
SLOW_BYTES_PER_SECOND = 1024


class Heard(NamedTuple):
    """What is in some bytes: edits, and whose presence has which clock."""

    spans: list[Span]
    presences: dict[int, int]


class Minutes(Progress):
    """What all guests together have heard, and what was written when, by client id."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[bytes, Heard] = {}
        self.delivered = self.told = 0
        self.latencies = array("d")

    def remember(self, data: bytes, heard: Heard) -> None:
        """Keep what is in some bytes."""
        if len(self.known) >= KNOWN_MAX:
            self.known.clear()
        self.known[data] = heard


class Table:
    """What is written in one document: by whom, and when it was due."""

    def __init__(self, document: str, letters: int = 1) -> None:
        """Take how many letters an edit has."""
        self.document = document
        self.letters = letters
        self.written: defaultdict[int, int] = defaultdict(int)
        """How many letters each client has written."""
        self.due: defaultdict[int, array[float]] = defaultdict(lambda: array("d"))
        self.moved: dict[int, int] = {}
        """The clock of each guest's newest presence."""


class Guest(Connection):
    """Somebody in a document, who only writes if told to."""

    def __init__(
        self, minutes: Minutes, door: Door, table: Table, client_id: int, *, is_ear: bool
    ) -> None:
        """Take whether this one notes how long everything took."""
        super().__init__(minutes, door, table.document)
        self.client_id = client_id
        self.written = 0
        self.clocks: dict[int, int] = {}
        self.presences: dict[int, int] = {}
        self.updates: list[bytes] | None = None
        """All that came, if somebody wants to have it."""
        self.resends = 0
        self._minutes = minutes
        self._table = table
        self._is_ear = is_ear
        self._letters = itertools.cycle(PROSE)
        self._heard = Heard([], {})
        self._is_plain = True

    # Writing.

    def write(self, due: float) -> None:
        """Send the next letter, and the cursor behind it."""
        letters = next(self._letters) * self._table.letters
        self._table.due[self.client_id].append(due)
        self._transport.write(self._insertion(letters) + self._cursor())

    def flush(self, text: str) -> None:
        """Send a long text at once."""
        self._transport.write(self._insertion(text))

    def move(self, due: float) -> None:  # noqa: ARG002
        """Send a cursor move alone."""
        self._transport.write(self._cursor())

    def _insertion(self, text: str) -> bytes:
        update = insertion(self.client_id, self.written, text)
        self.written += len(text)
        self._table.written[self.client_id] = self.written
        return frame(self._prefix + sync.update(update))

    def _cursor(self) -> bytes:
        clock = self._table.moved.get(self.client_id, 0) + 1
        self._table.moved[self.client_id] = clock
        return frame(self._prefix + cursor(self.client_id, clock - 1))

    # Hearing.

    def has_heard_all(self) -> bool:
        """Whether all that others wrote is here."""
        return all(
            self.clocks.get(client, 0) == written
            for client, written in self._table.written.items()
            if client != self.client_id
        )

    def is_settled(self) -> bool:
        """Whether all that others wrote is here, and everybody's newest cursor."""
        table, presences = self._table, self.presences
        return self.has_heard_all() and all(
            presences.get(client, 0) >= clock
            for client, clock in table.moved.items()
            if client != self.client_id
        )

    def data_received(self, data: bytes) -> None:
        """Take what comes; look into it unless it is known."""
        heard = None if self._pieces else self._minutes.known.get(data)
        if heard is None:
            self._look_into(data)
        else:
            self.bytes += len(data)
            self._take_in(heard)

    def welcome(self, update: bytes | memoryview) -> None:
        """Take the document as it is."""
        update = bytes(update)
        self._keep(update)
        for client, _, end in scan(update).spans:
            self.clocks[client] = end

    def hear(self, message: bytes) -> None:
        """Look into a message."""
        decoder = Decoder(message)
        kind = decoder.var_uint()
        if kind in {sync.MESSAGE_SYNC, hocuspocus.MESSAGE_SYNC_REPLY}:
            said, payload = sync.read_sync(decoder)
            if said == sync.SYNC_STEP1:
                self._is_plain = False
                self.resends += 1
                self.say(sync.step2(sync.NOTHING))
            else:
                self._keep(payload)
                self._heard.spans.extend(scan(payload).spans)
        elif kind == MESSAGE_AWARENESS:
            entries = Decoder(decoder.var_bytes())
            for _ in range(entries.var_uint()):
                client = entries.var_uint()
                self._heard.presences[client] = entries.var_uint()
                entries.var_bytes()

    def _keep(self, update: bytes) -> None:
        if self.updates is not None:
            self.updates.append(update)

    def _look_into(self, data: bytes) -> None:
        self._is_plain = not self._pieces and self._take == self.hear
        self._heard = Heard([], {})
        super().data_received(data)
        if self._is_plain and not self._pieces:
            self._minutes.remember(data, self._heard)
        self._take_in(self._heard)

    def _take_control(self, opcode: int, payload: bytes) -> None:
        self._is_plain = False
        super()._take_control(opcode, payload)

    def _take_in(self, heard: Heard) -> None:
        clocks, minutes = self.clocks, self._minutes
        for client, start, end in heard.spans:
            known = clocks.get(client, 0)
            if client == self.client_id or end <= known:
                continue
            if start > known:
                self._fail(f"A guest missed edits {known} to {start} of {client}.")
            clocks[client] = end
            minutes.delivered += (end - known) // self._table.letters
            if self._is_ear:
                self._note(client, known, end)
        if heard.presences:
            self.presences.update(heard.presences)
            minutes.told += len(heard.presences)

    def _note(self, client: int, start: int, end: int) -> None:
        now, due, letters = time.perf_counter(), self._table.due[client], self._table.letters
        edits = range(start // letters, end // letters)
        self._minutes.latencies.extend([now - due[number] for number in edits])


class SlowGuest(Guest):
    """Somebody who takes in a kilobyte a second, until told to hurry."""

    _hurries = False

    async def connect(self) -> None:
        """Open a socket that holds little."""
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BUFFER_BYTES)
        narrow.setblocking(False)  # noqa: FBT003
        loop = asyncio.get_running_loop()
        await loop.sock_connect(narrow, (self._door.host, self._door.port))
        await loop.create_connection(lambda: self, sock=narrow)

    def hurry(self) -> None:
        """Take in all there is."""
        self._hurries = True
        self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Take what comes, and then nothing for a while."""
        super().data_received(data)
        if self.is_synced and not self._hurries:
            self._transport.pause_reading()
            pause = len(data) / SLOW_BYTES_PER_SECOND
            asyncio.get_running_loop().call_later(pause, self._resume)

    def _resume(self) -> None:
        if self.is_open:
            self._transport.resume_reading()

"""Logs that are written without a server: sessions as they would have been recorded."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from pycrdt import Doc, Text, TransactionEvent

from palimpsest.adapters.engine.committer import Committer
from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from palimpsest.adapters.sqlite.event_log import SqliteEventLog
from palimpsest.limits import Limits
from palimpsest.ports import Batch, Entry, Verdict
from palimpsest.protocol.scanner import scan
from tests.doubles import NoCheckpoints
from tests.harness.nodes import Patch
from tests.harness.traces import Transaction, Typed, TypedTogether
from tests.updates import ANN, CREATED, entry

EDITS_AT_ONCE = 1000
CLIENT = 1000


class _Agent:
    """One writer of a session, and what they have seen."""

    def __init__(self, client_id: int, *, is_ascii: bool) -> None:
        """Take whether nobody types anything but ASCII: that is faster."""
        self.seen: set[int] = set()
        self._is_ascii = is_ascii
        self._doc: Doc[Text] = Doc(client_id=client_id)
        self._text = self._doc.get("text", type=Text)
        self._added: list[bytes] = []
        self._subscription = self._doc.observe(self._note)

    def see(self, update: bytes) -> None:
        self._doc.apply_update(update)

    def type(self, patches: Iterable[Patch]) -> bytes:
        """Type patches in one transaction; return it as an update."""
        self._added.clear()
        with self._doc.transaction():
            for position, deleted, inserted in patches:
                start, end = self._bytes_until(position), self._bytes_until(position + deleted)
                if deleted:
                    del self._text[start:end]
                if inserted:
                    self._text.insert(start, inserted)
        return self._added[-1]

    def _bytes_until(self, position: int) -> int:
        """Return where a character begins in UTF-8, which is how pycrdt counts."""
        return position if self._is_ascii else len(str(self._text)[:position].encode())

    def _note(self, event: TransactionEvent) -> None:
        self._added.append(event.update)


def updates_of(session: Typed) -> Iterator[bytes]:
    """Yield an update for each patch of a session of one writer."""
    agent = _Agent(CLIENT, is_ascii=_are_ascii(session.patches))
    return (agent.type([patch]) for patch in session.patches)


def updates_together(session: TypedTogether) -> Iterator[bytes]:
    """Yield an update for each transaction of a session of several, in their recorded order."""
    is_ascii = all(_are_ascii(transaction.patches) for transaction in session.transactions)
    agents = [_Agent(CLIENT + number, is_ascii=is_ascii) for number in range(session.agents)]
    made: list[bytes] = []
    for number, transaction in enumerate(session.transactions):
        agent = agents[transaction.agent]
        for other in _unseen(session.transactions, transaction, agent.seen):
            agent.see(made[other])
        agent.seen.add(number)
        made.append(agent.type(transaction.patches))
        yield made[-1]


def record(folder: Path, document: str, updates: Iterable[bytes]) -> int:
    """Append a new document with these updates to the log in a folder; return its version."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = _entries(document, updates)
    with closing(SqliteEventLog(folder, free_bytes_min=0)) as log:
        committer = Committer(log, PycrdtReplica, Limits(), checkpoints=NoCheckpoints())
        while some := tuple(islice(entries, EDITS_AT_ONCE)):
            number, _ = log.next_numbers()
            outcomes = committer.commit(Batch(number, (ANN,), some))
            assert all(each.verdict is Verdict.COMMITTED for each in outcomes), outcomes
        return log.version(document)


def _are_ascii(patches: Iterable[Patch]) -> bool:
    return all(inserted.isascii() for _, _, inserted in patches)


def _entries(document: str, updates: Iterable[bytes]) -> Iterator[Entry]:
    known: set[int] = set()
    for update in updates:
        new = {span.client for span in scan(update).spans} - known
        yield entry(document, update, facts=() if known else (CREATED,), introduces=new)
        known |= new


def _unseen(all_of_them: list[Transaction], one: Transaction, seen: set[int]) -> list[int]:
    """Return what a transaction's writer must see before, in order, and take it as seen."""
    found, look_at = set[int](), list(one.parents)
    while look_at:
        number = look_at.pop()
        if number not in seen and number not in found:
            found.add(number)
            look_at += all_of_them[number].parents
    seen |= found
    return sorted(found)

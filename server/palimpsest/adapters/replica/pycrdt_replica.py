"""A document's CRDT, held by pycrdt. Some inputs kill it: never beside the sockets."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from pycrdt import Doc, TransactionEvent

from palimpsest.adapters.replica.tree import read_tree
from palimpsest.content.tree import Tree
from palimpsest.limits import Limits
from palimpsest.ports import ReplicaBroken

UPDATES_A_TRANSACTION = 1000
"""A transaction costs as much as an update, and holds some 200 bytes for each until it ends."""


class PycrdtReplica:
    """A replica that never holds anything pending: what it is given builds on what it has."""

    def __init__(self) -> None:
        self._doc: Doc[Any] = Doc()
        # Its Rust half: what wraps that costs as much as an edit does.
        self._raw = self._doc._doc  # noqa: SLF001
        self._added: bytes | None = None
        self._subscription: object = None

    def load(self, updates: Iterable[bytes]) -> None:
        """Integrate recorded updates, in order."""
        apply = self._doc.apply_update
        rest = iter(updates)
        with _guarded():
            for first in rest:
                with self._doc.transaction():
                    apply(first)
                    for update in islice(rest, UPDATES_A_TRANSACTION - 1):
                        apply(update)

    def integrate(self, update: bytes) -> bytes | None:
        """Integrate an update in a transaction of its own; return what that added, if anything."""
        # Observed only from the first edit on: a document that is just read pays nothing for it.
        if self._subscription is None:
            self._subscription = self._raw.observe(self._note)
        self._added = None
        # As `_guarded`, written out: this is the path of every edit.
        try:
            transaction = self._raw.create_transaction()
            try:
                self._raw.apply_update(transaction, update)
                transaction.commit()
            finally:
                transaction.drop()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            raise ReplicaBroken(type(error).__name__) from error
        return self._added

    def state_vector(self) -> bytes:
        """Return the clocks it holds, in Yjs's encoding."""
        with _guarded():
            return self._doc.get_state()

    def difference(self, state_vector: bytes) -> bytes:
        """Return what a client with that state vector lacks, and every deletion."""
        with _guarded():
            return self._doc.get_update(state_vector)

    def tree(self, limits: Limits) -> Tree:
        """Return what it holds, for a reader; changes nothing."""
        with _guarded():
            return read_tree(self._doc, limits)

    def _note(self, event: TransactionEvent) -> None:
        self._added = event.update


@contextmanager
def _guarded() -> Iterator[None]:
    """Turn what pycrdt raises into ReplicaBroken; its panics are BaseExceptions (pycrdt#117)."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise ReplicaBroken(type(error).__name__) from error

"""Documents as of a version: the newest checkpoint before it, and the events behind that."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from palimpsest.domain.event_codec import split_update
from palimpsest.ports import Checkpoints, LogReader, Replica

COST_PER_BYTE = 2
"""A replica's memory by estimate, for each byte that was loaded into it."""


@dataclass(slots=True)
class AsOf:
    """A document's replica as of a version, and who owns which client id by then."""

    replica: Replica
    version: int = 0
    size: int = 0
    owners: dict[int, str] = field(default_factory=dict)


class Replicas:
    """Makes replicas, and keeps those used last: most are asked for again, a little later on."""

    def __init__(
        self,
        log: LogReader,
        checkpoints: Checkpoints,
        make: Callable[[], Replica],
        *,
        bytes_max: int,
    ) -> None:
        """Take the memory, by estimate, up to which replicas are kept; the last one always is."""
        self._log = log
        self._checkpoints = checkpoints
        self._make = make
        self._bytes_max = bytes_max
        # In the order of their last use.
        self._kept: dict[str, AsOf] = {}
        self._kept_size = 0

    def at(self, document: str, version: int) -> AsOf:
        """Return a document as of a version; good until the next call.

        Raises:
            ReplicaBroken: its events cannot be replayed.
        """
        # While it is at work on it, it is not kept: a replica that fails is useless.
        found = self._kept.pop(document, None)
        if found is not None:
            self._kept_size -= found.size
        if found is None or found.version > version:
            found = self._begin(document, version)
        found.replica.load(self._after(document, found, version))
        found.version = version
        self._kept[document] = found
        self._kept_size += found.size
        self._let_go()
        return found

    def _begin(self, document: str, version: int) -> AsOf:
        begun = AsOf(self._make())
        checkpoint = self._checkpoints.newest(document, version)
        if checkpoint is not None and checkpoint.link == self._log.link_of(
            document, checkpoint.version
        ):
            begun.replica.load([checkpoint.state])
            begun.version = checkpoint.version
            begun.size = len(checkpoint.state)
            begun.owners = read_owners(checkpoint.owners)
        return begun

    def _after(self, document: str, found: AsOf, version: int) -> Iterator[bytes]:
        for _, payload in self._log.updates(document, found.version, version):
            introduced, update = split_update(payload)
            found.owners.update(introduced)
            found.size += len(update)
            yield update

    def _let_go(self) -> None:
        while self._kept_size * COST_PER_BYTE > self._bytes_max and len(self._kept) > 1:
            oldest = next(iter(self._kept))
            self._kept_size -= self._kept.pop(oldest).size


def write_owners(owners: dict[int, str]) -> bytes:
    """Return who owns which client id, as a checkpoint keeps it."""
    return json.dumps(owners, ensure_ascii=False, separators=(",", ":")).encode()


def read_owners(stored: bytes) -> dict[int, str]:
    """Return who owns which client id, from what a checkpoint keeps."""
    return {int(client): owner for client, owner in json.loads(stored).items()}

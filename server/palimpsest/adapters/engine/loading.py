"""Documents' replicas, made of the newest checkpoint and the updates behind it, a part at a time.

Joins log, checkpoints and replicas; knows nothing of batches, and not who waits for a document.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from palimpsest.domain.event_codec import split_update
from palimpsest.limits import Limits
from palimpsest.ports import Checkpoint, Checkpoints, EventLog, Replica, ReplicaBroken, Unreadable
from palimpsest.projections.replicas import read_owners

Alarm = Callable[[int], None]


@dataclass(slots=True)
class Live:
    """A replica, how many bytes its encoded state may take by now, and if that is too many."""

    replica: Replica
    size: int = 0
    full: bool = False
    owners: dict[int, str] = field(default_factory=dict)
    loaded_until: int = 0
    """The version up to which it was loaded; what is integrated later does not count."""
    from_checkpoint: bool = False


class Loading:
    """Makes replicas of what is recorded."""

    def __init__(
        self,
        log: EventLog,
        checkpoints: Checkpoints,
        make_replica: Callable[[], Replica],
        limits: Limits,
        alarm: Alarm,
    ) -> None:
        """Take `alarm` to end the process unless it is set anew within the seconds given."""
        self._log = log
        self._checkpoints = checkpoints
        self._make_replica = make_replica
        self._limits = limits
        self._alarm = alarm
        self._begun: dict[tuple[str, bool], Live] = {}

    def whole(self, document: str) -> Live:
        """Return a document with all that is recorded.

        Raises:
            Unreadable: its events cannot be replayed.
        """
        while (live := self.part(document)) is None:
            pass
        return live

    def part(self, document: str, *, from_start: bool = False) -> Live | None:
        """Load a part of a document; return it once that was the last.

        With `from_start`, from its first event on, whatever checkpoints there are.

        Raises:
            Unreadable: its events cannot be replayed.
        """
        key = (document, from_start)
        live = self._begun.pop(key, None) or self._begin(document, from_start=from_start)
        try:
            count = self._go_on(document, live)
        except ReplicaBroken as error:
            if not live.from_checkpoint:
                raise Unreadable(f"Its events cannot be replayed ({error}).") from error
            self._begun[key] = Live(self._make_replica())
            return None
        if count < self._limits.updates_at_once:
            return live
        self._begun[key] = live
        return None

    def _begin(self, document: str, *, from_start: bool) -> Live:
        """Return a document with what its newest checkpoint holds, or with nothing yet."""
        live = Live(self._make_replica())
        checkpoint = None if from_start else self._checkpoint(document)
        if checkpoint is None:
            return live
        try:
            self._load(live, [checkpoint.state])
        except ReplicaBroken:
            return Live(self._make_replica())
        live.size = len(checkpoint.state)
        live.owners = read_owners(checkpoint.owners)
        live.loaded_until = checkpoint.version
        live.from_checkpoint = True
        return live

    def _go_on(self, document: str, live: Live) -> int:
        """Load what comes next; return how many updates that were."""
        # Asked for here: what the log refuses is not the replica's failure.
        recorded = self._log.updates(document, live.loaded_until)
        count = 0

        def updates() -> Iterator[bytes]:
            nonlocal count
            for version, payload in islice(recorded, self._limits.updates_at_once):
                introduced, update = split_update(payload)
                if introduced:
                    live.owners.update(introduced)
                live.size += len(update)
                live.loaded_until = version
                count += 1
                yield update

        self._load(live, updates())
        return count

    def _load(self, live: Live, updates: Iterable[bytes]) -> None:
        self._alarm(self._limits.engine_open_seconds_max)
        try:
            live.replica.load(updates)
        finally:
            self._alarm(0)

    def _checkpoint(self, document: str) -> Checkpoint | None:
        """Return the newest checkpoint of this very history, if there is one."""
        found = self._checkpoints.newest(document, self._log.version(document))
        if found is None or found.link != self._log.link_of(document, found.version):
            return None
        return found

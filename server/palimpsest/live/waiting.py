"""Updates of one session that build on what is not here yet: kept, and tried again later.

They are neither stored nor acknowledged meanwhile. What is over the bounds is not kept, only what
it claims: the client's answer holds it too, and is asked whether it does.
"""

from collections.abc import Mapping
from typing import NamedTuple

from palimpsest.domain.ledger import Claims
from palimpsest.limits import Limits


class Waiting(NamedTuple):
    """An update that waits, and how many acknowledgements are owed for it."""

    update: bytes
    claims: Claims
    owed: int


class WaitingUpdates:
    """What waits, in the order in which it came."""

    def __init__(self, limits: Limits) -> None:
        self._updates_max = limits.waiting_updates_max
        self._bytes_max = limits.unsettled_bytes_max
        self._kept: list[Waiting] = []
        self._bytes = 0
        self._beyond_owed = 0
        self._beyond_ends: dict[int, int] = {}

    def __bool__(self) -> bool:
        """Tell whether anything waits."""
        return bool(self._kept) or self._beyond_owed > 0

    @property
    def full(self) -> bool:
        """Whether no more is kept."""
        return len(self._kept) >= self._updates_max or self._bytes >= self._bytes_max

    def add(self, waiting: Waiting) -> None:
        """Have an update wait."""
        if not self.full:
            self._kept.append(waiting)
            self._bytes += len(waiting.update)
            return
        self._beyond_owed += waiting.owed
        for client, end in _ends(waiting.claims).items():
            self._beyond_ends[client] = max(end, self._beyond_ends.get(client, 0))

    def take(self) -> list[Waiting]:
        """Return what was kept, to be tried again; what waits still is added anew."""
        kept, self._kept = self._kept, []
        self._bytes = 0
        return kept

    def take_covered(self, clocks: Mapping[int, int]) -> int:
        """Return how many acknowledgements are owed for what was not kept, if all is here."""
        if any(clocks.get(client, 0) < end for client, end in self._beyond_ends.items()):
            return 0
        owed, self._beyond_owed = self._beyond_owed, 0
        self._beyond_ends.clear()
        return owed


def _ends(claims: Claims) -> dict[int, int]:
    """Return the clocks that must be here for an update to be here: written, or deleted."""
    ends = dict(claims.needs)
    for client, _, end in claims.spans:
        ends[client] = max(end, ends.get(client, 0))
    return ends

"""How fast a client may send: each rate is a debt that time pays off. Knows no socket."""

from palimpsest.limits import Limits

BURST_SECONDS = 1.0


class Rates:
    """The rates of one connection; the debt of the slowest counts."""

    __slots__ = (
        "_byte_cost",
        "_bytes_until",
        "_presence_cost",
        "_presence_until",
        "_update_cost",
        "_updates_until",
    )

    def __init__(self, limits: Limits) -> None:
        self._update_cost = 1 / limits.updates_per_second_max
        self._byte_cost = 1 / limits.update_bytes_per_second_max
        self._presence_cost = 1 / limits.presence_per_second_max
        self._updates_until = self._bytes_until = self._presence_until = 0.0

    def charge(self, now: float, updates: int, update_bytes: int, presences: int) -> float:
        """Count what came in; return the seconds by which the client is ahead of its rates."""
        earliest = now - BURST_SECONDS
        self._updates_until = max(self._updates_until, earliest) + updates * self._update_cost
        self._bytes_until = max(self._bytes_until, earliest) + update_bytes * self._byte_cost
        self._presence_until = (
            max(self._presence_until, earliest) + presences * self._presence_cost
        )
        return max(self._updates_until, self._bytes_until, self._presence_until) - now

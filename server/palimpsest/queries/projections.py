"""How far the views are: their lag behind the log, and which documents they have parked."""

from typing import NamedTuple

from palimpsest.ports import Clock
from palimpsest.queries.tables import Tables, TablesMissing


class Parked(NamedTuple):
    """A document that a projection leaves out, from a version on, and why."""

    document: str
    version: int
    position: int
    reason: str


class ProjectionStanding(NamedTuple):
    """Where a projection stands: its lag in events, and the age of the oldest of them."""

    name: str
    position: int
    lag_events: int
    lag_seconds: float
    parked: list[Parked]


class ProjectionQueries:
    """Answers from what the projections say of themselves, and from the log."""

    def __init__(self, views: Tables, log: Tables, clock: Clock) -> None:
        self._views = views
        self._log = log
        self._clock = clock

    async def head(self) -> int:
        """Return the position of the log's newest event."""
        [(head,)] = await self._log.rows("SELECT max(position) FROM events")
        return head or 0

    async def all(self) -> list[ProjectionStanding]:
        """Return where each projection stands; none while there is none yet."""
        try:
            found = await self._views.rows("SELECT name, position FROM projections ORDER BY name")
            parked = await self._views.rows(
                "SELECT projection, document, version, position, reason FROM parked"
                " ORDER BY projection, document"
            )
        except TablesMissing:
            return []
        head = await self.head()
        return [
            ProjectionStanding(
                name,
                position,
                max(0, head - position),
                await self._lag_seconds(position),
                [Parked(*each[1:]) for each in parked if each[0] == name],
            )
            for name, position in found
        ]

    async def _lag_seconds(self, position: int) -> float:
        waits = await self._log.rows("SELECT time FROM events WHERE position = ?", (position + 1,))
        return max(0.0, (self._clock.milliseconds() - waits[0][0]) / 1000) if waits else 0.0

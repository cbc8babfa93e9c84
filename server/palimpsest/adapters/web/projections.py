"""How far the views are, over HTTP."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.answers import json_answer
from palimpsest.adapters.web.callers import Callers
from palimpsest.domain.access import Role
from palimpsest.queries.projections import ProjectionQueries


@dataclass(frozen=True, slots=True)
class ProjectionRoutes:
    """Handlers of /api/projections."""

    callers: Callers
    standings: ProjectionQueries

    async def list(self, request: Request) -> Response:
        """Tell each projection's lag, and what it has parked."""
        self.callers.actor(request, Role.ADMIN)
        standings = await self.standings.all()
        shown = [
            standing._asdict() | {"parked": [each._asdict() for each in standing.parked]}
            for standing in standings
        ]
        return json_answer({"head": await self.standings.head(), "projections": shown})

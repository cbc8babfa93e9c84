"""The administrator's page: how far the views are, who is connected, and what was committed."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.answers import number_in
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.events import wanted_in
from palimpsest.adapters.web.pages import page
from palimpsest.domain.access import Role
from palimpsest.projections.presence import Presence
from palimpsest.queries.events import EventQueries
from palimpsest.queries.projections import ProjectionQueries

EVENTS_A_PAGE: Final = 50
SESSIONS_SHOWN_MAX: Final = 200
FILTERS: Final = ("document", "principal", "kind", "since", "until")


@dataclass(frozen=True, slots=True)
class AdminRoutes:
    """Handlers of /admin."""

    callers: Callers
    log: EventQueries
    standings: ProjectionQueries
    people: Presence

    async def show(self, request: Request) -> Response:
        """Show everything; ?before= pages the events, and what `wanted_in` reads filters them."""
        actor = self.callers.actor(request, Role.ADMIN)
        found = await self.log.page(
            wanted_in(request), count=EVENTS_A_PAGE, before=number_in(request, "before")
        )
        sessions = [
            (document, present)
            for document, by_session in sorted(self.people.everywhere().items())
            for present in by_session.values()
        ]
        return page(
            "admin.html",
            actor=actor,
            head=await self.log.head(),
            standings=await self.standings.all(),
            sessions=sessions[:SESSIONS_SHOWN_MAX],
            sessions_count=len(sessions),
            kinds=await self.log.kinds(),
            found=found,
            filters={name: request.query_params.get(name, "") for name in FILTERS},
            continues=request.query_params.get("before") is not None,
        )

"""Who wrote what, over HTTP: a document's history, and its events as the log has them."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.answers import count_in, document_in, json_answer, number_in
from palimpsest.adapters.web.callers import Callers
from palimpsest.domain.access import Role
from palimpsest.domain.refusals import DocumentNotFound
from palimpsest.queries import events as event_queries
from palimpsest.queries import history as history_queries
from palimpsest.queries.events import EventQueries, Wanted
from palimpsest.queries.history import HistoryQueries

HISTORY_ROLE = Role.EDITOR
"""From which role on one may see what a document was, and who wrote it."""


@dataclass(frozen=True, slots=True)
class HistoryRoutes:
    """Handlers of a document's past."""

    callers: Callers
    entries: HistoryQueries
    log: EventQueries

    async def history(self, request: Request) -> Response:
        """Tell the runs of edits, newest first: ?limit=, ?before=VERSION, ?min_version=."""
        self.callers.actor(request, HISTORY_ROLE)
        page = await self.entries.page(
            document_in(request),
            count=count_in(request, history_queries.PAGE_MAX),
            before=number_in(request, "before"),
            min_version=number_in(request, "min_version", 0) or 0,
        )
        entries = [entry._asdict() for entry in page.entries]
        return json_answer(
            {"version": page.version, "entries": entries, "before": page.before},
            version=page.version,
        )

    async def events(self, request: Request) -> Response:
        """Tell the events without their payloads, newest first: ?limit=, ?before=VERSION."""
        self.callers.actor(request, HISTORY_ROLE)
        document = document_in(request)
        version = await self.log.version(document)
        if not version:
            raise DocumentNotFound
        page = await self.log.page(
            Wanted(document=document),
            count=count_in(request, event_queries.PAGE_MAX),
            before=number_in(request, "before"),
        )
        events = [event._asdict() for event in page.events]
        return json_answer(
            {"version": version, "events": events, "before": page.before}, version=version
        )

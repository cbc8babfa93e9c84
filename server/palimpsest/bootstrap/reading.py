"""The read side's composition root: queries and their routes, in the server or beside it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from palimpsest.adapters.reading.database import ReadOnlyDatabase
from palimpsest.adapters.replay.client import ReplayProcess
from palimpsest.adapters.system.clock import SystemClock
from palimpsest.adapters.web.application import Reading
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.catalogue import CatalogueRoutes
from palimpsest.adapters.web.content import ContentRoutes
from palimpsest.adapters.web.history import HistoryRoutes
from palimpsest.adapters.web.pages import PageRoutes
from palimpsest.adapters.web.presence import PresenceRoutes
from palimpsest.adapters.web.projections import ProjectionRoutes
from palimpsest.limits import Limits
from palimpsest.projections.presence import Presence
from palimpsest.projections.snapshots import Snapshots
from palimpsest.queries.catalogue import CatalogueQueries
from palimpsest.queries.content import ContentQueries
from palimpsest.queries.events import EventQueries
from palimpsest.queries.freshness import Freshness
from palimpsest.queries.history import HistoryQueries
from palimpsest.queries.projections import ProjectionQueries


class ReadSide:
    """Everything that answers from the views and the log, and changes neither."""

    def __init__(
        self, folder: Path, callers: Callers, limits: Limits, *, want: Callable[[str], None]
    ) -> None:
        """Take `want`, which lets the projections know that somebody waits for a document."""
        self._callers = callers
        self._replay = ReplayProcess(folder, limits)
        self._views = ReadOnlyDatabase(folder / "views.db")
        self._log = ReadOnlyDatabase(folder / "events.db")
        self._freshness = Freshness(want)
        self.content = ContentQueries(self._views, self._freshness, self._replay, limits)
        self.presence = Presence()

    def routes(self) -> list[BaseRoute]:
        """Return the routes of everything that can be read."""
        catalogue = CatalogueQueries(self._views, self._freshness)
        history = HistoryQueries(self._views, self._freshness)
        events = EventQueries(self._log)
        standings = ProjectionQueries(self._views, self._log, SystemClock())
        return Reading(
            PageRoutes(self._callers, catalogue),
            CatalogueRoutes(self._callers, catalogue),
            ContentRoutes(self._callers, self.content, events),
            HistoryRoutes(self._callers, history, events),
            PresenceRoutes(self._callers, self.presence),
            ProjectionRoutes(self._callers, standings),
        ).routes()

    def moved(self, projection: str, documents: Mapping[str, int]) -> None:
        """Take note that a view has moved on."""
        if projection == Snapshots.name:
            for document in documents:
                self.content.moved(document)
        self._freshness.moved()

    async def close(self) -> None:
        """Close the databases."""
        await self._replay.close()
        await self._views.close()
        await self._log.close()


def uvicorn_config(application: Starlette, limits: Limits, **more: Any) -> uvicorn.Config:  # noqa: ANN401
    """Return how every server of ours listens."""
    return uvicorn.Config(
        application,
        lifespan="off",
        access_log=False,  # Addresses may hold tokens.
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=limits.shutdown_seconds_max,
        **more,
    )

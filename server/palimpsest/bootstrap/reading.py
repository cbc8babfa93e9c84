"""The read side's composition root: queries and their routes, in the server or beside it."""

import signal
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import uvicorn
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from palimpsest.adapters.bus.messages import AnyMessage, Came, Hello, Left, Moved, Renewed, Wanted
from palimpsest.adapters.bus.subscription import Subscription
from palimpsest.adapters.files.folder import FilesFolder
from palimpsest.adapters.reading.database import ReadOnlyDatabase
from palimpsest.adapters.replay.client import ReplayProcess
from palimpsest.adapters.system.clock import SystemClock
from palimpsest.adapters.system.tokens import GuestsWelcome, Tokens
from palimpsest.adapters.web import bundle
from palimpsest.adapters.web.admin import AdminRoutes
from palimpsest.adapters.web.application import Reading, application
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.catalogue import CatalogueRoutes
from palimpsest.adapters.web.content import ContentRoutes
from palimpsest.adapters.web.events import EventRoutes
from palimpsest.adapters.web.files import FileRoutes
from palimpsest.adapters.web.history import HistoryRoutes
from palimpsest.adapters.web.history_page import HistoryPage
from palimpsest.adapters.web.library import LibraryRoutes
from palimpsest.adapters.web.presence import PresenceRoutes
from palimpsest.adapters.web.projections import ProjectionRoutes
from palimpsest.adapters.web.reader import ReaderRoutes
from palimpsest.adapters.web.ready import ReadyAnswers
from palimpsest.adapters.web.stream import StreamRoutes, Streams
from palimpsest.limits import Limits
from palimpsest.ports import Present
from palimpsest.projections.presence import Presence
from palimpsest.projections.snapshots import Snapshots
from palimpsest.queries.catalogue import CatalogueQueries
from palimpsest.queries.content import ContentQueries
from palimpsest.queries.events import EventQueries
from palimpsest.queries.freshness import Freshness
from palimpsest.queries.history import HistoryQueries
from palimpsest.queries.projections import ProjectionQueries
from palimpsest.settings import Settings


class ReadSide:
    """Everything that answers from the views and the log, and changes neither."""

    def __init__(
        self, folder: Path, callers: Callers, limits: Limits, *, want: Callable[[str], None]
    ) -> None:
        """Take `want`, which lets the projections know that somebody waits for a document."""
        self._callers = callers
        self._replay = ReplayProcess(folder, limits)
        self._views = ReadOnlyDatabase(folder / "views.db", disposable=True)
        self._log = ReadOnlyDatabase(folder / "events.db", disposable=False)
        self._files = FilesFolder(folder, limits)
        self._freshness = Freshness(want)
        self._events = EventQueries(self._log)
        self.catalogue = CatalogueQueries(self._views, self._events, self._freshness)
        self.content = ContentQueries(
            self._views, self._events, self._freshness, self._replay, limits
        )
        self.presence = Presence()
        self.bundle = bundle.load()
        self.streams = Streams(self.content, self._events, self.presence, limits)
        self._limits = limits

    def routes(self, *, writable: bool) -> list[BaseRoute]:
        """Return the routes of everything that can be read, beside what writes or without it."""
        callers, content, log, people = self._callers, self.content, self._events, self.presence
        catalogue = self.catalogue
        history = HistoryQueries(self._views, self._events, self._freshness)
        clock = SystemClock()
        standings = ProjectionQueries(self._views, self._log, clock)
        return Reading(
            CatalogueRoutes(callers, catalogue),
            ContentRoutes(callers, content, log, self._limits),
            FileRoutes(callers, self._files),
            HistoryRoutes(callers, history, log),
            PresenceRoutes(callers, people),
            StreamRoutes(callers, self.streams, self._limits),
            ProjectionRoutes(callers, standings),
            EventRoutes(callers, log),
            LibraryRoutes(callers, catalogue, content, people, clock, self.bundle, writable),
            ReaderRoutes(callers, content, catalogue, log, people, clock, writable),
            HistoryPage(callers, history, catalogue, content),
            AdminRoutes(callers, log, standings, people),
        ).routes()

    def at_hand_first(self, application: ASGIApp) -> ASGIApp:
        """Return an application that answers at once what is at hand."""
        return ReadyAnswers(application, self._callers, self.content.hot, self._limits)

    def moved(self, projection: str, documents: Mapping[str, int]) -> None:
        """Take note that a view has moved on."""
        if projection == Snapshots.name:
            for document in documents:
                self.content.moved(document)
                self.streams.moved(document)
        self._freshness.moved(documents)

    def renewed(self) -> None:
        """Trust nothing that is in memory: views may have changed unheard."""
        self.content.renewed()
        self.streams.look()
        self._freshness.renewed()

    def came(self, document: str, present: Present) -> None:
        """Take note that somebody came to a document, or that more is known of them."""
        self.presence.came(document, present)
        self.streams.came_or_left(document)

    def left(self, document: str, session: str) -> None:
        """Take note that somebody left a document."""
        self.presence.left(document, session)
        self.streams.came_or_left(document)

    async def close(self) -> None:
        """Close the databases."""
        await self._replay.close()
        await self._views.close()
        await self._log.close()


class HttpServer(uvicorn.Server):
    """A server that ends its event streams when it stops: they never end by themselves."""

    def __init__(self, config: uvicorn.Config, streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams
        # uvicorn raises the signal that stopped it once more when it is done, and that would
        # end the process before its other parts are.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then the rest."""
        self._streams.close()
        await super().shutdown(sockets)


def uvicorn_config(application: ASGIApp, limits: Limits, **more: Any) -> uvicorn.Config:  # noqa: ANN401
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


class QueryServer:
    """The query side alone, beside the one that writes; there may be any number of them."""

    def __init__(self, settings: Settings) -> None:
        """Put the parts together around a data directory that somebody else writes to."""
        self._settings = settings
        tokens = Tokens(settings.data)
        self.admin_token = tokens.admin()
        open_to_all = settings.auth == "none"
        authenticator = GuestsWelcome(tokens) if open_to_all else tokens
        callers = Callers(authenticator, open_to_all, settings.loopback_only)
        self._subscription = Subscription(settings.data, self._hear, self._lost)
        self._read_side = ReadSide(
            settings.data,
            callers,
            settings.limits,
            want=lambda document: self._subscription.tell(Wanted(document)),
        )
        routes = self._read_side.routes(writable=False)
        self._application = self._read_side.at_hand_first(application(routes, self._wrong))

    async def serve(self, listener: socket.socket) -> None:
        """Serve on a socket that is bound, until a signal says to stop."""
        self._subscription.open()
        config = uvicorn_config(self._application, self._settings.limits, ws="none")
        try:
            await HttpServer(config, self._read_side.streams).serve([listener])
        finally:
            self._subscription.close()
            await self._read_side.close()

    def _hear(self, message: AnyMessage) -> None:
        match message:
            case Hello():
                self._read_side.content.listening()
                self._read_side.renewed()
            case Renewed():
                self._read_side.renewed()
            case Moved(projection, _, documents):
                self._read_side.moved(projection, documents)
            case Came(document, session, name, kind, client):
                self._read_side.came(document, Present(session, name, kind, client))
            case Left(document, session):
                self._read_side.left(document, session)
            case _:
                """Not for readers."""

    def _lost(self) -> None:
        """Trust nothing that is only heard of, and look: nothing is heard any more."""
        self._read_side.content.deaf()
        self._read_side.presence.forget()
        self._read_side.renewed()

    async def _wrong(self) -> str:
        return ""

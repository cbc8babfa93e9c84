"""The composition root: the only module that knows every part."""

import asyncio
import os
import signal
import socket
from typing import Any

import uvicorn

from palimpsest.adapters.engine.client import EngineProcess
from palimpsest.adapters.sockets.connection import Connection
from palimpsest.adapters.sockets.gate import Gate
from palimpsest.adapters.sockets.watch import Watch
from palimpsest.adapters.sqlite.catalogue import SqliteCatalogue
from palimpsest.adapters.system.clock import RandomIdentifiers, SystemClock
from palimpsest.adapters.system.kill_points import VARIABLE, kill_points
from palimpsest.adapters.system.tokens import GuestsWelcome, Tokens
from palimpsest.adapters.web.application import application
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.documents import DocumentRoutes
from palimpsest.adapters.web.pages import PageRoutes
from palimpsest.commands.dispatch import Dispatcher
from palimpsest.commands.gathering import KILLED, Gathering
from palimpsest.commands.repository import Repository
from palimpsest.live.house import House
from palimpsest.settings import Settings


class Server:
    """A whole server: engine, write side, sockets, HTTP."""

    def __init__(
        self, settings: Settings, engine: EngineProcess, *, batch: int, origin: int
    ) -> None:
        """Put the parts together around an engine that runs, and the numbers it said are free."""
        self._settings = settings
        self._engine = engine
        limits = settings.limits
        kill_point = kill_points(os.environ.get(VARIABLE, ""))
        identifiers = RandomIdentifiers()
        gathering = Gathering(engine, limits, first_batch=batch, kill_point=kill_point)
        repository = Repository(engine, gathering.send, limits, SystemClock(), identifiers)
        gathering.quarantine = lambda document: repository.quarantine(document, KILLED, opens=True)
        house = House(repository, engine, limits, identifiers, first_origin=origin)
        tokens = Tokens(settings.data)
        self.admin_token = tokens.admin()
        open_to_all = settings.auth == "none"
        self._gate = Gate(
            house=house,
            authenticator=GuestsWelcome(tokens) if open_to_all else tokens,
            limits=limits,
            open_to_all=open_to_all,
            loopback_only=settings.loopback_only,
            rates=not (open_to_all and settings.loopback_only),
            drained=gathering.drained,
        )
        callers = Callers(self._gate.authenticator, open_to_all, settings.loopback_only)
        catalogue = SqliteCatalogue(settings.data)
        dispatcher = Dispatcher(repository)
        self._application = application(
            PageRoutes(callers, catalogue),
            DocumentRoutes(callers, catalogue, dispatcher, house, identifiers),
            lambda: engine.serving,
        )

    async def serve(self, listener: socket.socket) -> None:
        """Serve on a socket that is bound, until a signal says to stop."""
        watch = Watch(self._settings.limits)

        def connection(
            config: uvicorn.Config,  # noqa: ARG001
            server_state: uvicorn.server.ServerState,
            app_state: dict[str, Any],  # noqa: ARG001
        ) -> asyncio.Protocol:
            return Connection(self._gate, watch, server_state.connections)

        config = uvicorn.Config(
            self._application,
            ws=connection,  # type: ignore[arg-type]
            lifespan="off",
            access_log=False,  # Addresses may hold tokens.
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=self._settings.limits.shutdown_seconds_max,
        )
        server = uvicorn.Server(config)
        # uvicorn raises the signal that stopped it once more when it is done, and that would
        # end the process before the engine is.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        try:
            await server.serve([listener])
        finally:
            await self._engine.close()

"""The server's composition root: engine, write side, sockets, HTTP, and the projector beside."""

import asyncio
import os
import socket
from collections.abc import Iterable
from typing import Any

import uvicorn

from palimpsest.adapters.bus.hub import Hub
from palimpsest.adapters.bus.messages import AnyMessage, Came, Left, Moved, Renewed, Wanted
from palimpsest.adapters.engine.client import EngineProcess
from palimpsest.adapters.files.folder import FilesFolder
from palimpsest.adapters.sockets.connection import Connection
from palimpsest.adapters.sockets.gate import Gate
from palimpsest.adapters.sockets.watch import Watch
from palimpsest.adapters.system.children import Child
from palimpsest.adapters.system.clock import RandomIdentifiers, SystemClock
from palimpsest.adapters.system.kill_points import VARIABLE, kill_points
from palimpsest.adapters.system.tokens import GuestsWelcome, Tokens
from palimpsest.adapters.web.application import application, writing
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.documents import DocumentRoutes
from palimpsest.adapters.web.editor import EditorRoutes
from palimpsest.adapters.web.files import UploadRoutes
from palimpsest.adapters.web.forms import FormRoutes
from palimpsest.adapters.web.shell import ShellRoutes
from palimpsest.bootstrap.reading import HttpServer, ReadSide, uvicorn_config
from palimpsest.commands.dispatch import Dispatcher
from palimpsest.commands.files import FileKeeping
from palimpsest.commands.gathering import KILLED, Gathering
from palimpsest.commands.repository import Repository
from palimpsest.limits import flags
from palimpsest.live.house import House
from palimpsest.ports import Present
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
        tokens = Tokens(settings.data)
        self.admin_token = tokens.admin()
        open_to_all = settings.auth == "none"
        authenticator = GuestsWelcome(tokens) if open_to_all else tokens
        callers = Callers(authenticator, open_to_all, settings.loopback_only)
        self._read_side = ReadSide(settings.data, callers, limits, want=self._want)
        # The projector is this server's own: it is always heard, or not running.
        self._read_side.content.listening()
        self._hub = Hub(self._known, self._hear)
        # What was set for this command holds for its child, wherever it was set.
        project = ["project", "--data", str(settings.data), "--log-level", settings.log_level]
        self._projector = Child("projector", [*project, *flags(limits)], self._hub.adopt)
        gathering = Gathering(
            engine, limits, first_batch=batch, kill_point=kill_point, committed=self._hub.committed
        )
        repository = Repository(engine, gathering.send, limits, SystemClock(), identifiers)
        gathering.quarantine = lambda document: repository.quarantine(document, KILLED, opens=True)
        house = House(repository, engine, limits, identifiers, self, first_origin=origin)
        self._gate = Gate(
            house=house,
            authenticator=authenticator,
            limits=limits,
            open_to_all=open_to_all,
            loopback_only=settings.loopback_only,
            rates=not (open_to_all and settings.loopback_only),
            drained=gathering.drained,
        )
        self.bundle = self._read_side.bundle
        keeping = FileKeeping(repository, FilesFolder(settings.data, limits, kill_point))
        dispatcher = Dispatcher(repository)
        routes = writing(
            DocumentRoutes(callers, dispatcher, house, identifiers),
            FormRoutes(callers, dispatcher, house, identifiers),
            EditorRoutes(callers, self._read_side.catalogue, self.bundle, limits),
            ShellRoutes(self.bundle, limits),
            UploadRoutes(callers, keeping, limits),
        )
        routes = [*self._read_side.routes(writable=True), *routes]
        self._application = self._read_side.at_hand_first(application(routes, self._wrong))

    async def serve(self, listener: socket.socket) -> None:
        """Serve on a socket that is bound, until a signal says to stop."""
        watch = Watch(self._settings.limits)

        def connection(
            config: uvicorn.Config,  # noqa: ARG001
            server_state: uvicorn.server.ServerState,
            app_state: dict[str, Any],  # noqa: ARG001
        ) -> asyncio.Protocol:
            return Connection(self._gate, watch, server_state.connections)

        config = uvicorn_config(self._application, self._settings.limits, ws=connection)
        server = HttpServer(config, self._read_side.streams)
        await self._hub.open(self._settings.data)
        self._projector.start()
        try:
            await server.serve([listener])
        finally:
            await self._engine.close()
            self._hub.close()
            await self._projector.stop()
            await self._read_side.close()

    # Who is where, as the rooms say.

    def came(self, document: str, present: Present) -> None:
        """Take note that somebody came, and tell it on the bus."""
        self._read_side.came(document, present)
        self._hub.tell(Came(document, *present))

    def left(self, document: str, session: str) -> None:
        """Take note that somebody left, and tell it on the bus."""
        self._read_side.left(document, session)
        self._hub.tell(Left(document, session))

    def _want(self, document: str) -> None:
        self._hub.tell(Wanted(document))

    def _known(self) -> Iterable[AnyMessage]:
        for document, sessions in self._read_side.presence.everywhere().items():
            for present in sessions.values():
                yield Came(document, *present)

    def _hear(self, message: AnyMessage) -> None:
        match message:
            case Moved(projection, _, documents):
                self._read_side.moved(projection, documents)
            case Renewed():
                self._read_side.renewed()
            case _:
                """Not for the server."""

    async def _wrong(self) -> str:
        return "" if self._engine.serving else "engine restarting"

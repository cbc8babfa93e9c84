"""The Starlette application: routes, headers, errors. Knows no storage."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from palimpsest.adapters.web import assets
from palimpsest.adapters.web.admin import AdminRoutes
from palimpsest.adapters.web.bundle import PATH, WORKER
from palimpsest.adapters.web.catalogue import CatalogueRoutes
from palimpsest.adapters.web.content import ContentRoutes
from palimpsest.adapters.web.documents import DocumentRoutes
from palimpsest.adapters.web.editor import EditorRoutes
from palimpsest.adapters.web.errors import HANDLERS
from palimpsest.adapters.web.events import EventRoutes
from palimpsest.adapters.web.files import FileRoutes, UploadRoutes
from palimpsest.adapters.web.forms import FormRoutes
from palimpsest.adapters.web.history import HistoryRoutes
from palimpsest.adapters.web.history_page import HistoryPage
from palimpsest.adapters.web.library import LibraryRoutes
from palimpsest.adapters.web.pages import POLICY
from palimpsest.adapters.web.presence import PresenceRoutes
from palimpsest.adapters.web.projections import ProjectionRoutes
from palimpsest.adapters.web.reader import ReaderRoutes
from palimpsest.adapters.web.shell import ShellRoutes
from palimpsest.adapters.web.stream import StreamRoutes

SECURITY_HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}

ONE = "/api/documents/{document}"
PAGES = "/documents/{document}"


@dataclass(frozen=True, slots=True)
class Reading:
    """The handlers that read."""

    catalogue: CatalogueRoutes
    content: ContentRoutes
    files: FileRoutes
    history: HistoryRoutes
    presence: PresenceRoutes
    stream: StreamRoutes
    projections: ProjectionRoutes
    events: EventRoutes
    library: LibraryRoutes
    reader: ReaderRoutes
    history_page: HistoryPage
    admin: AdminRoutes

    def routes(self) -> list[BaseRoute]:
        """Return where they are."""
        return [
            Route("/", self.library.library),
            Route(f"{PATH}/{{name}}", self.library.bundle.show),
            Route(f"{PAGES}/read", self.reader.read),
            Route(f"{PAGES}/history", self.history_page.show),
            Route(f"{PAGES}/files/{{name}}", self.files.show, methods=["GET"]),
            Route("/admin", self.admin.show),
            Route("/api/documents", self.catalogue.list, methods=["GET"]),
            Route(ONE, self.catalogue.show, methods=["GET"]),
            Route(f"{ONE}/content", self.content.show, methods=["GET"]),
            Route(f"{ONE}/content.{{suffix}}", self.content.show, methods=["GET"]),
            Route(f"{ONE}/history", self.history.history, methods=["GET"]),
            Route(f"{ONE}/events", self.history.events, methods=["GET"]),
            Route(f"{ONE}/stream", self.stream.stream, methods=["GET"]),
            Route(f"{ONE}/presence", self.presence.presence, methods=["GET"]),
            Route("/api/projections", self.projections.list, methods=["GET"]),
            Route("/api/events", self.events.list, methods=["GET"]),
            Route("/assets/{digest}/{name}", assets.show),
            Route("/assets/{name}", assets.show),
        ]


def writing(
    documents: DocumentRoutes,
    forms: FormRoutes,
    editor: EditorRoutes,
    shell: ShellRoutes,
    uploads: UploadRoutes,
) -> list[BaseRoute]:
    """Return the routes that change something, and the page that does."""
    return [
        Route("/documents", forms.begin, methods=["POST"]),
        Route("/name", forms.name, methods=["POST"]),
        Route("/welcome", forms.welcome, methods=["POST"]),
        Route(f"{PAGES}/rename", forms.rename, methods=["POST"]),
        Route(f"{PAGES}/trash", forms.trash, methods=["POST"]),
        Route(f"{PAGES}/restore", forms.restore, methods=["POST"]),
        Route(PAGES, editor.edit),
        Route("/offline", shell.offline),
        Route(f"/{WORKER}", shell.worker),
        Route("/api/documents", documents.create, methods=["POST"]),
        Route(ONE, documents.change, methods=["PATCH"]),
        Route(ONE, documents.trash, methods=["DELETE"]),
        Route(f"{ONE}/files", uploads.keep, methods=["POST"]),
        Route(f"{ONE}/commands/{{name}}", documents.command, methods=["POST"]),
    ]


def application(routes: Sequence[BaseRoute], healthy: Callable[[], Awaitable[str]]) -> Starlette:
    """Return the application; `healthy` returns what is wrong, nothing if all is well."""

    async def health(_request: Request) -> Response:
        wrong = await healthy()
        body = orjson.dumps({"status": wrong or "ok"})
        return Response(body, 503 if wrong else 200, media_type="application/json")

    return Starlette(
        routes=[Route("/healthz", health), *routes],
        exception_handlers=HANDLERS,
        middleware=[Middleware(SecurityHeaders), Middleware(EscapedPaths)],
    )


class EscapedPaths:
    """Routes by the path as it was sent: a document's id may hold slashes, escaped as %2F."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and scope["path"].startswith(("/api/", "/documents/")):
            scope = {**scope, "path": scope["raw_path"].decode("ascii", "replace")}
        await self._app(scope, receive, send)


class SecurityHeaders:
    """Adds to every answer what keeps a browser from doing more with it than is meant.

    An answer that says itself what a browser may do with it keeps what it says.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its answer with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name for name, _ in message["headers"]}
                more = [each for each in SECURITY_HEADERS.items() if each[0] not in said]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        await self._app(scope, receive, send_with_headers)

"""The Starlette application: routes, headers, errors. Knows no storage."""

from collections.abc import Callable

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from palimpsest.adapters.web.documents import DocumentRoutes
from palimpsest.adapters.web.errors import HANDLERS
from palimpsest.adapters.web.pages import ASSETS, PageRoutes

SECURITY_HEADERS = {
    b"content-security-policy": (
        b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        b" base-uri 'none'; frame-ancestors 'none'"
    ),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}


def application(
    pages: PageRoutes, documents: DocumentRoutes, healthy: Callable[[], bool]
) -> Starlette:
    """Return the application."""

    async def health(_request: Request) -> Response:
        status = 200 if healthy() else 503
        body = orjson.dumps({"status": "ok" if status == 200 else "engine restarting"})  # noqa: PLR2004
        return Response(body, status, media_type="application/json")

    one = "/api/documents/{document}"
    return Starlette(
        routes=[
            Route("/", pages.library),
            Route("/healthz", health),
            Route("/api/documents", documents.list, methods=["GET"]),
            Route("/api/documents", documents.create, methods=["POST"]),
            Route(one, documents.show, methods=["GET"]),
            Route(one, documents.change, methods=["PATCH"]),
            Route(one, documents.trash, methods=["DELETE"]),
            Route(f"{one}/presence", documents.presence, methods=["GET"]),
            Route(f"{one}/commands/{{name}}", documents.command, methods=["POST"]),
            Mount("/assets", StaticFiles(directory=ASSETS)),
        ],
        exception_handlers=HANDLERS,
        middleware=[Middleware(SecurityHeaders), Middleware(EscapedPaths)],
    )


class EscapedPaths:
    """Routes by the path as it was sent: a document's id may hold slashes, escaped as %2F."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            scope = {**scope, "path": scope["raw_path"].decode("ascii", "replace")}
        await self._app(scope, receive, send)


class SecurityHeaders:
    """Adds to every answer what keeps a browser from doing more with it than is meant."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its answer with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *SECURITY_HEADERS.items()]
            await send(message)

        await self._app(scope, receive, send_with_headers)

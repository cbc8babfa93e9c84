"""How a refusal looks over HTTP: the one table of statuses, as problem documents (RFC 9457).

Who asks for a page, with a browser, is shown a page instead.
"""

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.pages import asks_for_a_page, error_page
from palimpsest.domain import refusals
from palimpsest.ports import NotAuthenticated
from palimpsest.queries.catalogue import BadCursor, FilterTooLong
from palimpsest.queries.content import NotShowable, TooBusy
from palimpsest.queries.freshness import NotYet
from palimpsest.queries.tables import TablesMissing

STATUSES: dict[type[refusals.Refusal], int] = {
    refusals.BadDocumentId: 404,
    refusals.BadTitle: 422,
    refusals.NotAllowed: 403,
    refusals.DocumentNotFound: 404,
    refusals.DocumentInTrash: 409,
    refusals.DocumentQuarantined: 409,
    refusals.VersionConflict: 409,
    refusals.DocumentFull: 413,
    refusals.LogUnavailable: 503,
    refusals.FileEmpty: 422,
    refusals.FileTooLarge: 413,
    refusals.PictureTooLarge: 413,
    refusals.DocumentFilesFull: 413,
    refusals.NoRoomForFiles: 507,
}


_FRAMEWORK_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address is there, and takes no request of this method.",
}


class BadRequest(Exception):
    """The request is not what it should be; the message says what would be right."""


def problem(
    status: int, title: str, detail: str, headers: dict[str, str] | None = None, **more: int
) -> Response:
    """Return a problem document; `more` are members of its own."""
    body = orjson.dumps(
        {"type": "about:blank", "title": title, "status": status, "detail": detail} | more
    )
    return Response(body, status, headers, media_type="application/problem+json")


def _answer(
    request: Request,
    status: int,
    title: str,
    detail: str,
    headers: dict[str, str] | None = None,
    **more: int,
) -> Response:
    """Return what is wrong in the form in which it is asked for."""
    if asks_for_a_page(request):
        return error_page(request, status, title, detail, headers)
    return problem(status, title, detail, headers, **more)


async def refused(request: Request, error: Exception) -> Response:
    """Answer a refusal."""
    status = STATUSES.get(type(error), 422)  # type: ignore[arg-type]
    headers = {"Retry-After": "5"} if status == 503 else None  # noqa: PLR2004
    return _answer(request, status, _spaced(type(error).__name__), str(error), headers)


async def not_authenticated(request: Request, error: Exception) -> Response:
    """Answer who has no token, or a wrong one."""
    return _answer(request, 401, "Not authenticated", str(error), {"WWW-Authenticate": "Bearer"})


async def bad_request(request: Request, error: Exception) -> Response:
    """Answer a request that cannot be read."""
    return _answer(request, 400, "Bad request", str(error))


async def not_yet(request: Request, error: Exception) -> Response:
    """Answer who asked for more than a view has so far, or for a view that is not there yet."""
    more = {"version": error.version} if isinstance(error, NotYet) else {}
    return _answer(request, 503, "Not yet", str(error), {"Retry-After": "1"}, **more)


async def not_showable(request: Request, error: Exception) -> Response:
    """Answer who asked for a version that cannot be shown."""
    return _answer(request, 422, "Not showable", str(error))


async def too_busy(request: Request, error: Exception) -> Response:
    """Answer who asked for more than is possible just now."""
    return _answer(request, 503, "Too busy", str(error), {"Retry-After": "2"})


async def http_error(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: no such route, no such method."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    detail = _FRAMEWORK_DETAILS.get(error.status_code, error.detail + ".")
    return _answer(request, error.status_code, error.detail, detail, headers)


async def failed(request: Request, _error: Exception) -> Response:
    """Answer when this server has made a mistake; what it was is for its log alone."""
    detail = "The server has made a mistake; its log says more. Trying again may help."
    return _answer(request, 500, "Something went wrong", detail)


HANDLERS = {
    refusals.Refusal: refused,
    NotAuthenticated: not_authenticated,
    BadRequest: bad_request,
    BadCursor: bad_request,
    FilterTooLong: bad_request,
    NotYet: not_yet,
    TablesMissing: not_yet,
    NotShowable: not_showable,
    TooBusy: too_busy,
    HTTPException: http_error,
    Exception: failed,
}


def _spaced(name: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.strip().capitalize()

"""What every connection shares: who is let in, and where to. Knows no frame."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, unquote, urlsplit

from websockets.datastructures import Headers
from websockets.http11 import Request

from palimpsest.domain.identifiers import DocumentId, document_id
from palimpsest.limits import Limits
from palimpsest.live.house import House
from palimpsest.ports import Authenticator
from palimpsest.protocol.origins import is_own_origin, is_trusted_without_token

YJS_PREFIX = "/yjs/"
HOCUSPOCUS_PATH = "/hocuspocus"
COOKIE = "palimpsest_token"
TOKEN_PROTOCOL_PREFIX = "token."  # noqa: S105


@dataclass(frozen=True, slots=True)
class Gate:
    """The parts of the server that connections use."""

    house: House
    authenticator: Authenticator
    limits: Limits
    open_to_all: bool
    """Whether no token is needed (`--auth none`)."""

    loopback_only: bool
    """Whether only this machine can reach the server."""

    rates: bool
    """Whether senders are slowed down to their rates."""

    drained: Callable[[], Awaitable[None]]
    """Waits until everything in flight has been committed."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What a WebSocket handshake says: where to, and with which token."""

    path: str
    token: str | None
    subprotocol: str | None
    lineage: str = ""
    """Of which CRDT history the client's copy is, if it says so; no other may take it in."""


class PageNotTrusted(Exception):
    """A page of another site may not speak to this server."""


def caller_of(request: Request, gate: Gate) -> Caller:
    """Read a handshake.

    Raises:
        PageNotTrusted: it was made by a page of another site.
    """
    headers = request.headers
    origin, host = headers.get("Origin"), headers.get("Host")
    if gate.open_to_all and not is_trusted_without_token(
        origin, host, loopback_only=gate.loopback_only
    ):
        raise PageNotTrusted
    url = urlsplit(request.path)
    offered = _offered_protocols(headers)
    tokens = [name for name in offered if name.startswith(TOKEN_PROTOCOL_PREFIX)]
    others = [name for name in offered if name not in tokens]
    query = parse_qs(url.query)
    token = (
        query.get("token", [""])[0]
        or _bearer(headers)
        or (tokens and tokens[0].removeprefix(TOKEN_PROTOCOL_PREFIX))
        or _cookie(headers, origin, host)
        or None
    )
    subprotocol = next(iter(others + tokens), None)
    return Caller(unquote(url.path), token, subprotocol, query.get("lineage", [""])[0])


def yjs_document(path: str) -> DocumentId:
    """Return the document that a path behind `/yjs/` names.

    Raises:
        BadDocumentId: it names none.
    """
    return document_id(path.removeprefix(YJS_PREFIX))


def _offered_protocols(headers: Headers) -> list[str]:
    values = headers.get_all("Sec-WebSocket-Protocol")
    return [name.strip() for value in values for name in value.split(",")]


def _bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _cookie(headers: Headers, origin: str | None, host: str | None) -> str | None:
    """Return the cookie's token; a browser sends cookies for pages of other sites as well."""
    if origin is None or not is_own_origin(origin, host):
        return None
    try:
        cookie: SimpleCookie = SimpleCookie(headers.get("Cookie", ""))
    except CookieError:
        return None
    return cookie[COOKIE].value if COOKIE in cookie else None

"""Who calls over HTTP: token, cookie, origin. Knows no route."""

from dataclasses import dataclass

from starlette.requests import Request

from palimpsest.domain.access import Actor, Role, require
from palimpsest.domain.refusals import NotAllowed
from palimpsest.ports import Authenticator
from palimpsest.protocol.origins import is_own_origin, is_trusted_without_token

COOKIE = "palimpsest_token"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Callers:
    """Tells who makes a request."""

    authenticator: Authenticator
    open_to_all: bool
    loopback_only: bool

    def actor(self, request: Request, role: Role = Role.READER) -> Actor:
        """Return who makes the request, in `role` at least.

        Raises:
            NotAuthenticated: nobody does.
            NotAllowed: they may not, or a page of another site asks in somebody's name.
        """
        origin, host = request.headers.get("origin"), request.headers.get("host")
        if self.open_to_all and not is_trusted_without_token(
            origin, host, loopback_only=self.loopback_only
        ):
            raise NotAllowed("Pages of other sites may not use this server.")
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        token = bearer.strip() if scheme.lower() == "bearer" else None
        if (
            token is None
            and request.method not in SAFE_METHODS
            and not is_own_origin(origin, host)
        ):
            raise NotAllowed("Pages of other sites may not use this server.")
        actor = self.authenticator.actor(token or request.cookies.get(COOKIE))
        require(actor, role)
        return actor

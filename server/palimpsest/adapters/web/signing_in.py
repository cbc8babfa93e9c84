"""Signing in with a token: it leaves the address and becomes a cookie."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from palimpsest.adapters.web.callers import COOKIE, Callers
from palimpsest.adapters.web.pages import page
from palimpsest.ports import NotAuthenticated

COOKIE_SECONDS: Final = 30 * 24 * 3600
_OWN_PATH: Final = re.compile(r"/(?![/\\])[!-~]*")


def own_path(wanted: str) -> str:
    """Return an address that was asked for if it is one of this server's, else the first page."""
    return wanted if _OWN_PATH.fullmatch(wanted) else "/"


def sign_in(request: Request, callers: Callers) -> Response:
    """Keep a token, if it is one, and lead to where somebody wanted to go."""
    token = request.query_params["token"]
    after = own_path(request.query_params.get("next", "/"))
    try:
        callers.authenticator.actor(token)
    except NotAuthenticated as error:
        return page("sign_in.html", actor=None, status=401, detail=str(error), here=after)
    return keep(token, after, request)


def keep(token: str, after: str, request: Request) -> Response:
    """Return an answer that keeps a token and leads on."""
    answer = RedirectResponse(after, 303)
    # Not "strict": who follows a link to a document from elsewhere is somebody all the same.
    # What a page of another site can do with that is to lead here; acting asks for an origin.
    answer.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer

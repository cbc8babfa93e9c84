"""The first page: which documents there are, and how to connect a client. Needs no JavaScript."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from palimpsest import __version__
from palimpsest.adapters.web.callers import COOKIE, Callers
from palimpsest.ports import NotAuthenticated
from palimpsest.queries.catalogue import PAGE_MAX, CatalogueQueries

ASSETS = Path(__file__).parent / "assets"
COOKIE_SECONDS = 30 * 24 * 3600

_templates = Environment(
    loader=PackageLoader(__package__), autoescape=select_autoescape(), trim_blocks=True
)


@dataclass(frozen=True, slots=True)
class PageRoutes:
    """Handlers of the pages."""

    callers: Callers
    catalogue: CatalogueQueries

    async def library(self, request: Request) -> Response:
        """Show the library; a token in the address becomes a cookie and leaves the address."""
        token = request.query_params.get("token")
        if token is not None:
            return self._sign_in(request, token)
        try:
            actor = self.callers.actor(request)
        except NotAuthenticated as error:
            return _page("sign_in.html", 401, reason=str(error))
        page = await self.catalogue.page(
            order="edited",
            descending=True,
            trashed=False,
            count=PAGE_MAX,
            after=request.query_params.get("after"),
        )
        host = request.headers.get("host", "")
        return _page(
            "library.html",
            200,
            actor=actor,
            documents=page.documents,
            more=page.more,
            when=_when,
            websocket=f"{'wss' if request.url.scheme == 'https' else 'ws'}://{host}",
            needs_token=not self.callers.open_to_all,
            quote=quote,
        )

    def _sign_in(self, request: Request, token: str) -> Response:
        try:
            self.callers.authenticator.actor(token)
        except NotAuthenticated as error:
            return _page("sign_in.html", 401, reason=str(error))
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE,
            token,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return answer


def _page(template: str, status: int, **values: object) -> HTMLResponse:
    return HTMLResponse(
        _templates.get_template(template).render(version=__version__, **values), status
    )


def _when(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")

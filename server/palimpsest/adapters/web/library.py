"""The first page: which documents there are, how to connect a client; and signing in."""

import re
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from palimpsest.adapters.web.callers import COOKIE, Callers
from palimpsest.adapters.web.pages import page
from palimpsest.adapters.web.presence import names_of
from palimpsest.ports import NotAuthenticated
from palimpsest.projections.presence import Presence
from palimpsest.queries.catalogue import CatalogueQueries
from palimpsest.queries.content import ContentQueries

DOCUMENTS_A_PAGE: Final = 50
COOKIE_SECONDS: Final = 30 * 24 * 3600
_OWN_PATH: Final = re.compile(r"/(?![/\\])[!-~]*")


@dataclass(frozen=True, slots=True)
class LibraryRoutes:
    """Handlers of the first page."""

    callers: Callers
    catalogue: CatalogueQueries
    content: ContentQueries
    people: Presence
    writable: bool

    async def library(self, request: Request) -> Response:
        """Show the library; a token in the address becomes a cookie and leaves the address."""
        token = request.query_params.get("token")
        if token is not None:
            return self._sign_in(request, token)
        actor = self.callers.actor(request)
        found = await self.catalogue.page(
            order="edited",
            descending=True,
            trashed=False,
            count=DOCUMENTS_A_PAGE,
            after=request.query_params.get("after"),
        )
        names = [each.document for each in found.documents]
        scheme = "wss" if request.url.scheme == "https" else "ws"
        return page(
            "library.html",
            actor=actor,
            # Else a browser would not say that the form in it is ours.
            headers={"Referrer-Policy": "same-origin"},
            documents=found.documents,
            beginnings=await self.content.beginnings(names),
            people={name: names_of(self.people.in_document(name)) for name in names},
            more=found.more,
            websocket=f"{scheme}://{request.headers.get('host', '')}",
            writable=self.writable,
            needs_token=not self.callers.open_to_all,
        )

    def _sign_in(self, request: Request, token: str) -> Response:
        wanted = request.query_params.get("next", "/")
        after = wanted if _OWN_PATH.fullmatch(wanted) else "/"
        try:
            self.callers.authenticator.actor(token)
        except NotAuthenticated as error:
            return page("sign_in.html", actor=None, status=401, detail=str(error), here=after)
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

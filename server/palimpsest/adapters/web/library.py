"""The first page: the documents there are, or those in the trash; filtered, in an order, in pages.

All of it is whole without JavaScript. With `list` in the address the list alone is told, which is
how the browser's code (static/src/library/) keeps it as it is now.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NamedTuple

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.answers import choice_in, number_in
from palimpsest.adapters.web.bundle import PATH, Bundle
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.pages import name_of, page, with_query
from palimpsest.adapters.web.preferences import tag_at_hand
from palimpsest.adapters.web.presence import names_of
from palimpsest.adapters.web.signing_in import sign_in
from palimpsest.commands.welcome import WELCOME
from palimpsest.domain.access import Actor, Role
from palimpsest.domain.identifiers import is_by_chance
from palimpsest.domain.refusals import DocumentNotFound
from palimpsest.ports import Clock
from palimpsest.projections.presence import Presence
from palimpsest.protocol.guests import NAME_CHARACTERS_MAX
from palimpsest.queries.catalogue import (
    FILTER_CHARACTERS_MAX,
    ORDERS,
    CatalogueQueries,
    DocumentPage,
    DocumentSummary,
    filter_words,
)
from palimpsest.queries.content import Beginning, ContentQueries
from palimpsest.queries.freshness import NotYet
from palimpsest.queries.tables import TablesMissing

DOCUMENTS_A_PAGE: Final = 50
ORDER: Final = "edited"
_NOTHING: Final = Beginning("", "")
_ENDS: Final = ".:;,!?…。؟"


class Row(NamedTuple):
    """One document as the list shows it."""

    summary: DocumentSummary
    title: str
    excerpt: str
    chosen_id: str
    """The id, if somebody chose it and it is not the title already."""

    people: tuple[str, ...]


class Listing(NamedTuple):
    """What is asked for: which documents, in which order, from where on."""

    filter: str
    words: tuple[str, ...]
    order: str
    trash: bool
    after: str | None

    def address(self, **more: object) -> str:
        """Return where this list is, its page left out unless told."""
        order = self.order if self.order != ORDER else ""
        query = {"trash": int(self.trash) or "", "filter": self.filter, "order": order}
        return with_query("/", **(query | more))


@dataclass(frozen=True, slots=True)
class LibraryRoutes:
    """Handlers of the first page."""

    callers: Callers
    catalogue: CatalogueQueries
    content: ContentQueries
    people: Presence
    clock: Clock
    bundle: Bundle
    writable: bool

    async def library(self, request: Request) -> Response:
        """Show the library; a token in the address becomes a cookie and leaves the address."""
        if "token" in request.query_params:
            return sign_in(request, self.callers)
        actor = self.callers.actor(request)
        listing = _listing(request)
        done = await self._done(request.query_params)
        found = await self.catalogue.page(
            order=listing.order,
            descending=listing.order != "title",
            trashed=listing.trash,
            count=DOCUMENTS_A_PAGE,
            after=listing.after,
            words=listing.words,
        )
        shown: dict[str, Any] = {
            "listing": listing,
            "rows": await self._rows(found),
            "more": found.more,
            "may_write": self.writable and actor.role >= Role.EDITOR,
            "renaming": request.query_params.get("rename"),
            "teaches": await self._teaches(found, listing),
        }
        if "list" in request.query_params:
            return self._list(request, actor, shown)
        return self._page(request, actor, shown, done)

    def _list(self, request: Request, actor: Actor, shown: Mapping[str, Any]) -> Response:
        # What only the time changes, the browser says anew by itself.
        tag = f'"{sha256(repr((actor, shown)).encode()).hexdigest()[:32]}"'
        if tag_at_hand(request.headers.getlist("if-none-match"), [tag]):
            return Response(status_code=304, headers={"ETag": tag})
        now = self.clock.milliseconds()
        return page("library_list.html", actor=actor, headers={"ETag": tag}, now=now, **shown)

    def _page(
        self, request: Request, actor: Actor, shown: Mapping[str, Any], done: "Done | None"
    ) -> Response:
        scheme = "wss" if request.url.scheme == "https" else "ws"
        return page(
            "library.html",
            actor=actor,
            # Else a browser would not say that the forms in it are ours.
            headers={"Referrer-Policy": "same-origin"},
            now=self.clock.milliseconds(),
            done=done,
            bundle=self.bundle,
            path=PATH,
            filter_characters_max=FILTER_CHARACTERS_MAX,
            name_characters_max=NAME_CHARACTERS_MAX,
            websocket=f"{scheme}://{request.headers.get('host', '')}",
            writable=self.writable,
            needs_token=not self.callers.open_to_all,
            **shown,
        )

    async def _rows(self, found: DocumentPage) -> list[Row]:
        beginnings = await self.content.beginnings([each.document for each in found.documents])
        return [
            _row(
                each,
                beginnings.get(each.document, _NOTHING),
                names_of(self.people.in_document(each.document)),
            )
            for each in found.documents
        ]

    async def _teaches(self, found: DocumentPage, listing: Listing) -> bool:
        """Tell whether the page that teaches is worth offering: nothing is there, nor was it."""
        if found.documents or listing.trash or listing.words or listing.after:
            return False
        try:
            await self.catalogue.document(WELCOME)
        except (DocumentNotFound, NotYet, TablesMissing):
            return True
        return False

    async def _done(self, query: QueryParams) -> "Done | None":
        """Return what a form just did, once the list shows it, as far as one waits for that."""
        document, version = query.get("document", ""), query.get("version", "")
        if not (document and version.isdecimal() and len(version) < len(str(2**53))):
            return None
        with suppress(DocumentNotFound, NotYet, TablesMissing):
            summary = await self.catalogue.document(document, min_version=int(version))
            beginning = (await self.content.beginnings([document])).get(document, _NOTHING)
            return Done(query.get("done", ""), _row(summary, beginning, []))
        return None


class Done(NamedTuple):
    """What a form did: "trash" or "restore"; to which document."""

    name: str
    row: Row


def _listing(request: Request) -> Listing:
    query = request.query_params
    text = " ".join(query.get("filter", "").split())
    return Listing(
        text,
        filter_words(text),
        choice_in(request, "order", ORDERS, ORDER),
        bool(number_in(request, "trash", 0, 1)),
        query.get("after"),
    )


def _row(summary: DocumentSummary, beginning: Beginning, people: list[str]) -> Row:
    by_chance = is_by_chance(summary.document)
    title = summary.title or beginning.title or name_of(summary.document)
    excerpt = beginning.excerpt
    if summary.title and beginning.title and beginning.title != summary.title:
        # Its first line is not above it.
        ends = beginning.title[-1] in _ENDS or not excerpt
        excerpt = f"{beginning.title}{' ' if ends else ' – '}{excerpt}".rstrip()
    chosen_id = "" if by_chance or title == summary.document else summary.document
    return Row(summary, title, excerpt, chosen_id, tuple(people))

"""The reader's page: a document as it is written, or as it was; whole without JavaScript."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.answers import VERSION_HEADER, document_in, number_in
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.errors import BadRequest
from palimpsest.adapters.web.history import HISTORY_ROLE
from palimpsest.adapters.web.pages import POLICY, name_of, page
from palimpsest.adapters.web.presence import names_of
from palimpsest.content.html_outline import headings
from palimpsest.content.outline import Heading
from palimpsest.domain.access import Role
from palimpsest.ports import Clock
from palimpsest.projections.presence import Presence
from palimpsest.queries.catalogue import CatalogueQueries, DocumentSummary
from palimpsest.queries.content import Content, ContentQueries
from palimpsest.queries.events import EventQueries, LoggedEvent, Wanted

BEHIND_SECONDS: Final = 5
"""How old an edit may be that is not shown yet without being spoken of."""

OUTLINE_HEADINGS_MIN: Final = 3

PEOPLE_SHOWN_MAX: Final = 8
"""How many are named; assets/reader.js names as many."""

READER_POLICY: Final = POLICY.replace("img-src 'self'", "img-src 'self' https: data:")
"""Documents show pictures from elsewhere."""


class Standing(NamedTuple):
    """What is shown of a document: the event that made it so, and what came since."""

    last: LoggedEvent
    newest: int
    behind: bool


@dataclass(frozen=True, slots=True)
class ReaderRoutes:
    """Handlers of the reader's page."""

    callers: Callers
    content: ContentQueries
    catalogue: CatalogueQueries
    log: EventQueries
    people: Presence
    clock: Clock
    writable: bool

    async def read(self, request: Request) -> Response:
        """Show a document: ?version=N, or the newest and ?min_version=N at least."""
        version = number_in(request, "version")
        actor = self.callers.actor(request, Role.READER if version is None else HISTORY_ROLE)
        document = document_in(request)
        content = await self._find(request, document, version)
        summary = await self.catalogue.document(document)
        standing = await self._standing(content)
        people = names_of(self.people.in_document(document))
        outline = headings(content.rendering.html)
        return page(
            "reader.html",
            actor=actor,
            headers={
                "Content-Security-Policy": READER_POLICY,
                VERSION_HEADER: str(content.version),
            },
            content=content,
            summary=summary,
            standing=standing,
            past=version is not None,
            title=summary.title or content.rendering.title or name_of(document),
            heading=_own_heading(content, summary, outline),
            outline=outline if len(outline) >= OUTLINE_HEADINGS_MIN else (),
            headings_min=OUTLINE_HEADINGS_MIN,
            people=people[:PEOPLE_SHOWN_MAX],
            people_more=max(0, len(people) - PEOPLE_SHOWN_MAX),
            may_write=self.writable and actor.role >= Role.EDITOR,
            sees_history=actor.role >= HISTORY_ROLE,
        )

    async def _find(self, request: Request, document: str, version: int | None) -> Content:
        if version is None:
            min_version = number_in(request, "min_version", 0) or 0
            return await self.content.newest(document, min_version=min_version)
        if version == 0:
            raise BadRequest("Versions begin with 1.")
        return await self.content.at(document, version)

    async def _standing(self, content: Content) -> Standing:
        document, shown = content.document, content.version
        # The event that made the version, behind the one that followed, if there is one.
        found = await self.log.page(Wanted(document=document), count=2, before=shown + 2)
        following = found.events[0]
        if following.version == shown:
            return Standing(following, shown, behind=False)
        age = (self.clock.milliseconds() - following.time) / 1000
        newest = await self.log.version(document)
        return Standing(found.events[1], newest, behind=age >= BEHIND_SECONDS)


def _own_heading(content: Content, summary: DocumentSummary, outline: Sequence[Heading]) -> str:
    """Return whether the page needs a heading beside the text's own: "shown", "spoken" or ""."""
    said = content.rendering.title
    if not said or (summary.title and summary.title != said):
        return "shown"
    return "" if outline and outline[0].level == 1 and outline[0].text == said else "spoken"

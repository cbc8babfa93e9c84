"""A document's history as a page: runs of edits by day, and what else was done, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from math import sqrt
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.answers import document_in, number_in
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.history import HISTORY_ROLE
from palimpsest.adapters.web.pages import name_of, page
from palimpsest.projections.history import EDITS
from palimpsest.queries.catalogue import CatalogueQueries
from palimpsest.queries.content import ContentQueries
from palimpsest.queries.history import HistoryEntry, HistoryQueries

ENTRIES_A_PAGE: Final = 50
BAR_WIDTH: Final = 100
_DAY_MILLISECONDS: Final = 24 * 3600 * 1000

DEEDS: Final = {
    "document_created.v1": "created the document",
    "document_renamed.v1": "changed the title",
    "document_trashed.v1": "moved the document to the trash",
    "document_restored.v1": "brought the document back from the trash",
    "quarantine_imposed.v1": "made the document read-only, for safety",
    "quarantine_lifted.v1": "allowed writing again",
}
"""What the events that are no edits say of whoever did it."""


class Line(NamedTuple):
    """An entry as the page shows it; `deed` is empty for edits, bars are of BAR_WIDTH at most."""

    entry: HistoryEntry
    deed: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The handler of a document's history page."""

    callers: Callers
    entries: HistoryQueries
    catalogue: CatalogueQueries
    content: ContentQueries

    async def show(self, request: Request) -> Response:
        """Show the runs of edits, newest first: ?before=VERSION."""
        actor = self.callers.actor(request, HISTORY_ROLE)
        document = document_in(request)
        before = number_in(request, "before")
        found = await self.entries.page(document, count=ENTRIES_A_PAGE, before=before)
        summary = await self.catalogue.document(document)
        beginning = (await self.content.beginnings([document])).get(document)
        return page(
            "history.html",
            actor=actor,
            document=document,
            title=summary.title or (beginning.title if beginning else "") or name_of(document),
            version=found.version,
            days=[(day, list(lines)) for day, lines in groupby(_lines(found.entries), _day)],
            before=found.before,
            continues=before is not None,
        )


def _day(line: Line) -> int:
    """Return when the day began, in UTC, on which the entry ended."""
    return line.entry.ended_at // _DAY_MILLISECONDS * _DAY_MILLISECONDS


def _lines(entries: list[HistoryEntry]) -> Iterator[Line]:
    most = max((entry.added + entry.removed for entry in entries), default=0) or 1
    for entry in entries:
        deed = "" if entry.kind == EDITS else DEEDS.get(entry.kind, _spelled(entry.kind))
        # By the square root, so that beside one large paste a sentence can still be seen.
        length = BAR_WIDTH * sqrt((entry.added + entry.removed) / most)
        added = round(length * entry.added / (entry.added + entry.removed or 1))
        yield Line(entry, deed, added, round(length) - added)


def _spelled(kind: str) -> str:
    """Return an event's kind as words, for one that this page knows nothing of."""
    return kind.partition(".")[0].replace("_", " ")

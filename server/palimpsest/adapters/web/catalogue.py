"""The documents there are, over HTTP: a page of the list, or one of them."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.answers import (
    choice_in,
    count_in,
    document_in,
    json_answer,
    number_in,
)
from palimpsest.adapters.web.callers import Callers
from palimpsest.queries.catalogue import (
    ORDERS,
    PAGE_MAX,
    CatalogueQueries,
    DocumentSummary,
    filter_words,
)

DIRECTIONS = {"asc": False, "desc": True}


@dataclass(frozen=True, slots=True)
class CatalogueRoutes:
    """Handlers that read /api/documents."""

    callers: Callers
    catalogue: CatalogueQueries

    async def list(self, request: Request) -> Response:
        """List documents: ?filter=, ?sort=, ?direction=, ?limit=, ?after=, ?trashed=."""
        self.callers.actor(request)
        order = choice_in(request, "sort", ORDERS, "edited")
        direction = choice_in(
            request, "direction", DIRECTIONS, "asc" if order == "title" else "desc"
        )
        page = await self.catalogue.page(
            order=order,
            descending=DIRECTIONS[direction],
            trashed=request.query_params.get("trashed") in {"true", "1"},
            count=count_in(request, PAGE_MAX),
            after=request.query_params.get("after"),
            words=filter_words(request.query_params.get("filter", "")),
        )
        return json_answer(
            {"documents": [shown(each) for each in page.documents], "after": page.more}
        )

    async def show(self, request: Request) -> Response:
        """Tell what there is to know of a document, as of ?min_version= at least."""
        self.callers.actor(request)
        summary = await self.catalogue.document(
            document_in(request), min_version=number_in(request, "min_version", 0) or 0
        )
        return json_answer(shown(summary), version=summary.version)


def shown(summary: DocumentSummary) -> dict[str, Any]:
    """Return a summary as JSON has it."""
    return {
        "id": summary.document,
        "title": summary.title,
        "version": summary.version,
        "lineage": summary.lineage,
        "created_at": summary.created_at,
        "edited_at": summary.edited_at,
        "edited_by": summary.edited_by,
        "trashed": summary.trashed,
        "quarantine": summary.quarantine or None,
    }

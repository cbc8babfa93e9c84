"""The page on which a document is written: nearly empty, for the browser's code makes the rest."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from palimpsest.adapters.web.answers import document_in, number_in
from palimpsest.adapters.web.bundle import PATH, Bundle
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.pages import document_address, page
from palimpsest.domain.access import Role
from palimpsest.domain.refusals import DocumentNotFound
from palimpsest.limits import Limits
from palimpsest.queries.catalogue import CatalogueQueries

EDITOR_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: blob: data:;"
    " connect-src 'self'; font-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class EditorRoutes:
    """Handlers of the editor's page."""

    callers: Callers
    catalogue: CatalogueQueries
    bundle: Bundle
    limits: Limits

    async def edit(self, request: Request) -> Response:
        """Show the editor, as of ?min_version=N at least; who may only read is led to reading."""
        actor = self.callers.actor(request)
        document = document_in(request)
        if actor.role < Role.EDITOR:
            return RedirectResponse(document_address(document, "read"), 303)
        try:
            summary = await self.catalogue.document(
                document, min_version=number_in(request, "min_version", 0) or 0
            )
        except DocumentNotFound:
            summary = None
        return page(
            "editor.html",
            actor=actor,
            status=404 if summary is None else 200,
            headers={"Content-Security-Policy": EDITOR_POLICY},
            document=document,
            summary=summary,
            bundle=self.bundle,
            limits=self.limits,
            path=PATH,
        )

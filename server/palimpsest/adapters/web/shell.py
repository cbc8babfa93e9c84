"""What a browser keeps to open documents without a network: a page of none, a service worker.

Both are the same for everybody, so that nothing of anybody is kept with them.
"""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.bundle import PATH, WORKER, Bundle
from palimpsest.adapters.web.editor import EDITOR_POLICY
from palimpsest.adapters.web.pages import page
from palimpsest.limits import Limits


@dataclass(frozen=True, slots=True)
class ShellRoutes:
    """Handlers of what is kept."""

    bundle: Bundle
    limits: Limits

    async def offline(self, request: Request) -> Response:  # noqa: ARG002
        """Show the page that finds out in the browser which document it is of."""
        return page(
            "editor.html",
            actor=None,
            headers={"Content-Security-Policy": EDITOR_POLICY},
            document="",
            summary=None,
            bundle=self.bundle,
            limits=self.limits,
            path=PATH,
        )

    async def worker(self, request: Request) -> Response:  # noqa: ARG002
        """Tell the service worker; with the edition in it, a new one is noticed."""
        worker = self.bundle.files.get(WORKER)
        if worker is None:
            raise HTTPException(404)
        script = f'const edition = "{self.bundle.edition}";\n'.encode() + worker.plain
        headers = {"Cache-Control": "no-cache"}
        return Response(script, headers=headers, media_type=worker.media_type)

"""Files of documents over HTTP: sent by who writes, shown to who reads.

A browser shows pictures, and saves anything else: what a file is, its bytes say, never its sender.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response

from palimpsest.adapters.web.answers import document_in, json_answer, whole_number
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.errors import problem
from palimpsest.adapters.web.pages import document_address
from palimpsest.adapters.web.preferences import tag_at_hand
from palimpsest.commands.files import FileKeeping
from palimpsest.content.files import ANYTHING, PDF, PICTURES, KeptFile
from palimpsest.domain.access import Role
from palimpsest.domain.identifiers import DocumentId
from palimpsest.domain.refusals import FileTooLarge
from palimpsest.limits import Limits
from palimpsest.queries.files import Files

FILE_POLICY: Final = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
"""A file opened by itself runs nothing, loads nothing, and belongs to nobody."""

_MEDIA_TYPES: Final = PICTURES | {kind.suffix: kind.media_type for kind in (PDF, ANYTHING)}


@dataclass(frozen=True, slots=True)
class FileRoutes:
    """The handler that shows files."""

    callers: Callers
    files: Files

    async def show(self, request: Request) -> Response:
        """Tell a file; under its name there is never another content."""
        self.callers.actor(request)
        name = request.path_params["name"]
        path = await self.files.find(document_in(request), name)
        if path is None:
            raise HTTPException(404)
        digest, _, suffix = name.partition(".")
        headers = {
            "Cache-Control": "private, max-age=31536000, immutable",
            "Content-Disposition": "inline" if suffix in PICTURES else "attachment",
            "Content-Security-Policy": FILE_POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
            "ETag": f'"{digest}"',
        }
        if tag_at_hand(request.headers.getlist("if-none-match"), (headers["ETag"],)):
            return Response(status_code=304, headers=headers)
        return FileResponse(path, headers=headers, media_type=_MEDIA_TYPES[suffix])


@dataclass(slots=True)
class UploadRoutes:
    """The handler that takes in files."""

    callers: Callers
    keeping: FileKeeping
    limits: Limits
    _arriving: int = field(default=0, init=False)

    async def keep(self, request: Request) -> Response:
        """Keep what the body is, as a file of the document; answer with its address."""
        actor = self.callers.actor(request, Role.EDITOR)
        document = document_in(request)
        if request.headers.get("content-type", "").startswith("multipart/"):
            return problem(415, "Unsupported media type", "The body should be the file itself.")
        size = whole_number(request.headers.get("content-length", "0"))
        if size is None or size > self.limits.file_bytes_max:
            raise FileTooLarge(f"A file may have {self.limits.file_bytes_max:,} bytes here.")
        if self._arriving >= self.limits.uploads_max:
            detail = "Many files are arriving just now; try again in a moment."
            return problem(503, "Too busy", detail, {"Retry-After": "2"})
        self._arriving += 1
        try:
            async with asyncio.timeout(self.limits.upload_seconds_max):
                file = await self.keeping.keep(document, actor, _body(request))
        except TimeoutError:
            detail = f"The file took longer than {self.limits.upload_seconds_max} seconds."
            return problem(408, "Request timeout", detail, {"Connection": "close"})
        except ClientDisconnect:
            return Response(status_code=400)  # Nobody hears it.
        finally:
            self._arriving -= 1
        return json_answer(_shown(document, file), 201 if file.is_new else 200)


async def _body(request: Request) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        yield chunk


def _shown(document: DocumentId, file: KeptFile) -> dict[str, str | int]:
    shown: dict[str, str | int] = {
        "src": document_address(document, f"files/{file.name}"),
        "size": file.size,
        "type": file.kind.media_type,
    }
    if file.kind.is_picture:
        shown |= {"width": file.kind.width, "height": file.kind.height}
    return shown

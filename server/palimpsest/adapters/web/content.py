"""What a document says, over HTTP: the newest version or any other, in the form asked for."""

import gzip
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.answers import VERSION_HEADER, document_in, number_in
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.errors import BadRequest, problem
from palimpsest.adapters.web.history import HISTORY_ROLE
from palimpsest.content.rendering import RENDERER, Rendering
from palimpsest.queries.content import Content, ContentQueries
from palimpsest.queries.events import EventQueries

COMPRESSED_BYTES_MIN = 1024
BODIES_KEPT = 2000

HTML_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'; sandbox"
)
"""A page opened by itself runs nothing, and belongs to nobody."""


class Form(NamedTuple):
    """A form in which content is told."""

    suffix: str
    media_type: str


FORMS: Mapping[str, Form] = {
    "html": Form("html", "text/html; charset=utf-8"),
    "md": Form("md", "text/markdown; charset=utf-8; variant=GFM"),
    "txt": Form("txt", "text/plain; charset=utf-8"),
    "json": Form("json", "application/json"),
    "yjs": Form("yjs", "application/vnd.yjs.update"),
}
"""By the suffix of the address. Without one, `Accept` chooses; the first is told to anybody."""


class _Body(NamedTuple):
    plain: bytes
    compressed: bytes | None


@dataclass(frozen=True, slots=True)
class ContentRoutes:
    """Handlers of a document's content."""

    callers: Callers
    content: ContentQueries
    log: EventQueries
    _bodies: OrderedDict[str, _Body] = field(default_factory=OrderedDict)

    async def show(self, request: Request) -> Response:
        """Tell the content: ?version=N, or the newest and ?min_version=N at least."""
        version = number_in(request, "version")
        # What a document was is its history.
        if version is None:
            self.callers.actor(request)
        else:
            self.callers.actor(request, HISTORY_ROLE)
        form = _form(request)
        if form is None:
            return problem(406, "Not acceptable", f"There is {', '.join(_media_types())}.")
        if form.suffix == "yjs":
            return await self._encoded(request, version)
        return self._answer(request, await self._find(request, version), form)

    async def _find(self, request: Request, version: int | None) -> Content:
        document = document_in(request)
        if version is None:
            min_version = number_in(request, "min_version", 0) or 0
            return await self.content.newest(document, min_version=min_version)
        if version == 0:
            raise BadRequest("Versions begin with 1.")
        return await self.content.at(document, version)

    async def _encoded(self, request: Request, version: int | None) -> Response:
        document = document_in(request)
        version = version or await self.log.version(document)
        update = await self.content.encoded(document, version)
        headers = {VERSION_HEADER: str(version), "Cache-Control": "private, no-cache"}
        return Response(update, headers=headers, media_type=FORMS["yjs"].media_type)

    def _answer(self, request: Request, content: Content, form: Form) -> Response:
        name = f"{content.document}/{content.lineage}-{content.version}"
        etag = f'"{content.lineage}-{content.version}-{RENDERER}.{form.suffix}"'
        headers = {
            "ETag": etag,
            "Cache-Control": "private, no-cache",
            "Vary": "Accept, Accept-Encoding",
            VERSION_HEADER: str(content.version),
        }
        if content.rendering.truncated:
            headers["Palimpsest-Truncated"] = "true"
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if form.suffix == "html":
            headers["Content-Security-Policy"] = HTML_POLICY
        body = self._body(f"{name}.{form.suffix}", content.rendering, form)
        if body.compressed and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(body.compressed, headers=headers, media_type=form.media_type)
        return Response(body.plain, headers=headers, media_type=form.media_type)

    def _body(self, name: str, rendering: Rendering, form: Form) -> _Body:
        """Return the bytes of a rendering, encoded and compressed once for all who read it."""
        found = self._bodies.get(name)
        if found is None:
            plain = _text(rendering, form).encode()
            worth_it = len(plain) >= COMPRESSED_BYTES_MIN
            found = _Body(plain, gzip.compress(plain, 6, mtime=0) if worth_it else None)
            self._bodies[name] = found
            if len(self._bodies) > BODIES_KEPT:
                self._bodies.popitem(last=False)
        return found


def _text(rendering: Rendering, form: Form) -> str:
    return {
        "html": rendering.html,
        "md": rendering.markdown,
        "txt": rendering.text,
        "json": rendering.json,
    }[form.suffix]


def _form(request: Request) -> Form | None:
    """Return the form that the address names, or the one that `Accept` likes best."""
    suffix = request.path_params.get("suffix")
    if suffix is not None:
        if suffix not in FORMS:
            raise BadRequest(f"There is .{suffix} of nothing; there are .{', .'.join(FORMS)}.")
        return FORMS[suffix]
    accept = request.headers.get("accept", "*/*")
    return max(
        (form for form in FORMS.values() if _liking(accept, form) > 0),
        key=lambda form: _liking(accept, form),
        default=None,
    )


def _liking(accept: str, form: Form) -> float:
    """Return how much an Accept header likes a form, from 0 to 1 (RFC 9110, section 12.5.1)."""
    media_type = form.media_type.partition(";")[0]
    likings: dict[str, float] = {}
    for item in accept.split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        try:
            likings[name.lower()] = float(quality)
        except ValueError:
            continue
    general = f"{media_type.partition('/')[0]}/*"
    return next((likings[each] for each in (media_type, general, "*/*") if each in likings), 0.0)


def _media_types() -> list[str]:
    return [form.media_type.partition(";")[0] for form in FORMS.values()]

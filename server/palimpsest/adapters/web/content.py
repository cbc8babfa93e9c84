"""What a document says, over HTTP: the newest version or any other, in the form asked for."""

import gzip
from collections.abc import Mapping
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.answers import VERSION_HEADER, document_in, number_in
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.errors import BadRequest, problem
from palimpsest.adapters.web.history import HISTORY_ROLE
from palimpsest.adapters.web.preferences import liking, likings, tag_at_hand, takes_gzip
from palimpsest.content.rendering import RENDERER, Rendering
from palimpsest.domain.access import Role
from palimpsest.limits import Limits
from palimpsest.queries.content import Content, ContentQueries
from palimpsest.queries.events import EventQueries
from palimpsest.queries.freshness import NotYet
from palimpsest.queries.kept import Kept

COMPRESSED_BYTES_MIN = 1024

HTML_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'; sandbox"
)
"""A page opened by itself runs nothing, and belongs to nobody."""


class Form(NamedTuple):
    """A form in which content is told."""

    suffix: str
    media_type: str

    @property
    def name(self) -> str:
        """Return the media type without its parameters."""
        return self.media_type.partition(";")[0]


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


class ContentRoutes:
    """Handlers of a document's content."""

    def __init__(
        self, callers: Callers, content: ContentQueries, log: EventQueries, limits: Limits
    ) -> None:
        self._callers = callers
        self._content = content
        self._log = log
        self._bodies: Kept[str, _Body] = Kept(limits.snapshots_bytes_max)

    async def show(self, request: Request) -> Response:
        """Tell the content: ?version=N, or the newest and ?min_version=N at least."""
        version = number_in(request, "version")
        # What a document was is its history.
        self._callers.actor(request, Role.READER if version is None else HISTORY_ROLE)
        if version == 0:
            raise BadRequest("Versions begin with 1.")
        min_version = number_in(request, "min_version", 0) or 0
        form = _form(request)
        if form is None:
            return problem(406, "Not acceptable", f"There is {', '.join(_media_types())}.")
        document = document_in(request)
        if form.suffix == "yjs":
            return await self._encoded(document, version, min_version)
        if version is None:
            content = await self._content.newest(document, min_version=min_version)
            request.state.content = content  # Who asks the same again is answered by `ready`.
        else:
            content = await self._content.at(document, version)
        return self._answer(request, content, form)

    async def _encoded(self, document: str, version: int | None, min_version: int) -> Response:
        if version is None:
            # The log has everything that anybody was told of.
            version = await self._log.version(document)
            if 0 < version < min_version:
                raise NotYet(version, min_version)
        update = await self._content.encoded(document, version)
        headers = {
            VERSION_HEADER: str(version),
            "Cache-Control": "private, no-cache",
            "Vary": "Accept",
        }
        return Response(update, headers=headers, media_type=FORMS["yjs"].media_type)

    def _answer(self, request: Request, content: Content, form: Form) -> Response:
        name = f"{content.lineage}-{content.version}-{RENDERER}.{form.suffix}"
        plain, compressed = f'"{name}"', f'"{name}-gzip"'
        headers = {
            "ETag": plain,
            "Cache-Control": "private, no-cache",
            "Vary": "Accept, Accept-Encoding",
            VERSION_HEADER: str(content.version),
        }
        if content.rendering.truncated:
            headers["Palimpsest-Truncated"] = "true"
        at_hand = tag_at_hand(request.headers.getlist("if-none-match"), (plain, compressed))
        if at_hand is not None:
            return Response(status_code=304, headers=headers | {"ETag": at_hand})
        if form.suffix == "html":
            headers["Content-Security-Policy"] = HTML_POLICY
        body = self._body(f"{content.document}/{name}", content.rendering, form)
        if body.compressed and takes_gzip(request.headers.getlist("accept-encoding")):
            headers |= {"Content-Encoding": "gzip", "ETag": compressed}
            return Response(body.compressed, headers=headers, media_type=form.media_type)
        return Response(body.plain, headers=headers, media_type=form.media_type)

    def _body(self, name: str, rendering: Rendering, form: Form) -> _Body:
        """Return the bytes of a rendering, encoded and compressed once for all who read it."""
        found = self._bodies.get(name)
        if found is None:
            plain = _text(rendering, form).encode()
            worth_it = len(plain) >= COMPRESSED_BYTES_MIN
            found = _Body(plain, gzip.compress(plain, 6, mtime=0) if worth_it else None)
            self._bodies.put(name, found, len(plain) + len(found.compressed or b""))
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
    liked = likings(request.headers.getlist("accept") or ["*/*"])
    best = max(FORMS.values(), key=lambda form: liking(liked, form.name))
    return best if liking(liked, best.name) > 0 else None


def _media_types() -> list[str]:
    return [form.name for form in FORMS.values()]

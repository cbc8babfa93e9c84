"""What all pages are made of: templates, words and times, and the policy that they live under.

No page needs JavaScript, and none has any in it, nor styles: the policy allows files alone.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, unquote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from palimpsest import __version__
from palimpsest.adapters.web import assets
from palimpsest.content.folding import places
from palimpsest.domain.access import Actor, Role
from palimpsest.domain.identifiers import is_by_chance

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of every answer that does not say another."""

HUES: Final = 8
"""In how many colours people are shown, beside their names."""

UNTITLED: Final = "Untitled"


def page(
    template: str,
    *,
    actor: Actor | None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """Return a page for somebody, who may not be known; it is to be asked for each time."""
    html = _templates.get_template(template).render(actor=actor, status=status, **values)
    return HTMLResponse(html, status, {"Cache-Control": "private, no-cache"} | (headers or {}))


def asks_for_a_page(request: Request) -> bool:
    """Whether a person's browser asks, and wants to read the answer as a page."""
    is_page = not request.url.path.startswith("/api/")
    return is_page and "text/html" in request.headers.get("accept", "")


def error_page(
    request: Request, status: int, title: str, detail: str, headers: dict[str, str] | None
) -> HTMLResponse:
    """Return a page that says what is wrong, and what to do about it."""
    here = request.scope["path"]
    if request.url.query:
        here += f"?{request.url.query}"
    return page(
        "sign_in.html" if status == 401 else "error.html",  # noqa: PLR2004
        actor=None,
        status=status,
        headers=headers,
        title=title,
        detail=detail,
        here=here,
        document=unquote(request.path_params.get("document", "")),
    )


def document_address(document: str, name: str = "", **query: object) -> str:
    """Return the address of one of a document's pages: the one to write in has no name."""
    path = f"/documents/{quote(document, safe='')}"
    return with_query(f"{path}/{name}" if name else path, **query)


def with_query(path: str, **query: object) -> str:
    """Return an address with those parameters that are something."""
    pairs = [
        f"{name}={quote(str(value), safe='')}"
        for name, value in query.items()
        if value not in {None, ""}
    ]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def name_of(document: str) -> str:
    """Return how a document is called that has no title and says nothing yet."""
    return UNTITLED if is_by_chance(document) else document


def hue(name: str) -> int:
    """Return which colour somebody is shown in; assets/reader.js counts alike."""
    number = 7
    for letter in name:
        number = (number * 31 + ord(letter)) % 997
    return number % HUES


def _moment(milliseconds: int, show: str = "moment") -> Markup:
    """Return a time as a person reads it, in UTC; assets/times.js makes it local."""
    time = datetime.fromtimestamp(milliseconds / 1000, UTC)
    text = {
        "moment": f"{time.day} {time:%B %Y, %H:%M} UTC",
        "clock": f"{time:%H:%M}",
        "day": f"{time:%A}, {time.day} {time:%B %Y}",
        "exact": f"{time:%Y-%m-%d %H:%M:%S}",
    }[show]
    stamp = time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Markup('<time datetime="{}" data-show="{}">{}</time>').format(stamp, show, text)


def ago(then: int, now: int) -> Markup:
    """Return how long ago something was; the browser's code (library/ago.ts) says it alike."""
    time = datetime.fromtimestamp(then / 1000, UTC)
    stamp = time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Markup('<time datetime="{}" data-show="ago" title="{}">{}</time>').format(
        stamp, f"{time.day} {time:%B %Y, %H:%M:%S} UTC", _since(time, now)
    )


def _since(time: datetime, now: int) -> str:
    seconds = now / 1000 - time.timestamp()
    for name, length, below in _UNITS:
        count = int(seconds / length + 0.5)
        if count < below:
            return "just now" if name == "second" else f"{_counted(count, name)} ago"
    year = "" if time.year == datetime.fromtimestamp(now / 1000, UTC).year else f" {time.year}"
    return f"{time.day} {time:%B}{year}"


_UNITS: Final = (("second", 1, 45), ("minute", 60, 60), ("hour", 3600, 24), ("day", 86400, 8))


def marked(text: str, words: Sequence[str]) -> Markup:
    """Return a text in which words that were looked for stand out."""
    parts, behind = [], 0
    for start, end in places(text, words):
        parts.append(Markup("{}<mark>{}</mark>").format(text[behind:start], text[start:end]))
        behind = end
    return Markup("").join([*parts, text[behind:]])


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _templates_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"moment": _moment, "counted": _counted, "hue": hue, "ago": ago}
    environment.filters |= {"marked": marked}
    environment.globals |= {
        "asset": assets.address,
        "document_address": document_address,
        "with_query": with_query,
        "product_version": __version__,
        "Role": Role,
    }
    return environment


_templates: Final = _templates_environment()

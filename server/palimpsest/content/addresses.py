"""Which addresses a page may lead to or show: schemes by list, however they are disguised."""

import re
from html import unescape
from urllib.parse import quote, unquote

_LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_IMAGE_SCHEMES = frozenset({"http", "https"})
_IMAGE_DATA = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]*={0,2}", re.I)

# Browsers take tabs, newlines and outer spaces out of an address before they look at it.
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"\s")
# What is before the first colon, unless that stands in a path, a query or a fragment.
_SCHEME = re.compile(r"[^:/?#]*(?=:)")


def link(address: str) -> str | None:
    """Return the address as it may stand in a link, or None if it may not."""
    return _allowed(_tidy(address), _LINK_SCHEMES)


def image(address: str) -> str | None:
    """Return the address as it may stand in a picture, or None if it may not."""
    address = _tidy(address)
    if _IMAGE_DATA.fullmatch(address):
        return address
    return _allowed(address, _IMAGE_SCHEMES)


def _tidy(address: str) -> str:
    return _SPACE.sub(_percent, _CONTROL.sub("", address).strip())


def _percent(space: re.Match[str]) -> str:
    return quote(space.group())


def _allowed(address: str, schemes: frozenset[str]) -> str | None:
    # Whoever takes the page further may decode once more than should be.
    readings = (address, unescape(address), unquote(address))
    return address if address and all(_has_scheme_of(r, schemes) for r in readings) else None


def _has_scheme_of(address: str, schemes: frozenset[str]) -> bool:
    scheme = _SCHEME.match(_CONTROL.sub("", address).strip())
    return scheme is None or scheme.group().lower() in schemes

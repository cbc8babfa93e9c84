"""Which web pages may speak to the server: its own, and on loopback those of this machine."""

from functools import lru_cache
from urllib.parse import urlsplit

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@lru_cache(maxsize=100)
def host_of(authority: str) -> str:
    """Return the host of a Host header's value, without port and brackets; "" if it has none."""
    try:
        return urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return ""


def is_own_origin(origin: str | None, host: str | None) -> bool:
    """Tell whether a request comes from a page of this server; `host` is the Host header.

    Programs send no Origin and pass; a page of another site does not (RFC 6455, section 10.2).
    """
    return origin is None or _authority(origin) == host


def is_trusted_without_token(origin: str | None, host: str | None, *, loopback_only: bool) -> bool:
    """Tell whether a request may act with no token at all, as with `--auth none`.

    With `loopback_only` the server must have been called by a loopback name: another site can
    point a name of its own at it (DNS rebinding). Then any page of this machine may call.
    """
    if not loopback_only:
        return is_own_origin(origin, host)
    if host_of(host or "") not in LOOPBACK_HOSTS:
        return False
    return origin is None or _host(origin) in LOOPBACK_HOSTS


def _authority(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _host(origin: str) -> str:
    return host_of(_authority(origin))

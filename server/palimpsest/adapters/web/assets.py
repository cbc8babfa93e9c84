"""What pages are dressed in and made live by: style sheets, scripts and the icon, from memory.

Their addresses hold a digest of all of them, so that a browser may keep them for good, and a
script finds the others beside it. Under any other digest they are told as they are now, and are
not kept.
"""

import gzip
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

FOLDER: Final = Path(__file__).parent / "assets"
MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOR_GOOD: Final = "public, max-age=31536000, immutable"


class _Asset(NamedTuple):
    media_type: str
    plain: bytes
    compressed: bytes


def _load(path: Path) -> _Asset:
    plain = path.read_bytes()
    return _Asset(MEDIA_TYPES[path.suffix], plain, gzip.compress(plain, 9, mtime=0))


_ASSETS: Final = {
    path.name: _load(path) for path in sorted(FOLDER.iterdir()) if path.suffix in MEDIA_TYPES
}
DIGEST: Final = sha256(b"".join(asset.plain for asset in _ASSETS.values())).hexdigest()[:16]


def address(name: str) -> str:
    """Return where a browser finds an asset; a name that there is none of is a mistake."""
    assert name in _ASSETS, name
    return f"/assets/{DIGEST}/{name}"


async def show(request: Request) -> Response:
    """Tell an asset."""
    asset = _ASSETS.get(request.path_params["name"])
    if asset is None:
        raise HTTPException(404)
    current = request.path_params.get("digest") == DIGEST
    etag = f'"{DIGEST}"'
    headers = {
        "Cache-Control": FOR_GOOD if current else "no-cache",
        "ETag": etag,
        "Vary": "Accept-Encoding",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.compressed, headers=headers, media_type=asset.media_type)
    return Response(asset.plain, headers=headers, media_type=asset.media_type)

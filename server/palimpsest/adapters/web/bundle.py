"""The browser's code, as `static/build.mjs` built it: found, looked at for its age, served.

A wheel has it inside the package; a checkout has it where the browser's code is, and beside its
sources, so that one can tell whether it was made from them.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.assets import DIGEST, FOR_GOOD, MEDIA_TYPES
from palimpsest.adapters.web.stamp import stamp_of_sources

_PACKAGE: Final = Path(__file__).parents[2]
PACKAGED: Final = _PACKAGE / "static"
CHECKOUT: Final = _PACKAGE.parents[1] / "static"

PATH: Final = "/static"
WORKER: Final = "sw.js"
"""The service worker, which is served at the root: it may answer for what lies below it alone."""

_ENCODINGS: Final = {"br": ".br", "gzip": ".gz"}
"""The best first."""

MISSING: Final = "The editor was not built: run `make web`."
STALE: Final = "The editor is older than its sources: run `make web`."


class _File(NamedTuple):
    media_type: str
    plain: bytes
    encoded: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was built: files by name, and which of them pages load."""

    files: dict[str, _File]
    script: str
    style: str
    ahead: tuple[str, ...]
    """Scripts that are needed soon, and may be fetched meanwhile."""

    complaint: str = ""
    """What is wrong with it, if anything is, and what helps."""

    library: tuple[str, ...] = ()
    """What the first page loads: its script, and what that imports."""

    @property
    def edition(self) -> str:
        """A digest of all that pages are made of; files are named by what is in them."""
        worker = self.files.get(WORKER)
        names = [DIGEST, *sorted(self.files), worker.plain.decode() if worker else ""]
        return sha256("\n".join(names).encode()).hexdigest()[:16]

    async def show(self, request: Request) -> Response:
        """Tell a file; its name has a digest of its content."""
        file = self.files.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        headers = {"Cache-Control": FOR_GOOD, "Vary": "Accept-Encoding"}
        accepted = request.headers.get("accept-encoding", "")
        for encoding, content in file.encoded.items():
            if encoding in accepted:
                headers["Content-Encoding"] = encoding
                return Response(content, headers=headers, media_type=file.media_type)
        return Response(file.plain, headers=headers, media_type=file.media_type)


def load(packaged: Path = PACKAGED, checkout: Path = CHECKOUT) -> Bundle:
    """Return what was built, or an empty bundle that says what is missing."""
    if packaged.is_dir():
        return _read(packaged, "")
    built = checkout / "dist"
    if not (built / "manifest.json").is_file():
        return Bundle({}, "", "", (), MISSING)
    stamp = (built / ".stamp").read_text()
    return _read(built, "" if stamp == stamp_of_sources(checkout) else STALE)


def _read(folder: Path, complaint: str) -> Bundle:
    manifest = json.loads((folder / "manifest.json").read_text())
    files = {
        path.name: _file(path) for path in sorted(folder.iterdir()) if path.suffix in MEDIA_TYPES
    }
    ahead = tuple(name for name in manifest["shell"] if name != manifest["script"])
    return Bundle(
        files,
        manifest["script"],
        manifest["style"],
        (*ahead, *manifest["editor"]),
        complaint,
        tuple(manifest.get("library", ())),  # What is stale may be older than the page's script.
    )


def _file(path: Path) -> _File:
    variants = {name: path.with_name(path.name + end) for name, end in _ENCODINGS.items()}
    encoded = {name: each.read_bytes() for name, each in variants.items() if each.is_file()}
    return _File(MEDIA_TYPES[path.suffix], path.read_bytes(), encoded)

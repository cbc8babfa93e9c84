"""A digest of what the browser's code is made from. Imports nothing of the package: building does.

`static/build.mjs` writes the same into the bundle.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

SOURCES: Final = ("build.mjs", "package-lock.json", "schema.json", "src")


def stamp_of_sources(folder: Path) -> str:
    """Return the digest of everything that the bundle is made from."""
    paths = [
        path
        for name in SOURCES
        for path in ([folder / name] if "." in name else (folder / name).rglob("*"))
        if path.is_file()
    ]
    lines = sorted(
        f"{path.relative_to(folder).as_posix()} {sha256(path.read_bytes()).hexdigest()}\n"
        for path in paths
    )
    return sha256("".join(lines).encode()).hexdigest()

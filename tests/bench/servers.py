"""The servers that are measured: Palimpsest, its peers from npm and PyPI, and the floor."""

import asyncio
import json
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path

from palimpsest import __version__
from palimpsest.adapters.load.connection import Door
from tests.bench.cpu import PartOf
from tests.bench.rounds import FLOOR, OURS
from tests.harness.server import running_server

FOLDER = Path(__file__).parent
MODULES = FOLDER / "node_modules"
READY_SECONDS_MAX = 20.0
STOP_SECONDS_MAX = 10.0
STEP_SECONDS = 0.02

SOCKETS, ENGINE, BESIDE = "sockets", "engine", "beside"

RATES = ("updates_per_second_max", "update_bytes_per_second_max", "presence_per_second_max")
RATE_MAX = 1_000_000_000

VersionOf = Callable[[str], Awaitable[int]]


class Unavailable(Exception):
    """The server cannot be had here; the message says why."""


@dataclass(frozen=True)
class Contestant:
    """A running server."""

    name: str
    release: str
    pid: int
    door: Door
    part_of: PartOf
    version_of: VersionOf | None = None
    """Tells how many events a document has, where a server counts them."""
    stores: bool = True
    """Whether what was written can be asked for again."""


Start = Callable[[Path], AbstractAsyncContextManager[Contestant]]


@asynccontextmanager
async def palimpsest(folder: Path) -> AsyncIterator[Contestant]:
    """Run Palimpsest as `palimpsest serve --auth none` does, with higher rates.

    Nobody moves a cursor 20 times a second for long; editors who type as fast as they are answered
    do. The peers have no such limits.
    """
    options = [word for name in RATES for word in ("--limit", f"{name}={RATE_MAX}")]
    async with running_server(folder, options=options) as server:
        door = Door(server.port, "/yjs/")
        yield Contestant(OURS, __version__, server.pid, door, palimpsest_part, server.version)


@asynccontextmanager
async def y_websocket(folder: Path) -> AsyncIterator[Contestant]:
    """Run @y/websocket-server with LevelDB, as its documentation starts it."""
    package, port = "@y/websocket-server", free_port()
    _require("y-leveldb")
    environment = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "YPERSISTENCE": str(folder / "database"),
    }
    script = MODULES / package / "src" / "server.js"
    async with _node(folder, package, port, script, environment=environment) as pid:
        yield Contestant(package, _release(package), pid, Door(port, "/"), _whole)


@asynccontextmanager
async def hocuspocus(folder: Path) -> AsyncIterator[Contestant]:
    """Run @hocuspocus/server with its SQLite extension."""
    package, port = "@hocuspocus/server", free_port()
    _require("@hocuspocus/extension-sqlite")
    arguments = (str(port), str(folder / "database.sqlite"))
    async with _node(folder, package, port, FOLDER / "hocuspocus.mjs", *arguments) as pid:
        door = Door(port, "/", is_hocuspocus=True)
        yield Contestant(package, _release(package), pid, door, _whole)


@asynccontextmanager
async def pycrdt_websocket(folder: Path) -> AsyncIterator[Contestant]:
    """Run pycrdt-websocket with its SQLite store."""
    package, port = "pycrdt-websocket", free_port()
    try:
        release = metadata.version(package)
    except metadata.PackageNotFoundError:
        raise Unavailable("it is not installed; pip install --group bench says why") from None
    command = (sys.executable, "-m", "tests.bench.pycrdt_server", str(port))
    async with _process(folder, port, *command, str(folder / "database.sqlite")) as pid:
        yield Contestant(package, release, pid, Door(port, "/"), _whole)


@asynccontextmanager
async def floor(folder: Path, document: Path | None = None) -> AsyncIterator[Contestant]:
    """Run what does nothing but write what it reads, or a file."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.floor", str(port)]
    if document is not None:
        command.append(str(document))
    async with _process(folder, port, *command) as pid:
        yield Contestant(FLOOR, "", pid, Door(port, "/"), _whole, stores=False)


PEERS: tuple[tuple[str, Start], ...] = (
    ("@y/websocket-server", y_websocket),
    ("@hocuspocus/server", hocuspocus),
    ("pycrdt-websocket", pycrdt_websocket),
)
SERVERS: tuple[tuple[str, Start], ...] = ((OURS, palimpsest), *PEERS, (FLOOR, floor))


def floor_of(document: Path) -> tuple[str, Start]:
    """Return the floor of those who ask for a document: the system sends it from a file."""
    return FLOOR, partial(floor, document=document)


def palimpsest_part(command: str) -> str:
    """Tell which process of Palimpsest's a command line is."""
    if "palimpsest.adapters.engine" in command:
        return ENGINE
    return SOCKETS if "palimpsest serve" in command else BESIDE


def _whole(_command: str) -> str:
    return "server"


def _require(package: str) -> str:
    node = shutil.which("node")
    if node is None:
        raise Unavailable("Node is not here")
    if not (MODULES / package / "package.json").exists():
        raise Unavailable(f"{package} is not installed; npm ci --prefix tests/bench says why")
    return node


def _release(package: str) -> str:
    return str(json.loads((MODULES / package / "package.json").read_text())["version"])


@asynccontextmanager
async def _node(
    folder: Path,
    package: str,
    port: int,
    script: Path,
    *arguments: str,
    environment: dict[str, str] | None = None,
) -> AsyncIterator[int]:
    """Run a server in Node from when it listens; yield its process id."""
    node = _require(package)
    settings = {"NODE_ENV": "production"} | (environment or {})
    async with _process(folder, port, node, str(script), *arguments, environment=settings) as pid:
        yield pid


@asynccontextmanager
async def _process(
    folder: Path, port: int, *command: str, environment: dict[str, str] | None = None
) -> AsyncIterator[int]:
    """Run a server from when it listens; yield its process id."""
    log = folder / "server.log"
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *command, env=os.environ | (environment or {}), stdout=file, stderr=file
        )
    try:
        async with asyncio.timeout(READY_SECONDS_MAX):
            while not await listens(port):
                if process.returncode is not None:
                    raise Unavailable(_last_error(log))
                await asyncio.sleep(STEP_SECONDS)
        yield process.pid
    except TimeoutError:
        raise Unavailable("it did not listen in time") from None
    finally:
        await stop(process)


async def listens(port: int) -> bool:
    """Whether somebody listens on a port."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def stop(process: asyncio.subprocess.Process) -> None:
    """Stop a process, politely at first."""
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS_MAX)
        except TimeoutError:
            process.kill()
            await process.wait()


def _last_error(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    errors = [line.strip() for line in lines if "Error" in line]
    return "it does not start: " + (errors or lines or ["it says nothing"])[0]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

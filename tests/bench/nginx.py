"""nginx, as it serves a file: what a snapshot read is measured against."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.bench.servers import (
    READY_SECONDS_MAX,
    STEP_SECONDS,
    Unavailable,
    free_port,
    listens,
    stop,
)

NAME = "nginx"
FILE = "content.html"

_PLACES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")

_CONFIGURATION = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 2048; }}
http {{
    types {{ text/html html; }}
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    {places}
    server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""


class FileServer(NamedTuple):
    """A running nginx."""

    release: str
    pid: int
    port: int


@asynccontextmanager
async def nginx(folder: Path, body: bytes) -> AsyncIterator[FileServer]:
    """Serve some bytes from a file, by one worker, as Debian's configuration does but alone.

    Raises:
        Unavailable: it is not installed, or does not start.
    """
    command = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if command is None:
        raise Unavailable("it is not installed; Debian has it as nginx-light")
    (folder / "files").mkdir(parents=True)
    (folder / "files" / FILE).write_bytes(body)
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(configuration_of(folder, port))
    with (folder / "server.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(command, "-p", str(folder), "-c", str(configuration)),
            *("-e", str(folder / "error.log")),
            stdout=log,
            stderr=log,
        )
    try:
        async with asyncio.timeout(READY_SECONDS_MAX):
            while not await listens(port):
                if process.returncode is not None:
                    raise Unavailable((folder / "server.log").read_text().strip())
                await asyncio.sleep(STEP_SECONDS)
        yield FileServer(_release(command), process.pid, port)
    finally:
        await stop(process)


def configuration_of(folder: Path, port: int) -> str:
    """Return a configuration that touches nothing outside a folder."""
    places = " ".join(f"{place}_temp_path {folder}/{place};" for place in _PLACES)
    # A worker that changes to another user could not read the folder.
    user = "user root;" if folder.owner() == "root" else ""
    return _CONFIGURATION.format(folder=folder, port=port, places=places, user=user)


def _release(command: str) -> str:
    said = subprocess.run([command, "-v"], capture_output=True, text=True, check=True).stderr
    found = re.search(r"nginx/(\S+)", said)
    return found[1] if found else ""

"""A real server in processes of its own: started, asked, killed and started again."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import httpx

READY_SECONDS_MAX = 20.0
STOP_SECONDS_MAX = 20.0
STEP_SECONDS = 0.02
LOG_CHARACTERS_MAX = 4000

Auth = Literal["none", "token"]
Which = Literal["all", "sockets", "engine", "projector"]


class ServerFailed(Exception):
    """The server did not do what a server does; the message holds its log."""


class Server:
    """One server: its port and its data stay the same over restarts."""

    def __init__(self, folder: Path, *, auth: Auth = "none", options: Iterable[str] = ()) -> None:
        self.data = folder / "data"
        self.port = _free_port()
        self.log = folder / "server.log"
        self._auth = auth
        self._options = tuple(options)
        self._process: asyncio.subprocess.Process | None = None

    # Addresses.

    @property
    def url(self) -> str:
        """Return the address over HTTP, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def yjs_url(self) -> str:
        """Return what a y-websocket client is given; the document follows."""
        return f"ws://127.0.0.1:{self.port}/yjs"

    @property
    def hocuspocus_url(self) -> str:
        """Return what a Hocuspocus provider is given."""
        return f"ws://127.0.0.1:{self.port}/hocuspocus"

    @property
    def admin_token(self) -> str:
        """Return the first admin's token, as the server printed it."""
        found = re.findall(r"/\?token=(\S+)", self.log.read_text())
        if not found:
            raise ServerFailed(f"No token was printed:\n{self.log_tail()}")
        return str(found[-1])

    # Its processes.

    @property
    def pid(self) -> int:
        """Return the process that holds the sockets."""
        assert self._process is not None
        return self._process.pid

    @property
    def engine_pids(self) -> list[int]:
        """Return the engine's process, in a list that is empty while there is none."""
        return self._children("palimpsest.adapters.engine")

    @property
    def projector_pids(self) -> list[int]:
        """Return the projector's process, in a list that is empty while there is none."""
        return self._children("project")

    @property
    def replay_pids(self) -> list[int]:
        """Return the replay worker's process, in a list that is empty while there is none."""
        return self._children("palimpsest.adapters.replay")

    def _children(self, argument: str) -> list[int]:
        return [pid for pid in _descendants(self.pid) if argument in _command_line(pid)]

    @property
    def runs(self) -> bool:
        """Whether the process that holds the sockets is alive."""
        return self._process is not None and self._process.returncode is None

    async def start(self, *, environment: dict[str, str] | None = None) -> float:
        """Start it and wait until it answers; return the seconds that this took."""
        assert self._process is None or self._process.returncode is not None, "it runs"
        command = [sys.executable, "-m", "palimpsest", "serve", "--auth", self._auth]
        command += ["--port", str(self.port), "--data", str(self.data), *self._options]
        clock = asyncio.get_running_loop().time
        began = clock()
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                env=os.environ | (environment or {}),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not await self.answers():
            if not self.runs or clock() - began > READY_SECONDS_MAX:
                raise ServerFailed(f"The server did not start:\n{self.log_tail()}")
            await asyncio.sleep(STEP_SECONDS)
        return clock() - began

    async def stop(self) -> None:
        """Stop it as a service manager does; it must end well, and soon."""
        if not self.runs:
            return
        assert self._process is not None
        self._process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS_MAX):
                status = await self._process.wait()
        except TimeoutError:
            await self.kill9()
            raise ServerFailed(f"The server did not stop:\n{self.log_tail()}") from None
        if status != 0:
            raise ServerFailed(f"The server stopped with status {status}:\n{self.log_tail()}")

    async def restart(self) -> None:
        """Stop it, and start it again on the same port and data."""
        await self.stop()
        await self.start()

    async def kill9(self, which: Which = "all") -> None:
        """Kill the process with the sockets, a child of it, or all, without a warning."""
        targets = {
            "all": [self.pid, *_descendants(self.pid)],
            "sockets": [self.pid],
            "engine": self.engine_pids,
            "projector": self.projector_pids,
        }[which]
        for pid in targets:
            os.kill(pid, signal.SIGKILL)
        if which in {"all", "sockets"}:
            assert self._process is not None
            await self._process.wait()

    # What it can be asked.

    async def answers(self) -> bool:
        """Whether it is healthy."""
        try:
            async with httpx.AsyncClient() as client:
                answer = await client.get(f"{self.url}/healthz", timeout=2)
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK

    async def get(self, path: str, *, token: str | None = None) -> Any:
        """Return the JSON at a path of the API, asked as the first admin unless told otherwise."""
        if token is None and self._auth == "token":
            token = self.admin_token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self.url}/api/{path}", headers=headers)
        if answer.status_code != httpx.codes.OK:
            raise ServerFailed(f"{path}: {answer.status_code} {answer.text}\n{self.log_tail()}")
        return answer.json()

    async def version(self, document: str) -> int:
        """Return how many events a document has."""
        found = await self.get(f"documents/{quote(document, safe='')}/events?limit=1")
        return int(found["version"])

    async def content(self, document: str, suffix: str) -> str:
        """Return what a document says in its newest version, as the first admin reads it."""
        return (await self._content(document, suffix)).decode()

    async def state(self, document: str) -> bytes:
        """Return a document's newest version as one update."""
        return await self._content(document, "yjs")

    async def _content(self, document: str, suffix: str) -> bytes:
        headers = {}
        if self._auth == "token":
            headers["Authorization"] = f"Bearer {self.admin_token}"
        path = f"documents/{quote(document, safe='')}/content.{suffix}"
        asked = {"min_version": await self.version(document)}
        async with httpx.AsyncClient(headers=headers, timeout=READY_SECONDS_MAX) as client:
            answer = await client.get(f"{self.url}/api/{path}", params=asked)
        if answer.status_code != httpx.codes.OK:
            raise ServerFailed(f"{path}: {answer.status_code} {answer.text}\n{self.log_tail()}")
        return answer.content

    async def token(self, name: str, role: str = "editor") -> str:
        """Return a token for somebody."""
        return (await self.run("token", "--name", name, "--role", role)).strip()

    async def verify(self) -> str:
        """Check the log's chains; return what was said."""
        return await self.run("verify")

    def command(self, *arguments: str) -> list[str]:
        """Return how a command is run on the server's data."""
        return [sys.executable, "-m", "palimpsest", *arguments, "--data", str(self.data)]

    async def run(self, *arguments: str) -> str:
        """Run a command on the server's data; return what it printed."""
        process = await asyncio.create_subprocess_exec(
            *self.command(*arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, said = await process.communicate()
        if process.returncode != 0:
            raise ServerFailed(f"{' '.join(arguments)}: {said.decode()}{printed.decode()}")
        return printed.decode()

    def log_tail(self) -> str:
        """Return the end of what it printed."""
        return self.log.read_text(errors="replace")[-LOG_CHARACTERS_MAX:]


@asynccontextmanager
async def running_server(
    folder: Path, *, auth: Auth = "none", options: Iterable[str] = ()
) -> AsyncIterator[Server]:
    """Start a server with its data in `folder`, and stop it; a failure shows its log."""
    server = Server(folder, auth=auth, options=options)
    await server.start()
    try:
        yield server
    except BaseException as error:
        error.add_note(f"The server said:\n{server.log_tail()}")
        if server.runs:
            await server.kill9()
        raise
    await server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []  # It has ended meanwhile.


def _descendants(pid: int) -> list[int]:
    """Return all processes below one, as /proc tells."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # It has ended meanwhile.
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[int] = []
    open_pids = [pid]
    while open_pids:
        below = children.get(open_pids.pop(), [])
        found += below
        open_pids += below
    return found

"""A query server beside a server: its process, and readers who keep an eye on it."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.harness.server import READY_SECONDS_MAX, STEP_SECONDS, ServerFailed


class QueryServer:
    """`palimpsest read`."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def pid(self) -> int:
        """Return its process."""
        return self._process.pid

    @property
    def url(self) -> str:
        """Return the address that it printed, without a slash at the end."""
        found = re.search(r"http://[^/\s]+", self._log.read_text())
        assert found is not None
        return found[0]

    async def until_it_listens(self) -> None:
        """Wait until it answers."""
        async with asyncio.timeout(READY_SECONDS_MAX):
            while not (await self._answers()):
                if self._process.returncode is not None:
                    raise ServerFailed(self.said)
                await asyncio.sleep(STEP_SECONDS)

    async def stop(self) -> int:
        """Stop it; return its exit status."""
        if self._process.returncode is None:
            self._process.terminate()
        return await self._process.wait()

    @property
    def said(self) -> str:
        """Return what it printed."""
        return self._log.read_text(errors="replace")

    async def _answers(self) -> bool:
        if "http://" not in self.said:
            return False
        try:
            async with httpx.AsyncClient(verify=False) as client:
                answer = await client.get(f"{self.url}/healthz", timeout=2)
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK


@asynccontextmanager
async def query_server(
    data: Path, log: Path, *, auth: str = "none", before: Iterable[str] = ()
) -> AsyncIterator[QueryServer]:
    """Serve readers of a data directory; `before` is a command that starts the process."""
    command = [*before, sys.executable, "-m", "palimpsest", "read", "--auth", auth, "--port", "0"]
    command += ["--data", str(data)]
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=file, stderr=file, start_new_session=True
        )
    server = QueryServer(process, log)
    try:
        await server.until_it_listens()
        yield server
    except BaseException as error:
        error.add_note(f"The query server said:\n{server.said}")
        raise
    finally:
        await server.stop()


class Watchful:
    """Readers of some documents, who accept no error and nothing older than they have seen."""

    def __init__(self, url: str, documents: Iterable[str], *, may_wait: bool = False) -> None:
        """Take whether the answer may be that a view is being made."""
        self.reads = 0
        self.waits = 0
        self._url = url
        self._documents = tuple(documents)
        self._seen: dict[str, int] = {}
        self._may_wait = may_wait

    async def read(self, stop: asyncio.Event) -> None:
        """Read, again and again, until told to stop."""
        async with httpx.AsyncClient(base_url=self._url, timeout=30, verify=False) as client:
            while not stop.is_set():
                for document in self._documents:
                    await self._look(client, document)

    async def _look(self, client: httpx.AsyncClient, document: str) -> None:
        for what in ("content.txt", "history", ""):
            path = f"/api/documents/{document}/{what}".rstrip("/")
            answer = await client.get(path)
            self.reads += 1
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and self._may_wait:
                self.waits += 1
                continue
            assert answer.status_code == httpx.codes.OK, (path, answer.status_code, answer.text)
            version = int(answer.headers["palimpsest-version"])
            assert self._may_wait or version >= self._seen.get(path, 0), f"{path}: an older one"
            self._seen[path] = version

"""The projector: stopped, killed, its views deleted or made anew; nobody who types notices."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from palimpsest.limits import Limits
from tests.harness.reading import Watchful
from tests.harness.server import Server, running_server
from tests.harness.typist import Typist, typing_into, write
from tests.harness.views import Rows, made_anew, rows_in
from tests.integration.test_http import problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMITS = Limits(checkpoint_bytes_min=1000)
OFTEN = ("--limit", "checkpoint_bytes_min=1000")
DOCUMENTS = ("alpha", "beta")
LOOK_SECONDS = 0.05
SETTLE_SECONDS_MAX = 60.0


class Typing:
    """A typist at each of some documents, who go on until the end."""

    def __init__(self, typists: list[Typist]) -> None:
        self.typists = typists
        self.stop = asyncio.Event()
        self._tasks = [asyncio.ensure_future(each.type_on(self.stop)) for each in typists]

    @property
    def edits(self) -> int:
        """How many edits were acknowledged."""
        return sum(typist.version for typist in self.typists)

    async def more(self, edits: int = 40) -> None:
        """Wait until so many more were acknowledged; fail if somebody was disturbed."""
        wanted = self.edits + edits
        async with asyncio.timeout(SETTLE_SECONDS_MAX):
            while self.edits < wanted:
                for task in self._tasks:
                    assert not task.done() or task.result() is None
                await asyncio.sleep(LOOK_SECONDS)

    async def end(self) -> None:
        """Let everybody finish their word."""
        self.stop.set()
        await asyncio.gather(*self._tasks)


@asynccontextmanager
async def typing_in(server: Server) -> AsyncIterator[Typing]:
    """Have people type into all documents meanwhile."""
    async with AsyncExitStack() as stack:
        typists = [
            await stack.enter_async_context(typing_into(server, document, client_id=number))
            for number, document in enumerate(DOCUMENTS, start=1)
        ]
        typing = Typing(typists)
        await typing.more()
        try:
            yield typing
        finally:
            await typing.end()


async def settled(server: Server) -> Rows:
    """Return the rows once the views have come to the end of the log."""
    root = await server.token("Root", "admin")
    async with asyncio.timeout(SETTLE_SECONDS_MAX):
        while True:
            told = await server.get("projections", token=root)
            views = told["projections"]
            if len(views) == 4 and all(each["position"] == told["head"] for each in views):
                return rows_in(server.data / "views.db")
            await asyncio.sleep(LOOK_SECONDS)


async def ends_right(server: Server, typing: Typing, scratch: Path) -> None:
    """See the views end as if they had been made anew, and say what was typed."""
    await typing.end()
    rows = await settled(server)
    anew = await asyncio.to_thread(made_anew, server.data, LIMITS, scratch)
    assert rows["checkpoints"]
    for table, expected in anew.items():
        assert rows[table] == expected, table
    said = {row[0]: row[6] for row in rows["snapshots"]}
    texts = [typist.text for typist in typing.typists]
    assert said == dict(zip(DOCUMENTS, (f"{text}\n" for text in texts), strict=True))


async def replaced(server: Server, pid: int) -> None:
    """Wait until another projector has come in the place of one."""
    await until(lambda: set(server.projector_pids) - {pid})


async def read_on(watchful: Watchful, answers: int) -> None:
    """Wait until so many more answers have come that showed something."""
    wanted = watchful.reads - watchful.waits + answers
    await until(lambda: watchful.reads - watchful.waits >= wanted)


async def until(condition: Callable[[], object]) -> None:
    """Wait for something; fail if it does not come."""
    async with asyncio.timeout(SETTLE_SECONDS_MAX):
        while not condition():
            await asyncio.sleep(LOOK_SECONDS)


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Have a process do nothing meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_with_the_projector_stopped_answers_say_how_far_they_are(server: Server) -> None:
    async with (
        typing_into(server, "stalled") as typist,
        httpx.AsyncClient(base_url=server.url, verify=False) as http,
    ):
        paths = [f"/api/documents/stalled{rest}" for rest in ("", "/history", "/content.md")]
        shown = await typist.type("shown ")
        for path in paths:
            assert (await http.get(path, params={"min_version": shown})).status_code == 200
        [pid] = server.projector_pids
        with stopped(pid):
            wanted = await typist.type("not yet shown")
            answers = await asyncio.gather(
                *(http.get(path, params={"min_version": wanted}) for path in paths)
            )
            for answer in answers:
                assert f"version {shown}" in problem(answer, 503)
                assert answer.json()["version"] == shown
                assert int(answer.headers["retry-after"]) >= 1
            # What it has it shows, and other versions are not its business.
            assert (await http.get(paths[2])).headers["palimpsest-version"] == str(shown)
            numbered = await http.get(paths[2], params={"version": wanted})
            assert "not yet shown" in numbered.text
            events = await http.get("/api/documents/stalled/events")
            assert events.json()["version"] == wanted
        for path in paths:
            answer = await http.get(path, params={"min_version": wanted})
            assert (answer.status_code, answer.headers["palimpsest-version"]) == (200, str(wanted))


async def test_however_often_the_projector_is_killed_nobody_who_types_or_reads_notices(
    tmp_path: Path,
) -> None:
    async with (
        running_server(tmp_path, options=OFTEN) as server,
        typing_in(server) as typing,
        watched(server) as watchful,
    ):
        for _ in range(3):
            [killed] = server.projector_pids
            await server.kill9("projector")
            await typing.more()
            await replaced(server, killed)
        assert watchful.reads > 20
        await ends_right(server, typing, tmp_path)


@asynccontextmanager
async def watched(server: Server, *, may_wait: bool = False) -> AsyncIterator[Watchful]:
    """Have readers watch all documents meanwhile."""
    for document in DOCUMENTS:
        await shown(server, document, 2)
    watchful, stop = Watchful(server.url, DOCUMENTS, may_wait=may_wait), asyncio.Event()
    reading = asyncio.ensure_future(watchful.read(stop))
    try:
        yield watchful
    finally:
        stop.set()
        await reading


def delete(views: Path) -> None:
    views.unlink()


def delete_all(views: Path) -> None:
    for path in views.parent.glob("views.db*"):
        path.unlink()


def ruin(views: Path) -> None:
    with views.open("r+b") as file:
        file.write(b"junk" * 2000)


async def test_views_deleted_or_ruined_under_load_come_back_the_same(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, options=OFTEN) as server,
        typing_in(server) as typing,
        watched(server, may_wait=True) as watchful,
    ):
        for harm in (delete, delete_all, ruin):
            harm(server.data / "views.db")
            await typing.more()
            await read_on(watchful, 2 * len(DOCUMENTS))
        await ends_right(server, typing, tmp_path)


async def test_each_view_is_rebuilt_while_people_type_and_read_on(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, options=OFTEN) as server,
        typing_in(server) as typing,
        watched(server) as watchful,
    ):
        for view in ("catalogue", "history", "snapshots", "checkpoints"):
            before = typing.edits, watchful.reads
            said = await server.run("rebuild", view, *OFTEN)
            assert said.startswith(f"{view} is rebuilt from ")
            assert (typing.edits, watchful.reads) > before
        await ends_right(server, typing, tmp_path)
        assert not list(server.data.glob("views.db.*")), "nothing is left beside"


async def test_what_was_rebuilt_unheard_is_shown_at_once(server: Server) -> None:
    """The projector is stopped: it is not who tells that there is something newer."""
    async with (
        typing_into(server, "unheard") as typist,
        httpx.AsyncClient(base_url=server.url, verify=False) as http,
    ):
        path = "/api/documents/unheard/content.txt"
        version = await typist.type("old")
        assert (await http.get(path, params={"min_version": version})).text == "old\n"
        assert (await http.get(path)).text == "old\n"
        [pid] = server.projector_pids
        with stopped(pid):
            await typist.type(" and new")
            await server.run("rebuild", "snapshots")
            assert (await http.get(path)).text == "old and new\n"


async def test_another_projector_waits_until_it_is_needed(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        version = await write(server, "d", "one")
        await shown(server, "d", version)
        async with projecting_alone(server) as spare:
            await server.kill9("projector")
            version = await write(server, "e", "two")
            await shown(server, "e", version)
            spare.terminate()
            assert await spare.wait() in {0, 130}
            version = await write(server, "f", "three")
            await shown(server, "f", version)


@asynccontextmanager
async def projecting_alone(server: Server) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `palimpsest project` beside a server, once it waits."""
    process = await asyncio.create_subprocess_exec(
        *server.command("project"), start_new_session=True
    )
    lock = str(server.data / "projector.lock")
    try:
        await until(lambda: lock in open_files(process.pid))
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def shown(server: Server, document: str, version: int) -> None:
    """See a version shown, within as long as a restarted projector may take."""
    path = f"/api/documents/{quote(document, safe='')}/content?min_version={version}"
    async with asyncio.timeout(20), httpx.AsyncClient(verify=False) as http:
        while (answer := await http.get(server.url + path)).status_code == 503:
            pass
    assert answer.status_code == 200, answer.text


def open_files(pid: int) -> dict[str, int]:
    """Return the files that a process has open, with the flags that they were opened with."""
    found = {}
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            flags = Path(f"/proc/{pid}/fdinfo/{descriptor.name}").read_text().split()[3]
            found[str(descriptor.readlink())] = int(flags, 8)
        except OSError:
            continue  # It was closed meanwhile.
    return found


async def test_each_process_opens_and_loads_no_more_than_its_part(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        version = await write(server, "d", "one", "two")
        await shown(server, "d", version)
        await server.get(f"documents/d/content.json?version={version - 1}")
        sockets = Path(f"/proc/{server.pid}/maps").read_text()
        assert "pycrdt" not in sockets
        assert "apsw" not in sockets
        [engine], [projector] = server.engine_pids, server.projector_pids
        [replay] = server.replay_pids
        log, views = str(server.data / "events.db"), str(server.data / "views.db")
        for pid in (server.pid, projector, replay):
            assert not writes(pid, log), "the engine is the log's only writer"
        for pid in (server.pid, engine, replay):
            assert not writes(pid, views), "the projector alone writes views"
        assert writes(engine, log)
        assert writes(projector, views)


def writes(pid: int, path: str) -> bool:
    """Tell whether a process has a database open to write to."""
    return bool(open_files(pid).get(path, os.O_RDONLY) & os.O_ACCMODE)


async def test_a_server_that_is_killed_leaves_nobody_behind(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        version = await write(server, "d", "one", "two")
        await shown(server, "d", version)
        await server.get(f"documents/d/content.json?version={version - 1}")
        others = [*server.engine_pids, *server.projector_pids, *server.replay_pids]
        assert len(others) == 3
        await server.kill9("sockets")
        await until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in others))
        # No lock is left either.
        await server.start()
        await shown(server, "d", await write(server, "e", "three") and version)

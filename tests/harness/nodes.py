"""Stock clients in Node, led from Python: a host process, and the clients in it."""

import asyncio
import itertools
import json
import shutil
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, Self

from tests.harness.skips import require

FOLDER = Path(__file__).parents[1] / "clients"
ANSWER_BYTES_MAX = 256 * 1024 * 1024
CALL_SECONDS_MAX = 30.0

Kind = Literal[
    "y-websocket-2",
    "y-websocket-3",
    "y-websocket-3.1",
    "hocuspocus-2",
    "hocuspocus-3",
    "hocuspocus-4",
]
KINDS: tuple[Kind, ...] = (
    "y-websocket-2",
    "y-websocket-3",
    "y-websocket-3.1",
    "hocuspocus-2",
    "hocuspocus-3",
    "hocuspocus-4",
)
Y_WEBSOCKET_KINDS: tuple[Kind, ...] = KINDS[:3]
HOCUSPOCUS_KINDS: tuple[Kind, ...] = KINDS[3:]

Patch = tuple[int, int, str]
"""Position, how many characters are deleted there, what is inserted there."""


class NodeFailed(Exception):
    """A client could not do what it was asked for; the message says how it stands."""


@dataclass(frozen=True)
class Prepared:
    """What came of a session typed offline: each writer's last text, and how many updates."""

    texts: list[str]
    updates: list[int]


class NodeHost:
    """A Node process with any number of stock clients."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, folder: Path) -> Self:
        """Start the process; what its clients' libraries say goes to a file in `folder`."""
        node = shutil.which("node")
        require(node, "node", "install Node 18 or newer")
        require((FOLDER / "node_modules").is_dir(), "node_modules", f"run npm ci in {FOLDER}")
        log = folder / "clients.log"
        with log.open("ab") as file:
            process = await asyncio.create_subprocess_exec(
                str(node),
                str(FOLDER / "client.mjs"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=file,
                limit=ANSWER_BYTES_MAX,
            )
        return cls(process, log)

    async def stop(self) -> None:
        """End the process, and all its clients with it."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading

    async def call(self, op: str, *, seconds: float = CALL_SECONDS_MAX, **options: Any) -> Any:
        """Have something done and return what came of it.

        Raises:
            NodeFailed: it could not be done.
        """
        assert self._process.stdin is not None
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"id": number, "op": op, **options}, separators=(",", ":"))
        self._process.stdin.write(line.encode() + b"\n")
        try:
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError:
            raise NodeFailed(f"{op} did not end within {seconds} s{self._last_words()}") from None
        finally:
            self._waiting.pop(number, None)

    async def client(
        self,
        kind: Kind,
        server: "Addresses",
        document: str,
        *,
        name: str | None = None,
        **options: Any,
    ) -> "Client":
        """Return a new client of a document.

        Options are those of the driver: token, clientID, gc, connect; for Hocuspocus also
        socket (clients that name the same one share it) and sessionAwareness.
        """
        name = name or f"{kind}-{next(self._numbers)}"
        url = server.yjs_url if kind in Y_WEBSOCKET_KINDS else server.hocuspocus_url
        options = {key: value for key, value in options.items() if value is not None}
        await self.call("create", client=name, kind=kind, url=url, document=document, **options)
        return Client(self, name, kind)

    async def prepare(
        self, name: str, session: dict[str, object], client_ids: Sequence[int], *, seconds: float
    ) -> "Prepared":
        """Type a session of several writers offline; `send_prepared` finds it by its name."""
        made = await self.call(
            "prepare", name=name, session=session, clientIDs=client_ids, seconds=seconds
        )
        return Prepared(made["texts"], made["updates"])

    async def settle(self, clients: Sequence["Client"], *, seconds: float = 20.0) -> None:
        """Wait until all clients have everything saved and are equal, all at the same moment."""
        await self.call(
            "settle",
            clients=[client.name for client in clients],
            timeout=int(seconds * 1000),
            seconds=seconds + CALL_SECONDS_MAX,
        )

    async def check(self) -> None:
        """Fail if a client's library threw something that nobody caught."""
        uncaught: list[str] = await self.call("uncaught")
        if uncaught:
            raise NodeFailed("A client threw: " + "\n".join(uncaught))

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            answer = json.loads(line)
            waiting = self._waiting.get(answer["id"])
            if waiting is None or waiting.done():
                continue
            if "error" in answer:
                waiting.set_exception(NodeFailed(answer["error"]))
            else:
                waiting.set_result(answer["result"])
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(NodeFailed(f"Node has ended{self._last_words()}"))

    def _last_words(self) -> str:
        words = self._log.read_text(errors="replace")[-2000:]
        return f"; it said:\n{words}" if words else ""


class Addresses(Protocol):
    """Where a server's endpoints are."""

    @property
    def yjs_url(self) -> str:
        """What a y-websocket client is given."""
        ...

    @property
    def hocuspocus_url(self) -> str:
        """What a Hocuspocus provider is given."""
        ...


class Client:
    """A stock client in a host."""

    def __init__(self, host: NodeHost, name: str, kind: Kind) -> None:
        self.host = host
        self.name = name
        self.kind = kind

    async def call(self, op: str, **options: Any) -> Any:
        """Have this client do something."""
        return await self.host.call(op, client=self.name, **options)

    # Coming and going.

    async def connect(self) -> None:
        """Come online; `wait` tells when it is."""
        await self.call("connect")

    async def disconnect(self) -> None:
        """Go offline, and be so; the document stays."""
        await self.call("disconnect")

    async def drop(self) -> None:
        """Lose the connection; the client comes back by itself."""
        await self.call("drop")

    async def detach(self) -> None:
        """Leave the document; the Hocuspocus socket stays for others."""
        await self.call("detach")

    async def attach(self) -> None:
        """Come back to the document on the same socket."""
        await self.call("attach")

    async def destroy(self) -> None:
        """Leave for good."""
        await self.call("destroy")

    # Editing.

    async def edit(self, *edits: dict[str, Any]) -> None:
        """Do edits in one transaction, as `tests/clients/lib/edits.mjs` names them."""
        await self.call("edit", edits=edits)

    async def insert(self, index: int, text: str) -> None:
        """Insert into the text."""
        await self.edit({"kind": "insert", "index": index, "text": text})

    async def append(self, text: str) -> None:
        """Write at the text's end."""
        await self.edit({"kind": "append", "text": text})

    async def delete(self, index: int, length: int) -> None:
        """Delete from the text."""
        await self.edit({"kind": "delete", "index": index, "length": length})

    async def random_edits(self, seed: int, count: int, *, undo: bool = True) -> None:
        """Do random transactions, as the seed will have it."""
        await self.call("randomEdits", seed=seed, count=count, undo=undo)

    async def apply_update(self, update: str) -> None:
        """Take an update (base64) from elsewhere; it flows on through this client's socket."""
        await self.call("applyUpdate", update=update)

    async def relay(self, other: "Client") -> None:
        """Take what another client has, beside the server."""
        await self.call("relay", **{"from": other.name})

    async def replay(
        self, patches: Iterable[Patch], *, window: int = 64, seconds: float = CALL_SECONDS_MAX
    ) -> None:
        """Type patches, each in its own transaction, at most `window` of them in flight."""
        milliseconds = int(seconds * 1000)
        await self.call(
            "replay", patches=list(patches), window=window, timeout=milliseconds, seconds=seconds
        )

    async def send_prepared(
        self, name: str, agent: int, *, seconds: float = CALL_SECONDS_MAX
    ) -> None:
        """Send what one writer of a prepared session typed, each update once it can be."""
        milliseconds = int(seconds * 1000)
        await self.call(
            "sendPrepared", name=name, agent=agent, timeout=milliseconds, seconds=seconds
        )

    async def set_awareness(self, state: dict[str, Any] | None) -> None:
        """Say who and where this client is."""
        await self.call("setAwareness", state=state)

    # Reading.

    async def read(self, *what: str) -> dict[str, Any]:
        """Read several things at once, as the driver's READ names them."""
        found: dict[str, Any] = await self.call("read", what=what)
        return found

    async def text(self) -> str:
        """Return the text."""
        return str((await self.read("text"))["text"])

    async def contents(self) -> dict[str, Any]:
        """Return all roots as JSON."""
        found: dict[str, Any] = (await self.read("contents"))["contents"]
        return found

    async def update(self) -> str:
        """Return the whole document as an update in base64."""
        return str((await self.read("update"))["update"])

    async def update_since(self, state_vector: str) -> str:
        """Return what the document has beyond a state vector, as an update; all in base64."""
        return str(await self.call("updateSince", stateVector=state_vector))

    async def state_vector(self) -> str:
        """Return the document's state vector in base64."""
        return str((await self.read("stateVector"))["stateVector"])

    async def client_id(self) -> int:
        """Return the client id of the document."""
        return int((await self.read("clientID"))["clientID"])

    async def awareness(self) -> dict[int, Any]:
        """Return the presence of everybody that this client sees, itself included."""
        found = (await self.read("awareness"))["awareness"]
        return {int(client): state for client, state in found.items()}

    async def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return what happened to this client, oldest first; of one kind, if named."""
        found = (await self.read("events"))["events"]
        return [event for event in found if kind in {None, event["kind"]}]

    # Waiting.

    async def wait(self, *, seconds: float = 10.0, **until: Any) -> None:
        """Wait until all of it is so, as the driver's STATES names them."""
        await self.call(
            "wait", until=until, timeout=int(seconds * 1000), seconds=seconds + CALL_SECONDS_MAX
        )

    async def equals(self, other: "Client", *, seconds: float = 10.0) -> None:
        """Wait until the other client's document is equal to this one's in every respect."""
        await self.wait(equals=other.name, seconds=seconds)

    async def difference(self, other: "Client") -> str | None:
        """Return how the two documents differ, if they do."""
        found: str | None = await self.call("difference", other=other.name)
        return found


@asynccontextmanager
async def node_host(folder: Path) -> AsyncIterator[NodeHost]:
    """Start a host, and stop it; fail if one of its clients threw something."""
    host = await NodeHost.start(folder)
    try:
        yield host
        await host.check()
    finally:
        await host.stop()

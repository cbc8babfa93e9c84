"""`python -m tests.sessions`: how long a whole recorded session takes, and a start, and joining.

Nothing is asserted of these times: they are for a machine that does nothing else.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from tests.harness.nodes import KINDS, Kind, node_host
from tests.harness.server import Server, running_server
from tests.harness.traces import Typed, typed

JOIN_SECONDS_MAX = 120.0
SESSION_SECONDS_MAX = 600.0


async def measure(folder: Path, session: Typed, *, kind: Kind, repeats: int) -> None:
    """Type a session through one socket, join it, kill the server; tell the seconds."""
    async with running_server(folder) as server:
        ready = []
        for _ in range(repeats):
            await server.stop()
            ready.append(await server.start())
        tell("ready after a start, nothing stored", ready)
        seconds = await type_whole(folder, server, session, kind)
        edits = len(session.patches)
        tell(f"{session.name}: {edits:,} edits by {kind}, {edits / seconds:,.0f}/s", [seconds])
        joins = [await join(folder, server, session) for _ in range(repeats)]
        tell("a new client joins, in a new process", joins)
        ready, joins = [], []
        for _ in range(repeats):
            began = time.perf_counter()
            await server.kill9()
            await server.start()
            ready.append(time.perf_counter() - began)
            joins.append(await join(folder, server, session))
        tell("ready after kill -9, from the kill", ready)
        tell("the first client joins after that", joins)


async def type_whole(folder: Path, server: Server, session: Typed, kind: Kind) -> float:
    """Return how long it takes until all edits are acknowledged."""
    async with node_host(folder) as nodes:
        writer = await nodes.client(kind, server, session.name)
        await writer.wait(synced=True)
        began = time.perf_counter()
        await writer.replay(session.patches, seconds=SESSION_SECONDS_MAX)
        await writer.wait(saved=True, text=session.text)
        return time.perf_counter() - began


async def join(folder: Path, server: Server, session: Typed) -> float:
    """Return how long a new client takes from its making until it has the text."""
    async with node_host(folder) as nodes:
        await nodes.check()  # Node has started.
        began = time.perf_counter()
        client = await nodes.client("y-websocket-3", server, session.name)
        await client.wait(synced=True, seconds=JOIN_SECONDS_MAX)
        seconds = time.perf_counter() - began
        await client.wait(text=session.text)
        return seconds


def tell(what: str, seconds: list[float]) -> None:
    """Print the median, and the longest."""
    print(
        f"{statistics.median(seconds):8.2f} s  {max(seconds):8.2f} s at most  {what}", flush=True
    )


def main() -> None:
    """Measure what the arguments name."""
    parser = argparse.ArgumentParser(prog="tests.sessions", description=__doc__)
    parser.add_argument("--session", default="automerge-paper")
    parser.add_argument("--kind", choices=KINDS, default="y-websocket-3")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    session = typed(arguments.session)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), session, kind=arguments.kind, repeats=arguments.repeats))


main()

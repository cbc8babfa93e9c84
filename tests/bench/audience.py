"""`python -m tests.bench.audience`: many readers, in a process of their own.

It is led by lines: it takes a plan, says that all streams are open, reads until it is told the
last version of each document, and says what came of it. All lines are JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

import uvloop

from palimpsest.adapters.load.connection import LoadFailed
from palimpsest.adapters.load.latency import percentile
from palimpsest.adapters.load.pace import Pace
from tests.bench.reading import Askers, Listener

READY_SECONDS_MAX = 60.0
END_SECONDS_MAX = 30.0
LOOK_SECONDS = 0.05
_MILLISECONDS = 1e3


@dataclass(frozen=True)
class Plan:
    """What readers do: whom they ask, and how much."""

    port: int
    documents: list[str]
    streams: int
    reads_per_second: int
    connections: int


@dataclass(frozen=True)
class Attendance:
    """What came of it."""

    reads_per_second: float
    p50_milliseconds: float
    p99_milliseconds: float
    streams: int
    complete: int
    """How many streams told the last version of their document."""
    stream_bytes_per_second: float
    client_cores: float


async def attend(plan: Plan) -> Attendance:
    """Listen and read as planned."""
    loop, listeners = asyncio.get_running_loop(), []
    for number in range(plan.streams):
        enter = partial(Listener, plan.port, plan.documents[number % len(plan.documents)])
        _, listener = await loop.create_connection(enter, "127.0.0.1", plan.port)
        listeners.append(listener)
    await _until(lambda: all(each.version for each in listeners), READY_SECONDS_MAX)
    askers = Askers(plan.port, [f"/api/documents/{each}/content.html" for each in plan.documents])
    await askers.connect(plan.connections)
    pace = Pace(plan.reads_per_second, askers.ask)
    began, cpu, heard = time.perf_counter(), time.process_time(), _bytes(listeners)
    pace.start()
    _say("ready")
    last = json.loads(await asyncio.to_thread(sys.stdin.readline))
    pace.stop()
    elapsed, cpu = time.perf_counter() - began, time.process_time() - cpu
    heard = _bytes(listeners) - heard
    await _until(lambda: askers.is_settled or askers.failure is not None, END_SECONDS_MAX)
    if askers.failure is not None:
        raise askers.failure
    askers.close()
    latencies = sorted(askers.latencies)
    return Attendance(
        len(latencies) / elapsed,
        percentile(latencies, 0.5) * _MILLISECONDS,
        percentile(latencies, 0.99) * _MILLISECONDS,
        len(listeners),
        await _complete(listeners, last),
        heard / elapsed,
        cpu / elapsed,
    )


async def _complete(listeners: list[Listener], last: dict[str, int]) -> int:
    """Return how many listeners hear of the last version, in some time."""

    def told() -> int:
        return sum(each.version >= last[each.document] for each in listeners)

    await _until(
        lambda: told() == len(listeners) or not all(each.is_open for each in listeners),
        END_SECONDS_MAX,
    )
    return told()


async def _until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for something, but not for ever: who asks looks what has become of it."""
    deadline = time.perf_counter() + seconds
    while not condition() and time.perf_counter() < deadline:
        await asyncio.sleep(LOOK_SECONDS)


def _bytes(listeners: list[Listener]) -> int:
    return sum(each.bytes for each in listeners)


def _say(what: object) -> None:
    print(json.dumps(what), flush=True)


def main() -> int:
    """Do as the first line says."""
    plan = Plan(**json.loads(sys.stdin.readline()))
    try:
        with asyncio.Runner(loop_factory=uvloop.Loop) as runner:
            _say(asdict(runner.run(attend(plan))))
    except LoadFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A room that grows until a server no longer keeps up."""

import sys
from collections.abc import AsyncIterator

from palimpsest.adapters.load.connection import LoadFailed
from palimpsest.adapters.load.latency import percentiles
from tests.bench.contest import Found, Turn, contest
from tests.bench.meeting import Cast, Meeting
from tests.bench.rounds import FLOOR, Round
from tests.bench.servers import SERVERS
from tests.bench.workload import Plan, Workload

NAME = "cliff"
SIZES = (25, 50, 100, 150, 200, 300)
EDITS_PER_SECOND = 5.0
P99_MILLISECONDS_MAX = 1000.0
WARM_UP_SECONDS, SECONDS = 1.0, 2.0


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield one round: to find the cliff takes long."""
    starts = [(name, start) for name, start in SERVERS if name != FLOOR]
    once = Plan(plan.folder, 1, plan.seconds)
    async for each in contest(once, NAME, starts, {f"up to {SIZES[-1]} writers": _climb}):
        yield each


async def _climb(turn: Turn) -> Found:
    figures = {"writers": 0.0}
    cores = 0.0
    for size in SIZES:
        cast = Cast(writers=size, edits=EDITS_PER_SECOND)
        meeting = Meeting(turn.contestant, [f"{NAME}-{turn.name}-{size:03}"], cast)
        try:
            heard = await meeting.run(turn.meter, warm_up=WARM_UP_SECONDS, seconds=SECONDS)
        except LoadFailed as failure:
            print(f"{turn.contestant.name}, {size} writers: {failure}", file=sys.stderr)
            break
        found = percentiles(heard.latencies)
        if found["p99 ms"] > P99_MILLISECONDS_MAX:
            break
        figures = {
            "writers": float(size),
            "deliveries/s": heard.delivered / heard.seconds,
            **found,
        }
        cores = heard.client_cores
    return Found(figures, cores)


CLIFF = Workload(
    NAME,
    "A room that grows",
    "Everybody in one document writes 5 edits a second, with cursor moves: 25, 50, 100, 150, 200,"
    " then 300 writers, until the slowest of 100 edits takes more than a second, or not all are"
    " heard. Given is the largest room in which a server kept up. More is better.",
    measure,
)

"""Many documents, each with two who write at a human pace."""

from collections.abc import AsyncIterator
from functools import partial

from palimpsest.adapters.load.latency import percentiles
from tests.bench.contest import Found, Turn, contest, costs
from tests.bench.meeting import Cast, Meeting
from tests.bench.memory import bytes_by_part
from tests.bench.rounds import Round
from tests.bench.servers import SERVERS
from tests.bench.workload import Plan, Workload

NAME = "rooms"
ROOMS, ROOMS_QUICK = 500, 200
WARM_UP_SECONDS = 1.0


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds."""
    rooms = ROOMS_QUICK if plan.is_quick else ROOMS
    acts = {f"{rooms} documents, 2 writers each": partial(_meet, plan, rooms)}
    async for each in contest(plan, NAME, SERVERS, acts):
        yield each


async def _meet(plan: Plan, rooms: int, turn: Turn) -> Found:
    names = [f"{NAME}-{turn.name}-{each:04}" for each in range(rooms)]
    meeting = Meeting(turn.contestant, names, Cast(writers=2, edits=1.0))
    heard = await meeting.run(turn.meter, warm_up=WARM_UP_SECONDS, seconds=plan.seconds)
    held = bytes_by_part(turn.contestant.pid, turn.contestant.part_of)
    figures = {
        **costs(heard.cpu, heard.edits, "edit"),
        "edits/s": heard.edits / heard.seconds,
        **percentiles(heard.latencies),
        "MB": sum(held.values()) / 1e6,
    }
    return Found(figures, heard.client_cores)


MANY_ROOMS = Workload(
    NAME,
    "Many documents",
    "Two writers in each document, an edit a second each, with its cursor move. Memory (PSS) is"
    " that of all processes of a server, with everything it has loaded.",
    measure,
    rounds_max=3,
)

"""Many in one document move their cursors, while one writes."""

from collections.abc import AsyncIterator
from functools import partial

from palimpsest.adapters.load.connection import LoadFailed
from palimpsest.adapters.load.latency import percentiles
from tests.bench.contest import Found, Turn, contest, costs
from tests.bench.meeting import Cast, Meeting
from tests.bench.rounds import Round
from tests.bench.servers import SERVERS
from tests.bench.workload import Plan, Workload

NAME = "presence"
WARM_UP_SECONDS = 1.0


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds."""
    sizes = ((100, 1.0),) if plan.is_quick else ((100, 1.0), (500, 1.0))
    acts = {
        f"{people} people, {moves:.0f} move a second each": partial(
            _meet, plan, Cast(writers=1, readers=people, edits=10.0, moves=moves)
        )
        for people, moves in sizes
    }
    async for each in contest(plan, NAME, SERVERS, acts):
        yield each


async def _meet(plan: Plan, cast: Cast, turn: Turn) -> Found:
    meeting = Meeting(turn.contestant, [f"{NAME}-{turn.name}"], cast)
    heard = await meeting.run(turn.meter, warm_up=WARM_UP_SECONDS, seconds=plan.seconds)
    if not heard.told:
        raise LoadFailed("Nobody was told of anybody's presence.")
    figures = {
        # Servers may leave out what is overtaken: what counts is what there was to tell.
        **costs(heard.cpu, heard.moves * cast.readers, "move and person"),
        "moves/s": heard.moves / heard.seconds,
        **percentiles(heard.latencies),
        "bytes/move and person": heard.bytes / (heard.moves * cast.readers),
    }
    return Found(figures, heard.client_cores)


PRESENCE = Workload(
    NAME,
    "Cursors",
    "All in one document move their cursor once a second; one more writes 10 edits a second, whose"
    " latency is given. In the end everybody is checked to know everybody's last cursor.",
    measure,
    rounds_max=3,
)

"""One writes, many listen: what it costs to tell each of them."""

from collections.abc import AsyncIterator
from functools import partial

from palimpsest.adapters.load.latency import percentiles
from tests.bench.contest import Found, Turn, contest, costs
from tests.bench.meeting import Cast, Heard, Meeting
from tests.bench.rounds import FLOOR, Round
from tests.bench.servers import SERVERS
from tests.bench.workload import Plan, Target, Workload

NAME = "hall"
READERS = (100, 500, 1000)
READERS_QUICK = (500,)
EDITS_PER_SECOND = 20.0
WARM_UP_SECONDS = 1.0


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds."""
    sizes = READERS_QUICK if plan.is_quick else READERS
    acts = {
        _setting(readers): partial(
            meet, plan, Cast(writers=1, readers=readers, edits=EDITS_PER_SECOND)
        )
        for readers in sizes
    }
    async for each in contest(plan, NAME, SERVERS, acts):
        yield each


def _setting(readers: int) -> str:
    return f"{readers:,} readers"


async def meet(plan: Plan, cast: Cast, turn: Turn) -> Found:
    """Have people meet in one document."""
    meeting = Meeting(turn.contestant, [f"{NAME}-{turn.name}"], cast)
    heard = await meeting.run(turn.meter, warm_up=WARM_UP_SECONDS, seconds=plan.seconds)
    return Found(figures_of(heard), heard.client_cores)


def figures_of(heard: Heard) -> dict[str, float]:
    """Return what was measured, for one edit that somebody was told of."""
    return {
        **costs(heard.cpu, heard.delivered, "delivery"),
        "edits/s": heard.edits / heard.seconds,
        **percentiles(heard.latencies),
        "bytes/delivery": heard.bytes / heard.delivered,
    }


HALL = Workload(
    NAME,
    "One writer, many readers",
    "One writer makes 20 edits a second, each with its cursor move; all others in the document"
    " only listen, and every one of them is checked to hear all of it, in order. The floor writes"
    " the same frames to the same number of sockets.",
    measure,
    tuple(
        target
        for readers in READERS[1:]
        for target in (
            Target(
                "CPU a delivery", _setting(readers), "CPU us/delivery", 1 / 2, "@hocuspocus/server"
            ),
            Target("CPU a delivery", _setting(readers), "CPU us/delivery", 1.5, FLOOR),
        )
    ),
)

"""Many write in one document at once."""

from collections.abc import AsyncIterator
from functools import partial

from tests.bench.contest import Act, contest
from tests.bench.hall import meet
from tests.bench.meeting import Cast
from tests.bench.rounds import Round
from tests.bench.servers import SERVERS
from tests.bench.workload import Plan, Target, Workload

NAME = "room"
WRITERS, READERS, EDITS_PER_SECOND = 50, 100, 10.0
SETTING = f"{WRITERS} writers, {READERS} readers"


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds."""
    cast = Cast(writers=WRITERS, readers=READERS, edits=EDITS_PER_SECOND)
    acts: dict[str, Act] = {SETTING: partial(meet, plan, cast)}
    async for each in contest(plan, NAME, SERVERS, acts):
        yield each


ROOM = Workload(
    NAME,
    "Many writers in one room",
    "50 writers make 10 edits a second each, with their cursor moves, before 100 more who listen."
    " Latency is counted from when an edit was due. All are checked to hear all, in order, and to"
    " know everybody's last cursor.",
    measure,
    (
        Target("CPU a delivery", SETTING, "CPU us/delivery", 1 / 4, "@hocuspocus/server"),
        Target("latency", SETTING, "p99 ms", 50.0),
    ),
)

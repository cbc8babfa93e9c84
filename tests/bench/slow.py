"""A tenth of the readers are slow: what the others notice, and what the server keeps for them."""

from collections.abc import AsyncIterator
from functools import partial

from palimpsest.adapters.load.latency import percentiles
from tests.bench.contest import Found, Turn, contest, costs
from tests.bench.meeting import Cast, Meeting
from tests.bench.memory import bytes_by_part
from tests.bench.rounds import Round
from tests.bench.servers import SERVERS
from tests.bench.workload import Plan, Workload

NAME = "slow"
READERS, SLOW = 100, 10
CAST = Cast(writers=1, readers=READERS, edits=20.0, letters=20_000)
SECONDS = 3.0
WARM_UP_SECONDS = 0.5


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds: without the slow ones, and with them."""
    acts = {
        "none of 100 is slow": partial(_meet, CAST),
        "10 of 100 are slow": partial(_meet, CAST._replace(slow=SLOW)),
    }
    async for each in contest(plan, NAME, SERVERS, acts):
        yield each


async def _meet(cast: Cast, turn: Turn) -> Found:
    def held() -> float:
        return sum(bytes_by_part(turn.contestant.pid, turn.contestant.part_of).values()) / 1e6

    meeting = Meeting(turn.contestant, [f"{NAME}-{turn.name}"], cast)
    async with meeting:
        await meeting.gather()
        meeting.begin()
        await meeting.watch(WARM_UP_SECONDS)
        before = held()
        heard = await meeting.measure(turn.meter, SECONDS)
        more = held() - before
        await meeting.end()
    figures = {
        **percentiles(heard.latencies),
        **costs(heard.cpu, heard.delivered, "delivery"),
        "MB more": more,
    }
    return Found(figures, heard.client_cores)


SLOW_READERS = Workload(
    NAME,
    "Slow readers",
    "One writer makes 20 edits of 20 KB a second before 100 readers, of whom none, or ten, take in"
    " a kilobyte a second. Latency is that of the others; memory (PSS) is by how much the server's"
    " processes grew meanwhile. In the end the slow ones hurry, and are checked to hear all.",
    measure,
    rounds_max=3,
)

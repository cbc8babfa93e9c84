"""Programs write much, all at once, while somebody types: what it is like to type then."""

from collections.abc import AsyncIterator
from functools import partial

from palimpsest.adapters.load.keystrokes import PROSE
from palimpsest.adapters.load.latency import percentiles
from tests.bench.contest import Found, Turn, contest, used_since
from tests.bench.meeting import Cast, Meeting
from tests.bench.rounds import Round
from tests.bench.servers import BESIDE, SERVERS
from tests.bench.workload import Plan, Workload

NAME = "burst"
AGENTS, TEXT_BYTES = 50, 413_000
SETTING = f"{AGENTS} programs, 413 KB each"
TYPING = Cast(writers=1, readers=1, edits=20.0)
AGENT = Cast(writers=1, readers=1, is_heard=False)
CALM_SECONDS = 0.5


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds."""
    async for each in contest(plan, NAME, SERVERS, {SETTING: partial(_flush, plan)}):
        yield each


async def _flush(plan: Plan, turn: Turn) -> Found:
    text = (PROSE * (TEXT_BYTES // len(PROSE) + 1))[:TEXT_BYTES]
    names = [f"{NAME}-{turn.name}-{each:03}" for each in range(AGENTS)]
    typing = Meeting(turn.contestant, [f"{NAME}-{turn.name}-typed"], TYPING)
    agents = Meeting(turn.contestant, names, AGENT)
    async with typing, agents:
        await typing.gather()
        await agents.gather()
        typing.begin()
        await typing.watch(CALM_SECONDS)
        before = turn.meter()
        for agent in agents.writers:
            agent.flush(text)
        heard = await typing.measure(turn.meter, plan.seconds)
        await agents.end()
        await typing.end()
    used = used_since(turn, before)
    through = sum(seconds for part, seconds in used.items() if part != BESIDE)
    figures = {
        "p99 ms": percentiles(heard.latencies)["p99 ms"],
        "p50 ms": percentiles(heard.latencies)["p50 ms"],
        "most ms": heard.latencies[-1] * 1e3,
        "CPU ms/program": through / AGENTS * 1e3,
    }
    return Found(figures, heard.client_cores)


BURST = Workload(
    NAME,
    "Programs write beside people",
    "50 programs send 413 KB at once, each into a document of its own, to which one more listens;"
    " meanwhile somebody types 20 edits a second in another. Given is how long these edits took to"
    " whoever reads there, counted from when they were due.",
    measure,
    rounds_max=3,
)

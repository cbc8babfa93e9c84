"""The server is killed under load, again and again: what is lost, and how soon it is back."""

import statistics
from collections.abc import AsyncIterator

from palimpsest import __version__
from palimpsest.adapters.load.connection import LoadFailed
from tests.bench.rounds import OURS, Round
from tests.bench.workload import Plan, Target, Workload
from tests.kills.cycles import Cycles, ways_of

NAME = "crash"
SETTING = "kill -9"
CYCLES, CYCLES_QUICK = 32, 8


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield a round: all cycles together."""
    plan.folder.mkdir(exist_ok=True)
    count = CYCLES_QUICK if plan.is_quick else CYCLES
    cycles = Cycles(plan.folder, seed=1)
    try:
        await cycles.run(ways_of(count, 1))
    except AssertionError as lost:
        raise LoadFailed(str(lost)) from lost
    figures = {
        "lost": 0.0,
        "deaths": float(count),
        "edits acknowledged": float(cycles.acknowledged),
        "ready s": statistics.median(cycles.ready_seconds),
        "ready s, most": max(cycles.ready_seconds),
    }
    yield Round(NAME, SETTING, OURS, __version__, 1, figures)


CRASH = Workload(
    NAME,
    "Killed under load",
    "Processes of the server are killed while six write and two listen, at moments chosen by"
    " chance and at the worst ones: before the commit, behind it, before the acknowledgement."
    " Everything that anybody was told must be there afterwards, once. (`make kill` does this 200"
    " times.)",
    measure,
    (
        Target("edits lost", SETTING, "lost", 0.0),
        Target("ready again", SETTING, "ready s, most", 1.0),
    ),
)

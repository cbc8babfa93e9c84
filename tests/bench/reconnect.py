"""Everybody is cut off at once, and comes back with what they have."""

import time
from collections.abc import AsyncIterator
from functools import partial

from tests.bench.contest import Found, Turn, contest
from tests.bench.joining import Shelf
from tests.bench.rounds import FLOOR, Round
from tests.bench.servers import SERVERS
from tests.bench.workload import Plan, Workload

NAME = "reconnect"
CLIENTS, MISSED = 100, 100
SETTING = f"{CLIENTS} at once, {MISSED} edits behind"


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds."""
    starts = [(name, start) for name, start in SERVERS if name != FLOOR]
    async for each in contest(plan, NAME, starts, {SETTING: partial(_come_back, CLIENTS)}):
        yield each


async def _come_back(count: int, turn: Turn) -> Found:
    async with Shelf(turn) as shelf:
        await shelf.type(MISSED)
        before, client, began = turn.meter(), time.process_time(), time.perf_counter()
        joiners = await shelf.join(count, knows_the_book=True)
        return shelf.found(joiners, before, client, began)


RECONNECT = Workload(
    NAME,
    "Many come back at once",
    "100 clients that have a document of a megabyte, but not the 100 edits that were made while"
    " they were away, come back at once and say what they have. What each is sent is checked to be"
    " what it lacks.",
    measure,
    rounds_max=3,
)

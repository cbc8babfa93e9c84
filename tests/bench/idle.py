"""What it takes to keep somebody connected who does nothing, and a document open."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from palimpsest.adapters.load.keystrokes import PROSE
from tests.bench.contest import Found, Turn, rest, take
from tests.bench.meeting import Cast, Meeting
from tests.bench.memory import bytes_by_part, growth, kernel_bytes
from tests.bench.rounds import FLOOR, Round
from tests.bench.servers import SERVERS, Start, Unavailable
from tests.bench.workload import Plan, Target, Workload

NAME = "idle"
PAIRS, DOCUMENTS, TEXT_BYTES = 500, 200, 10_000
CONNECTED = "connections, two to a document"
OPENED = "documents of 10 KB, one connection each"
WARM_UP_DOCUMENTS = 20


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds; each server is started anew for each."""
    settings = [(CONNECTED, partial(_connections, PAIRS))]
    if not plan.is_quick:
        settings.append((OPENED, partial(_documents, DOCUMENTS)))
    for number in range(1, plan.rounds + 1):
        for setting, act in settings:
            for name, start in SERVERS:
                if name == FLOOR and setting == OPENED:
                    continue
                found = await _alone(plan, (name, start), number, setting, act)
                if found is not None:
                    yield found


async def _alone(
    plan: Plan,
    who: tuple[str, Start],
    number: int,
    setting: str,
    act: Callable[[Turn], Awaitable[Found]],
) -> Round | None:
    name, start = who
    folder = plan.folder / f"{name.replace('/', '-')}-{number}-{setting[:9]}"
    folder.mkdir(parents=True)
    try:
        async with start(folder) as contestant:
            return await take(NAME, setting, Turn(contestant, number, f"{number:03}"), act)
    except Unavailable:
        return None


async def _connections(pairs: int, turn: Turn) -> Found:
    names = [f"{NAME}-{turn.name}-{each:04}" for each in range(pairs)]
    return await _grown(turn, Meeting(turn.contestant, names, Cast(writers=2)), "")


async def _documents(count: int, turn: Turn) -> Found:
    names = [f"{NAME}-{turn.name}-{each:04}" for each in range(count)]
    text = (PROSE * (TEXT_BYTES // len(PROSE) + 1))[:TEXT_BYTES]
    cast = Cast(writers=1, is_heard=False)
    return await _grown(turn, Meeting(turn.contestant, names, cast), text)


async def _grown(turn: Turn, meeting: Meeting, text: str) -> Found:
    """Return by how much a server grows for those who are there, and how much stays behind."""
    await _warm_up(turn)
    before, kernel = await _at_rest(turn), kernel_bytes()
    async with meeting:
        await meeting.gather()
        for guest in meeting.guests:
            if text:
                guest.flush(text)
            guest.move(0.0)
        await meeting.settle()
        there = growth(before, await _at_rest(turn))
        kernel = kernel_bytes() - kernel
    left = growth(before, await _at_rest(turn))
    count = len(meeting.guests)
    parts = {f"{part} KB": size / count / 1e3 for part, size in there.items()}
    return Found(
        {
            "KB each": sum(there.values()) / count / 1e3,
            **(parts if len(parts) > 1 else {}),
            "KB left": sum(left.values()) / count / 1e3,
            "kernel KB": kernel / count / 1e3,
        }
    )


async def _warm_up(turn: Turn) -> None:
    """Have everything loaded that is loaded with the first who come."""
    names = [f"warm-up-{turn.name}-{each:04}" for each in range(WARM_UP_DOCUMENTS)]
    async with Meeting(turn.contestant, names, Cast(writers=2, edits=5, is_heard=False)) as first:
        await first.gather()
        first.begin()
        await first.watch(0.5)
        await first.end()


async def _at_rest(turn: Turn) -> dict[str, int]:
    await rest(turn.meter)
    contestant = turn.contestant
    return await asyncio.to_thread(bytes_by_part, contestant.pid, contestant.part_of)


IDLE = Workload(
    NAME,
    "Memory",
    "1,000 connections, two to a document, which have said where their cursor is and then do"
    " nothing; and 200 documents of 10 KB, each open to one connection. Memory is that of all"
    " processes of a server (PSS), by how much it grew; 'left' is what is still there once all"
    " have gone. The kernel's memory (slab) is for both ends of the sockets.",
    measure,
    (Target("memory a connection", CONNECTED, "KB each", 8.0),),
    rounds_max=3,
)

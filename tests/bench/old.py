"""A log of millions of edits, and two who go on typing: it must be as on the first day."""

import asyncio
import itertools
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from palimpsest.adapters.load.connection import LoadFailed
from palimpsest.adapters.load.keystrokes import PROSE, insertion
from palimpsest.adapters.load.pairs import Load
from palimpsest.adapters.sqlite.event_log import SqliteEventLog
from palimpsest.domain.event_codec import UPDATE_RECORDED, Stored, introduction
from palimpsest.protocol.lib0 import var_uint
from tests.bench.contest import Found, Turn, rest, take
from tests.bench.pairs import compare, figures_of
from tests.bench.rebuild import VIEWS
from tests.bench.rounds import Round
from tests.bench.servers import Contestant, palimpsest
from tests.bench.workload import Plan, Target, Workload
from tests.updates import ANN, CREATED

NAME = "old"
EVENTS, EVENTS_QUICK = 5_000_000, 50_000
OTHERS, EVENTS_OF_OTHERS = 1000, 1000
EVENTS_AT_ONCE = 50_000
WRITER, FIRST_EDITOR = 1000, 1_000_000_000
EVENT_MILLISECONDS = 100
PAGE, KEPT = 1000, 100
"""After so many letters all but a few of them are deleted, as drafts go."""
IN_FLIGHT = 4
WARM_UP_SECONDS = 1.0
SETTLED_SECONDS_MAX = 500.0
LOOK_SECONDS = 0.25
YOUNG, LONG, MANY = "a new server", "a document with all of it behind it", "one of 1,000 others"


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Write the log, let the views come up to it, and yield rounds."""
    count = EVENTS_QUICK if plan.is_quick else EVENTS
    young, old = plan.folder / "young", plan.folder / "old"
    young.mkdir(parents=True)
    began = time.perf_counter()
    grow(old / "data", count, others=OTHERS)
    _say(
        f"a log of {count:,} edits, and {OTHERS * EVENTS_OF_OTHERS:,} more, "
        f"in {time.perf_counter() - began:.0f} s"
    )
    async with palimpsest(young) as new, palimpsest(old) as grown:
        began = time.perf_counter()
        await _settled(grown, old / "data")
        _say(f"the views took {time.perf_counter() - began:.0f} s")
        for number in range(1, plan.rounds + 1):
            first: Round | None = None
            for setting, contestant, document in (
                (YOUNG, new, f"new-{number}"),
                (LONG, grown, "old"),
                (MANY, grown, _other(number)),
            ):
                found = await _type(plan, setting, Turn(contestant, number, document))
                first = first or found
                yield _compared(found, first)


async def _type(plan: Plan, setting: str, turn: Turn) -> Round:
    async def act(turn: Turn) -> Found:
        version_of = turn.contestant.version_of
        assert version_of is not None
        before = 1 if setting == YOUNG else await version_of(turn.name)
        clients = (FIRST_EDITOR + 2 * turn.number, FIRST_EDITOR + 2 * turn.number + 1)
        load = Load(turn.contestant.door, [turn.name], in_flight=IN_FLIGHT, clients=clients)
        measured = await load.run(turn.meter, warm_up=WARM_UP_SECONDS, seconds=plan.seconds)
        [(document, (ann, bob))] = load.pairs().items()
        compare(document, ann, bob)
        if (version := await version_of(document)) != before + ann.sent + bob.sent:
            raise LoadFailed(f"{document} is at version {version}, and not all edits are in it.")
        return Found(figures_of(measured), measured.client_cpu / measured.seconds)

    return await take(NAME, setting, turn, act)


def _compared(found: Round, first: Round) -> Round:
    """Add how it was in terms of how it was on a new server."""
    for figure in ("edits/s", "p99 ms"):
        if figure in found.figures and figure in first.figures:
            found.figures[f"{figure} / new"] = found.figures[figure] / first.figures[figure]
    return found


def grow(folder: Path, count: int, *, others: int) -> None:
    """Write a log as the engine does, unchecked: a long document, and shorter ones behind it."""
    folder.mkdir(parents=True)
    with closing(SqliteEventLog(folder, free_bytes_min=0)) as log:
        batches = itertools.count(1)
        _append(log, "old", count, batches)
        for number in range(others):
            _append(log, _other(number), EVENTS_OF_OTHERS, batches)


def _append(
    log: SqliteEventLog, document: str, count: int, batches: "itertools.count[int]"
) -> None:
    events = _events(count)
    now = 0
    while some := list(itertools.islice(events, EVENTS_AT_ONCE)):
        log.begin()
        for event in some:
            log.append(document, ANN, now, event)
            now += EVENT_MILLISECONDS
        log.commit(next(batches), b"")


def _events(count: int) -> Iterator[Stored]:
    yield CREATED
    introduced = introduction({WRITER: ANN.principal})
    for update in edits(count):
        yield Stored(UPDATE_RECORDED, introduced + update)
        introduced = introduction({})


def edits(count: int) -> Iterator[bytes]:
    """Yield the updates of somebody who types letter by letter, and deletes most of each page."""
    letters, clock = itertools.cycle(PROSE), 0
    for number in range(count):
        if number % (PAGE + 1) == PAGE:
            yield _deletion(clock - PAGE, PAGE - KEPT)
        else:
            yield insertion(WRITER, clock, next(letters))
            clock += 1


def _deletion(clock: int, count: int) -> bytes:
    """Return the update (Yjs, version 1) that deletes some of what the writer typed."""
    return b"".join((b"\x00\x01", var_uint(WRITER), b"\x01", var_uint(clock), var_uint(count)))


def _other(number: int) -> str:
    return f"other-{number:04}"


async def _settled(contestant: Contestant, data: Path) -> None:
    """Wait until the views are up to the log, and nothing is left to do.

    Before that a document may have no checkpoint, and is opened from its first event on.
    """
    deadline = time.perf_counter() + SETTLED_SECONDS_MAX
    while behind := _behind(data):
        if time.perf_counter() > deadline:
            raise LoadFailed(f"The views are still {behind:,} events behind.")
        await asyncio.sleep(LOOK_SECONDS)
    await rest(Turn(contestant, 0, "").meter)


def _behind(data: Path) -> int:
    """Return how many events the views are behind, each view's added up."""
    [[head]] = _rows(data / "events.db", "SELECT max(position) FROM events")
    views = data / "views.db"
    try:
        places = [place for [place] in _rows(views, "SELECT position FROM projections")]
        parked = _rows(views, "SELECT document FROM parked")
    except sqlite3.OperationalError:
        # The projector has not made them yet.
        places, parked = [], []
    if parked:
        raise LoadFailed("A view has set a document aside.")
    return int(len(VIEWS) * head - sum(places))


def _rows(database: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(question).fetchall()


def _say(what: str) -> None:
    print(f"{NAME}: {what}", file=sys.stderr, flush=True)


OLD = Workload(
    NAME,
    "A log of five million edits",
    "Two editors, four edits in flight each, type in a document on a new server; in one that has"
    " five million edits behind it (50,000 in the quick profile); and in one of 1,000 others of"
    " 1,000 edits in the same log. Neither throughput nor latency may fall as a log grows.",
    measure,
    tuple(
        target
        for setting in (LONG, MANY)
        for target in (
            Target("speed", setting, "edits/s / new", 0.9, is_least=True),
            Target("latency", setting, "p99 ms / new", 1.25),
        )
    ),
    rounds_max=3,
)

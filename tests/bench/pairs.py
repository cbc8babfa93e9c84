"""Pairs of editors who type as fast as they are answered: Palimpsest and its peers, in turn."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from palimpsest.adapters.load.connection import LoadFailed
from palimpsest.adapters.load.editor import Editor
from palimpsest.adapters.load.latency import percentiles
from palimpsest.adapters.load.pairs import Load, Measured
from tests.bench.contest import Found, Turn, contest, contestants, costs, rest
from tests.bench.cpu import pids_by_part
from tests.bench.profiles import sample
from tests.bench.rounds import Round
from tests.bench.servers import BESIDE, SERVERS, Contestant
from tests.bench.workload import Plan, Target, Workload
from tests.updates import text_of

NAME = "pairs"
IN_FLIGHT = (1, 4)
WARM_UP_SECONDS = 1.0


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds."""
    acts = {_setting(in_flight): partial(_type, plan, in_flight) for in_flight in IN_FLIGHT}
    async for each in contest(plan, NAME, SERVERS, acts):
        yield each
    if plan.profile:
        async with contestants(plan.folder / "profile", SERVERS[:1]) as [contestant]:
            for in_flight in IN_FLIGHT:
                await _profile(plan, contestant, in_flight)


def _setting(in_flight: int) -> str:
    return f"{in_flight} in flight"


async def _type(plan: Plan, in_flight: int, turn: Turn) -> Found:
    documents = [f"{turn.name}-{each:04}" for each in range(plan.documents)]
    load = Load(turn.contestant.door, documents, in_flight=in_flight)
    before = turn.meter()
    measured = await load.run(turn.meter, warm_up=WARM_UP_SECONDS, seconds=plan.seconds)
    for document, (ann, bob) in load.pairs().items():
        compare(document, ann, bob)
    await rest(turn.meter)
    if BESIDE in measured.cpu:
        # It may lag behind: what counts is what it took in the end, for all edits.
        used = turn.meter()[BESIDE] - before.get(BESIDE, 0.0)
        measured.cpu[BESIDE] = used * measured.edits / sum(load.edits().values())
    await _check_versions(load.edits(), turn.contestant)
    return Found(figures_of(measured), measured.client_cpu / measured.seconds)


def figures_of(measured: Measured) -> dict[str, float]:
    """Return what was measured, for one edit."""
    return {
        **costs(measured.cpu, measured.edits, "edit"),
        "edits/s": measured.edits / measured.seconds,
        **percentiles(measured.latencies),
    }


def compare(document: str, ann: Editor, bob: Editor) -> None:
    """Integrate what each of two editors sent and heard: both must see all that was typed.

    Raises:
        LoadFailed: somebody does not.
    """
    typed = text_of(*ann.sent_updates, *bob.sent_updates)
    assert len(typed) == ann.sent + bob.sent, "an edit is a letter"
    for editor in (ann, bob):
        if text_of(*editor.sent_updates, *editor.updates) != typed:
            raise LoadFailed(f"The editors of {document} see different texts.")


async def _profile(plan: Plan, contestant: Contestant, in_flight: int) -> None:
    pids = pids_by_part(contestant.pid, contestant.part_of)
    seconds = WARM_UP_SECONDS + plan.seconds
    sampling = asyncio.ensure_future(sample(pids, plan.folder, seconds))
    await _type(plan, in_flight, Turn(contestant, 0, f"profile-{in_flight}"))
    for part, functions in (await sampling).items():
        plan.profiles[f"{part}, {_setting(in_flight)}"] = functions


async def _check_versions(edits: dict[str, int], contestant: Contestant) -> None:
    """Compare what was sent with what is stored: an event an edit, and the document's creation."""
    if contestant.version_of is None:
        return
    for document, count in edits.items():
        version = await contestant.version_of(document)
        if version != count + 1:
            raise LoadFailed(f"{document} has {version} events for {count} edits.")


PAIRS = Workload(
    NAME,
    "Two people a document",
    "Two editors at each of 50 documents. Every edit is a letter, followed by its cursor move; an"
    " editor sends the next one when the partner has received an earlier one. Each edit is checked"
    " to arrive, and all documents to be equal on both sides.",
    measure,
    (
        Target("CPU an edit", _setting(4), "CPU us/edit", 0.6, "@y/websocket-server"),
        Target("CPU an edit", _setting(4), "CPU us/edit", 1 / 6, "@hocuspocus/server"),
    ),
)

"""How fast views are made anew, from a log of single keystrokes."""

import itertools
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from pycrdt import Doc, Text, TransactionEvent

from palimpsest import __version__
from palimpsest.adapters.load.connection import LoadFailed
from palimpsest.adapters.sqlite.event_log import SqliteEventLog
from palimpsest.domain.event_codec import UPDATE_RECORDED, Stored, introduction
from tests.bench.rounds import OURS, Round
from tests.bench.workload import Plan, Target, Workload
from tests.harness.nodes import Patch
from tests.harness.traces import generated, typed
from tests.updates import ANN, CREATED

NAME = "rebuild"
VIEWS = ("catalogue", "history", "snapshots", "checkpoints")
TRACE = "automerge-paper"
DOCUMENT = "paper"
CLIENT = 1000
EVENTS = 260_000
EVENTS_AT_ONCE = 20_000
KEYSTROKE_MILLISECONDS = 200
RUN_EVENTS = 500
PAUSE_MILLISECONDS = 10 * 60 * 1000


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Write the log; yield how long each view takes, in turn.

    Raises:
        LoadFailed: a view could not be made.
    """
    plan.folder.mkdir(exist_ok=True)
    session = typed(TRACE)
    if len(session.patches) < EVENTS // 2:
        session = generated(0, count=EVENTS)
    patches = session.patches[: EVENTS // 10] if plan.is_quick else session.patches
    count = write_log(plan.folder, updates(patches))
    for number in range(1, plan.rounds + 1):
        for view in VIEWS:
            yield _rebuild(plan.folder, view, number, count)


def _rebuild(folder: Path, view: str, number: int, count: int) -> Round:
    began, cpu = time.perf_counter(), _children_seconds()
    said = _run(folder, view)
    elapsed, cpu = time.perf_counter() - began, _children_seconds() - cpu
    if f"from {count} events" not in said:
        raise LoadFailed(f"{view} does not have {count} events: {said}")
    # What is set aside costs nothing.
    if "no document" not in (said := _run(folder, view, "--parked")):
        raise LoadFailed(f"{view} had set documents aside: {said}")
    figures = {
        "events/s": count / elapsed,
        "events/CPU s": count / cpu,
        "events": float(count),
        "seconds": elapsed,
    }
    return Round(NAME, view, OURS, __version__, number, figures)


def _run(folder: Path, view: str, *options: str) -> str:
    command = [
        sys.executable,
        "-m",
        "palimpsest",
        "rebuild",
        view,
        "--data",
        str(folder),
        *options,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LoadFailed(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write_log(folder: Path, payloads: Iterable[bytes]) -> int:
    """Append a document with these updates to a new log, unchecked; return how many events."""
    with closing(SqliteEventLog(folder, free_bytes_min=0)) as log:
        events = _events(payloads)
        now, version = 0, 0
        for batch in itertools.count(1):
            log.begin()
            for event in itertools.islice(events, EVENTS_AT_ONCE):
                version = log.append(DOCUMENT, ANN, now, event)
                pauses = version % RUN_EVENTS == 0
                now += PAUSE_MILLISECONDS if pauses else KEYSTROKE_MILLISECONDS
            log.commit(batch, b"")
            if version < batch * EVENTS_AT_ONCE:
                break
    return version


def _events(payloads: Iterable[bytes]) -> Iterator[Stored]:
    yield CREATED
    introduced = introduction({CLIENT: ANN.principal})
    for payload in payloads:
        yield Stored(UPDATE_RECORDED, introduced + payload)
        introduced = introduction({})


def updates(patches: Iterable[Patch]) -> Iterator[bytes]:
    """Yield an update for each patch of one writer's session."""
    doc: Doc[Text] = Doc(client_id=CLIENT)
    text = doc.get("text", type=Text)
    made: list[bytes] = []

    def note(event: TransactionEvent) -> None:
        made.append(event.update)

    subscription = doc.observe(note)
    for position, deleted, inserted in patches:
        # pycrdt counts bytes of UTF-8.
        ascii_text = inserted if inserted.isascii() else "?" * len(inserted)
        with doc.transaction():
            if deleted:
                del text[position : position + deleted]
            if inserted:
                text.insert(position, ascii_text)
        yield made.pop()
    doc.unobserve(subscription)


REBUILD = Workload(
    NAME,
    "Views made anew",
    "A log of one document that was typed in some 260,000 keystrokes (a tenth of them in the quick"
    " profile), with a pause of ten minutes after every 500 (the recorded writing of a paper where"
    " it is at hand, else a generated one). `palimpsest rebuild` makes each view from it; its"
    " start is counted too.",
    measure,
    tuple(Target("speed", view, "events/s", 100_000, is_least=True) for view in VIEWS),
)

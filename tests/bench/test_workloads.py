import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from palimpsest.adapters.load.connection import LoadFailed
from palimpsest.adapters.sqlite.event_log import SqliteEventLog
from tests.bench import old
from tests.bench.book import AUTHOR, PASSAGES, book
from tests.bench.contest import Found, Turn, contest, take
from tests.bench.idle import _connections, _documents
from tests.bench.joining import STORM, Shelf, _storm
from tests.bench.meeting import Cast
from tests.bench.memory import bytes_by_part, growth, kernel_bytes
from tests.bench.old import KEPT, PAGE, edits, grow
from tests.bench.reconnect import _come_back
from tests.bench.rounds import Round
from tests.bench.servers import floor, palimpsest
from tests.bench.slow import _meet
from tests.bench.workload import Plan
from tests.harness.recording import record
from tests.updates import text_of

HELD_BYTES = 20_000_000
HOLDER = f"""
print(flush=True)
input()
held = b"1" * {HELD_BYTES}
print(flush=True)
input()
"""


@pytest.fixture
async def turn(tmp_path: Path) -> AsyncIterator[Turn]:
    async with palimpsest(tmp_path) as contestant:
        yield Turn(contestant, 1, "test")


def test_the_large_document_is_one_and_in_passages() -> None:
    assert len(text_of(book().update)) == book().letters
    assert len(book().update) > 1_000_000
    assert len(book().update) - book().letters > 10 * PASSAGES
    assert book().state_vector.startswith(b"\x01")
    assert AUTHOR < 2**32


async def test_all_who_come_at_once_are_sent_the_whole_document(turn: Turn) -> None:
    found = await _storm(3, turn)
    assert found.figures["MB/client"] == pytest.approx(len(book().update) / 1e6, rel=0.01)
    assert found.figures["CPU ms/client"] > 0


async def test_who_comes_back_is_sent_what_it_lacks(turn: Turn) -> None:
    found = await _come_back(3, turn)
    assert found.figures["MB/client"] < 0.01


async def test_somebody_who_sees_too_little_is_noticed(turn: Turn) -> None:
    async with Shelf(turn) as shelf:
        joiners = await shelf.join(1)
        joiners[0].update = b"\x00\x00"
        with pytest.raises(LoadFailed, match="0 letters"):
            shelf.found(joiners, turn.meter(), 0.0, 0.0)


async def test_idle_connections_and_documents_take_memory(turn: Turn) -> None:
    connections = await _connections(50, turn)
    assert connections.figures["KB each"] > 0
    documents = await _documents(20, turn._replace(name="other"))
    assert documents.figures["KB each"] > 10


async def test_slow_readers_do_not_keep_others_from_hearing(turn: Turn) -> None:
    found = await _meet(Cast(writers=1, readers=6, edits=20.0, letters=20_000, slow=2), turn)
    assert found.figures["CPU us/delivery"] > 0


async def test_a_failure_is_a_round_without_figures(turn: Turn) -> None:
    async def fail(_turn: Turn) -> Found:
        raise LoadFailed("It fell over.")

    found = await take("storm", STORM, turn, fail)
    assert found == Round(
        "storm", STORM, turn.contestant.name, turn.contestant.release, 1, failure="It fell over."
    )


def test_memory_is_counted_by_part() -> None:
    def held() -> dict[str, int]:
        return bytes_by_part(process.pid, lambda _command: "test")

    with Popen([sys.executable, "-c", HOLDER], stdin=PIPE, stdout=PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        before = held()
        process.stdin.write(b"\n")
        process.stdin.flush()
        process.stdout.readline()
        assert growth(before, held())["test"] == pytest.approx(HELD_BYTES, rel=0.2)
        process.kill()
    assert kernel_bytes() > 0


def test_a_log_that_was_grown_is_what_the_engine_would_have_written(tmp_path: Path) -> None:
    updates = list(edits(2500))
    assert len(text_of(*updates)) == 2498 - 2 * (PAGE - KEPT)
    written = record(tmp_path / "engine", "old", updates)
    grow(tmp_path / "grown", 2500, others=0)
    with closing(SqliteEventLog(tmp_path / "grown", free_bytes_min=0)) as log:
        assert log.version("old") == written


async def test_who_types_behind_a_long_log_is_compared_with_a_new_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.bench.old.EVENTS_OF_OTHERS", 2)
    monkeypatch.setattr("tests.bench.old.OTHERS", 3)
    monkeypatch.setattr("tests.bench.old.EVENTS_QUICK", 2500)
    plan = Plan(tmp_path / "old", rounds=1, seconds=0.3, is_quick=True)
    found = [each async for each in old.measure(plan)]
    assert [each.failure for each in found] == ["", "", ""]
    assert found[0].figures["edits/s / new"] == 1
    assert all(each.figures["p99 ms / new"] > 0 for each in found)


async def test_what_a_peer_cannot_do_it_is_not_asked_again(tmp_path: Path) -> None:
    async def fail(_turn: Turn) -> Found:
        raise LoadFailed("It fell over.")

    plan = Plan(tmp_path / "contest", rounds=3, seconds=0.1)
    starts = [("palimpsest", palimpsest), ("floor", floor)]
    found = [each async for each in contest(plan, "storm", starts, {STORM: fail})]
    assert [(each.number, each.server) for each in found] == [
        (1, "palimpsest"),
        (1, "floor"),
        (2, "palimpsest"),
        (3, "palimpsest"),
    ]

"""What only the real engine has: a process, a data directory of its own, and a lock on it."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import apsw
import pytest

from palimpsest.adapters.engine.client import EngineCannotStart, EngineProcess
from palimpsest.adapters.sqlite.database import FILE_NAME
from palimpsest.limits import Limits
from palimpsest.ports import Batch, Entry, Outcome, Verdict
from tests.contract.engines import kill
from tests.contract.logs import change_in
from tests.updates import ANN, CREATED, entry, first_entry, text_of, typing


async def reason_against(folder: Path) -> str:
    """Start an engine that cannot; return why."""
    engine = EngineProcess(folder, Limits())
    try:
        with pytest.raises(EngineCannotStart) as caught:
            await engine.start()
    finally:
        await engine.close()
    reason = str(caught.value)
    assert "\n" not in reason
    assert reason.endswith(".")
    assert str(folder) in reason
    return reason


async def test_a_data_directory_is_made_if_it_is_not_there(tmp_path: Path) -> None:
    engine = EngineProcess(tmp_path / "new" / "data", Limits())
    try:
        assert await engine.start() == (1, 1)
        assert (tmp_path / "new" / "data" / FILE_NAME).is_file()
    finally:
        await engine.close()


async def test_a_data_directory_that_is_in_use_is_refused(tmp_path: Path) -> None:
    engine = EngineProcess(tmp_path, Limits())
    try:
        await engine.start()
        assert "Another Palimpsest server is using" in await reason_against(tmp_path)
    finally:
        await engine.close()


async def test_a_directory_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")
    assert "holds no Palimpsest data" in await reason_against(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


async def test_a_file_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert "cannot be used" in await reason_against(tmp_path / "data")


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("Dear diary, " * 1_000)
    assert "is not a database" in await reason_against(tmp_path)


async def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    change_in(tmp_path, "CREATE TABLE recipes (name TEXT)")
    before = (tmp_path / FILE_NAME).read_bytes()
    assert "belongs to another program" in await reason_against(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before


async def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    engine = EngineProcess(tmp_path, Limits())
    await engine.start()
    await engine.close()
    change_in(tmp_path, "PRAGMA user_version = 99")
    assert "another version of Palimpsest" in await reason_against(tmp_path)


async def test_an_engine_that_ends_while_it_starts_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PALIMPSEST_LOG_PAGES_MAX", "not a number")
    engine = EngineProcess(tmp_path, Limits())
    try:
        with pytest.raises(EngineCannotStart, match="ended while it started"):
            await engine.start()
    finally:
        await engine.close()


async def test_numbers_go_on_where_the_last_engine_stopped(tmp_path: Path) -> None:
    engine = EngineProcess(tmp_path, Limits())
    await engine.start()
    await engine.commit(Batch(41, (ANN,), (first_entry("a", *typing(5, "a")),)))
    await engine.close()
    engine = EngineProcess(tmp_path, Limits())
    try:
        assert await engine.start() == (42, ANN.number + 1)
    finally:
        await engine.close()


async def test_an_engine_that_is_killed_when_idle_is_there_again(tmp_path: Path) -> None:
    engine = EngineProcess(tmp_path, Limits())
    try:
        await engine.start()
        first, second = typing(5, "ab")
        await engine.commit(Batch(1, (ANN,), (first_entry("a", first),)))
        await kill(engine)
        assert await engine.commit(Batch(2, (ANN,), (entry("a", second),))) == [
            Outcome(Verdict.COMMITTED, 3)
        ]
        assert text_of((await engine.difference("a", b"\x00")).update) == "ab"
    finally:
        await engine.close()


async def test_a_document_whose_seed_is_missing_is_read_but_not_written(tmp_path: Path) -> None:
    engine = EngineProcess(tmp_path, Limits())
    await engine.start()
    first, second = typing(5, "ab")
    other, another = typing(6, "xy")
    entries = (first_entry("a", first), first_entry("b", other))
    await engine.commit(Batch(1, (ANN,), entries))
    await engine.close()
    change_in(tmp_path, "DELETE FROM seeds WHERE document = 1")
    engine = EngineProcess(tmp_path, Limits())
    try:
        await engine.start()
        assert dict((await engine.open("a", load=True)).clocks) == {5: 1}
        created = Entry("a", ANN.number, 1_000, (CREATED,))
        later = (created, entry("b", another), entry("a", second))
        outcomes = await engine.commit(Batch(2, (ANN,), later))
        assert [outcome.verdict.name for outcome in outcomes] == ["REJECTED", "COMMITTED", "STALE"]
        assert "seed" in outcomes[0].reason
        [outcome] = await engine.commit(Batch(3, (ANN,), (entry("a", second),)))
        assert outcome.verdict is Verdict.REJECTED
        assert text_of((await engine.difference("a", b"\x00")).update) == "a"
    finally:
        await engine.close()


async def test_an_engine_finishes_what_it_was_given_before_it_ends(tmp_path: Path) -> None:
    engine = EngineProcess(tmp_path, Limits())
    await engine.start()
    letters = typing(5, "a" * 2_000)
    entries = (first_entry("a", letters[0]), *(entry("a", update) for update in letters[1:]))
    commit = asyncio.ensure_future(engine.commit(Batch(1, (ANN,), entries)))
    await asyncio.sleep(0)
    await engine.close()
    with pytest.raises(asyncio.CancelledError):
        await commit
    engine = EngineProcess(tmp_path, Limits())
    try:
        await engine.start()
        assert (await engine.open("a", load=False)).version in (0, 2_001)
    finally:
        await engine.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_that_are_meant_for_the_server_do_not_end_the_engine(
    tmp_path: Path, number: signal.Signals
) -> None:
    engine = EngineProcess(tmp_path, Limits())
    try:
        await engine.start()
        assert engine._process is not None
        os.kill(engine._process.pid, number)
        assert await engine.outcomes(1) is None
        assert engine._process.poll() is None
    finally:
        await engine.close()


async def test_an_engine_ends_when_its_server_is_gone(tmp_path: Path) -> None:
    engine = EngineProcess(tmp_path, Limits())
    await engine.start()
    process = engine._process
    assert process is not None
    assert engine._transport is not None
    engine._closing = True
    engine._transport.abort()
    assert await asyncio.to_thread(process.wait, 10) == 0


def test_sqlite_is_one_that_loses_no_commits() -> None:
    assert tuple(map(int, apsw.sqlite_lib_version().split("."))) >= (3, 51, 3)


async def test_an_engine_that_cannot_be_started_anew_is_started_when_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    engine = EngineProcess(tmp_path, Limits())
    try:
        await engine.start()
        with monkeypatch.context() as broken:
            broken.setattr(sys, "executable", "/nowhere/python")
            assert engine._process is not None
            engine._process.kill()
            async with asyncio.timeout(20):
                while "does not start" not in caplog.text:
                    await asyncio.sleep(0.01)
        async with asyncio.timeout(20):
            assert (await engine.open("d", load=False)).version == 0
    finally:
        await engine.close()

"""The replay worker: whatever becomes of it, every question is answered, and soon."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from palimpsest.adapters.replay.client import ReplayProcess
from palimpsest.limits import Limits
from palimpsest.queries.content import NotShowable, TooBusy
from tests.contract.logs import overwrite_in
from tests.harness.recording import record
from tests.hostile import hostile_updates
from tests.updates import text_of, typing

TEXT = "palimpsest"
WAITING_MAX = 10
SECONDS_MAX = 30.0


@pytest_asyncio.fixture
async def replay(tmp_path: Path) -> AsyncIterator[ReplayProcess]:
    """A worker on a log with three documents, `a` and `b` sound and `deadly`."""
    for number, document in enumerate(("a", "b", "deadly"), start=1):
        record(tmp_path, document, typing(number, TEXT))
    [nested] = [each for each in hostile_updates() if each.name == "nested_any"]
    overwrite_in(tmp_path, "deadly", len(TEXT) + 1, b"\0" + nested.updates[0])
    replay = ReplayProcess(tmp_path, Limits(replays_waiting_max=WAITING_MAX))
    yield replay
    await replay.close()


async def shown(replay: ReplayProcess, document: str, version: int) -> str:
    async with asyncio.timeout(SECONDS_MAX):
        return (await replay.show(document, version)).text


def pid_of(replay: ReplayProcess) -> int:
    assert replay._process is not None
    return replay._process.pid


async def kill_at_work(replay: ReplayProcess, *asked: "asyncio.Future[str]") -> None:
    """Kill the worker while it has been asked and has not answered."""
    killed = pid_of(replay)
    os.kill(killed, signal.SIGKILL)
    while not all(each.done() for each in asked) and pid_of(replay) == killed:
        await asyncio.sleep(0.01)


async def ask_stopped(replay: ReplayProcess, *asked: tuple[str, int]) -> list["asyncio.Task[str]"]:
    """Ask for versions of a worker that does nothing just now."""
    os.kill(pid_of(replay), signal.SIGSTOP)
    futures = [asyncio.ensure_future(shown(replay, *each)) for each in asked]
    await asyncio.sleep(0)
    return futures


async def test_versions_are_shown_in_any_order(replay: ReplayProcess) -> None:
    for version in (5, 11, 1, 7, 7, 2):
        expected = TEXT[: version - 1]
        assert (await shown(replay, "a", version)).strip() == expected
        assert text_of(await replay.encode("b", version)) == expected


async def test_a_worker_that_is_killed_at_work_is_not_noticed(replay: ReplayProcess) -> None:
    await shown(replay, "a", 2)
    asked = await ask_stopped(replay, ("a", 5), ("b", 6), ("a", 3))
    await kill_at_work(replay, *asked)
    assert [text.strip() for text in await asyncio.gather(*asked)] == [
        TEXT[:4],
        TEXT[:5],
        TEXT[:2],
    ]


async def test_a_worker_that_is_killed_idle_is_not_noticed(replay: ReplayProcess) -> None:
    for version in (3, 4, 5):
        assert (await shown(replay, "a", version)).strip() == TEXT[: version - 1]
        os.kill(pid_of(replay), signal.SIGKILL)
        # Whether that was heard of before the next question or behind it.
        await asyncio.sleep(0)


async def test_what_it_was_once_killed_at_is_shown_however_often_others_kill_it(
    replay: ReplayProcess,
) -> None:
    await shown(replay, "a", 2)
    for _ in range(4):
        [asked] = await ask_stopped(replay, ("a", 5))
        await kill_at_work(replay, asked)
        assert (await asked).strip() == TEXT[:4]


async def test_what_kills_it_twice_is_refused_and_others_are_shown(
    replay: ReplayProcess,
) -> None:
    last = len(TEXT) + 1
    asked = [
        asyncio.ensure_future(shown(replay, *each))
        for each in (("a", 3), ("deadly", last), ("b", 4), ("deadly", 5), ("a", 5))
    ]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(answers[1], NotShowable)
    assert [str(answers[number]).strip() for number in (0, 2, 3, 4)] == [
        TEXT[:2],
        TEXT[:3],
        TEXT[:4],
        TEXT[:4],
    ]
    # It is not tried again.
    pid = pid_of(replay)
    with pytest.raises(NotShowable):
        await shown(replay, "deadly", last)
    assert (await shown(replay, "b", 5)).strip() == TEXT[:4]
    assert pid_of(replay) == pid


async def test_no_more_wait_than_may(replay: ReplayProcess) -> None:
    await shown(replay, "a", 2)
    asked = await ask_stopped(replay, *(("a", 2 + number) for number in range(WAITING_MAX)))
    with pytest.raises(TooBusy):
        await shown(replay, "b", 5)
    os.kill(pid_of(replay), signal.SIGCONT)
    assert len(await asyncio.gather(*asked)) == WAITING_MAX
    assert (await shown(replay, "b", 5)).strip() == TEXT[:4]


async def test_what_many_ask_for_is_shown_once_for_all(replay: ReplayProcess) -> None:
    await shown(replay, "a", 2)
    asked = await ask_stopped(replay, *[("a", 5)] * (3 * WAITING_MAX), ("b", 6))
    assert len(replay._calls) == 2
    asked[0].cancel()  # The others wait on.
    os.kill(pid_of(replay), signal.SIGCONT)
    texts = [text.strip() for text in await asyncio.gather(*asked[1:])]
    assert texts == [TEXT[:4]] * (3 * WAITING_MAX - 1) + [TEXT[:5]]


async def test_who_no_longer_waits_is_in_nobodys_way(replay: ReplayProcess) -> None:
    await shown(replay, "a", 2)
    gone, stays = await ask_stopped(replay, ("a", 5), ("b", 6))
    gone.cancel()
    await asyncio.sleep(0)
    os.kill(pid_of(replay), signal.SIGCONT)
    assert (await stays).strip() == TEXT[:5]


async def test_when_no_process_can_be_started_it_is_tried_again_later(
    replay: ReplayProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/nowhere/python")
        for _ in range(3):
            with pytest.raises(TooBusy):
                await shown(replay, "a", 5)
    assert (await shown(replay, "a", 5)).strip() == TEXT[:4]

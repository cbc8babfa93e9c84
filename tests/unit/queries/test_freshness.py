"""Waiting for a view: woken by what is heard, and by nothing but for a while."""

import asyncio

import pytest

from palimpsest.queries import freshness as freshness_module
from palimpsest.queries.freshness import Freshness, NotYet


class View:
    """A view of one document, and how often it was looked at."""

    def __init__(self) -> None:
        self.version = 1
        self.looks = 0

    async def version_of(self, _document: str) -> int:
        self.looks += 1
        return self.version


async def test_what_is_there_is_not_waited_for() -> None:
    wanted: list[str] = []
    await Freshness(wanted.append).at_least("d", 1, View().version_of)
    assert wanted == []


async def test_what_moves_wakes_all_who_wait() -> None:
    view, freshness = View(), Freshness()
    waiting = [
        asyncio.ensure_future(freshness.at_least("d", wanted, view.version_of))
        for wanted in (2, 2, 3)
    ]
    await asyncio.sleep(0)
    view.version = 2
    freshness.moved(["d"])
    await asyncio.gather(*waiting[:2])
    view.version = 3
    freshness.moved(["d"])
    await waiting[2]


async def test_nobody_is_woken_for_what_others_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness_module, "POLL_SECONDS", 60.0)
    views = {"a": View(), "b": View()}
    freshness = Freshness()
    waiting = {
        document: asyncio.ensure_future(freshness.at_least(document, 2, view.version_of))
        for document, view in views.items()
    }
    await asyncio.sleep(0)
    for _ in range(100):
        freshness.moved(["a", "c"])
        await asyncio.sleep(0)
    views["b"].version = 2
    assert (views["b"].looks, waiting["b"].done()) == (1, False)
    freshness.renewed()
    await waiting["b"]
    views["a"].version = 2
    freshness.renewed()
    await waiting["a"]
    assert freshness._waiting == {}, "nothing is left behind"


async def test_what_moves_while_it_is_looked_at_is_not_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(freshness_module, "POLL_SECONDS", 60.0)
    view, freshness = View(), Freshness()

    async def looked_at_too_early(document: str) -> int:
        version = await view.version_of(document)
        if view.looks == 1:
            view.version = 2
            freshness.moved(["d"])
        return version

    async with asyncio.timeout(5):
        await freshness.at_least("d", 2, looked_at_too_early)
    assert view.looks == 2


async def test_what_is_not_heard_of_is_seen_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness_module, "POLL_SECONDS", 0.001)
    view = View()
    waiting = asyncio.ensure_future(Freshness().at_least("d", 2, view.version_of))
    await asyncio.sleep(0)
    view.version = 2
    async with asyncio.timeout(5):
        await waiting


async def test_nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness_module, "WAIT_SECONDS_MAX", 0.01)
    monkeypatch.setattr(freshness_module, "POLL_SECONDS", 0.001)
    wanted: list[str] = []
    with pytest.raises(NotYet, match="version 1 so far, and not yet 2") as caught:
        await Freshness(wanted.append).at_least("d", 2, View().version_of)
    assert (caught.value.version, caught.value.wanted) == (1, 2)
    assert "d" in wanted

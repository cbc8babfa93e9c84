"""The log's events as they are asked for: filtered, paged, and not looked at without end."""

import pytest

from palimpsest.queries import events as event_queries
from palimpsest.queries.events import EventQueries, Wanted
from tests.unit.queries.views import MemoryLog

RENAMED = 2


@pytest.fixture
def log() -> MemoryLog:
    """A log of two documents by turns; Bob renames `b` in the end."""
    log = MemoryLog()
    for number in range(10):
        log.record("ab"[number % 2], origin=1 + (number % 3 == 0), time=1000 + number)
    log.record("b", kind=RENAMED, origin=2, time=2000)
    return log


async def positions(log: MemoryLog, wanted: Wanted, *, count: int) -> list[int]:
    """Return the positions that all pages hold, newest first."""
    queries = EventQueries(log)
    found: list[int] = []
    page = await queries.page(wanted, count=count)
    found += [event.position for event in page.events]
    while page.before is not None:
        page = await queries.page(wanted, count=count, before=page.before)
        found += [event.position for event in page.events]
    return found


@pytest.mark.parametrize("count", [1, 2, 3, 100])
async def test_every_event_that_is_wanted_is_on_one_page(log: MemoryLog, count: int) -> None:
    everything = [*range(11, 0, -1)]
    assert await positions(log, Wanted(), count=count) == everything
    assert await positions(log, Wanted(document="a"), count=count) == [9, 7, 5, 3, 1]
    assert await positions(log, Wanted(principal="user:bob"), count=count) == [11, 10, 7, 4, 1]
    assert await positions(log, Wanted(kind="document_renamed.v1"), count=count) == [11]
    assert await positions(log, Wanted(since=1003, until=1006), count=count) == [6, 5, 4]
    both = Wanted(document="b", principal="user:bob")
    assert await positions(log, both, count=count) == [11, 10, 4]
    for nothing in (Wanted(document="c"), Wanted(principal="x"), Wanted(kind="x")):
        assert await positions(log, nothing, count=count) == []


async def test_what_is_rare_is_looked_for_in_pieces(
    log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_queries, "LOOKED_AT_MAX", 2)
    page = await EventQueries(log).page(Wanted(since=1000, until=1001), count=5)
    assert (page.events, page.before) == ([], 10), "nothing yet, but ask on"
    assert await positions(log, Wanted(since=1000, until=1001), count=5) == [1]
    assert await positions(log, Wanted(document="a", until=1001), count=5) == [1]


async def test_an_event_is_told_without_its_payload(log: MemoryLog) -> None:
    [event] = (await EventQueries(log).page(Wanted(), count=1)).events
    assert (event.document, event.version, event.kind) == ("b", 6, "document_renamed.v1")
    assert (event.principal, event.actor, event.session) == ("user:bob", "Bob", "s2")
    assert (event.size, event.link, event.time) == (3, "00FF", 2000)


async def test_facts_are_what_is_no_edit(log: MemoryLog) -> None:
    queries = EventQueries(log)
    assert [fact.version for fact in await queries.facts("b", 0)] == [6]
    assert await queries.facts("b", 6) == []
    assert await queries.facts("a", 0) == []
    assert await queries.kinds() == ["document_renamed.v1", "update_recorded.v1"]


async def test_an_empty_log_has_no_newest_event() -> None:
    queries = EventQueries(MemoryLog())
    assert (await queries.head(), await queries.version("a")) == (0, 0)
    assert (await queries.page(Wanted(), count=5)).events == []
    assert (await queries.page(Wanted(document="a"), count=5)).events == []

"""Entries of a history, page by page, and the version that they are of."""

from collections.abc import Sequence
from typing import Any

import pytest

from palimpsest.domain.refusals import DocumentNotFound
from palimpsest.ports import Value
from palimpsest.queries import freshness as freshness_module
from palimpsest.queries.events import EventQueries
from palimpsest.queries.freshness import Freshness, NotYet
from palimpsest.queries.history import HistoryQueries
from tests.unit.queries.views import MemoryLog, MemoryViews


def entry(views: MemoryViews, first: int, last: int, *, document: str = "d") -> None:
    views.do(
        "INSERT OR REPLACE INTO history"
        " VALUES (?, ?, ?, 'edits', 'user:ann', 'Ann', 1, 2, 3, 4, 5)",
        document,
        first,
        last,
    )


def history_of(views: MemoryViews) -> HistoryQueries:
    """Return the history that views tell of `d`, in a log where it exists."""
    log = MemoryLog()
    log.record("d")
    return HistoryQueries(views, EventQueries(log), Freshness())


@pytest.fixture
def views() -> MemoryViews:
    views = MemoryViews()
    # Runs of two who write at once overlap.
    for first, last in [(1, 1), (2, 9), (3, 8), (10, 12), (11, 20)]:
        entry(views, first, last)
    entry(views, 1, 500, document="other")
    return views


@pytest.mark.parametrize("count", [1, 2, 4, 5, 6])
async def test_pages_hold_every_entry_once_newest_first(views: MemoryViews, count: int) -> None:
    history = history_of(views)
    found: list[int] = []
    before = None
    while True:
        page = await history.page("d", count=count, before=before)
        assert page.version == 20
        assert 1 <= len(page.entries) <= count
        found += [each.first_version for each in page.entries]
        before = page.before
        if before is None:
            break
    assert found == [11, 10, 3, 2, 1]


async def test_behind_the_last_entry_there_is_nothing(views: MemoryViews) -> None:
    history = history_of(views)
    page = await history.page("d", count=5, before=1)
    assert (page.version, page.entries, page.before) == (20, [], None)


async def test_a_document_that_has_no_history_yet_is_not_said_not_to_exist(
    views: MemoryViews, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness_module, "WAIT_SECONDS_MAX", 0.0)
    for min_version in (0, 1):
        with pytest.raises(DocumentNotFound):
            await history_of(views).page("none", count=5, min_version=min_version)
        with pytest.raises(NotYet):
            await history_of(MemoryViews()).page("d", count=5, min_version=min_version)


async def test_a_page_says_the_version_of_its_own_entries(views: MemoryViews) -> None:
    class Typing(MemoryViews):
        """Somebody writes on between any two questions."""

        async def rows(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
            found = await super().rows(sql, values)
            entry(self, 1, 100 + self.asked)
            return found

    typing = Typing()
    entry(typing, 1, 7)
    history = history_of(typing)
    for _ in range(3):
        page = await history.page("d", count=5)
        assert page.version == page.entries[0].last_version


async def test_a_history_that_is_behind_says_how_far_it_is(
    views: MemoryViews, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = history_of(views)
    assert (await history.page("d", count=5, min_version=20)).version == 20
    monkeypatch.setattr(freshness_module, "WAIT_SECONDS_MAX", 0.0)
    with pytest.raises(NotYet) as caught:
        await history.page("d", count=5, min_version=21)
    assert caught.value.version == 20

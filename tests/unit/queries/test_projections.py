"""How far views are, in events and in seconds, and what they have set aside."""

import pytest

from palimpsest.queries.projections import Parked, ProjectionQueries
from tests.doubles import FixedClock
from tests.unit.queries.views import MemoryLog, MemoryTables, MemoryViews


async def test_a_lag_is_that_of_the_oldest_event_that_is_not_in_the_view() -> None:
    views, log = MemoryViews(), MemoryLog()
    for time in (1000, 5000, 7000):
        log.record("d", time=time)
    columns = "(name, revision, log_id, position, reach, link, turn)"
    for name, position in (("ahead", 3), ("behind", 1), ("beyond", 9)):
        views.do(
            f"INSERT INTO projections {columns} VALUES (?, 1, '', ?, 0, x'', 0)", name, position
        )
    views.do("INSERT INTO parked VALUES ('behind', 'd', 2, 2, 'it burst')")
    standings = await ProjectionQueries(views, log, FixedClock(8000)).all()
    told = {each.name: (each.position, each.lag_events, each.lag_seconds) for each in standings}
    assert told == {"ahead": (3, 0, 0.0), "behind": (1, 2, 3.0), "beyond": (9, 0, 0.0)}
    assert {each.name: each.parked for each in standings} == {
        "ahead": [],
        "behind": [Parked("d", 2, 2, "it burst")],
        "beyond": [],
    }


@pytest.mark.parametrize("views", [MemoryTables(), MemoryViews()])
async def test_without_views_there_is_no_lag_to_tell(views: MemoryTables) -> None:
    queries = ProjectionQueries(views, MemoryLog(), FixedClock())
    assert await queries.all() == []
    assert await queries.head() == 0

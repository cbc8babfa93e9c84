"""Answers that are ready: as the routes make them, and no longer than they are true."""

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from palimpsest.adapters.web.application import ONE, application
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.content import ContentRoutes
from palimpsest.adapters.web.ready import ReadyAnswers
from palimpsest.domain.access import Actor
from palimpsest.limits import Limits
from palimpsest.ports import NotAuthenticated
from palimpsest.queries.content import ContentQueries
from palimpsest.queries.events import EventQueries
from palimpsest.queries.freshness import Freshness
from tests.unit.commands.write_side import EDITOR
from tests.unit.queries.views import MemoryLog, MemoryViews, Replays

LONG = "palimpsest " * 1000
PATH = "/api/documents/d/content"


class Door:
    """Takes everybody for one editor, as long as it is open."""

    def __init__(self) -> None:
        self.is_open = True

    def actor(self, _token: str | None) -> Actor:
        """Return the editor."""
        if not self.is_open:
            raise NotAuthenticated("Closed.")
        return EDITOR


class House:
    """One long document in its tenth version, read past the routes or through them."""

    def __init__(self, limits: Limits) -> None:
        self.views, log = MemoryViews(), MemoryLog()
        self.door = Door()
        self.routed = 0
        for _ in range(20):
            log.record("d")
        self.show(10)
        events = EventQueries(log)
        self.content = ContentQueries(self.views, events, Freshness(), Replays(), limits)
        self.content.listening()
        callers = Callers(self.door, open_to_all=False, loopback_only=True)
        self._routes = ContentRoutes(callers, self.content, events, limits)
        paths = (f"{ONE}/content", f"{ONE}/content.{{suffix}}")
        routes = [Route(path, self._show, methods=["GET"]) for path in paths]
        behind = application(routes, self._nothing)
        self.ready = ReadyAnswers(behind, callers, self.content.hot, limits)
        self.past, self.through = self._client(self.ready), self._client(behind)

    def show(self, version: int) -> None:
        """Have the views show a version."""
        self.views.list("d", version)
        self.views.show("d", version, f"{version} {LONG}")

    async def _show(self, request: Request) -> Response:
        self.routed += 1
        return await self._routes.show(request)

    async def _nothing(self) -> str:
        return ""

    @staticmethod
    def _client(app: object) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
        return httpx.AsyncClient(transport=transport, base_url="http://here")


@pytest.fixture
def house() -> House:
    return House(Limits())


QUESTIONS: list[tuple[str, dict[str, str]]] = [
    *[(f".{suffix}", {"Accept-Encoding": "gzip"}) for suffix in ("html", "md", "txt", "json")],
    (".html", {"Accept-Encoding": "identity"}),
    ("", {"Accept": "text/markdown"}),
    ("", {"Accept": "text/html, text/plain;q=0.5"}),
    ("", {"Accept": "image/png"}),
    (".png", {}),
    (".html", {"If-None-Match": "*"}),
    (".html", {"If-None-Match": '"another"'}),
]


@pytest.mark.parametrize(("suffix", "headers"), QUESTIONS)
async def test_an_answer_that_is_ready_is_the_one_that_the_routes_make(
    house: House, suffix: str, headers: dict[str, str]
) -> None:
    made = await house.through.get(PATH + suffix, headers=headers)
    for _ in range(3):
        told = await house.past.get(PATH + suffix, headers=headers)
        assert (told.status_code, told.content) == (made.status_code, made.content)
        assert told.headers.raw == made.headers.raw
    # What is no answer about the document is made each time.
    assert house.routed == (2 if made.status_code in {200, 304} else 4)


async def test_what_is_at_hand_is_said_to_be_without_the_routes(house: House) -> None:
    tag = (await house.past.get(f"{PATH}.txt")).headers["etag"]
    for _ in range(3):
        again = await house.past.get(f"{PATH}.txt", headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert house.routed == 2


async def test_nothing_is_told_that_is_no_longer_so(house: House) -> None:
    for version in (10, 11, 12):
        house.show(version)
        house.content.moved("d")
        for _ in range(2):
            told = await house.past.get(f"{PATH}.txt")
            assert told.text.startswith(f"{version} palimpsest")
            assert told.headers["palimpsest-version"] == str(version)
    house.content.deaf()
    house.show(13)
    assert (await house.past.get(f"{PATH}.txt")).text.startswith("13 ")
    house.show(14)
    assert (await house.past.get(f"{PATH}.txt")).text.startswith("14 ")


async def test_whoever_asks_is_asked_who_they_are(house: House) -> None:
    assert (await house.past.get(f"{PATH}.txt")).status_code == 200
    house.door.is_open = False
    assert (await house.past.get(f"{PATH}.txt")).status_code == 401
    house.door.is_open = True
    elsewhere = {"Origin": "http://elsewhere", "Cookie": "palimpsest_token=x"}
    made = await house.through.get(f"{PATH}.txt", headers=elsewhere)
    told = await house.past.get(f"{PATH}.txt", headers=elsewhere)
    assert (told.status_code, told.text) == (made.status_code, made.text)


@pytest.mark.parametrize("query", ["?min_version=10", "?version=10", "?"])
async def test_a_question_about_versions_is_for_the_routes(house: House, query: str) -> None:
    for _ in range(3):
        assert (await house.past.get(f"{PATH}.txt{query}")).status_code in {200, 422}
    assert house.routed == (1 if query == "?" else 3)
    assert (await house.past.head(f"{PATH}.txt")).content == b""


async def test_answers_take_no_more_memory_than_snapshots_may() -> None:
    limits = Limits(snapshots_bytes_max=200 * 1024)
    house = House(limits)
    for number in range(200):
        headers = {"Accept": f"text/plain, x/{number}", "Accept-Encoding": "identity"}
        assert (await house.past.get(PATH, headers=headers)).status_code == 200
    kept = house.ready._kept
    assert kept._bytes <= limits.snapshots_bytes_max
    assert 1 < len(kept._things) < 200

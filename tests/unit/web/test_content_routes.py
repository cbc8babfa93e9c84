"""Bodies of content: made once for all who read them, and kept within bounds."""

import gzip

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from palimpsest.adapters.web import content as content_module
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.content import ContentRoutes
from palimpsest.domain.access import Actor
from palimpsest.limits import Limits
from palimpsest.queries.content import ContentQueries
from palimpsest.queries.events import EventQueries
from palimpsest.queries.freshness import Freshness
from tests.unit.commands.write_side import EDITOR
from tests.unit.queries.views import MemoryLog, MemoryViews, Replays

LONG = "palimpsest " * 1000


class AnEditor:
    """Takes everybody for one editor."""

    def actor(self, _token: str | None) -> Actor:
        """Return the editor."""
        return EDITOR


class Compressor:
    """Compresses, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def compress(self, data: bytes, level: int, *, mtime: float) -> bytes:
        """Compress as the real one does."""
        self.times += 1
        return gzip.compress(data, level, mtime=mtime)


@pytest.fixture
def compressor(monkeypatch: pytest.MonkeyPatch) -> Compressor:
    counting = Compressor()
    monkeypatch.setattr(content_module, "gzip", counting)
    return counting


def routes(limits: Limits) -> tuple[MemoryViews, ContentRoutes]:
    """Return views of one long document in its tenth version, and the routes to it."""
    views, log = MemoryViews(), MemoryLog()
    for _ in range(10):
        log.record("d")
    views.list("d", 10)
    views.show("d", 10, LONG)
    events = EventQueries(log)
    content = ContentQueries(views, events, Freshness(), Replays(), limits)
    content.listening()
    callers = Callers(AnEditor(), open_to_all=False, loopback_only=True)
    return views, ContentRoutes(callers, content, events, limits)


def client(routes: ContentRoutes) -> httpx.AsyncClient:
    application = Starlette(routes=[Route("/{document}/content.{suffix}", routes.show)])
    transport = httpx.ASGITransport(application)
    headers = {"Accept-Encoding": "gzip"}
    return httpx.AsyncClient(transport=transport, base_url="http://here", headers=headers)


async def test_a_form_is_compressed_once_for_all_who_read_it(compressor: Compressor) -> None:
    _, content = routes(Limits())
    async with client(content) as readers:
        for _ in range(20):
            for suffix in ("txt", "md"):
                assert (await readers.get(f"/d/content.{suffix}")).text.startswith(LONG)
    assert compressor.times == 2


async def test_bodies_take_no_more_memory_than_snapshots_may(compressor: Compressor) -> None:
    limits = Limits(snapshots_bytes_max=3 * len(LONG))
    views, content = routes(limits)
    async with client(content) as readers:
        for number in range(20):
            views.list(f"d{number}", 10)
            views.show(f"d{number}", 10, LONG)
            await readers.get(f"/d{number}/content.txt")
    assert compressor.times == 20
    assert content._bodies._bytes <= limits.snapshots_bytes_max

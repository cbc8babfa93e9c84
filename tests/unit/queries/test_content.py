"""Content as it is asked for: from memory, from the views, by replay, and never an older one."""

import asyncio
from dataclasses import dataclass, field

import pytest

from palimpsest.domain.refusals import DocumentNotFound
from palimpsest.limits import Limits
from palimpsest.queries import freshness as freshness_module
from palimpsest.queries.content import ContentQueries, NotShowable
from palimpsest.queries.events import EventQueries
from palimpsest.queries.freshness import Freshness, NotYet
from tests.unit.queries.views import MemoryLog, MemoryViews, Replays, said_at


@dataclass
class Scene:
    """A document `d` that the log and the views know."""

    limits: Limits = field(default_factory=Limits)
    views: MemoryViews = field(default_factory=MemoryViews)
    log: MemoryLog = field(default_factory=MemoryLog)
    replays: Replays = field(default_factory=Replays)
    wanted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.freshness = Freshness(self.wanted.append)
        log = EventQueries(self.log)
        self.content = ContentQueries(self.views, log, self.freshness, self.replays, self.limits)
        self.content.listening()

    def write(self, document: str = "d", *, shown: bool = True) -> int:
        """Have an edit committed and, unless told otherwise, shown; nobody hears of it."""
        version = self.log.record(document)
        self.views.list(document, version)
        if shown:
            self.views.show(document, version)
        return version

    async def text(self, *, min_version: int = 0, document: str = "d") -> str:
        """Return what is said of the newest version."""
        found = await self.content.newest(document, min_version=min_version)
        return found.rendering.text


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for anything."""
    monkeypatch.setattr(freshness_module, "WAIT_SECONDS_MAX", 0.0)


async def test_a_snapshot_is_read_once_until_it_is_heard_that_there_is_a_newer_one(
    scene: Scene,
) -> None:
    scene.write()
    assert await scene.text() == said_at(1)
    asked = scene.views.asked
    assert await scene.text() == said_at(1)
    assert scene.views.asked == asked
    scene.write()
    scene.content.moved("d")
    assert await scene.text() == said_at(2)


async def test_who_asks_for_a_version_gets_no_older_one_from_memory(scene: Scene) -> None:
    scene.write()
    await scene.text()
    scene.write()
    assert await scene.text(min_version=2) == said_at(2), "although nobody has heard of it"


async def test_a_snapshot_that_becomes_old_while_it_is_read_is_not_kept(scene: Scene) -> None:
    scene.write()
    gate = scene.views.gate = asyncio.Event()
    reading = asyncio.ensure_future(scene.text())
    await asyncio.sleep(0)
    scene.write()
    scene.content.moved("d")
    again = asyncio.ensure_future(scene.text())
    await asyncio.sleep(0)
    gate.set()
    assert await reading == said_at(1)
    assert await again == said_at(2)
    scene.views.gate = None
    assert await scene.text() == said_at(2)


async def test_who_hears_nothing_keeps_nothing(scene: Scene) -> None:
    scene.write()
    await scene.text()
    scene.content.deaf()
    scene.write()
    assert await scene.text() == said_at(2)
    scene.write()
    assert await scene.text() == said_at(3)
    scene.content.listening()
    await scene.text()
    scene.write()
    assert await scene.text() == said_at(3), "it is kept again, until something is heard"
    scene.content.renewed()
    assert await scene.text() == said_at(4)


async def test_asking_for_what_does_not_exist_leaves_nothing_behind(scene: Scene) -> None:
    for number in range(50):
        with pytest.raises(DocumentNotFound):
            await scene.text(document=f"guessed-{number}")
        with pytest.raises(DocumentNotFound):
            await scene.text(document=f"guessed-{number}", min_version=9)
    assert scene.content._loading == {}
    assert scene.wanted == [], "nobody is bothered for it"


async def test_memory_is_bounded_whatever_alphabet_is_written_in() -> None:
    limits = Limits(snapshots_bytes_max=100_000)
    scene = Scene(limits)
    for number in range(10):
        document = f"d{number}"
        scene.write(document)
        scene.views.show(document, 1, "語" * 1000)
        await scene.text(document=document)
    kept = [f"d{number}" for number in range(10) if scene.content.hot(f"d{number}")]
    assert kept
    assert kept[-1] == "d9"
    # Four forms, two bytes a character.
    assert len(kept) * 8000 <= limits.snapshots_bytes_max


async def test_a_view_that_is_behind_is_waited_for(scene: Scene) -> None:
    scene.write()
    scene.write(shown=False)
    reading = asyncio.ensure_future(scene.text(min_version=2))
    for _ in range(20):
        await asyncio.sleep(0)
    assert scene.wanted[:1] == ["d"], "the projections know that somebody waits"
    scene.views.show("d", 2)
    scene.freshness.moved(["d"])
    assert await reading == said_at(2)


@pytest.mark.usefixtures("impatient")
async def test_a_view_that_stays_behind_says_how_far_it_is(scene: Scene) -> None:
    scene.write()
    scene.write(shown=False)
    with pytest.raises(NotYet) as caught:
        await scene.text(min_version=2)
    assert (caught.value.version, caught.value.wanted) == (1, 2)


@pytest.mark.usefixtures("impatient")
async def test_a_document_that_no_view_knows_yet_is_not_said_not_to_exist(scene: Scene) -> None:
    scene.log.record("d")
    with pytest.raises(NotYet):
        await scene.text()
    with pytest.raises(NotYet):
        await scene.content.at("d", 1)
    # A snapshot without the catalogue's word of its lineage is not shown either.
    scene.views.show("d", 1)
    with pytest.raises(NotYet):
        await scene.text()
    scene.views.list("d", 1)
    assert await scene.text() == said_at(1)


async def test_what_was_set_aside_before_it_was_ever_shown_is_not_waited_for(
    scene: Scene,
) -> None:
    scene.write(shown=False)
    scene.views.do("INSERT INTO parked VALUES ('snapshots', 'd', 1, 1, 'it burst')")
    with pytest.raises(NotShowable) as caught:
        await scene.text()
    assert "burst" not in str(caught.value), "why is for administrators"
    assert scene.wanted == []
    # What was shown before stays.
    scene.views.show("d", 1)
    assert await scene.text() == said_at(1)


async def test_versions_are_the_logs_to_know_not_the_views(scene: Scene) -> None:
    scene.write()
    scene.log.record("d")  # The catalogue has not come to it.
    assert (await scene.content.at("d", 2)).rendering.text == "replayed 2"
    assert await scene.content.encoded("d", 2) == b"2"
    with pytest.raises(DocumentNotFound, match="no version 3"):
        await scene.content.at("d", 3)
    with pytest.raises(DocumentNotFound, match="no version 3"):
        await scene.content.encoded("d", 3)
    with pytest.raises(DocumentNotFound, match="no such document"):
        await scene.content.encoded("other", 0)


async def test_a_version_is_replayed_once(scene: Scene) -> None:
    scene.write()
    scene.write()
    for _ in range(3):
        found = await scene.content.at("d", 1)
        assert (found.version, found.rendering.text) == (1, "replayed 1")
    assert scene.replays.asked == [("d", 1)]
    assert await scene.text() == said_at(2), "the newest is another matter"
    scene.replays.broken.add(2)
    for _ in range(2):
        with pytest.raises(NotShowable):
            await scene.content.at("d", 2)


async def test_how_documents_begin_is_told_as_far_as_views_show_it(scene: Scene) -> None:
    scene.write("a")
    scene.write("b", shown=False)
    assert set(await scene.content.beginnings(["a", "b", "c"])) == {"a"}

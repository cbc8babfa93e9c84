"""What a stream tells, moment by moment: nothing that moves at a bad time is missed."""

import asyncio
import json
from dataclasses import dataclass, field

import pytest

from palimpsest.adapters.web.stream import Streams
from palimpsest.limits import Limits
from palimpsest.ports import Present
from palimpsest.projections.presence import Presence
from palimpsest.queries.content import ContentQueries, TooBusy
from palimpsest.queries.events import FACTS_MAX, EventQueries
from palimpsest.queries.freshness import Freshness
from tests.unit.queries.views import MemoryLog, MemoryViews, Replays, said_at

RENAMED = 2


@dataclass
class Scene:
    """A document `d` in its first version, and its streams."""

    limits: Limits = field(default_factory=Limits)
    views: MemoryViews = field(default_factory=MemoryViews)
    log: MemoryLog = field(default_factory=MemoryLog)
    people: Presence = field(default_factory=Presence)

    def __post_init__(self) -> None:
        events = EventQueries(self.log)
        content = ContentQueries(self.views, events, Freshness(), Replays(), self.limits)
        content.listening()
        self._content = content
        self.streams = Streams(content, events, self.people, self.limits)
        self.write()

    def write(self, *, kind: int = 1) -> int:
        """Have something happen, and be shown; it is heard of when `hear` says so."""
        version = self.log.record("d", kind=kind)
        self.views.list("d", version)
        self.views.show("d", version)
        return version

    def hear(self) -> None:
        """Hear that the views have moved."""
        self._content.moved("d")
        self.streams.moved("d")


@pytest.fixture
def scene() -> Scene:
    return Scene()


def told(news: bytes) -> list[tuple[str, int]]:
    """Return kinds and versions of the events in what a stream was told, presence left out."""
    found = []
    for frame in news.decode().split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in frame.split("\n"))
        if fields["event"] != "presence":
            version = json.loads(fields["data"])["version"]
            assert fields.get("id") == (str(version) if fields["event"] == "snapshot" else None)
            found.append((fields["event"], version))
    return found


async def rest() -> None:
    """Let everything happen that is about to."""
    for _ in range(30):
        await asyncio.sleep(0)


async def test_what_moves_while_a_stream_begins_is_told(scene: Scene) -> None:
    gate = scene.log.gate = asyncio.Event()
    entering = asyncio.ensure_future(scene.streams.enter("d", None))
    await rest()  # It has read the first version, and waits for the log.
    scene.write()
    scene.hear()
    gate.set()
    place = await entering
    await rest()
    assert told(place.news())[-1] == ("snapshot", 2)


async def test_what_a_stream_missed_is_told_before_what_comes(scene: Scene) -> None:
    scene.write(kind=RENAMED)
    scene.write()
    place = await scene.streams.enter("d", 1)
    assert told(place.news()) == [("lifecycle", 2), ("snapshot", 3)]
    assert told(place.news()) == []
    scene.write(kind=RENAMED)
    scene.hear()
    await rest()
    assert told(place.news()) == [("lifecycle", 4), ("snapshot", 4)]


async def test_nothing_is_told_twice_to_who_comes_between(scene: Scene) -> None:
    first = await scene.streams.enter("d", None)
    first.news()
    scene.write(kind=RENAMED)  # The other stream has not heard of it when this one comes.
    second = await scene.streams.enter("d", 1)
    scene.hear()
    await rest()
    assert told(first.news()) == [("lifecycle", 2), ("snapshot", 2)]
    assert told(second.news()) == [("lifecycle", 2), ("snapshot", 2)]
    assert told(second.news()) == told(first.news()) == []


async def test_who_had_more_than_there_is_begins_anew(scene: Scene) -> None:
    place = await scene.streams.enter("d", 2**60)
    assert told(place.news()) == [("snapshot", 1)]
    scene.write()
    scene.hear()
    await rest()
    assert told(place.news()) == [("snapshot", 2)]


async def test_of_very_much_the_last_is_told(scene: Scene) -> None:
    last = [scene.write(kind=RENAMED) for _ in range(FACTS_MAX + 20)][-1]
    place = await scene.streams.enter("d", 1)
    lifecycle = [version for kind, version in told(place.news()) if kind == "lifecycle"]
    assert lifecycle == list(range(last - FACTS_MAX + 1, last + 1))


async def test_what_cannot_be_shown_just_now_does_not_hide_what_is_done(scene: Scene) -> None:
    place = await scene.streams.enter("d", None)
    place.news()
    scene.views.do("DELETE FROM catalogue")
    scene.log.record("d", kind=RENAMED)
    scene.hear()
    await asyncio.sleep(0)
    # The snapshot is waited for; then everything is told.
    scene.views.list("d", 2)
    scene.views.show("d", 2)
    async with asyncio.timeout(5):
        while not (news := told(place.news())):
            await place.channel.next_change()
    assert news == [("lifecycle", 2), ("snapshot", 2)]


async def test_many_at_once_are_not_more_than_may_be() -> None:
    scene = Scene(Limits(streams_max=3))
    entering = [asyncio.ensure_future(scene.streams.enter("d", None)) for _ in range(10)]
    ended = await asyncio.gather(*entering, return_exceptions=True)
    refused = [each for each in ended if isinstance(each, TooBusy)]
    places = [each for each in ended if not isinstance(each, BaseException)]
    assert (len(places), len(refused)) == (3, 7)
    for place in places:
        scene.streams.leave(place.channel)
    scene.streams.leave((await scene.streams.enter("d", None)).channel)
    assert scene.streams.open == 0
    assert scene.streams._channels == {}


async def test_a_failed_beginning_leaves_nothing_behind(scene: Scene) -> None:
    for _ in range(3):
        with pytest.raises(Exception, match="no such document"):
            await scene.streams.enter("other", None)
    assert scene.streams.open == 0
    assert scene.streams._channels == {}


async def test_a_snapshot_is_measured_in_bytes(scene: Scene) -> None:
    scene = Scene(Limits(stream_snapshot_bytes_max=100))
    place = await scene.streams.enter("d", None)
    assert said_at(1).encode() in place.news()
    version = scene.write()
    scene.views.show("d", version, "語" * 40)
    scene.hear()
    await rest()
    assert b'"html":null' in place.news()


async def test_whoever_is_forgotten_is_gone_for_the_streams_too(scene: Scene) -> None:
    scene.people.came("d", Present("s", "Ann", "user", None))
    place = await scene.streams.enter("d", None)
    assert b'"Ann"' in place.news()
    scene.people.forget()
    scene.streams.look()
    async with asyncio.timeout(5):
        while b'"people":[]' not in place.news():
            await place.channel.next_change()

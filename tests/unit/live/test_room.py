"""A small room hears of everything at once; in a large one, edits are gathered first."""

import asyncio
from collections.abc import Callable

from palimpsest.domain.access import Actor
from palimpsest.domain.commands import CreateDocument, RenameDocument
from palimpsest.domain.identifiers import DocumentId
from palimpsest.limits import Limits
from palimpsest.live.dialects import Y_WEBSOCKET, Dialect, Hocuspocus, framed
from palimpsest.live.house import House
from palimpsest.live.said import Said
from palimpsest.live.session import Session
from palimpsest.ports import Present
from palimpsest.protocol import awareness, hocuspocus, sync
from palimpsest.protocol.awareness import Presence, write_presences
from tests.doubles import CountingIdentifiers
from tests.unit.commands.write_side import EDITOR, OTHER, Author, WriteSide
from tests.updates import typing

LARGE = 3


class Line:
    """A connection that keeps what it is sent."""

    congested = False

    def __init__(self) -> None:
        self.frames: list[bytes] = []

        self.too_much: Callable[[], None] = lambda: None

    def send(self, frame: bytes) -> None:
        self.frames.append(frame)

    def send_at_once(self, frame: bytes) -> None:
        self.frames.append(frame)

    def close(self, code: int, reason: str) -> None:
        raise AssertionError(f"closed: {code} {reason}")

    def charge(self, **_what: int) -> None:
        self.too_much()

    def hold(self, size: int) -> None:
        """Pass."""

    def release(self, size: int) -> None:
        """Pass."""


class Attendance:
    """Keeps no list."""

    def came(self, document: str, present: Present) -> None:
        """Pass."""

    def left(self, document: str, session: str) -> None:
        """Pass."""


class Scene:
    """A room of so many sessions; the first writes."""

    def __init__(self, *, milliseconds: int, presence_milliseconds: int = 0) -> None:
        limits = Limits(
            room_gather_sessions_min=LARGE,
            room_gather_milliseconds=milliseconds,
            room_presence_milliseconds=presence_milliseconds,
        )
        self.side = WriteSide(limits)
        self.house = House(
            self.side.repository,
            self.side.engine,
            self.side.limits,
            CountingIdentifiers(),
            Attendance(),
            first_origin=1,
        )
        self.lines: list[Line] = []

    async def enter(self, actor: Actor = OTHER, dialect: Dialect = Y_WEBSOCKET) -> Session:
        """Let one more in."""
        line = Line()
        session = await self.house.enter(DocumentId("a"), actor, dialect, line)
        session.begin()
        line.frames.clear()
        self.lines.append(line)
        return session

    async def heard(self, frames: int) -> None:
        """Wait until everybody heard so many frames."""
        async with asyncio.timeout(10):
            while any(len(line.frames) < frames for line in self.lines):
                await asyncio.sleep(0.001)


async def test_a_small_room_hears_each_batch_at_once() -> None:
    scene = Scene(milliseconds=1_000_000)
    writer = await scene.enter(EDITOR)
    await scene.enter()
    for update in typing(5, "abc"):
        writer.receive(Said.UPDATE, update)
        await scene.side.drained()
    assert [len(line.frames) for line in scene.lines] == [3, 3]


async def test_who_can_hear_it_is_told_of_another_title() -> None:
    scene = Scene(milliseconds=0)
    session = await scene.enter(EDITOR, Hocuspocus("a"))
    await scene.enter()
    author = Author()
    author.command(session.room.document, CreateDocument(EDITOR, "Aim"), "create")
    author.command(session.room.document, RenameDocument(EDITOR, "Goal"), "rename")
    await scene.side.drained()
    told = framed(Hocuspocus("a"), hocuspocus.stateless('{"renamed":2}'))
    assert [line.frames for line in scene.lines] == [[told], []]


async def test_a_large_room_that_was_quiet_hears_the_first_edit_at_once() -> None:
    scene = Scene(milliseconds=1_000_000)
    writer = await scene.enter(EDITOR)
    for _ in range(LARGE):
        await scene.enter()
    writer.receive(Said.UPDATE, typing(5, "a")[0])
    await scene.heard(1)


async def test_edits_that_follow_in_a_large_room_are_committed_and_sent_together() -> None:
    scene = Scene(milliseconds=100)
    writer = await scene.enter(EDITOR)
    for _ in range(LARGE):
        await scene.enter()
    first, *others = typing(5, "abcdef")
    writer.receive(Said.UPDATE, first)
    await scene.heard(1)
    for update in others:
        writer.receive(Said.UPDATE, update)
        await asyncio.sleep(0)
    assert scene.side.batches() == [1], "they wait"
    await scene.heard(2)
    assert scene.side.batches() == [1, 5]
    assert {len(line.frames) for line in scene.lines} == {2}


async def test_what_others_send_takes_along_what_waits_in_a_large_room() -> None:
    scene = Scene(milliseconds=1_000_000)
    writer = await scene.enter(EDITOR)
    for _ in range(LARGE):
        await scene.enter()
    first, second = typing(5, "ab")
    writer.receive(Said.UPDATE, first)
    await scene.heard(1)
    writer.receive(Said.UPDATE, second)
    other = await scene.house.enter(DocumentId("b"), EDITOR, Y_WEBSOCKET, Line())
    other.begin()
    other.receive(Said.UPDATE, typing(6, "x")[0])
    async with asyncio.timeout(10):
        while scene.side.batches() != [1, 2]:
            await asyncio.sleep(0.001)


async def test_who_waits_for_all_to_be_committed_does_not_wait_for_a_large_room() -> None:
    scene = Scene(milliseconds=1_000_000)
    writer = await scene.enter(EDITOR)
    for _ in range(LARGE):
        await scene.enter()
    first, second = typing(5, "ab")
    writer.receive(Said.UPDATE, first)
    await scene.heard(1)
    writer.receive(Said.UPDATE, second)
    async with asyncio.timeout(10):
        await scene.side.drained()
    assert scene.side.batches() == [1, 1]


def at(clock: int) -> bytes:
    """Return what the writer says of where it is."""
    return write_presences([Presence(5, clock, b'{"at":%d}' % clock)])


def shown(*messages: bytes) -> bytes:
    """Return the frames of messages."""
    return b"".join([framed(Y_WEBSOCKET, message) for message in messages])


async def large_room(**milliseconds: int) -> tuple[Scene, Session]:
    scene = Scene(**milliseconds)
    writer = await scene.enter(EDITOR)
    for _ in range(LARGE):
        await scene.enter()
    return scene, writer


async def test_who_moves_is_seen_with_the_edit_that_moved_them() -> None:
    scene, writer = await large_room(milliseconds=1_000_000)
    [edit] = typing(5, "a")
    writer.receive(Said.UPDATE, edit)
    writer.receive(Said.PRESENCE, at(1))
    await scene.heard(1)
    assert scene.lines[1].frames == [shown(sync.update(edit), awareness.message(at(1)))]


async def test_an_edit_does_not_wait_because_somebody_moved() -> None:
    scene, writer = await large_room(milliseconds=1_000_000)
    writer.receive(Said.PRESENCE, at(1))
    await scene.heard(1)
    [edit] = typing(5, "a")
    writer.receive(Said.UPDATE, edit)
    await scene.heard(2)
    assert scene.lines[1].frames[1] == shown(sync.update(edit))


async def test_edits_in_a_large_room_do_not_take_along_who_moves_too_often() -> None:
    scene, writer = await large_room(milliseconds=1, presence_milliseconds=1_000_000)
    writer.receive(Said.PRESENCE, at(1))
    await scene.heard(1)
    for number, edit in enumerate(typing(5, "abc")):
        writer.receive(Said.PRESENCE, at(2 + number))
        writer.receive(Said.UPDATE, edit)
        await scene.heard(2 + number)
        assert scene.lines[1].frames[-1] == shown(sync.update(edit))


async def test_who_moves_in_a_large_room_is_seen_with_the_next_edit_if_one_comes_soon() -> None:
    scene, writer = await large_room(milliseconds=1, presence_milliseconds=1000)
    writer.receive(Said.PRESENCE, at(1))
    await scene.heard(1)
    writer.receive(Said.PRESENCE, at(2))
    await asyncio.sleep(1.1)  # It could be seen by now.
    [edit] = typing(5, "a")
    writer.receive(Said.UPDATE, edit)
    await scene.heard(2)
    assert scene.lines[1].frames[1] == shown(sync.update(edit), awareness.message(at(2)))


async def test_where_somebody_is_in_the_end_is_seen_without_an_edit() -> None:
    scene, writer = await large_room(milliseconds=1, presence_milliseconds=50)
    writer.receive(Said.PRESENCE, at(1))
    await scene.heard(1)
    for clock in range(2, 6):
        writer.receive(Said.PRESENCE, at(clock))
    await scene.heard(2)
    assert {tuple(line.frames[1:]) for line in scene.lines} == {(shown(awareness.message(at(5))),)}


async def test_who_moves_in_a_room_that_is_no_longer_large_is_seen_all_the_same() -> None:
    scene, writer = await large_room(milliseconds=1, presence_milliseconds=50)
    others = [session for session in writer.room.sessions if session is not writer]
    writer.receive(Said.PRESENCE, at(1))
    await scene.heard(1)
    for session in others[1:]:
        session.end()
    writer.receive(Said.PRESENCE, at(2))
    scene.lines = scene.lines[:2]
    await scene.heard(2)
    assert scene.lines[1].frames[1] == shown(awareness.message(at(2)))


async def test_who_is_cut_off_for_moving_too_often_leaves_no_ghost() -> None:
    scene = Scene(milliseconds=0)
    mover = await scene.enter()
    watcher = await scene.enter()
    scene.lines[0].too_much = mover.end
    mover.receive(Said.PRESENCE, write_presences([Presence(7, 1, b"{}")]))
    mover.receive(Said.PRESENCE, write_presences([Presence(7, 2, b"{}")]))
    assert watcher.room.presence.everybody() == []

"""The bus: what one says the others hear; nobody on it can harm anybody else."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from palimpsest.adapters.bus import bell as bell_module
from palimpsest.adapters.bus.address import FILE_NAME, short_path
from palimpsest.adapters.bus.bell import Bell, ServerGone, tell_once
from palimpsest.adapters.bus.hub import SUBSCRIBERS_MAX, UNSENT_BYTES_MAX, Hub
from palimpsest.adapters.bus.messages import (
    LINE_BYTES_MAX,
    AnyMessage,
    Came,
    Committed,
    Hello,
    Lines,
    Moved,
    Renewed,
    Wanted,
    line,
)
from palimpsest.adapters.bus.subscription import Subscription

SECONDS_MAX = 10.0


class Bus:
    """A hub in a folder, what it has heard, and who comes to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: list[AnyMessage] = []
        self.heard: list[AnyMessage] = []
        self.hub = Hub(lambda: self.known, self.heard.append)

    @asynccontextmanager
    async def listener(self) -> AsyncIterator["Listener"]:
        """Come to the bus, and leave."""
        with short_path(self.folder) as path:
            reader, writer = await asyncio.open_unix_connection(path)
        try:
            yield Listener(reader, writer)
        finally:
            writer.close()


class Listener:
    """Somebody on the bus."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self._reader = reader
        self._lines = Lines()
        self._heard: list[AnyMessage] = []

    async def hear(self, message: AnyMessage) -> None:
        """Wait for a message."""
        async with asyncio.timeout(SECONDS_MAX):
            while message not in self._heard:
                data = await self._reader.read(1 << 16)
                assert data, f"cut off, having heard {self._heard[-5:]}"
                self._heard += self._lines.feed(data)
            del self._heard[: self._heard.index(message) + 1]

    async def is_cut_off(self) -> bool:
        """Read until the end; fail if none comes."""
        async with asyncio.timeout(SECONDS_MAX):
            try:
                while await self._reader.read(1 << 16):
                    pass
            except ConnectionError:
                return True
        return True


@pytest_asyncio.fixture
async def bus(tmp_path: Path) -> AsyncIterator[Bus]:
    bus = Bus(tmp_path)
    await bus.hub.open(tmp_path)
    yield bus
    bus.hub.close()


def moved(number: int) -> Moved:
    return Moved("snapshots", number, {"d": number})


async def until(condition: object) -> None:
    """Let others work until a function returns something true."""
    assert callable(condition)
    async with asyncio.timeout(SECONDS_MAX):
        while not condition():
            await asyncio.sleep(0.005)


async def test_what_one_says_the_server_and_all_others_hear(bus: Bus) -> None:
    async with bus.listener() as one, bus.listener() as other:
        for each in (one, other):
            await each.hear(Hello())
        one.writer.write(line(moved(1)))
        await other.hear(moved(1))
        assert bus.heard == [moved(1)]
        bus.hub.tell(Wanted("d"))
        await one.hear(Wanted("d"))
        await other.hear(Wanted("d"))


@pytest.mark.parametrize(
    "junk",
    [
        b"junk\n",
        b"\xff\xfe\n",
        b"\0" * 100 + b"\n",
        b"x" * (LINE_BYTES_MAX + 1),
    ],
)
async def test_who_does_not_speak_the_language_is_cut_off_alone(bus: Bus, junk: bytes) -> None:
    async with bus.listener() as one, bus.listener() as other:
        await other.hear(Hello())
        one.writer.write(junk)
        assert await one.is_cut_off()
        bus.hub.tell(moved(1))
        await other.hear(moved(1))


@pytest.mark.parametrize(
    "strange", [b"{}", b'{"type":"sang"}', b'{"type":"moved"}', b"5", b"[" * 10_000]
)
async def test_who_says_what_a_later_version_may_say_is_let_talk(bus: Bus, strange: bytes) -> None:
    async with bus.listener() as one, bus.listener() as other:
        one.writer.write(strange + b"\n" + line(moved(1)))
        await other.hear(moved(1))
        assert bus.heard == [moved(1)]


async def test_who_does_not_read_is_cut_off_and_delays_nobody(bus: Bus) -> None:
    with deaf(bus.folder) as quiet:
        async with bus.listener() as other:
            await other.hear(Hello())
            documents = {"d" * 200 + str(number): number for number in range(100)}
            for number in range(4 * UNSENT_BYTES_MAX // 20_000):
                message = Moved("history", number, documents)
                bus.hub.tell(message)
                await other.hear(message)
        quiet.settimeout(SECONDS_MAX)
        received = 0
        while data := quiet.recv(1 << 20):
            received += len(data)
        assert received < 2 * UNSENT_BYTES_MAX


async def test_there_is_no_room_for_many_but_always_for_the_servers_own(bus: Bus) -> None:
    ours, theirs = socket.socketpair()
    others = [deaf(bus.folder) for _ in range(SUBSCRIBERS_MAX)]
    with theirs:
        for other in others:
            other.__enter__()
        try:
            await until(lambda: len(bus.hub._subscribers) == SUBSCRIBERS_MAX)
            async with bus.listener() as one_more:
                assert await one_more.is_cut_off()
            adopted = asyncio.ensure_future(bus.hub.adopt(ours))
            theirs.setblocking(False)  # noqa: FBT003
            said = await asyncio.get_running_loop().sock_recv(theirs, 1000)
            assert line(Hello()) in said
            assert not adopted.done()
        finally:
            for other in others:
                other.__exit__(None, None, None)
    await adopted


async def test_however_many_people_there_are_who_comes_is_told_of_all(bus: Bus) -> None:
    bus.known = [Came("d" * 200, f"session-{n}", "Somebody", "guest") for n in range(10_000)]
    assert sum(len(line(each)) for each in bus.known) > 2 * UNSENT_BYTES_MAX
    async with bus.listener() as listener:
        # Before it has read anything:
        await until(lambda: bus.hub._subscribers)
        bus.hub.tell(moved(1))
        await listener.hear(bus.known[0])
        await listener.hear(bus.known[-1])
        await listener.hear(moved(1))


async def test_commits_are_told_at_once_then_gathered_and_the_last_is_told(bus: Bus) -> None:
    async with bus.listener() as listener:
        await listener.hear(Committed())  # the one that greets
        for _ in range(1000):
            bus.hub.committed()
        await listener.hear(Committed())
        await listener.hear(Committed())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await listener.hear(Committed())
        bus.hub.committed()
        await listener.hear(Committed())


async def test_a_path_may_be_longer_than_a_sockets_may(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40) / ("longer" * 30)
    folder.mkdir(parents=True)
    bus = Bus(folder)
    await bus.hub.open(folder)
    assert (folder / FILE_NAME).is_socket()
    assert (folder / FILE_NAME).stat().st_mode & 0o777 == 0o600
    async with bus.listener() as listener:
        await listener.hear(Hello())
        await asyncio.to_thread(tell_once, folder, moved(1))
        await listener.hear(moved(1))
    bus.hub.close()


async def test_a_socket_that_was_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as former, short_path(tmp_path) as path:
        former.bind(path)
    assert (tmp_path / FILE_NAME).is_socket()
    tell_once(tmp_path, moved(1))
    bell = Bell(tmp_path, None)
    assert bell.wait(0) == []
    bus = Bus(tmp_path)
    await bus.hub.open(tmp_path)
    async with bus.listener() as listener:
        await listener.hear(Hello())
    bus.hub.close()


async def test_a_bell_wakes_and_tells_what_is_wanted(bus: Bus) -> None:
    with contextlib.closing(Bell(bus.folder, None)) as bell:
        assert await asyncio.to_thread(bell.wait, 0) == []
        await until(lambda: Renewed() in bus.heard)
        bus.hub.tell(Wanted("a"))
        bus.hub.tell(Wanted("b"))
        found: list[str] = []
        while len(found) < 2:
            found += await asyncio.to_thread(bell.wait, SECONDS_MAX)
        assert found == ["a", "b"]
        bell.tell(moved(1))
        await until(lambda: moved(1) in bus.heard)


async def test_a_bell_comes_back_and_says_that_something_may_have_been_missed(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell_module, "RECONNECT_SECONDS", 0.0)
    with contextlib.closing(Bell(bus.folder, None)) as bell:
        bell.wait(0)
        await until(lambda: bus.heard == [Renewed()])
        bus.hub.close()
        bell.tell(moved(1))  # Nobody hears it.
        await bus.hub.open(bus.folder)
        await until(lambda: bell.wait(0) == [] and bus.heard == [Renewed(), Renewed()])
        bell.tell(moved(2))
        await until(lambda: bus.heard == [Renewed(), Renewed(), moved(2)])


async def test_a_bell_whose_server_is_gone_says_so(bus: Bus) -> None:
    ours, theirs = socket.socketpair()
    with contextlib.closing(Bell(bus.folder, theirs)) as bell:
        ours.sendall(line(Wanted("d")) + b'{"type":"comm')
        assert bell.wait(1) == ["d"]
        ours.close()
        with pytest.raises(ServerGone):
            bell.wait(1)
    ours, theirs = socket.socketpair()
    with contextlib.closing(Bell(bus.folder, theirs)) as bell:
        ours.close()
        with pytest.raises(ServerGone):
            bell.tell(moved(1))


async def test_what_is_told_once_is_heard_whole_however_much_is_said(bus: Bus) -> None:
    bus.known = [Came("d" * 200, f"session-{n}", "Somebody", "guest") for n in range(5_000)]
    message = Moved("history", 1, {"d" * 200 + str(number): number for number in range(2000)})
    assert 300_000 < len(line(message)) < LINE_BYTES_MAX
    telling = threading.Thread(target=tell_once, args=(bus.folder, message))
    telling.start()
    await until(lambda: message in bus.heard)
    await until(lambda: not telling.is_alive())
    telling.join()


async def test_a_subscription_is_made_again_and_knows_when_it_hears_nothing(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("palimpsest.adapters.bus.subscription.RECONNECT_SECONDS", 0.02)
    journal: list[object] = []
    subscription = Subscription(bus.folder, journal.append, lambda: journal.append("lost"))
    subscription.open()
    await until(lambda: subscription.connected)
    await until(lambda: Hello() in journal)
    assert "lost" not in journal
    subscription.tell(Wanted("d"))
    await until(lambda: Wanted("d") in bus.heard)
    bus.hub.close()
    (bus.folder / FILE_NAME).unlink(missing_ok=True)
    await until(lambda: journal.count("lost") >= 3)  # It goes on to say so.
    subscription.tell(Wanted("e"))
    journal.clear()
    await bus.hub.open(bus.folder)
    await until(lambda: Hello() in journal)
    bus.hub.tell(moved(7))
    await until(lambda: journal[-1:] == [moved(7)])
    subscription.close()
    await until(lambda: not bus.hub._subscribers)


@contextmanager
def deaf(folder: Path) -> Iterator[socket.socket]:
    """Come to the bus and do not read."""
    with socket.socket(socket.AF_UNIX) as quiet:
        with short_path(folder) as path:
            quiet.connect(path)
        yield quiet

"""Promise 7: one bad client hurts only itself, with payloads that killed pycrdt and its peers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pycrdt import Doc, Text
from websockets.asyncio.client import ClientConnection, connect

from palimpsest.protocol import hocuspocus, sync
from palimpsest.protocol.lib0 import Decoder
from tests.harness.server import Server
from tests.hostile import hostile_updates
from tests.kills.clients import Client, Writer, running, synced

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECONDS_MAX = 10
HOSTILE = {hostile.name: hostile for hostile in hostile_updates()}
WAITING = {"delete_everything_client_500", "segv_pair"}


@asynccontextmanager
async def honest_pair(server: Server) -> AsyncIterator[tuple[Writer, Writer]]:
    """Two who edit all along, and have been acknowledged more in the end than at the start."""
    pair = [
        Writer(server.port, "honest", f"honest{number}", speaks_hocuspocus=bool(number))
        for number in range(2)
    ]
    async with running(*(writer.run() for writer in pair), *(writer.write() for writer in pair)):
        await acknowledged_more(*pair)
        yield pair[0], pair[1]
        await acknowledged_more(*pair)


async def acknowledged_more(*writers: Writer) -> None:
    """Wait until each has been acknowledged another edit."""
    before = [len(writer.acked) for writer in writers]
    async with asyncio.timeout(SECONDS_MAX):
        while any(len(w.acked) <= n for w, n in zip(writers, before, strict=True)):
            await asyncio.sleep(0.005)


class Attacker:
    """A client that says whatever it likes."""

    def __init__(self, socket: ClientConnection, prefix: bytes) -> None:
        self.socket = socket
        self._prefix = prefix

    async def say(self, message: bytes) -> None:
        """Send a message."""
        await self.socket.send(self._prefix + message)

    async def hear(self, wanted: bytes) -> bytes:
        """Return the next message that begins with `wanted`, behind the address."""
        async with asyncio.timeout(SECONDS_MAX):
            while True:
                frame = await self.socket.recv()
                assert isinstance(frame, bytes)
                message = frame[len(self._prefix) :]
                if message.startswith(wanted):
                    return message


@asynccontextmanager
async def attacker(server: Server, document: str, framing: str) -> AsyncIterator[Attacker]:
    """An attacker in a document, as a client of either protocol."""
    base = f"ws://127.0.0.1:{server.port}"
    if framing == "yjs":
        async with connect(f"{base}/yjs/{document}", compression=None) as socket:
            yield Attacker(socket, b"")
    else:
        async with connect(f"{base}/hocuspocus", compression=None) as socket:
            attacking = Attacker(socket, hocuspocus.prefix_of(document))
            await attacking.say(b"\x02\x00\x00\x054.8.0")
            yield attacking


async def fill(server: Server, document: str) -> None:
    """Write something honest into a document."""
    doc: Doc[Text] = Doc(client_id=500)
    doc.get("t", type=Text).insert(0, "honest words")
    async with attacker(server, document, "yjs") as writer:
        await writer.say(sync.update(doc.get_update()))
        await writer.hear(b"\x00\x02")


async def text_of(server: Server, document: str) -> str:
    """Return what a late joiner reads."""
    late = Client(server.port, document, speaks_hocuspocus=False)
    await synced(late, SECONDS_MAX)
    return str(late.doc.get("t", type=Text))


@pytest.mark.parametrize("framing", ["yjs", "hocuspocus"])
@pytest.mark.parametrize("name", sorted(HOSTILE.keys() - WAITING))
async def test_a_hostile_update_is_refused_with_a_reason_and_leaves_nothing(
    server: Server, name: str, framing: str
) -> None:
    document = f"{name}-{framing}"
    await fill(server, document)
    async with honest_pair(server), attacker(server, document, framing) as attacking:
        [update] = HOSTILE[name].updates
        await attacking.say(sync.update(update))
        if framing == "hocuspocus":
            await attacking.hear(hocuspocus.sync_status(applied=False))
        denied = Decoder(await attacking.hear(b"\x02"), 1)
        assert denied.var_uint() == (1 if framing == "hocuspocus" else 0)
        assert denied.var_string().startswith("The update is ")
    assert await text_of(server, document) == "honest words"


@pytest.mark.parametrize("name", sorted(WAITING))
async def test_an_update_that_builds_on_nothing_waits_and_is_never_stored(
    server: Server, name: str
) -> None:
    await fill(server, name)
    async with honest_pair(server), attacker(server, name, "yjs") as attacking:
        await attacking.hear(b"\x00\x00")
        for update in HOSTILE[name].updates:
            await attacking.say(sync.update(update))
        await attacking.hear(b"\x00\x00")
    assert await text_of(server, name) == "honest words"


async def test_one_who_goes_on_writing_after_a_refusal_is_closed(server: Server) -> None:
    async with attacker(server, "insistent", "yjs") as attacking:
        for _ in range(2):
            await attacking.say(sync.update(HOSTILE["self_origin"].updates[0]))
        await attacking.socket.wait_closed()
        assert attacking.socket.close_code == 4403


@pytest.mark.parametrize(
    "frame",
    [b"", b"\x00", b"\x00\x09", b"\x00\x02\xff", b"\x00\x02" + b"\xff" * 100_000, b"\x01\x05\x01"],
    ids=["empty", "no kind", "unknown kind", "cut off", "endless number", "cut presence"],
)
async def test_a_malformed_frame_closes_the_socket(server: Server, frame: bytes) -> None:
    async with honest_pair(server), attacker(server, "malformed", "yjs") as attacking:
        await attacking.say(frame)
        await asyncio.wait_for(attacking.socket.wait_closed(), SECONDS_MAX)
        assert attacking.socket.close_code == 1007


async def test_on_hocuspocus_a_malformed_frame_closes_its_document_first(server: Server) -> None:
    async with attacker(server, "malformed", "hocuspocus") as attacking:
        await attacking.say(b"\x00\x09")
        await attacking.hear(b"\x07")
        await attacking.say(b"\x00\x09")
        await asyncio.wait_for(attacking.socket.wait_closed(), SECONDS_MAX)
        assert attacking.socket.close_code == 1007


async def test_writing_under_somebody_elses_client_id_is_refused(
    server: Server,
) -> None:
    token = await server.token("Mallory", "editor")
    await fill(server, "owned")  # by the guest, under client id 500
    doc: Doc[Text] = Doc(client_id=500)
    doc.get("t", type=Text).insert(0, "forged words, longer")
    url = f"ws://127.0.0.1:{server.port}/yjs/owned?token={token}"
    async with connect(url, compression=None) as socket:
        attacking = Attacker(socket, b"")
        await attacking.say(sync.update(doc.get_update()))
        denied = Decoder(await attacking.hear(b"\x02"), 2)
        assert "belongs to somebody else" in denied.var_string()
    assert await text_of(server, "owned") == "honest words"

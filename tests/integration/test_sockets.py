"""Limits at the socket: what is too much, too slow or too silent, as the limits' table says."""

import asyncio
import os
import signal
import socket
import struct
from pathlib import Path

import pytest
from pycrdt import Doc, Text

from palimpsest.protocol import awareness, hocuspocus, sync
from palimpsest.protocol.lib0 import Decoder
from tests.harness.raw import raw_client
from tests.harness.server import Server, running_server
from tests.updates import typing

pytestmark = pytest.mark.asyncio(loop_scope="module")

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n{more}\r\n"
)
SECONDS_MAX = 10


async def bare(
    server: Server, path: str, more: str = ""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a WebSocket by hand: what is sent and read from here on is its frames."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(HANDSHAKE.format(path=path, port=server.port, more=more).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101"), head
    assert b"permessage-deflate" not in head
    return reader, writer


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
    """Return a client's frame, masked with zeros."""
    size = len(payload)
    length = struct.pack(">BH", 0x80 | 126, size) if size > 125 else bytes([0x80 | size])
    return bytes([(0x80 if fin else 0) | opcode]) + length + b"\0\0\0\0" + payload


async def close_code(reader: asyncio.StreamReader) -> int:
    """Read until the close frame, and return its code; 0 if the connection was cut."""
    async with asyncio.timeout(SECONDS_MAX):
        try:
            while True:
                first, second = await reader.readexactly(2)
                size = second
                if size == 126:
                    [size] = struct.unpack(">H", await reader.readexactly(2))
                elif size == 127:
                    [size] = struct.unpack(">Q", await reader.readexactly(8))
                payload = await reader.readexactly(size)
                if first & 0x0F == 8:
                    return int.from_bytes(payload[:2])
        except (asyncio.IncompleteReadError, ConnectionResetError):
            return 0


async def test_compression_is_not_negotiated(server: Server, document: str) -> None:
    offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
    _, writer = await bare(server, f"/yjs/{document}", offer)
    writer.close()


async def test_a_message_of_too_many_fragments_is_closed(server: Server, document: str) -> None:
    reader, writer = await bare(server, f"/yjs/{document}")
    writer.write(frame(2, fin=False) + frame(0, fin=False) * 20)
    assert await close_code(reader) == 1009
    writer.close()


async def test_a_message_in_a_few_fragments_is_taken(server: Server, document: str) -> None:
    [update] = typing(1, "a")
    message = sync.update(update)
    async with raw_client(f"{server.yjs_url}/{document}") as client:
        await client.connection.send([message[:3], message[3:7], message[7:]])
        await client.expect_among(message)


async def test_a_flood_of_pings_is_closed(server: Server, document: str) -> None:
    reader, writer = await bare(server, f"/yjs/{document}")
    writer.write(frame(9) * 50)
    assert await close_code(reader) == 1008
    writer.close()


async def test_a_text_message_is_closed(server: Server, document: str) -> None:
    async with raw_client(f"{server.yjs_url}/{document}") as client:
        await client.connection.send("hello")
        await client.expect_closed(1003)


async def test_a_message_that_is_too_big_is_closed(tmp_path: Path) -> None:
    options = ("--limit", "message_bytes_max=10000")
    async with (
        running_server(tmp_path, options=options) as small,
        raw_client(f"{small.yjs_url}/document") as client,
    ):
        await client.send(b"\x00\x02" + b"\x80" * 20_000)
        await client.expect_closed(1009)


async def test_who_sends_no_token_in_time_is_closed(tmp_path: Path) -> None:
    options = ("--limit", "unauthenticated_seconds_max=1")
    async with (
        running_server(tmp_path, auth="token", options=options) as guarded,
        raw_client(guarded.hocuspocus_url) as client,
    ):
        await client.expect_closed(1008)


async def test_too_much_before_a_token_is_closed(guarded: Server, document: str) -> None:
    async with raw_client(guarded.hocuspocus_url) as client:
        prefix = hocuspocus.prefix_of(document)
        for _ in range(101):
            await client.send(prefix + sync.step1(b"\0"))
        await client.expect_closed(1008)


async def test_too_many_documents_on_a_socket_are_closed(server: Server, document: str) -> None:
    async with raw_client(server.hocuspocus_url) as client:
        for number in range(101):
            await client.send(hocuspocus.prefix_of(f"{document}{number}") + sync.step1(b"\0"))
        await client.expect_closed(1008)


async def test_a_silent_client_is_pinged_and_cut(tmp_path: Path) -> None:
    options = ("--limit", "keepalive_seconds=1", "--limit", "pong_seconds_max=1")
    async with running_server(tmp_path, options=options) as impatient:
        reader, writer = await bare(impatient, "/yjs/document")
        # Nothing is read by hand here that would answer a ping.
        assert await close_code(reader) == 0
        writer.close()


async def test_one_who_answers_pings_hears_something_small_now_and_then(tmp_path: Path) -> None:
    options = ("--limit", "keepalive_seconds=1", "--limit", "pong_seconds_max=2")
    async with (
        running_server(tmp_path, options=options) as impatient,
        raw_client(f"{impatient.yjs_url}/document") as client,
    ):
        for _ in range(2):
            await client.expect_among(b"\x01\x01\x00")


async def test_a_fast_sender_is_slowed_and_loses_nothing(tmp_path: Path) -> None:
    options = ("--limit", "updates_per_second_max=200")
    updates = typing(7, "x" * 500)
    async with running_server(tmp_path, auth="token", options=options) as guarded:
        url = f"{guarded.yjs_url}/document?token={await guarded.token('Ann')}"
        async with raw_client(url) as client:
            began = asyncio.get_running_loop().time()
            for update in updates[:-1]:
                await client.send(sync.update(update))
            await client.expect_among(sync.update(updates[-2]), seconds=SECONDS_MAX)
            await client.send(sync.update(updates[-1]))
            await client.expect_among(sync.update(updates[-1]), seconds=SECONDS_MAX)
            # 500 updates at 200 a second, the first 200 for nothing.
            assert asyncio.get_running_loop().time() - began > 1.0
        assert await guarded.version("document") == 501


async def test_a_slow_reader_is_skipped_then_caught_up(tmp_path: Path) -> None:
    options = ("--limit", "unsent_bytes_max=20000")
    async with running_server(tmp_path, options=options) as server:
        slow = socket.socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.settimeout(0)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(slow, ("127.0.0.1", server.port))
        request = HANDSHAKE.format(path="/yjs/document", port=server.port, more="")
        await loop.sock_sendall(slow, request.encode() + frame(2, sync.step1(b"\0")))

        doc: Doc[Text] = Doc()
        text = doc.get("t", type=Text)
        added: list[bytes] = []
        subscription = doc.observe(lambda event: added.append(event.update))
        async with raw_client(f"{server.yjs_url}/document") as writer:
            # Far more than the kernel's buffers and the limit hold.
            for _ in range(400):
                text.insert(0, "y" * 10_000)
                await writer.send(sync.update(added[-1]))
                await writer.expect_among(sync.update(added[-1]))
        doc.unobserve(subscription)

        reader, closing = await asyncio.open_connection(sock=slow)
        heard, bytes_heard = await _hear_all(reader, len(str(text)))
        assert heard == str(text)
        # It was given the difference instead of everything, so it heard less than all updates.
        assert bytes_heard < 2 * len(heard)
        closing.close()


async def _hear_all(reader: asyncio.StreamReader, length: int) -> tuple[str, int]:
    """Read frames until the document has its length; return its text and the bytes it took."""
    await reader.readuntil(b"\r\n\r\n")
    doc: Doc[Text] = Doc()
    text = doc.get("t", type=Text)
    size_heard = 0
    async with asyncio.timeout(SECONDS_MAX):
        while len(str(text)) < length:
            _, size = await reader.readexactly(2)
            if size == 126:
                [size] = struct.unpack(">H", await reader.readexactly(2))
            elif size == 127:
                [size] = struct.unpack(">Q", await reader.readexactly(8))
            message = await reader.readexactly(size)
            size_heard += size
            if message[:1] == b"\x00" and message[1] in {1, 2}:
                update = _payload(message)
                if update != b"\0\0":
                    doc.apply_update(update)
    return str(text), size_heard


def _payload(message: bytes) -> bytes:
    return Decoder(message, 2).var_bytes()


async def test_presence_is_shown_with_its_author_and_taken_away_when_it_leaves(
    server: Server, document: str
) -> None:
    url = f"{server.yjs_url}/{document}"
    here = awareness.Presence(77, 1, b'{"user":{"name":"Ann"}}')
    gone = awareness.Presence(77, 2, b"null")
    async with raw_client(url) as watcher:
        async with raw_client(url) as ann:
            await ann.send(_presence(here))
            await watcher.expect_among(_presence(here))
            await ann.expect_among(_presence(here))
            people = await server.get(f"documents/{document}/presence")
            kinds = {each["client"]: each["kind"] for each in people["sessions"]}
            assert kinds == {None: "guest", 77: "guest"}
        await watcher.expect_among(_presence(gone))


async def test_presence_of_somebody_else_is_ignored(server: Server, document: str) -> None:
    url = f"{server.yjs_url}/{document}"
    ann = awareness.Presence(77, 1, b'{"name":"Ann"}')
    forged = awareness.Presence(77, 9, b'{"name":"Mallory"}')
    mallory = awareness.Presence(66, 1, b'{"name":"M"}')
    async with raw_client(url) as watcher, raw_client(url) as first, raw_client(url) as second:
        await first.send(_presence(ann))
        await watcher.expect_among(_presence(ann))
        await second.send(_presence(mallory))
        await second.send(_presence(forged))
        await second.send(b"\x03")
        everybody = awareness.message(awareness.write_presences([ann, mallory]))
        await second.expect_among(everybody)


async def test_one_who_comes_back_is_told_of_its_end_and_can_be_newer(
    server: Server, document: str
) -> None:
    url = f"{server.yjs_url}/{document}"
    here = awareness.Presence(77, 5, b"{}")
    async with raw_client(url) as watcher:
        async with raw_client(url) as client:
            await client.send(_presence(here))
            await watcher.expect_among(_presence(here))
        gone = awareness.Presence(77, 6, b"null")
        await watcher.expect_among(_presence(gone))
        async with raw_client(url) as client:
            await client.send(_presence(here))
            await client.expect_among(_presence(gone))


def _presence(presence: awareness.Presence) -> bytes:
    return awareness.message(awareness.write_presences([presence]))


async def test_a_page_of_another_site_may_not_connect(server: Server, document: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    more = "Origin: https://evil.example\r\n"
    request = HANDSHAKE.format(path=f"/yjs/{document}", port=server.port, more=more)
    writer.write(request.encode())
    assert b" 403 " in await reader.readline()
    writer.close()


async def test_an_unknown_path_says_where_sockets_are(server: Server) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(HANDSHAKE.format(path="/elsewhere", port=server.port, more="").encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 404 " in head
    writer.close()


@pytest.mark.parametrize("way", ["query", "header", "subprotocol"])
async def test_a_token_is_taken_from_where_clients_put_it(
    guarded: Server, document: str, way: str
) -> None:
    token = await guarded.token("Ann")
    url = f"{guarded.yjs_url}/{document}" + (f"?token={token}" if way == "query" else "")
    headers = {"Authorization": f"Bearer {token}"} if way == "header" else None
    subprotocols = ["palimpsest", f"token.{token}"] if way == "subprotocol" else None
    async with raw_client(url, headers=headers, subprotocols=subprotocols) as client:
        await client.expect_among(sync.step1(b"\0"))
        if way == "subprotocol":
            assert client.connection.subprotocol == "palimpsest"


async def test_tokens_are_in_no_log(guarded: Server, document: str) -> None:
    token = await guarded.token("Canary")
    async with raw_client(f"{guarded.yjs_url}/{document}?token={token}") as client:
        await client.expect_among(sync.step1(b"\0"))
    assert token not in guarded.log.read_text()


async def test_y_sweets_sign_of_life_comes_back(server: Server, document: str) -> None:
    async with raw_client(f"{server.yjs_url}/{document}") as client:
        await client.send("66 01 05")
        await client.expect_among("66 01 05")


async def test_a_handshake_is_acknowledged_only_after_it_is_answered(
    server: Server, document: str
) -> None:
    # A provider that has nothing unacknowledged says that it is in step, and applications put
    # content into a document that is empty then.
    update = typing(7, "a")[0]
    address = bytes([len(document)]) + document.encode()
    status = address + b"\x08\x01"
    async with raw_client(server.hocuspocus_url) as writer:
        await writer.send(address + sync.step1(b"\0"))
        await writer.send(address + sync.update(update))
        await writer.expect_among(status)
        [engine] = server.engine_pids
        os.kill(engine, signal.SIGSTOP)
        try:
            async with raw_client(server.hocuspocus_url) as late:
                await late.send(address + sync.step1(b"\0"))
                await late.send(address + sync.step2(b"\0\0"))
                await late.send(address + b"\x03")
                heard = [await late.receive()]
                while heard[-1][: len(address) + 1] != address + b"\x01":
                    heard.append(await late.receive())
                assert status not in heard
                os.kill(engine, signal.SIGCONT)
                await late.expect(address + sync.step2(update))
                await late.expect(status)
        finally:
            os.kill(engine, signal.SIGCONT)


async def test_an_update_that_waits_is_not_acknowledged_by_an_answer_that_lacks_it(
    server: Server, document: str
) -> None:
    first, second = typing(7, "ab")
    address = bytes([len(document)]) + document.encode()
    status = address + b"\x08\x01"
    async with raw_client(server.hocuspocus_url) as client:
        await client.send(address + sync.step1(b"\0"))
        await client.send(address + sync.step2(b"\0\0"))
        await client.expect_among(status)
        await client.send(address + sync.update(second))
        await client.expect_among(address + sync.step1(b"\0"))
        await client.send(address + sync.step2(b"\0\0"))
        await client.send(address + b"\x03")
        heard = await client.receive()
        assert heard != status, "it was acknowledged and is not stored"
        await client.send(address + sync.update(first))
        await client.expect_among(status)
        await client.send(address + sync.step1(b"\0"))
        await client.send(address + sync.step2(b"\0\0"))
        # The handshake's own, and that of what waited.
        await client.expect_among(status)
    assert await server.version(document) >= 2


async def test_the_close_frame_of_a_client_is_read_when_the_server_stops(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        reader, writer = await bare(server, "/yjs/document")
        stopping = asyncio.ensure_future(server.stop())
        assert await close_code(reader) == 1012
        writer.write(frame(8, struct.pack(">H", 1012)))
        # What is unread when a connection is cut resets it.
        assert await reader.read() == b""
        writer.close()
        await stopping

"""`palimpsest bench`, against a real server."""

import asyncio
import sys
from pathlib import Path

import pytest

from palimpsest.adapters.load.connection import LoadFailed
from palimpsest.adapters.load.trial import Address, _check, address_of
from palimpsest.cli.main import main
from tests.harness.server import Server, running_server


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000/?token=abc", Address("http", "127.0.0.1", 8000, "abc")),
        ("https://example.org", Address("https", "example.org", 443, "")),
        ("localhost:81", Address("http", "localhost", 81, "")),
    ],
)
def test_an_address_is_what_serve_prints_or_less(url: str, expected: Address) -> None:
    assert address_of(url, "") == expected


def test_a_token_that_is_given_counts_more() -> None:
    assert address_of("http://127.0.0.1/?token=abc", "def").token == "def"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://", ""])
def test_what_is_no_address_is_refused(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", url]) == 1
    assert "is not the address of a server" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [("--documents", "0"), ("--seconds", "1e9")])
def test_what_is_too_much_or_nothing_is_refused(
    wrong: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "http://127.0.0.1:1", *wrong]) == 1
    assert "is more than 0 and at most" in capsys.readouterr().err


def test_a_server_that_does_not_answer_is_said_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "http://127.0.0.1:1"]) == 1
    assert "127.0.0.1:1 does not answer" in capsys.readouterr().err


async def bench(server: Server, *arguments: str) -> str:
    """Run the command as a person does; return all that it said."""
    small = ("--documents", "2", "--seconds", "0.3")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "palimpsest", "bench", server.url, *small, *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return said.decode()


async def test_a_small_load_is_measured_checked_and_put_into_the_trash(tmp_path: Path) -> None:
    async with running_server(tmp_path, auth="token") as server:
        token = await server.token("bench", "owner")
        said = await bench(server, "--token", token)
        assert "edits acknowledged" in said
        assert "All documents hold what was sent" in said
        assert (await server.get("documents"))["documents"] == []


async def test_who_may_not_create_documents_is_told(tmp_path: Path) -> None:
    async with running_server(tmp_path, auth="token") as server:
        assert "could be created: 401" in await bench(server)
        token = await server.token("bench", "reader")
        assert "could be created: 403" in await bench(server, "--token", token)


async def test_a_document_that_lacks_something_is_noticed(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        address = address_of(server.url, "")
        address.ask("POST", "/api/documents", {"id": "empty"})
        with pytest.raises(LoadFailed, match="holds"):
            await asyncio.to_thread(_check, address, "empty", {7: 0})

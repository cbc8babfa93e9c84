"""The command line as somebody at a terminal meets it: wrong input gets one clear line."""

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from palimpsest.protocol import sync
from tests.harness.raw import raw_client
from tests.harness.server import Server, running_server
from tests.updates import typing

SECONDS_MAX = 20


def palimpsest(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "palimpsest", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
        env={"PATH": "/usr/bin:/bin", **environment},
    )


def clear_line(run: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that a failed command says."""
    assert run.returncode != 0
    lines = run.stderr.strip().splitlines()
    assert len(lines) == 1, run.stderr
    assert "Traceback" not in run.stderr
    return lines[0]


async def write(server: Server, document: str, text: str) -> None:
    """Write into a document, and wait until it is safe."""
    async with raw_client(f"{server.yjs_url}/{document}") as client:
        for update in typing(1, text):
            await client.send(sync.update(update))
            await client.expect_among(sync.update(update))


def test_help_says_what_there_is() -> None:
    for arguments in (["--help"], ["serve", "--help"], ["token", "--help"], ["verify", "--help"]):
        run = palimpsest(*arguments)
        assert run.returncode == 0
        assert "usage: palimpsest" in run.stdout
    assert "document_bytes_max" in palimpsest("serve", "--help").stdout


def test_a_wrong_limit_is_told(tmp_path: Path) -> None:
    data = ("--data", tmp_path / "data")
    assert "no limit 'speed'" in clear_line(palimpsest("serve", *data, "--limit", "speed=1"))
    assert "whole number" in clear_line(
        palimpsest("serve", *data, "--limit", "unsent_bytes_max=much")
    )


def test_a_wrong_setting_is_told(tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    assert "cannot be read" in clear_line(palimpsest("serve", "--config", config))
    config.write_text("port = [")
    assert "not TOML" in clear_line(palimpsest("serve", "--config", config))
    config.write_text("prot = 1")
    assert "'prot', which does not exist" in clear_line(palimpsest("serve", "--config", config))
    assert "auth is 'maybe'" in clear_line(palimpsest("serve", PALIMPSEST_AUTH="maybe"))
    assert "the highest" in clear_line(palimpsest("serve", "--port", "70000"))


def test_letting_everybody_in_from_everywhere_takes_force(tmp_path: Path) -> None:
    run = palimpsest("serve", "--auth", "none", "--host", "0.0.0.0", "--data", tmp_path / "data")
    assert "--force" in clear_line(run)
    assert not (tmp_path / "data").exists()


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run = palimpsest("serve", "--port", port, "--data", tmp_path / "data")
    assert f"port {port}" in clear_line(run)
    assert "--port" in run.stderr


def test_a_directory_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    run = palimpsest("serve", "--port", "0", "--data", tmp_path)
    assert "holds no Palimpsest data" in clear_line(run)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "events.db"))
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = (tmp_path / "events.db").read_bytes()
    run = palimpsest("serve", "--port", "0", "--data", tmp_path)
    assert "another program" in clear_line(run)
    assert (tmp_path / "events.db").read_bytes() == before


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "events.db").write_text("this is not a database at all" * 100)
    run = palimpsest("serve", "--port", "0", "--data", tmp_path)
    assert "not a database" in clear_line(run)


def test_commands_on_no_data_say_so(tmp_path: Path) -> None:
    for command in ("documents", "verify"):
        assert "events.db" in clear_line(palimpsest(command, "--data", tmp_path / "none"))


async def test_a_directory_in_use_is_told(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        run = await asyncio.to_thread(palimpsest, "serve", "--port", "0", "--data", server.data)
    assert "Another Palimpsest server is using" in clear_line(run)


async def test_documents_are_listed_beside_a_running_server(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        await write(server, "notes/today", "hello")
        listed = await server.run("documents")
        assert "notes/today" in listed
        [line] = (await server.run("documents", "--json")).splitlines()
        assert json.loads(line)["version"] == 6


async def test_verify_finds_damage_and_names_the_event(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        await write(server, "document", "hello")
        assert "6 events in 1 documents are sound" in await server.verify()
        data = server.data
    connection = apsw.Connection(str(data / "events.db"))
    connection.execute("UPDATE events SET payload = payload || x'00' WHERE version = 4")
    connection.close()
    assert "'document' version 4" in clear_line(palimpsest("verify", "--data", data))


async def test_verify_finds_tampering_against_heads_kept_elsewhere(tmp_path: Path) -> None:
    heads = tmp_path / "heads.json"
    async with running_server(tmp_path) as server:
        await write(server, "document", "hello")
        data = server.data
    assert palimpsest("verify", "--data", data, "--heads-to", heads).returncode == 0
    assert palimpsest("verify", "--data", data, "--against", heads).returncode == 0
    # The newest event taken away: the chain that is left is whole.
    connection = apsw.Connection(str(data / "events.db"))
    connection.execute("DELETE FROM events WHERE version = 6")
    connection.close()
    assert palimpsest("verify", "--data", data).returncode == 0
    run = palimpsest("verify", "--data", data, "--against", heads)
    assert "version 6 is gone" in run.stderr


async def test_the_printed_address_lets_the_first_admin_in(tmp_path: Path) -> None:
    async with running_server(tmp_path, auth="token") as server:
        assert (await server.get("documents"))["documents"] == []


@pytest.mark.parametrize("role", ["reader", "editor", "admin"])
def test_a_token_says_who_and_what(tmp_path: Path, role: str) -> None:
    run = palimpsest("token", "--data", tmp_path / "data", "--name", "Ann", "--role", role)
    assert run.returncode == 0
    assert run.stdout.count(".") == 2
    assert "only a server with this --data" in run.stderr
    again = palimpsest("token", "--data", tmp_path / "data", "--name", "Ann", "--role", role)
    assert again.stdout == run.stdout
    assert again.stderr == ""

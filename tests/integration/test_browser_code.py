"""The browser's code: its own tests pass, it is small, it shows what the writers here do."""

import asyncio
import json
import re
import shutil
from base64 import b64decode
from pathlib import Path

import pytest

from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from palimpsest.adapters.web import bundle
from palimpsest.commands.welcome import PAGE, WELCOME
from palimpsest.content import html
from palimpsest.content.reading import page_of
from palimpsest.limits import Limits
from palimpsest.protocol.first_block import first_block, first_client
from palimpsest.protocol.page_update import page_update
from palimpsest.protocol.scanner import scan
from tests.flat_html import ids, lines
from tests.harness.skips import require

STATIC = Path(__file__).parents[2] / "static"
CORPUS: list[str] = list(json.loads((STATIC / "test" / "corpus.json").read_text()))

SHELL_BYTES_MAX = 40 * 1024
EDITOR_BYTES_MAX = 140 * 1024
LIBRARY_BYTES_MAX = 10 * 1024


async def node(script: str, *arguments: str) -> str:
    """Run a script of the browser's code; return what it printed."""
    program = shutil.which("node")
    require(program, "node", "install Node 20 or newer")
    require(
        (STATIC / "node_modules" / "jsdom").is_dir(), "node_modules", f"run npm ci in {STATIC}"
    )
    process = await asyncio.create_subprocess_exec(
        str(program),
        str(STATIC / "test" / script),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    return printed.decode()


async def test_its_own_tests_pass() -> None:
    printed = await node("run.mjs")
    passed = re.search(r"^# pass (\d+)$", printed, re.M)
    assert passed is not None
    assert int(passed[1]) > 50


@pytest.fixture(scope="module")
def shown() -> dict[str, dict[str, str]]:
    """Each document of the corpus, as the editor keeps and shows it."""
    found: dict[str, dict[str, str]] = json.loads(asyncio.run(node("parity.mjs")))
    return found


@pytest.mark.parametrize("name", CORPUS)
def test_the_editor_and_the_reader_show_the_same(
    name: str, shown: dict[str, dict[str, str]]
) -> None:
    update = b64decode(shown[name]["update"])
    scan(update)
    replica = PycrdtReplica()
    replica.load([update])
    written = html.write(page_of(replica.tree(Limits()).roots))
    assert lines(shown[name]["html"]) == lines(written)
    assert ids(shown[name]["html"]) == ids(written)


def sizes(names: tuple[str, ...] | list[str]) -> int:
    return sum((STATIC / "dist" / f"{name}.br").stat().st_size for name in names)


def test_what_is_loaded_keeps_to_its_budget() -> None:
    require((STATIC / "dist").is_dir(), "static/dist", "run make web")
    manifest = json.loads((STATIC / "dist" / "manifest.json").read_text())
    assert sizes([*manifest["shell"], manifest["style"]]) <= SHELL_BYTES_MAX
    assert sizes(manifest["editor"]) <= EDITOR_BYTES_MAX
    assert sizes(manifest["library"]) <= LIBRARY_BYTES_MAX


def test_what_was_built_is_as_its_sources_are() -> None:
    require((STATIC / "dist").is_dir(), "static/dist", "run make web")
    assert bundle.load().complaint == ""


def test_a_change_of_a_source_is_noticed(tmp_path: Path) -> None:
    static = tmp_path / "static"
    shutil.copytree(STATIC, static, ignore=shutil.ignore_patterns("node_modules"))
    nowhere = tmp_path / "nowhere"
    assert bundle.load(nowhere, static).complaint == ""
    main = static / "src" / "app" / "main.tsx"
    main.write_text(main.read_text() + "\n")
    assert bundle.load(nowhere, static).complaint == bundle.STALE
    shutil.rmtree(static / "dist")
    assert bundle.load(nowhere, static).complaint == bundle.MISSING


async def test_a_page_begins_with_a_block_that_yjs_and_its_binding_read_as_one() -> None:
    update = first_block("a document")
    assert first_block("a document") == update != first_block("another")
    assert [span[1:] for span in scan(update).spans] == [(0, 3)]
    printed = await node("first-block.mjs", update.hex())
    seen = json.loads(printed)
    assert re.fullmatch(r'<block id="[\w-]{10}"></block>', seen.pop("xml"))
    assert seen == {
        "blocks": [["block", "", {}]],
        "wrote": 0,
        "typed": "<block>words</block>",
    }


async def test_the_page_that_welcomes_is_read_by_yjs_and_its_binding_as_it_was_written() -> None:
    update = page_update(first_client(WELCOME), PAGE)
    scan(update)
    seen = json.loads(await node("first-block.mjs", update.hex()))
    assert seen["wrote"] == 0
    assert [(name, words) for name, words, _ in seen["blocks"]] == [
        (element.name, "".join(run.text for run in element.runs or ())) for element in PAGE
    ]
    assert [attributes for *_, attributes in seen["blocks"]] == [
        dict(element.attributes) for element in PAGE
    ]
    assert "<bold>every earlier state of it is kept</bold>, and" in seen["xml"]

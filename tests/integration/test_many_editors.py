"""Many at one document: whatever they do, in the end all have the same, and it is saved.

`PALIMPSEST_CROWD_SECONDS=60` has twenty write for a minute in the place of ten for a moment,
`PALIMPSEST_CROWD_SEED` has them do something else.
"""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import pytest
from playwright.async_api import Browser

from tests.harness.crowd import Member, Shape, crowd_at, shape_of
from tests.harness.editing import new_page
from tests.harness.server import Server
from tests.harness.writer import block, writing

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKED: Final = os.environ.get("PALIMPSEST_CROWD_SECONDS")
EDITORS: Final = 20 if ASKED else 10
LINES: Final = 20
SECONDS: Final = float(ASKED or "8")
SEED: Final = int(os.environ.get("PALIMPSEST_CROWD_SEED", "1"))
SETTLED_SECONDS_MAX: Final = 30 + 2 * SECONDS


async def test_many_write_at_once_and_all_have_the_same_which_is_saved(
    server: Server, browser: Browser, document: str
) -> None:
    address = await new_page(server, document)
    async with writing(server, document) as writer:
        await writer.write(*(block(f"Line {each} ", id=f"line-{each}") for each in range(LINES)))
    async with crowd_at(browser, [address] * EDITORS, SEED) as crowd:
        end = asyncio.get_running_loop().time() + SECONDS
        await asyncio.gather(*(member.act_until(end) for member in crowd))
        assert all(member.deeds > 0 for member in crowd)
        kept = await settled(server, document, crowd)
    ids = Counter(attributes["id"] for _, attributes, _ in kept if "id" in attributes)
    assert [each for each, count in ids.items() if count > 1] == []
    shown = json.loads(await server.content(document, "json"))["roots"][0]["blocks"]
    assert [words_shown(each) for each in shown] == [words_kept(each) for each in kept]


async def settled(server: Server, document: str, crowd: Sequence[Member]) -> Shape:
    """Return how the text stands, once it stands so everywhere and all are told it is saved."""
    kept: Shape = []
    stand: list[tuple[str, Shape]] = []
    try:
        async with asyncio.timeout(SETTLED_SECONDS_MAX):
            while not stand or any(each != ("saved", kept) for each in stand):
                kept = shape_of(await server.state(document))
                stand = [(await member.saving(), await member.shape()) for member in crowd]
    except TimeoutError:
        for each in stand:
            assert each == ("saved", kept)
        raise
    return kept


def words_kept(block: list[Any]) -> tuple[str | None, str]:
    """Return a block's id and its words, as the server's log has them."""
    _, attributes, inside = block
    return attributes.get("id"), "".join(words for words, *_ in inside)


def words_shown(block: dict[str, Any]) -> tuple[str | None, str]:
    """Return a block's id and its words, as readers have them."""
    return block.get("id"), "".join(each["text"] for each in block.get("content", []))

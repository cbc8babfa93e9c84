"""Documents are loaded once, shared, and let go of when memory is short and nobody is there."""

import asyncio

import pytest

from palimpsest.commands.live_document import LiveDocument
from palimpsest.domain.commands import CreateDocument, LiftQuarantine
from palimpsest.domain.event_codec import Stored
from palimpsest.domain.refusals import DocumentQuarantined
from palimpsest.limits import Limits
from palimpsest.ports import EngineDied
from tests.unit.commands.write_side import ADMIN, EDITOR, Author, WriteSide
from tests.updates import ANN, Client, typing

SMALL = Limits(live_documents_bytes_max=1)


def loads(side: WriteSide) -> list[str]:
    """Return the documents that the engine was asked to load."""
    return [document for document, load in side.engine.asked_for("open") if load]


async def write(side: WriteSide, name: str, *updates: bytes) -> None:
    """Commit updates to a document, and let go of it."""
    document, author = await side.open(name), Author()
    for update in updates:
        author.submit(document, update, "")
    await side.drained()
    assert all("committed" in news for news in author.journal)
    side.repository.close(document)


async def test_a_document_that_does_not_exist_can_be_opened_and_has_a_lineage_to_come() -> None:
    side = WriteSide()
    document = await side.open("a")
    assert (document.committed.exists, document.version, document.loaded) == (False, 0, True)
    assert document.committed.lineage == "name-1"


async def test_a_document_opens_with_its_facts_clocks_and_owners() -> None:
    side = WriteSide()
    await write(side, "a", *typing(5, "abc"))
    again = WriteSide()
    again.log.rows, again.log.seeds = side.log.rows, side.log.seeds
    document = await again.open("a")
    assert (document.version, document.committed.exists) == (4, True)
    assert document.committed.lineage == "name-1"
    assert document.committed.ledger.clocks == {5: 3}
    assert document.committed.ledger.owners == {5: ANN.principal}


async def test_whoever_opens_a_document_at_the_same_time_shares_one_load() -> None:
    side = WriteSide()
    documents = await asyncio.gather(*[side.open("a") for _ in range(5)])
    assert len({id(document) for document in documents}) == 1
    assert documents[0].users == 5
    assert loads(side) == ["a"]


async def test_a_document_that_nobody_uses_stays_while_there_is_memory() -> None:
    side = WriteSide()
    first = await side.open("a")
    side.repository.close(first)
    assert await side.open("a") is first
    assert loads(side) == ["a"]


async def test_when_memory_is_short_a_document_that_nobody_uses_is_unloaded() -> None:
    side = WriteSide(SMALL)
    document = await side.open("a")
    side.repository.close(document)
    assert side.engine.asked_for("unload") == ["a"]
    assert await side.open("a") is not document


async def test_a_document_in_use_is_never_unloaded() -> None:
    side = WriteSide(SMALL)
    document = await side.open("a")
    await side.open("b")
    again = await side.open("a")
    side.repository.close(again)
    assert side.engine.asked_for("unload") == []
    assert await side.open("a") is document


async def test_a_document_with_edits_in_flight_is_not_unloaded() -> None:
    side, author = WriteSide(SMALL), Author()
    document = await side.open("a")
    author.submit(document, typing(5, "a")[0], "a")
    side.repository.close(document)
    assert side.engine.asked_for("unload") == []
    await side.drained()
    assert await side.open("a") is document


async def test_of_the_unused_the_one_used_longest_ago_goes_first_and_no_more_than_must() -> None:
    cost = (await WriteSide().open("any")).cost
    side = WriteSide(Limits(live_documents_bytes_max=2 * cost))
    for name in "abab":
        side.repository.close(await side.open(name))
    side.repository.close(await side.open("a"))
    await side.open("c")
    assert side.engine.asked_for("unload") == ["b"]


async def test_a_document_grows_in_cost_with_what_is_written() -> None:
    side = WriteSide()
    document = await side.open("a")
    before = document.cost
    Author().submit(document, Client(5).type("x" * 1_000), "x")
    await side.drained()
    assert document.cost > before + 1_000


async def test_whoever_opens_a_document_while_memory_is_short_gets_one_and_the_same() -> None:
    """One aggregate a document, however its opening and its unloading fall together."""
    side = WriteSide(SMALL)
    live: dict[str, set[LiveDocument]] = {}

    async def visit(name: str) -> None:
        for _ in range(20):
            document = await side.open(name)
            in_use = live.setdefault(name, set())
            in_use.add(document)
            assert in_use == {document}
            await asyncio.sleep(0)
            if document.users == 1:
                in_use.remove(document)
            side.repository.close(document)

    await asyncio.gather(*[visit(name) for name in "aaabbb"])


async def test_who_stops_waiting_for_a_document_does_not_use_it() -> None:
    side = WriteSide()
    side.engine.hold()
    waiting = [asyncio.ensure_future(side.open("a")) for _ in range(2)]
    await side.engine.until_held(1)
    waiting[0].cancel()
    side.engine.release()
    document = await waiting[1]
    assert document.users == 1


# Deaths and damage.


async def test_a_document_is_opened_by_the_next_engine_when_one_died_of_something_else() -> None:
    side = WriteSide()
    await write(side, "a", *typing(5, "ab"))
    fresh = reopened(side)
    die_at_loads(fresh, times=1)
    document = await fresh.open("a")
    assert document.loaded
    assert document.committed.ledger.clocks == {5: 2}


async def test_a_document_that_kills_the_engine_twice_is_set_aside_and_not_loaded() -> None:
    side = WriteSide()
    letters = typing(5, "ab")
    await write(side, "a", *letters)
    await write(side, "b", *typing(6, "x"))
    fresh = reopened(side)
    fresh.engine.deadly.add(letters[1])
    document = await fresh.open("a")
    assert fresh.engine.deaths == 2
    assert not document.loaded
    await fresh.drained()
    assert "killed the engine twice" in document.committed.quarantine
    assert not document.committed.opens
    assert fresh.stored("a")[-1] == "quarantine_imposed"
    with pytest.raises(DocumentQuarantined):
        Author().submit(document, typing(7, "z")[0], "z")
    assert (await fresh.open("b")).loaded


async def test_a_document_that_was_set_aside_is_not_tried_again_until_it_is_released() -> None:
    side = WriteSide()
    letters = typing(5, "ab")
    await write(side, "a", *letters)
    fresh = reopened(side)
    fresh.engine.deadly.add(letters[1])
    fresh.repository.close(await fresh.open("a"))
    await fresh.drained()
    # It was still in flight when it was let go of; by now it is not.
    fresh.repository.close(await fresh.open("a"))
    deaths = fresh.engine.deaths
    document = await fresh.open("a")
    assert (document.loaded, fresh.engine.deaths) == (False, deaths)
    fresh.engine.deadly.clear()
    Author().command(document, LiftQuarantine(ADMIN), "lift")
    await fresh.drained()
    fresh.repository.close(document)
    assert (await fresh.open("a")).loaded


async def test_a_document_is_set_aside_once_even_if_it_is_let_go_of_at_once() -> None:
    side = WriteSide()
    letters = typing(5, "ab")
    await write(side, "a", *letters)
    fresh = reopened(side)
    fresh.engine.deadly.add(letters[1])
    document = await fresh.open("a")
    fresh.repository.close(document)
    assert await fresh.open("a") is document
    await fresh.drained()
    assert fresh.stored("a").count("quarantine_imposed") == 1


async def test_a_document_that_cannot_be_replayed_is_set_aside_with_the_reason() -> None:
    side = WriteSide()
    await write(side, "a", *typing(5, "ab"))
    row = side.log.rows[1]
    side.log.rows[1] = row._replace(stored=Stored(row.stored.kind, b"\x00\x00broken"))
    fresh = reopened(side)
    document = await fresh.open("a")
    await fresh.drained()
    assert not document.loaded
    assert "cannot be replayed" in document.committed.quarantine


async def test_a_document_of_a_later_version_is_left_alone() -> None:
    side = WriteSide()
    author = Author()
    author.command(await side.open("a"), CreateDocument(EDITOR, "Plan"), "create")
    await side.drained()
    row = side.log.rows[0]
    side.log.rows[0] = row._replace(stored=Stored("document_shredded.v1", b""))
    fresh = reopened(side)
    for _ in range(2):
        with pytest.raises(DocumentQuarantined, match="newer version"):
            await fresh.open("a")
    await fresh.drained()
    assert len(fresh.log.rows) == 1


async def test_when_not_even_its_facts_can_be_read_whoever_opens_a_document_is_told() -> None:
    side = WriteSide()
    die_at_loads(side, times=3)
    with pytest.raises(EngineDied):
        await side.open("a")
    assert (await side.open("a")).loaded


def reopened(side: WriteSide) -> WriteSide:
    """Return the write side of a server that was started again."""
    fresh = WriteSide(side.limits)
    fresh.log.rows, fresh.log.seeds = side.log.rows, side.log.seeds
    fresh.log.begin()
    return fresh


def die_at_loads(side: WriteSide, *, times: int) -> None:
    """Let the engine die when it opens something, so many times."""
    engine = side.engine
    opening = engine.open
    left = times

    async def dying(document: str, *, load: bool, from_start: bool = False) -> object:
        nonlocal left
        left -= 1
        if left >= 0:
            raise EngineDied
        return await opening(document, load=load, from_start=from_start)

    engine.open = dying  # type: ignore[method-assign, assignment]


async def test_setting_a_document_aside_that_is_set_aside_changes_nothing() -> None:
    side = WriteSide()
    await write(side, "a", *typing(5, "a"))
    document = await side.open("a")
    for _ in range(2):
        side.repository.quarantine(document, "it died", opens=True)
        await side.drained()
    assert side.stored("a").count("quarantine_imposed") == 1

"""Group commit: what comes together goes together, and every death is recovered from."""

import asyncio

import pytest

from palimpsest.commands import gathering
from palimpsest.commands.gathering import KILLED
from palimpsest.domain.commands import CreateDocument, RenameDocument
from palimpsest.domain.refusals import DocumentQuarantined
from palimpsest.limits import Limits
from palimpsest.ports import Batch, EngineDied, LogRefused, Outcome
from tests.contract.logs import assert_chained
from tests.doubles import InProcessEngine
from tests.unit.commands.write_side import EDITOR, Author, WriteSide, watch
from tests.updates import typing

# Gathering.


async def test_what_is_sent_in_one_tick_is_committed_together() -> None:
    side, author = WriteSide(), Author()
    a, b = await side.open("a"), await side.open("b")
    for name, update in zip("abc", typing(5, "abc"), strict=True):
        author.submit(a, update, name)
    author.submit(b, typing(6, "x")[0], "x")
    await side.drained()
    assert side.batches() == [4]
    assert author.journal == [
        "a committed at 2",
        "b committed at 3",
        "c committed at 4",
        "x committed at 2",
    ]


async def test_what_comes_while_a_batch_is_committed_makes_the_next() -> None:
    side, author = WriteSide(), Author()
    document = await side.open("a")
    letters = typing(5, "abcde")
    side.engine.hold()
    author.submit(document, letters[0], "a")
    await side.engine.until_held(1)
    for name, update in zip("bcde", letters[1:], strict=True):
        author.submit(document, update, name)
    assert author.journal == []
    side.engine.release()
    await side.drained()
    assert side.batches() == [1, 4]
    assert await side.text("a") == "abcde"


async def test_where_many_documents_are_written_in_edits_gather_behind_a_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gathering, "LOOK_SECONDS", 0.0)
    side, author = WriteSide(Limits(gather_documents_min=2, gather_milliseconds=400)), Author()
    a, b = await side.open("a"), await side.open("b")
    one, two = typing(5, "ab"), typing(6, "cd")
    author.submit(a, one[0], "a")
    author.submit(b, two[0], "c")
    await side.drained()
    author.submit(a, one[1], "b")
    for _ in range(10):
        await asyncio.sleep(0)
    author.submit(b, two[1], "d")
    await side.drained()
    assert side.batches() == [2, 2]


async def test_where_few_documents_are_written_in_nobody_waits_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gathering, "LOOK_SECONDS", 0.0)
    side, author = WriteSide(Limits(gather_documents_min=2, gather_milliseconds=60_000)), Author()
    document = await side.open("a")
    async with asyncio.timeout(10):
        for name, update in zip("abc", typing(5, "abc"), strict=True):
            author.submit(document, update, name)
            await side.drained()
    assert side.batches() == [1, 1, 1]


async def test_a_batch_is_bounded_in_edits() -> None:
    side, author = WriteSide(Limits(batch_edits_max=2)), Author()
    document = await side.open("a")
    for name, update in zip("abcde", typing(5, "abcde"), strict=True):
        author.submit(document, update, name)
    await side.drained()
    assert side.batches() == [2, 2, 1]


async def test_a_batch_is_bounded_in_bytes() -> None:
    side, author = WriteSide(Limits(batch_bytes_max=500)), Author()
    document = await side.open("a")
    for name, update in zip("abcde", typing(5, "abcde"), strict=True):
        author.submit(document, update, name)
    await side.drained()
    assert side.batches() == [3, 2]


async def test_authors_hear_of_a_batch_before_anybody_else_sees_it() -> None:
    side = WriteSide()
    journal: list[str] = []
    a, b = await side.open("a"), await side.open("b")
    watch(a, journal)
    watch(b, journal)
    Author(journal).submit(a, typing(5, "a")[0], "a")
    Author(journal).submit(b, typing(6, "b")[0], "b")
    await side.drained()
    assert journal == ["a committed at 2", "b committed at 2", "shown a", "shown b"]
    assert side.points == ["before_acknowledgement", "before_fan_out"]


async def test_batches_are_numbered_from_the_first_free_number() -> None:
    side, author = WriteSide(), Author()
    document = await side.open("a")
    for update in typing(5, "ab"):
        author.submit(document, update, "")
        await side.drained()
    assert [batch.identifier for batch in side.engine.asked_for("commit")] == [1, 2]


async def test_a_batch_names_each_origin_once() -> None:
    side, author = WriteSide(), Author()
    document = await side.open("a")
    for update in typing(5, "ab"):
        author.submit(document, update, "")
    await side.drained()
    [batch] = side.engine.asked_for("commit")
    assert [origin.number for origin in batch.origins] == [1]


async def test_nothing_in_flight_is_drained_at_once() -> None:
    await WriteSide().drained()


# Refusals.


async def test_a_refused_edit_holds_up_nobody_elses() -> None:
    side, author, other = WriteSide(Limits(document_bytes_max=1)), Author(), Author()
    a, b = await side.open("a"), await side.open("b")
    first, second = typing(5, "ab")
    author.submit(a, first, "a")
    await side.drained()
    author.submit(a, second, "b")
    other.command(a, RenameDocument(EDITOR, "Goal"), "rename")
    other.submit(b, typing(6, "x")[0], "x")
    await side.drained()
    assert author.journal == ["a committed at 2", "b refused: DocumentFull"]
    assert other.journal == ["x committed at 2", "rename committed at 3"]
    assert await side.text("a") == "a"


async def test_what_already_waits_for_a_document_is_decided_again_behind_a_refusal() -> None:
    side, author = WriteSide(Limits(document_bytes_max=1)), Author()
    document = await side.open("a")
    first, second, third = typing(5, "abc")
    author.submit(document, first, "a")
    await side.drained()
    side.engine.hold()
    author.submit(document, second, "b")
    await side.engine.until_held(1)
    author.submit(document, third, "c")
    author.command(document, RenameDocument(EDITOR, "Goal"), "rename")
    side.engine.release()
    await side.drained()
    assert author.journal[1:] == [
        "b refused: DocumentFull",
        "c refused: UpdateWaits",
        "rename committed at 3",
    ]


# Deaths.


@pytest.mark.parametrize("point", ["before_insert", "before_commit"])
async def test_a_batch_that_was_not_committed_when_the_engine_died_is_committed_one_by_one(
    point: str,
) -> None:
    side, author = WriteSide(kill_at=f"{point}:1"), Author()
    a, b = await side.open("a"), await side.open("b")
    for name, update in zip("abc", typing(5, "abc"), strict=True):
        author.submit(a, update, name)
    author.submit(b, typing(6, "x")[0], "x")
    await side.drained()
    assert side.batches() == [4, 1, 1, 1, 1]
    assert author.journal == [
        "a committed at 2",
        "b committed at 3",
        "c committed at 4",
        "x committed at 2",
    ]
    assert (await side.text("a"), await side.text("b")) == ("abc", "x")
    assert_chained(side.log.rows, side.log.seeds)


async def test_a_batch_that_was_committed_when_the_engine_died_is_not_repeated() -> None:
    side, author = WriteSide(kill_at="after_commit:1"), Author()
    document = await side.open("a")
    watch(document, author.journal)
    for name, update in zip("ab", typing(5, "ab"), strict=True):
        author.submit(document, update, name)
    await side.drained()
    assert side.batches() == [2]
    assert author.journal == ["a committed at 2", "b committed at 3", "shown a b"]
    assert side.stored("a") == ["document_created", "update_recorded", "update_recorded"]


async def test_an_engine_that_dies_again_after_committing_one_is_believed_by_the_log() -> None:
    side, author = WriteSide(kill_at="before_commit:1"), Author()
    document = await side.open("a")
    first, second = typing(5, "ab")
    author.submit(document, first, "a")
    author.submit(document, second, "b")
    die_after_commit(side.engine, nth=2)
    await side.drained()
    assert author.journal == ["a committed at 2", "b committed at 3"]
    assert side.stored("a").count("update_recorded") == 2


async def test_the_killer_is_found_and_refused_and_the_innocent_are_committed() -> None:
    side, killer, innocent = WriteSide(), Author(), Author()
    a, b = await side.open("a"), await side.open("b")
    first, deadly, after = typing(5, "abc")
    side.engine.deadly.add(deadly)
    killer.submit(a, first, "a")
    killer.submit(a, deadly, "deadly")
    killer.submit(a, after, "after")
    innocent.command(a, RenameDocument(EDITOR, "Goal"), "rename")
    innocent.submit(b, typing(6, "x")[0], "x")
    await side.drained()
    assert side.engine.deaths == 2
    assert killer.journal == [
        "a committed at 2",
        "deadly refused: UpdateRejected",
        "after refused: UpdateWaits",
    ]
    assert innocent.journal == ["x committed at 2", "rename committed at 3"]
    assert await side.text("a") == "a"


async def test_the_killers_document_alone_is_set_aside() -> None:
    side, author = WriteSide(), Author()
    a, b = await side.open("a"), await side.open("b")
    first, deadly = typing(5, "ab")
    side.engine.deadly.add(deadly)
    author.submit(a, first, "a")
    author.submit(b, typing(6, "x")[0], "x")
    await side.drained()
    author.submit(a, deadly, "deadly")
    await side.drained()
    assert side.stored("a")[-1] == "quarantine_imposed"
    assert (a.committed.quarantine, a.committed.opens) == (KILLED, True)
    assert b.committed.quarantine == ""
    with pytest.raises(DocumentQuarantined):
        author.submit(a, typing(7, "z")[0], "z")
    author.submit(b, typing(7, "z")[0], "z")
    await side.drained()
    assert author.journal[-1] == "z committed at 3"


async def test_a_document_that_its_first_edit_killed_the_engine_with_does_not_exist(
    caplog: pytest.LogCaptureFixture,
) -> None:
    side, author = WriteSide(), Author()
    document = await side.open("a")
    [deadly] = typing(5, "a")
    side.engine.deadly.add(deadly)
    author.submit(document, deadly, "deadly")
    await side.drained()
    assert author.journal == ["deadly refused: UpdateRejected"]
    assert side.log.rows == []
    assert "could not be set aside" in caplog.text
    author.submit(document, typing(6, "b")[0], "b")
    await side.drained()
    assert author.journal[-1] == "b committed at 2"


async def test_two_killers_in_one_batch_are_both_found() -> None:
    side, author = WriteSide(), Author()
    a, b, c = await side.open("a"), await side.open("b"), await side.open("c")
    side.engine.deadly.update((typing(5, "a")[0], typing(6, "b")[0]))
    author.submit(a, typing(5, "a")[0], "a")
    author.submit(c, typing(7, "c")[0], "c")
    author.submit(b, typing(6, "b")[0], "b")
    await side.drained()
    assert author.journal == [
        "a refused: UpdateRejected",
        "c committed at 2",
        "b refused: UpdateRejected",
    ]


async def test_an_edit_that_waits_for_a_dying_engine_is_committed_by_the_next() -> None:
    side, author = WriteSide(kill_at="before_commit:1"), Author()
    document = await side.open("a")
    first, second = typing(5, "ab")
    side.engine.hold()
    author.submit(document, first, "a")
    await side.engine.until_held(1)
    author.submit(document, second, "b")
    side.engine.release()
    await side.drained()
    assert author.journal == ["a committed at 2", "b committed at 3"]


async def test_an_engine_that_dies_while_it_looks_up_a_batch_is_asked_again() -> None:
    side, author = WriteSide(kill_at="after_commit:1"), Author()
    document = await side.open("a")
    answer, asked = side.engine.outcomes, 0

    async def outcomes(identifier: int) -> list[Outcome] | None:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise EngineDied
        return await answer(identifier)

    side.engine.outcomes = outcomes  # type: ignore[method-assign]
    author.submit(document, typing(5, "a")[0], "a")
    await side.drained()
    assert (asked, author.journal) == (3, ["a committed at 2"])


# A full disk.


async def test_a_full_disk_refuses_all_that_is_in_flight_and_the_next_edit_is_tried() -> None:
    side, author = WriteSide(), Author()
    document = await side.open("a")
    other = await side.open("b")
    watch(document, author.journal)
    first, second = typing(5, "ab")
    side.log.bytes_max = 0
    side.engine.hold()
    author.submit(document, first, "a")
    await side.engine.until_held(1)
    author.submit(document, second, "b")
    author.submit(other, typing(6, "x")[0], "x")
    side.engine.release()
    await side.drained()
    assert author.journal == [
        "a refused: LogUnavailable",
        "b refused: LogUnavailable",
        "x refused: LogUnavailable",
    ]
    assert (side.log.rows, document.in_flight, other.in_flight) == ([], 0, 0)
    side.log.bytes_max = None
    author.submit(document, first, "a again")
    author.submit(document, second, "b again")
    await side.drained()
    assert author.journal[3:] == [
        "a again committed at 2",
        "b again committed at 3",
        "shown a again b again",
    ]
    assert await side.text("a") == "ab"


async def test_a_disk_that_is_full_after_a_death_is_not_held_against_an_edit() -> None:
    side, author = WriteSide(kill_at="before_commit:1"), Author()
    a, b = await side.open("a"), await side.open("b")
    first, second = typing(5, "ab")
    side.log.bytes_max = 100
    author.submit(a, first, "a")
    author.submit(b, typing(6, "x" * 50)[0], "x")
    author.command(b, CreateDocument(EDITOR, "Plan"), "create")
    author.submit(a, second, "b")
    refuse_commits(side.engine, after=2)
    await side.drained()
    assert author.journal == [
        "a committed at 2",
        "x refused: LogUnavailable",
        "create refused: LogUnavailable",
        "b refused: LogUnavailable",
    ]
    assert (a.in_flight, b.in_flight) == (0, 0)


# Our bugs.


async def test_an_error_of_our_own_is_logged_and_told_to_whoever_waits(
    caplog: pytest.LogCaptureFixture,
) -> None:
    side, author = WriteSide(), Author()
    document = await side.open("a")

    async def commit(batch: Batch) -> list[Outcome]:
        raise RuntimeError(f"our bug in {batch.identifier}")

    side.engine.commit = commit  # type: ignore[method-assign]
    author.submit(document, typing(5, "a")[0], "a")
    with pytest.raises(RuntimeError, match="our bug"):
        await side.drained()
    assert "stops taking edits" in caplog.text


def die_after_commit(engine: InProcessEngine, *, nth: int) -> None:
    """Let the engine die of a commit after it was done."""
    commit, asked = engine.commit, 0

    async def dying(batch: Batch) -> list[Outcome]:
        nonlocal asked
        asked += 1
        outcomes = await commit(batch)
        if asked == nth:
            raise EngineDied
        return outcomes

    engine.commit = dying  # type: ignore[method-assign]


def refuse_commits(engine: InProcessEngine, *, after: int) -> None:
    """Let the log refuse what comes after so many commits."""
    commit, asked = engine.commit, 0

    async def refusing(batch: Batch) -> list[Outcome]:
        nonlocal asked
        asked += 1
        if asked > after:
            raise LogRefused("The disk is full.")
        return await commit(batch)

    engine.commit = refusing  # type: ignore[method-assign]


async def test_many_authors_on_many_documents_lose_nothing_when_the_engine_dies_often() -> None:
    side = WriteSide(kill_at="before_commit:3")
    authors = [Author() for _ in range(6)]
    documents = [await side.open(f"document {number % 3}") for number in range(6)]
    texts = [typing(10 + number, "abcdefgh") for number in range(6)]
    for letters in zip(*texts, strict=True):
        for author, document, update in zip(authors, documents, letters, strict=True):
            author.submit(document, update, "")
        await asyncio.sleep(0)
    await side.drained()
    assert all(len(author.journal) == 8 for author in authors)
    assert all("committed" in news for author in authors for news in author.journal)
    for number in range(3):
        assert sorted(await side.text(f"document {number}")) == sorted("abcdefgh" * 2)
    assert_chained(side.log.rows, side.log.seeds)

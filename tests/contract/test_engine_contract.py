"""What every engine promises the write side: one suite for the process and the one for tests."""

import asyncio

import pytest

from palimpsest.domain import chain
from palimpsest.domain.event_codec import Stored, encode, introduction, split_update
from palimpsest.domain.events import DocumentCreated, DocumentRenamed, QuarantineImposed
from palimpsest.limits import Limits
from palimpsest.ports import (
    Batch,
    Engine,
    EngineDied,
    Entry,
    LogRefused,
    Outcome,
    Unreadable,
    Verdict,
)
from palimpsest.protocol.scanner import scan
from palimpsest.protocol.sync import read_state_vector
from tests.contract.engines import EngineSubject
from tests.contract.logs import assert_chained
from tests.updates import (
    ANN,
    BOB,
    CREATED,
    NOTHING,
    Client,
    entry,
    first_entry,
    text_of,
    typing,
)

EMPTY = b"\x00"
RENAMED = encode(DocumentRenamed("Goal"))

COMMITTED, NOTHING_NEW, REJECTED, STALE, FULL = Verdict


def batch(identifier: int, *entries: Entry) -> Batch:
    return Batch(identifier, (ANN, BOB), entries)


def facts(document: str, *stored: Stored) -> Entry:
    return Entry(document, ANN.number, 1_000, stored)


def verdicts(outcomes: list[Outcome] | None) -> list[Verdict]:
    assert outcomes is not None
    return [outcome.verdict for outcome in outcomes]


async def text(engine: Engine, document: str) -> str:
    return text_of((await engine.difference(document, EMPTY)).update)


def rejected_update() -> bytes:
    """Return an update that lacks what it builds on; a replica can only keep it for later."""
    return typing(66, "abcdef")[5]


# What is committed.


async def test_an_entry_is_committed_and_seen(house: EngineSubject) -> None:
    engine = await house.start()
    [update] = typing(5, "a")
    assert await engine.commit(batch(1, first_entry("a", update))) == [Outcome(COMMITTED, 2)]
    difference = await engine.difference("a", EMPTY)
    assert (difference.version, text_of(difference.update)) == (2, "a")


async def test_outcomes_are_read_back_by_the_batchs_id(house: EngineSubject) -> None:
    engine = await house.start()
    first, second = typing(5, "ab")
    told = [
        await engine.commit(batch(1, first_entry("a", first), entry("a", first))),
        await engine.commit(batch(2, entry("a", second), entry("a", rejected_update()))),
    ]
    assert [await engine.outcomes(1), await engine.outcomes(2)] == told
    assert await engine.outcomes(3) is None


async def test_positions_and_versions_have_no_gaps_over_several_documents(
    house: EngineSubject,
) -> None:
    engine = await house.start()
    a, b = typing(5, "abc"), typing(6, "xyz")
    outcomes = await engine.commit(
        batch(
            1,
            first_entry("a", a[0]),
            first_entry("b", b[0], origin=BOB),
            entry("a", a[1]),
            facts("c", CREATED),
            entry("b", b[1], origin=BOB),
        )
    )
    assert [outcome.version for outcome in outcomes] == [2, 2, 3, 1, 3]
    outcomes = await engine.commit(batch(2, entry("b", b[2], origin=BOB), entry("a", a[2])))
    assert [outcome.version for outcome in outcomes] == [4, 4]
    rows = house.rows()
    assert [row.position for row in rows] == list(range(1, 10))
    for document, versions in (("a", [1, 2, 3, 4]), ("b", [1, 2, 3, 4]), ("c", [1])):
        assert [row.version for row in rows if row.document == document] == versions


async def test_each_event_says_who_in_which_session_and_when(house: EngineSubject) -> None:
    engine = await house.start()
    [update] = typing(5, "a")
    await engine.commit(batch(1, first_entry("a", update, origin=BOB)._replace(time=2_000)))
    assert [(row.origin, row.time) for row in house.rows()] == [(BOB, 2_000)] * 2


async def test_facts_alone_are_committed(house: EngineSubject) -> None:
    engine = await house.start()
    await engine.commit(batch(1, facts("a", CREATED)))
    assert await engine.commit(batch(2, facts("a", RENAMED))) == [Outcome(COMMITTED, 2)]
    assert [row.stored for row in house.rows()] == [CREATED, RENAMED]


async def test_an_entry_of_nothing_tells_the_version(house: EngineSubject) -> None:
    engine = await house.start()
    await engine.commit(batch(1, facts("a", CREATED)))
    assert await engine.commit(batch(2, facts("a"))) == [Outcome(NOTHING_NEW, 1)]


async def test_an_update_is_stored_behind_whom_it_introduces(house: EngineSubject) -> None:
    engine = await house.start()
    first, second = typing(5, "ab")
    await engine.commit(batch(1, first_entry("a", first), entry("a", second)))
    stored = [split_update(row.stored.payload) for row in house.rows()[1:]]
    assert stored == [({5: "user:ann"}, first), ({}, second)]


async def test_links_can_be_recomputed_over_runs(house: EngineSubject) -> None:
    house.shorten_runs()
    engine = await house.start()
    letters = typing(5, "a" * (chain.RUN_EVENTS + 10))
    await engine.commit(batch(1, first_entry("a", letters[0])))
    await engine.commit(batch(2, *[entry("a", update) for update in letters[1:]]))
    seeds = house.seeds()
    assert len(seeds) > 1
    assert_chained(house.rows(), seeds)


# What is not.


async def test_a_refusal_in_mid_batch_makes_only_its_own_document_stale(
    house: EngineSubject,
) -> None:
    engine = await house.start()
    a, b = typing(5, "abc"), typing(6, "xyz")
    outcomes = await engine.commit(
        batch(
            1,
            first_entry("a", a[0]),
            first_entry("b", b[0]),
            entry("a", rejected_update()),
            entry("a", a[1]),
            entry("b", b[1]),
            facts("a", RENAMED),
        )
    )
    assert verdicts(outcomes) == [COMMITTED, COMMITTED, REJECTED, STALE, COMMITTED, STALE]
    assert outcomes[2].reason
    assert len(house.rows()) == 5
    assert_chained(house.rows(), house.seeds())


async def test_nothing_of_a_refused_update_is_left_in_the_replica(house: EngineSubject) -> None:
    engine = await house.start()
    letters = typing(66, "abcdef")
    first, second = typing(5, "xy")
    await engine.commit(batch(1, first_entry("a", first), entry("a", letters[1])))
    difference = await engine.difference("a", EMPTY)
    assert text_of(difference.update) == "x"
    # Had it been kept for later, it would come with what it builds on.
    outcomes = await engine.commit(batch(2, entry("a", letters[0], introduces=[66])))
    assert verdicts(outcomes) == [COMMITTED]
    assert sorted(await text(engine, "a")) == ["a", "x"]
    assert verdicts(await engine.commit(batch(3, entry("a", second)))) == [COMMITTED]


async def test_a_document_whose_first_update_is_refused_does_not_exist(
    house: EngineSubject,
) -> None:
    engine = await house.start()
    refused = entry("a", rejected_update(), facts=[CREATED])
    assert verdicts(await engine.commit(batch(1, refused))) == [REJECTED]
    assert house.rows() == []
    assert (await engine.open("a", load=True)).version == 0


async def test_updates_that_build_on_a_refused_one_are_refused_when_they_come_again(
    house: EngineSubject,
) -> None:
    engine = await house.start()
    letters = typing(5, "abcd")
    outcomes = await engine.commit(
        batch(1, first_entry("a", letters[0]), entry("a", letters[2]), entry("a", letters[3]))
    )
    assert verdicts(outcomes) == [COMMITTED, REJECTED, STALE]
    assert verdicts(await engine.commit(batch(2, entry("a", letters[3])))) == [REJECTED]
    outcomes = await engine.commit(batch(3, *[entry("a", update) for update in letters[1:]]))
    assert verdicts(outcomes) == [COMMITTED, COMMITTED, COMMITTED]
    assert await text(engine, "a") == "abcd"


async def test_bytes_that_are_no_update_are_refused(house: EngineSubject) -> None:
    engine = await house.start()
    await engine.commit(batch(1, first_entry("a", *typing(5, "a"))))
    broken = Entry("a", ANN.number, 1_000, (), b"\xff\xff\xff", introduction({}))
    assert verdicts(await engine.commit(batch(2, broken))) == [REJECTED]
    assert await text(engine, "a") == "a"


async def test_an_update_whose_ends_are_not_reached_is_refused_and_never_pending(
    house: EngineSubject,
) -> None:
    engine = await house.start()
    ann = Client(5)
    first = ann.type("a")
    missing = ann.type("b")
    bob = Client(6)
    bob.receive(first)
    bob.receive(missing)
    reply = bob.type("!")
    await engine.commit(batch(1, first_entry("a", first)))
    assert verdicts(await engine.commit(batch(2, entry("a", reply)))) == [REJECTED]
    assert verdicts(await engine.commit(batch(3, entry("a", missing)))) == [COMMITTED]
    assert await text(engine, "a") == "ab"
    outcomes = await engine.commit(batch(4, entry("a", reply, origin=BOB, introduces=[6])))
    assert verdicts(outcomes) == [COMMITTED]
    assert await text(engine, "a") == "ab!"


# Repeats.


async def test_a_repeat_is_acknowledged_and_not_stored(house: EngineSubject) -> None:
    engine = await house.start()
    client = Client(5)
    updates = [client.type("abc"), client.delete(1, 2)]
    await engine.commit(batch(1, first_entry("a", updates[0]), entry("a", updates[1])))
    stored = len(house.rows())
    repeats = [*updates, client.everything(), NOTHING]
    outcomes = await engine.commit(batch(2, *[entry("a", update) for update in repeats]))
    assert outcomes == [Outcome(NOTHING_NEW, 3)] * 4
    assert len(house.rows()) == stored


async def test_a_whole_delete_set_that_is_known_adds_nothing(house: EngineSubject) -> None:
    engine = await house.start()
    ann, bob = Client(5), Client(6)
    await engine.commit(batch(1, first_entry("a", ann.type("abcdefgh"))))
    bob.receive(ann.everything())
    for position in (6, 4, 2):
        await engine.commit(batch(position, entry("a", ann.delete(position, position + 1))))
    bob.receive(ann.everything())
    step2 = bob._doc.get_update(bob.state_vector())
    assert scan(step2).deletes
    assert verdicts(await engine.commit(batch(9, entry("a", step2)))) == [NOTHING_NEW]
    assert len(house.rows()) == 5


async def test_of_an_update_that_is_known_in_part_exactly_the_rest_is_stored(
    house: EngineSubject,
) -> None:
    engine = await house.start()
    client = Client(5)
    first = client.type("a")
    rest = Client(5)
    rest.receive(first)
    client.type("b")
    client.type("c")
    await engine.commit(batch(1, first_entry("a", first)))
    [outcome] = await engine.commit(batch(2, entry("a", client.everything())))
    assert outcome.verdict is COMMITTED
    assert outcome.update is not None
    assert [(span.start, span.end) for span in scan(outcome.update).spans] == [(1, 3)]
    assert split_update(house.rows()[-1].stored.payload) == ({}, outcome.update)
    assert text_of(first, outcome.update) == "abc"


# Deaths.


async def test_what_was_not_committed_when_the_engine_died_is_unknown_afterwards(
    house: EngineSubject,
) -> None:
    engine = await house.start(kill_at="before_commit:2")
    first, second = typing(5, "ab")
    await engine.commit(batch(1, first_entry("a", first)))
    with pytest.raises(EngineDied):
        await engine.commit(batch(2, entry("a", second)))
    assert await engine.outcomes(2) is None
    assert await text(engine, "a") == "a"
    assert len(house.rows()) == 2


async def test_what_was_committed_when_the_engine_died_is_told_by_the_batchs_id(
    house: EngineSubject,
) -> None:
    engine = await house.start(kill_at="after_commit:2")
    first, second = typing(5, "ab")
    await engine.commit(batch(1, first_entry("a", first)))
    with pytest.raises(EngineDied):
        await engine.commit(batch(2, entry("a", second), entry("a", first)))
    assert await engine.outcomes(2) == [Outcome(COMMITTED, 3), Outcome(NOTHING_NEW, 3)]
    assert await text(engine, "a") == "ab"
    assert_chained(house.rows(), house.seeds())


@pytest.mark.parametrize("point", ["before_insert", "before_commit", "after_commit"])
async def test_calls_behind_the_one_that_the_engine_died_of_are_asked_again(
    house: EngineSubject, point: str
) -> None:
    engine = await house.start(kill_at=f"{point}:1")
    a, b = typing(5, "ab"), typing(6, "xy")
    answers = await asyncio.gather(
        engine.commit(batch(1, first_entry("a", a[0]))),
        engine.commit(batch(2, first_entry("b", b[0]))),
        engine.difference("b", EMPTY),
        engine.commit(batch(3, entry("b", b[1]))),
        return_exceptions=True,
    )
    assert isinstance(answers[0], EngineDied)
    assert answers[1] == [Outcome(COMMITTED, 2)]
    assert answers[3] == [Outcome(COMMITTED, 3)]
    assert await text(engine, "b") == "xy"
    assert (await engine.outcomes(1) is None) == (point != "after_commit")


# A full disk.


async def test_on_a_full_disk_nothing_is_stored_and_nothing_is_seen(house: EngineSubject) -> None:
    engine = await house.start(pages_max=40)
    client = Client(5)
    first, large = client.type("a"), client.type("x" * 400_000)
    await engine.commit(batch(1, first_entry("a", first)))
    stored = house.rows()
    with pytest.raises(LogRefused):
        await engine.commit(batch(2, first_entry("b", *typing(6, "b")), entry("a", large)))
    assert await engine.outcomes(2) is None
    assert house.rows() == stored
    assert await text(engine, "a") == "a"
    assert await text(engine, "b") == ""
    assert (await engine.open("b", load=True)).version == 0


async def test_a_document_that_is_opened_while_the_disk_fills_up_is_not_to_blame(
    house: EngineSubject,
) -> None:
    engine = await house.start(pages_max=40)
    a, b = Client(5), Client(6)
    await engine.commit(batch(1, first_entry("a", a.type("a")), first_entry("b", b.type("b"))))
    engine.unload("b")
    # What was appended for one is written out before the other is read.
    with pytest.raises(LogRefused):
        await engine.commit(batch(2, entry("a", a.type("x" * 400_000)), entry("b", b.type("c"))))
    assert len(house.rows()) == 4


async def test_the_engine_goes_on_when_there_is_room_again(house: EngineSubject) -> None:
    engine = await house.start(pages_max=40)
    client = Client(5)
    first, large = client.type("a"), client.type("x" * 400_000)
    await engine.commit(batch(1, first_entry("a", first)))
    with pytest.raises(LogRefused):
        await engine.commit(batch(2, entry("a", large)))
    await house.make_room()
    assert await engine.commit(batch(3, entry("a", large))) == [Outcome(COMMITTED, 3)]
    assert await text(engine, "a") == client.text
    assert_chained(house.rows(), house.seeds())


# A full document.


async def test_a_full_document_takes_no_growth_but_deletions_and_grows_again_after_them(
    house: EngineSubject,
) -> None:
    engine = await house.start(Limits(document_bytes_max=2_000))
    client, other = Client(5), Client(6)
    large = client.type("x" * 3_000)
    await engine.commit(batch(1, first_entry("a", large)))
    more = client.type("y")
    outcomes = await engine.commit(
        batch(2, entry("a", more), entry("a", NOTHING), first_entry("b", other.type("z")))
    )
    assert verdicts(outcomes) == [FULL, STALE, COMMITTED]
    outcomes = await engine.commit(batch(3, entry("a", client.delete(0, 2_900))))
    assert verdicts(outcomes) == [COMMITTED]
    assert verdicts(await engine.commit(batch(4, entry("a", more)))) == [COMMITTED]
    assert await text(engine, "a") == client.text


async def test_a_full_document_acknowledges_a_repeat(house: EngineSubject) -> None:
    engine = await house.start(Limits(document_bytes_max=2_000))
    large = Client(5).type("x" * 3_000)
    await engine.commit(batch(1, first_entry("a", large)))
    [more] = typing(6, "y")
    assert verdicts(await engine.commit(batch(2, entry("a", more)))) == [FULL]
    assert verdicts(await engine.commit(batch(3, entry("a", large)))) == [NOTHING_NEW]


async def test_a_document_is_full_by_what_it_holds_and_not_by_what_was_written(
    house: EngineSubject,
) -> None:
    engine = await house.start(Limits(document_bytes_max=2_000))
    client = Client(5)
    await engine.commit(batch(1, first_entry("a", client.type("x" * 1_500))))
    for number in range(2, 6):
        outcomes = await engine.commit(
            batch(
                number, entry("a", client.delete(0, 1_400)), entry("a", client.type("y" * 1_400))
            )
        )
        assert verdicts(outcomes) == [COMMITTED, COMMITTED]


# Opening and unloading.


async def test_a_document_that_is_not_there_opens_empty(house: EngineSubject) -> None:
    engine = await house.start()
    opened = await engine.open("a", load=True)
    assert (opened.version, opened.facts, opened.clocks, opened.owners) == (0, (), (), ())
    assert await text(engine, "a") == ""
    assert house.rows() == []


async def test_opening_tells_facts_clocks_and_owners(house: EngineSubject) -> None:
    engine = await house.start()
    ann, bob = typing(5, "abc"), typing(6, "x")
    await engine.commit(
        batch(
            1,
            first_entry("a", ann[0]),
            entry("a", ann[1]),
            entry("a", bob[0], origin=BOB, introduces=[6]),
            facts("a", RENAMED),
        )
    )
    opened = await engine.open("a", load=True)
    assert (opened.version, opened.facts) == (5, (CREATED, RENAMED))
    assert dict(opened.clocks) == {5: 2, 6: 1}
    assert dict(opened.owners) == {5: "user:ann", 6: "user:bob"}


async def test_a_larger_document_costs_more(house: EngineSubject) -> None:
    engine = await house.start()
    await engine.commit(
        batch(1, first_entry("a", *typing(5, "a")), first_entry("b", Client(6).type("b" * 5_000)))
    )
    small, large = await engine.open("a", load=True), await engine.open("b", load=True)
    assert small.cost < large.cost


async def test_opening_without_loading_tells_version_and_facts_alone(
    house: EngineSubject,
) -> None:
    engine = await house.start()
    await engine.commit(batch(1, first_entry("a", *typing(5, "a"))))
    opened = await engine.open("a", load=False)
    assert (opened.version, opened.facts, opened.clocks, opened.owners) == (2, (CREATED,), (), ())


async def test_a_document_that_was_set_aside_closed_is_not_loaded(house: EngineSubject) -> None:
    engine = await house.start()
    aside = encode(QuarantineImposed("it died", opens=False))
    await engine.commit(batch(1, first_entry("a", *typing(5, "a")), facts("a", aside)))
    opened = await engine.open("a", load=True)
    assert (opened.facts, opened.clocks) == ((CREATED, aside), ())


async def test_a_document_that_was_unloaded_is_loaded_when_it_is_needed(
    house: EngineSubject,
) -> None:
    engine = await house.start()
    first, second = typing(5, "ab")
    await engine.commit(batch(1, first_entry("a", first)))
    engine.unload("a")
    assert await text(engine, "a") == "a"
    engine.unload("a")
    assert await engine.commit(batch(2, entry("a", second))) == [Outcome(COMMITTED, 3)]
    engine.unload("a")
    engine.unload("never opened")
    assert await text(engine, "a") == "ab"


async def test_everything_is_there_after_stopping_and_starting(house: EngineSubject) -> None:
    engine = await house.start()
    letters = typing(5, "abc")
    await engine.commit(batch(1, first_entry("a", letters[0]), entry("a", letters[1])))
    await house.stop()
    engine = await house.start()
    opened = await engine.open("a", load=True)
    assert (opened.version, dict(opened.clocks)) == (3, {5: 2})
    assert await engine.commit(batch(2, entry("a", letters[2]))) == [Outcome(COMMITTED, 4)]
    assert await text(engine, "a") == "abc"
    assert_chained(house.rows(), house.seeds())


# Differences.


async def test_a_difference_is_what_is_lacking_and_no_more(house: EngineSubject) -> None:
    engine = await house.start()
    client = Client(5)
    first = client.type("a")
    behind = Client(7)
    behind.receive(first)
    await engine.commit(batch(1, first_entry("a", first), entry("a", client.type("b"))))
    difference = await engine.difference("a", behind.state_vector())
    assert [(span.start, span.end) for span in scan(difference.update).spans] == [(1, 2)]
    assert difference.version == 3


async def test_a_difference_leaks_no_deleted_text(house: EngineSubject) -> None:
    engine = await house.start()
    client = Client(5)
    await engine.commit(
        batch(
            1,
            first_entry("a", client.type("public")),
            entry("a", client.type("secret", at=0)),
            entry("a", client.delete(0, 6)),
        )
    )
    difference = await engine.difference("a", EMPTY)
    assert b"secret" not in difference.update
    assert text_of(difference.update) == "public"


async def test_whoever_has_everything_lacks_no_clocks(house: EngineSubject) -> None:
    engine = await house.start()
    client = Client(5)
    await engine.commit(batch(1, first_entry("a", client.type("abc"))))
    difference = await engine.difference("a", client.state_vector())
    assert scan(difference.update).spans == ()
    assert read_state_vector(client.state_vector(), 10) == {5: 3}


# Damage.


async def test_a_document_whose_events_cannot_be_replayed_is_unreadable(
    house: EngineSubject,
) -> None:
    engine = await house.start()
    await engine.commit(
        batch(1, first_entry("a", *typing(5, "a")), first_entry("b", *typing(6, "b")))
    )
    await house.stop()
    house.overwrite("a", 2, b"\x00\x00no update at all")
    engine = await house.start()
    with pytest.raises(Unreadable, match="cannot be replayed"):
        await engine.open("a", load=True)
    with pytest.raises(Unreadable):
        await engine.difference("a", EMPTY)
    assert (await engine.open("a", load=False)).version == 2
    assert await text(engine, "b") == "b"


async def test_only_what_is_written_to_an_unreadable_document_is_refused(
    house: EngineSubject,
) -> None:
    engine = await house.start()
    first, second = typing(5, "ab")
    await engine.commit(batch(1, first_entry("a", first)))
    await house.stop()
    house.overwrite("a", 2, b"\x00\x00no update at all")
    engine = await house.start()
    aside = encode(QuarantineImposed("unreadable", opens=False))
    outcomes = await engine.commit(
        batch(2, facts("a", aside), first_entry("b", *typing(6, "b")), entry("a", second))
    )
    assert verdicts(outcomes) == [COMMITTED, COMMITTED, REJECTED]


async def test_a_document_with_events_of_a_later_version_is_unreadable(
    house: EngineSubject,
) -> None:
    engine = await house.start()
    unknown = encode(DocumentCreated("", ""))._replace(kind="document_shredded.v1")
    await engine.commit(batch(1, facts("a", CREATED, unknown)))
    with pytest.raises(Unreadable, match=r"document_shredded\.v1"):
        await engine.open("a", load=True)
    assert (await engine.open("a", load=False)).facts == (CREATED, unknown)

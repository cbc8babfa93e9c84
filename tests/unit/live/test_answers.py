"""What newcomers lack is asked for once, and framed once, for all who lack the same."""

import asyncio

import pytest

from palimpsest.live import answers
from palimpsest.live.answers import Answers
from palimpsest.live.dialects import Y_WEBSOCKET, Hocuspocus
from palimpsest.protocol import sync
from palimpsest.protocol.websocket import binary_frame
from tests.unit.commands.write_side import Author, WriteSide
from tests.updates import text_of, typing

EMPTY = b"\x00"


async def _answers(side: WriteSide, text: str = "") -> Answers:
    document = await side.open("a")
    for update in typing(5, text):
        Author().submit(document, update, "")
    await side.drained()
    return Answers(document, side.engine)


def _asked(side: WriteSide) -> int:
    return len(side.engine.asked_for("difference"))


async def test_all_who_come_empty_handed_are_sent_the_very_same_bytes() -> None:
    side = WriteSide()
    told = await _answers(side, "abc")
    frames = await asyncio.gather(
        *(told.frame(Y_WEBSOCKET, EMPTY, is_step2=True) for _ in range(100))
    )
    assert all(frame is frames[0] for frame in frames)
    assert _asked(side) == 1


async def test_each_dialect_is_told_in_its_own_frame_of_one_answer() -> None:
    side = WriteSide()
    told = await _answers(side, "abc")
    plain = await told.frame(Y_WEBSOCKET, EMPTY, is_step2=True)
    addressed = await told.frame(Hocuspocus("a"), EMPTY, is_step2=True)
    update = await told.frame(Y_WEBSOCKET, EMPTY, is_step2=False)
    found = await side.engine.difference("a", EMPTY)
    assert plain == binary_frame(sync.step2(found.update))
    assert addressed == binary_frame(Hocuspocus("a").prefix + sync.step2(found.update))
    assert update == binary_frame(sync.update(found.update))
    assert text_of(found.update) == "abc"
    assert _asked(side) == 2, "one of them is this test's own"


async def test_an_answer_is_not_given_any_more_when_the_document_has_moved() -> None:
    side = WriteSide()
    document = await side.open("a")
    told = Answers(document, side.engine)
    first, second = typing(5, "ab")
    Author().submit(document, first, "")
    await side.drained()
    before = await told.frame(Y_WEBSOCKET, EMPTY, is_step2=True)
    Author().submit(document, second, "")
    await side.drained()
    after = await told.frame(Y_WEBSOCKET, EMPTY, is_step2=True)
    assert before != after
    assert _asked(side) == 2


async def test_few_answers_are_kept_however_many_different_questions_come() -> None:
    side = WriteSide()
    told = await _answers(side, "abc")
    questions = [sync.write_state_vector({5: 1, other: 1}) for other in range(100, 120)]
    for _ in range(2):
        for question in questions:
            await told.frame(Y_WEBSOCKET, question, is_step2=True)
    assert _asked(side) == 2 * len(questions) - answers.KEPT_MAX


async def test_an_answer_is_forgotten_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "KEPT_SECONDS", 0.0)
    side = WriteSide()
    told = await _answers(side, "abc")
    first = await told.frame(Y_WEBSOCKET, EMPTY, is_step2=True)
    async with asyncio.timeout(10):
        while await told.frame(Y_WEBSOCKET, EMPTY, is_step2=True) is first:
            await asyncio.sleep(0)
    assert _asked(side) >= 2

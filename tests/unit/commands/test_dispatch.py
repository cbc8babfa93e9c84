"""Commands that do not come over a socket: done and durable, or refused."""

import asyncio

import pytest

from palimpsest.commands.dispatch import COMMANDS, Dispatcher, Done
from palimpsest.domain.commands import (
    CreateDocument,
    LiftQuarantine,
    RenameDocument,
    RestoreDocument,
    TrashDocument,
)
from palimpsest.domain.identifiers import DocumentId
from palimpsest.domain.refusals import DocumentNotFound, LogUnavailable
from tests.unit.commands.write_side import ADMIN, EDITOR, Author, WriteSide
from tests.updates import ANN, typing

A = DocumentId("a")


async def test_a_command_answers_with_the_version_that_it_led_to() -> None:
    side = WriteSide()
    dispatcher = Dispatcher(side.repository)
    assert await dispatcher.run(A, CreateDocument(EDITOR, "Plan"), ANN) == Done(1, changed=True)
    assert await dispatcher.run(A, RenameDocument(EDITOR, "Goal"), ANN) == Done(2, changed=True)
    assert side.stored("a") == ["document_created", "document_renamed"]


async def test_a_command_that_is_done_already_answers_with_the_version_there_is() -> None:
    side = WriteSide()
    dispatcher = Dispatcher(side.repository)
    await dispatcher.run(A, CreateDocument(EDITOR, "Plan"), ANN)
    assert await dispatcher.run(A, CreateDocument(EDITOR, "Plan"), ANN) == Done(1, changed=False)
    assert len(side.log.rows) == 1


async def test_a_refused_command_raises_its_refusal_and_lets_go_of_the_document() -> None:
    side = WriteSide()
    with pytest.raises(DocumentNotFound):
        await Dispatcher(side.repository).run(A, TrashDocument(EDITOR), ANN)
    assert (await side.open("a")).users == 1


async def test_a_command_that_the_log_cannot_take_raises_a_refusal() -> None:
    side = WriteSide()
    side.log.bytes_max = 0
    with pytest.raises(LogUnavailable):
        await Dispatcher(side.repository).run(A, CreateDocument(EDITOR, "Plan"), ANN)


async def test_whoever_stops_waiting_for_a_command_stops_nobody_elses() -> None:
    side, author = WriteSide(), Author()
    document = await side.open("a")
    side.engine.hold()
    command = CreateDocument(EDITOR, "Plan")
    waiting = asyncio.ensure_future(Dispatcher(side.repository).run(A, command, ANN))
    await side.engine.until_held(1)
    waiting.cancel()
    author.submit(document, typing(5, "a")[0], "a")
    side.engine.release()
    await side.drained()
    assert author.journal == ["a committed at 2"]
    assert document.users == 1


async def test_whoever_stops_waiting_for_a_refused_command_stops_nobody_elses() -> None:
    side, author = WriteSide(), Author()
    document = await side.open("a")
    side.log.bytes_max = 0
    side.engine.hold()
    command = CreateDocument(EDITOR, "Plan")
    waiting = asyncio.ensure_future(Dispatcher(side.repository).run(A, command, ANN))
    await side.engine.until_held(1)
    waiting.cancel()
    side.engine.release()
    await side.drained()
    side.log.bytes_max = None
    author.submit(document, typing(5, "a")[0], "a")
    await side.drained()
    assert author.journal == ["a committed at 2"]


def test_commands_have_the_names_that_the_api_calls_them_by() -> None:
    assert {
        "create": CreateDocument,
        "rename": RenameDocument,
        "trash": TrashDocument,
        "restore": RestoreDocument,
        "lift-quarantine": LiftQuarantine,
    } == COMMANDS


async def test_an_administrator_can_release_a_document() -> None:
    side = WriteSide()
    dispatcher = Dispatcher(side.repository)
    await dispatcher.run(A, CreateDocument(EDITOR, "Plan"), ANN)
    document = await side.open("a")
    side.repository.quarantine(document, "it died", opens=True)
    await side.drained()
    assert await dispatcher.run(A, LiftQuarantine(ADMIN), ANN) == Done(3, changed=True)
    assert document.committed.quarantine == ""

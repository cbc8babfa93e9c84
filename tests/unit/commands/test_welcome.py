"""The page that teaches: committed once, by whoever asked for it; what was deleted stays so."""

from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from palimpsest.commands.dispatch import Dispatcher
from palimpsest.commands.welcome import PAGE, TITLE, WELCOME, begin_welcome
from palimpsest.content import text
from palimpsest.content.outline import title
from palimpsest.content.reading import page_of
from palimpsest.domain.commands import CreateDocument, TrashDocument
from palimpsest.limits import Limits
from palimpsest.protocol.first_block import first_client
from palimpsest.protocol.page_update import page_update
from tests.unit.commands.write_side import EDITOR, WriteSide
from tests.updates import ANN


async def test_it_is_committed_once_however_often_it_is_asked_for() -> None:
    side = WriteSide()
    dispatcher = Dispatcher(side.repository)
    first = await begin_welcome(dispatcher, EDITOR, ANN)
    again = await begin_welcome(dispatcher, EDITOR, ANN)
    assert (first.changed, again.changed) == (True, False)
    assert first.version == again.version == 2
    assert side.stored(WELCOME) == ["document_created", "update_recorded"]
    assert {row.origin.name for row in side.log.rows} == {ANN.name}
    assert TITLE in str(side.log.rows[0].stored)


async def test_what_is_in_the_trash_or_was_there_before_stays_as_it_is() -> None:
    side = WriteSide()
    dispatcher = Dispatcher(side.repository)
    await begin_welcome(dispatcher, EDITOR, ANN)
    await dispatcher.run(WELCOME, TrashDocument(EDITOR), ANN)
    assert not (await begin_welcome(dispatcher, EDITOR, ANN)).changed
    assert side.stored(WELCOME)[-1] == "document_trashed"


async def test_one_that_was_only_created_is_written_too() -> None:
    side = WriteSide()
    dispatcher = Dispatcher(side.repository)
    await dispatcher.run(WELCOME, CreateDocument(EDITOR, "Other"), ANN)
    assert (await begin_welcome(dispatcher, EDITOR, ANN)).version == 2


def test_it_reads_as_it_was_written() -> None:
    replica = PycrdtReplica()
    replica.load([page_update(first_client(WELCOME), PAGE)])
    page = page_of(replica.tree(Limits()).roots)
    assert title(page) == "Welcome. Change something"
    said = text.write(page)
    for element in PAGE:
        for line in "".join(run.text for run in element.runs or ()).splitlines():
            assert line.strip() in said

"""Pages, which our own editor writes: documents that begin with a block, or with several."""

from palimpsest.commands.dispatch import Dispatcher, Done
from palimpsest.domain.commands import CreateDocument, RecordUpdate
from palimpsest.domain.identifiers import DocumentId
from palimpsest.ports import Origin
from palimpsest.protocol.first_block import first_block
from palimpsest.protocol.scanner import scan


async def begin_page(
    dispatcher: Dispatcher,
    document_id: DocumentId,
    command: CreateDocument,
    origin: Origin,
    *,
    update: bytes | None = None,
) -> Done:
    """Create a document and give it an empty block, or `update`; return once both are durable.

    A document that nothing was done with but to create it gets that as well: whoever asked for a
    page and heard no answer asks again.

    Raises:
        Refusal: it was not done.
    """
    created = await dispatcher.run(document_id, command, origin)
    if created.version > 1:
        return created
    update = update or first_block(document_id)
    begun = await dispatcher.run(
        document_id, RecordUpdate(command.actor, update, scan(update)), origin
    )
    return Done(begun.version, created.changed)

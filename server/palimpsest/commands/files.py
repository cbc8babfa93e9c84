"""Adding a file to a document: who may write in it may, and is told once it is durable.

No event tells of it: what is written in the document does, by the file's address.
"""

from collections.abc import AsyncIterator
from typing import Protocol

from palimpsest.commands.repository import Repository
from palimpsest.content.files import KeptFile
from palimpsest.domain.access import Actor
from palimpsest.domain.document import require_writable
from palimpsest.domain.identifiers import DocumentId


class Arriving(Protocol):
    """A file that is being received."""

    async def write(self, chunk: bytes) -> None:
        """Take in more of it.

        Raises:
            Refusal: it is too large, or there is no room.
        """
        ...

    async def keep(self) -> KeptFile:
        """Make it durable; the same content twice is the same file.

        Raises:
            Refusal: it is not kept; the reason is for whoever sent it.
        """
        ...

    async def close(self) -> None:
        """Forget what was not kept."""
        ...


class FileStore(Protocol):
    """Where files are kept."""

    async def receive(self, document: str) -> Arriving:
        """Begin to take in a file of a document; `close` must follow.

        Raises:
            Refusal: there is no room.
        """
        ...


class FileKeeping:
    """Takes in files."""

    def __init__(self, repository: Repository, store: FileStore) -> None:
        self._repository = repository
        self._store = store

    async def keep(
        self, document_id: DocumentId, actor: Actor, chunks: AsyncIterator[bytes]
    ) -> KeptFile:
        """Keep a file of a document; return once it is durable.

        Raises:
            Refusal: it is not kept.
        """
        document = await self._repository.open(document_id)
        try:
            require_writable(actor, document.committed)
        finally:
            self._repository.close(document)
        arriving = await self._store.receive(document_id)
        try:
            async for chunk in chunks:
                await arriving.write(chunk)
            return await arriving.keep()
        finally:
            await arriving.close()

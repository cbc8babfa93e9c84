"""The one door for commands that do not come over a socket: load, decide, commit, answer."""

import asyncio
from typing import NamedTuple

from palimpsest.commands.repository import Repository
from palimpsest.commands.submission import Submission
from palimpsest.domain.commands import (
    Command,
    CreateDocument,
    LiftQuarantine,
    RenameDocument,
    RestoreDocument,
    TrashDocument,
)
from palimpsest.domain.identifiers import DocumentId
from palimpsest.domain.refusals import Refusal
from palimpsest.ports import Origin

COMMANDS = {
    "create": CreateDocument,
    "rename": RenameDocument,
    "trash": TrashDocument,
    "restore": RestoreDocument,
    "lift-quarantine": LiftQuarantine,
}
"""Commands by the name that the API and the command line call them."""


class Done(NamedTuple):
    """A command was done: the version from which on it is true, and if it changed anything."""

    version: int
    changed: bool


class Dispatcher:
    """Runs commands."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def run(self, document_id: DocumentId, command: Command, origin: Origin) -> Done:
        """Do the command; return once it is durable.

        Raises:
            Refusal: it was not done.
        """
        document = await self._repository.open(document_id)
        try:
            waiter = _Waiter()
            document.submit(Submission(command, origin, waiter))
            return await waiter.done
        finally:
            self._repository.close(document)


class _Waiter:
    """Waits for what becomes of one submission."""

    def __init__(self) -> None:
        self.done: asyncio.Future[Done] = asyncio.get_running_loop().create_future()

    def committed(self, submission: Submission, version: int, update: bytes | None) -> None:  # noqa: ARG002
        if not self.done.done():  # Who waited may have gone.
            self.done.set_result(Done(version, changed=True))

    def nothing_new(self, submission: Submission, version: int) -> None:  # noqa: ARG002
        if not self.done.done():
            self.done.set_result(Done(version, changed=False))

    def refused(self, submission: Submission, refusal: Refusal) -> None:  # noqa: ARG002
        if not self.done.done():
            self.done.set_exception(refusal)

"""A command on its way to the log, and who waits for the news of it."""

from typing import Protocol

from palimpsest.domain.access import Actor
from palimpsest.domain.commands import Command
from palimpsest.domain.events import Event
from palimpsest.domain.refusals import Refusal
from palimpsest.ports import Entry, Origin


class Submitter(Protocol):
    """Who sent a command and hears what became of it: exactly one of these, once."""

    def committed(self, submission: "Submission", version: int, update: bytes | None) -> None:
        """Hear that it is durable; `update` is what an edit added, as it was stored."""
        ...

    def nothing_new(self, submission: "Submission", version: int) -> None:
        """Hear that it was so already, durably."""
        ...

    def refused(self, submission: "Submission", refusal: Refusal) -> None:
        """Hear why it was refused; `UpdateWaits` if it was right but must be sent again."""
        ...


class Submission:
    """A command that was decided, the events that make it true, and the entry that stores them.

    `owed` is the submitter's own: how many acknowledgements it owes for this.
    """

    __slots__ = ("command", "entry", "events", "origin", "owed", "submitter")

    def __init__(
        self, command: Command, origin: Origin, submitter: Submitter, *, owed: int = 1
    ) -> None:
        self.command = command
        self.origin = origin
        self.submitter = submitter
        self.owed = owed
        self.events: list[Event] = []
        self.entry: Entry

    @property
    def actor(self) -> Actor:
        """Who wishes it."""
        return self.command.actor

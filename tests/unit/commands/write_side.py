"""The write side put together on an engine in this process, and somebody who hears its news."""

from dataclasses import dataclass, field

from palimpsest.commands.gathering import KILLED, Gathering
from palimpsest.commands.live_document import LiveDocument, Recorded
from palimpsest.commands.repository import Repository
from palimpsest.commands.submission import Submission
from palimpsest.domain.access import Actor, ActorKind, Role
from palimpsest.domain.commands import Command, RecordUpdate
from palimpsest.domain.identifiers import DocumentId
from palimpsest.domain.refusals import Refusal
from palimpsest.limits import Limits
from palimpsest.ports import Origin
from palimpsest.protocol.scanner import scan
from tests.doubles import CountingIdentifiers, FixedClock, InMemoryEventLog, InProcessEngine
from tests.updates import ANN, text_of

EDITOR = Actor(ActorKind.USER, ANN.principal, ANN.name, Role.EDITOR)
OTHER = Actor(ActorKind.USER, "user:bob", "Bob", Role.EDITOR)
ADMIN = Actor(ActorKind.USER, "user:root", "Root", Role.ADMIN)


class Author:
    """Sends commands and keeps the news of them, in a journal that others may share."""

    def __init__(self, journal: list[str] | None = None) -> None:
        self.journal: list[str] = [] if journal is None else journal
        self.added: list[bytes | None] = []
        self.reasons: list[str] = []

    def committed(self, submission: Submission, version: int, update: bytes | None) -> None:
        self.journal.append(f"{_named(submission)} committed at {version}")
        self.added.append(update)

    def nothing_new(self, submission: Submission, version: int) -> None:
        self.journal.append(f"{_named(submission)} nothing new at {version}")

    def refused(self, submission: Submission, refusal: Refusal) -> None:
        self.journal.append(f"{_named(submission)} refused: {type(refusal).__name__}")
        self.reasons.append(str(refusal))

    def submit(
        self,
        document: LiveDocument,
        update: bytes,
        name: str,
        *,
        actor: Actor = EDITOR,
    ) -> None:
        """Send an edit; `name` is what the journal calls it."""
        self.command(document, RecordUpdate(actor, update, scan(update)), name)

    def command(self, document: LiveDocument, command: Command, name: str) -> None:
        """Send a command."""
        document.submit(_Named(command, ANN, self, name))


class _Named(Submission):
    __slots__ = ("name",)

    def __init__(self, command: Command, origin: Origin, author: Author, name: str) -> None:
        super().__init__(command, origin, author)
        self.name = name


def _named(submission: Submission) -> str:
    return submission.name if isinstance(submission, _Named) else type(submission.command).__name__


@dataclass
class WriteSide:
    """Engine, gathering and repository, as the composition root joins them."""

    limits: Limits = field(default_factory=Limits)
    kill_at: str = ""

    def __post_init__(self) -> None:
        self.log = InMemoryEventLog()
        self.points: list[str] = []
        self.engine = InProcessEngine(lambda: self.log, self.limits, kill_at=self.kill_at)
        self.gathering = Gathering(
            self.engine, self.limits, first_batch=1, kill_point=self.points.append
        )
        self.repository = Repository(
            self.engine,
            self.gathering.send,
            self.limits,
            FixedClock(),
            CountingIdentifiers(),
        )
        self.gathering.quarantine = lambda document: self.repository.quarantine(
            document, KILLED, opens=True
        )

    async def open(self, document: str) -> LiveDocument:
        """Open a document."""
        return await self.repository.open(DocumentId(document))

    async def drained(self) -> None:
        """Wait until nothing is in flight."""
        await self.gathering.drained()

    def batches(self) -> list[int]:
        """Return how many entries each batch had that the engine was given."""
        return [len(batch.entries) for batch in self.engine.asked_for("commit")]

    def stored(self, document: str) -> list[str]:
        """Return the kinds of the document's events, without their version of form."""
        return [
            row.stored.kind.partition(".")[0] for row in self.log.rows if row.document == document
        ]

    async def text(self, document: str) -> str:
        """Return what a reader of the document sees."""
        return text_of((await self.engine.difference(document, b"\x00")).update)


def watch(document: LiveDocument, journal: list[str]) -> list[Recorded]:
    """Let the journal tell what the document's room is shown; return what it was shown."""
    shown: list[Recorded] = []

    def publish(recorded: list[Recorded]) -> None:
        journal.append("shown " + " ".join(_named(submission) for submission, _, _ in recorded))
        shown.extend(recorded)

    document.publish = publish
    return shown

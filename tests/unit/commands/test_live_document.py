"""One live document: decided on what is in flight, settled in order, decided again if it must."""

import pytest

from palimpsest.commands.live_document import LiveDocument
from palimpsest.commands.submission import Submission
from palimpsest.domain.commands import CreateDocument, RenameDocument, TrashDocument
from palimpsest.domain.document import Document
from palimpsest.domain.event_codec import encode, introduction
from palimpsest.domain.events import DocumentCreated
from palimpsest.domain.identifiers import DocumentId
from palimpsest.domain.refusals import DocumentInTrash, ForeignClientId, UpdateWaits
from palimpsest.ports import Outcome, Verdict
from tests.doubles import FixedClock
from tests.unit.commands.write_side import EDITOR, OTHER, Author, watch
from tests.updates import NOTHING, Client, typing

COMMITTED, NOTHING_NEW, REJECTED, STALE, FULL = Verdict


class Desk:
    """A document whose submissions lie here until the test settles them."""

    def __init__(self) -> None:
        self.sent: list[Submission] = []
        self.document = LiveDocument(
            DocumentId("a"),
            Document(lineage="lineage"),
            version=0,
            cost=100,
            clock=FixedClock(5_000),
            send=lambda _document, submission: self.sent.append(submission),
        )

    def settle(self, *outcomes: Outcome) -> None:
        """Settle the oldest submissions, as one batch."""
        settled, self.sent = self.sent[: len(outcomes)], self.sent[len(outcomes) :]
        for submission, outcome in zip(settled, outcomes, strict=True):
            self.document.settle(submission, outcome)
        self.document.acknowledge()
        self.document.show()
        if any(outcome.verdict in (REJECTED, FULL) for outcome in outcomes):
            later, self.sent = self.sent, []
            self.document.decide_again(later)


def test_a_first_edit_creates_the_document_in_the_same_entry() -> None:
    desk, author = Desk(), Author()
    [update] = typing(5, "a")
    author.submit(desk.document, update, "a")
    [submission] = desk.sent
    entry = submission.entry
    assert entry.facts == (encode(DocumentCreated("", "lineage")),)
    assert (entry.update, entry.time, entry.origin) == (update, 5_000, 1)
    assert entry.introduction == introduction({5: "user:ann"})
    assert [(span.client, span.end) for span in entry.spans] == [(5, 1)]


def test_an_edit_is_decided_on_what_is_still_in_flight() -> None:
    desk, author = Desk(), Author()
    for number, update in enumerate(typing(5, "abc")):
        author.submit(desk.document, update, str(number))
    assert [len(submission.entry.facts) for submission in desk.sent] == [1, 0, 0]
    assert desk.document.in_flight == 3
    assert desk.document.committed.ledger.clocks == {}


def test_a_client_id_belongs_to_its_first_writer_from_the_moment_it_is_in_flight() -> None:
    desk, author = Desk(), Author()
    first, second = typing(5, "ab")
    author.submit(desk.document, first, "a")
    with pytest.raises(ForeignClientId):
        author.submit(desk.document, second, "b", actor=OTHER)


def test_an_edit_that_builds_on_what_is_not_here_waits_and_is_not_sent() -> None:
    desk, author = Desk(), Author()
    with pytest.raises(UpdateWaits):
        author.submit(desk.document, typing(5, "ab")[1], "b")
    assert (desk.sent, desk.document.in_flight, author.journal) == ([], 0, [])


def test_nobody_hears_of_anything_before_it_is_settled() -> None:
    desk, author = Desk(), Author()
    watch(desk.document, author.journal)
    author.submit(desk.document, typing(5, "a")[0], "a")
    assert author.journal == []
    desk.settle(Outcome(COMMITTED, 2))
    assert author.journal == ["a committed at 2", "shown a"]


def test_what_is_settled_is_committed_and_counted() -> None:
    desk, author = Desk(), Author()
    [update] = typing(5, "a")
    author.submit(desk.document, update, "a")
    desk.settle(Outcome(COMMITTED, 2))
    document = desk.document
    assert document.committed.ledger.clocks == {5: 1}
    assert document.committed.ledger.owners == {5: "user:ann"}
    assert (document.version, document.in_flight) == (2, 0)
    assert document.cost > 100


def test_news_comes_in_the_order_in_which_things_were_sent() -> None:
    desk, author = Desk(), Author()
    shown = watch(desk.document, author.journal)
    first, second = typing(5, "ab")
    for name, update in (("a", first), ("repeat", first), ("b", second), ("nothing", NOTHING)):
        author.submit(desk.document, update, name)
    desk.settle(
        Outcome(COMMITTED, 2), Outcome(NOTHING_NEW, 2), Outcome(COMMITTED, 3), Outcome(REJECTED, 0)
    )
    assert author.journal == [
        "a committed at 2",
        "repeat nothing new at 2",
        "b committed at 3",
        "nothing refused: UpdateRejected",
        "shown a b",
    ]
    assert [version for _, version, _ in shown] == [2, 3]


def test_news_is_told_once() -> None:
    desk, author = Desk(), Author()
    watch(desk.document, author.journal)
    for name, update in zip("ab", typing(5, "ab"), strict=True):
        author.submit(desk.document, update, name)
    desk.settle(Outcome(COMMITTED, 2))
    desk.settle(Outcome(COMMITTED, 3))
    assert author.journal == ["a committed at 2", "shown a", "b committed at 3", "shown b"]


def test_of_an_edit_that_was_known_in_part_the_room_is_shown_what_was_added() -> None:
    desk, author = Desk(), Author()
    shown = watch(desk.document, author.journal)
    client = Client(5)
    author.submit(desk.document, client.type("a"), "a")
    author.submit(desk.document, client.everything(), "all")
    desk.settle(Outcome(COMMITTED, 2), Outcome(COMMITTED, 3, b"the rest"))
    assert author.added[1] == b"the rest"
    assert shown[1][2] == b"the rest"


def test_a_fact_is_shown_without_an_update() -> None:
    desk, author = Desk(), Author()
    shown = watch(desk.document, author.journal)
    author.command(desk.document, CreateDocument(EDITOR, "Plan"), "create")
    desk.settle(Outcome(COMMITTED, 1))
    assert (author.added, [update for _, _, update in shown]) == ([None], [None])


def test_what_is_so_already_is_answered_at_once() -> None:
    desk, author = Desk(), Author()
    author.command(desk.document, CreateDocument(EDITOR, "Plan"), "create")
    desk.settle(Outcome(COMMITTED, 1))
    author.command(desk.document, CreateDocument(EDITOR, "Plan"), "again")
    assert author.journal == ["create committed at 1", "again nothing new at 1"]
    assert desk.sent == []


def test_what_will_be_so_once_what_is_in_flight_is_durable_waits_behind_it() -> None:
    desk, author = Desk(), Author()
    author.command(desk.document, CreateDocument(EDITOR, "Plan"), "create")
    author.command(desk.document, CreateDocument(EDITOR, "Plan"), "again")
    assert author.journal == []
    assert desk.sent[1].entry.facts == ()
    desk.settle(Outcome(COMMITTED, 1), Outcome(NOTHING_NEW, 1))
    assert author.journal == ["create committed at 1", "again nothing new at 1"]


def test_what_was_decided_on_a_refused_edit_is_decided_again() -> None:
    desk, author, other = Desk(), Author(), Author()
    letters = typing(5, "ab")
    author.submit(desk.document, letters[0], "a")
    desk.settle(Outcome(COMMITTED, 2))
    author.submit(desk.document, letters[1], "killer")
    other.submit(desk.document, typing(6, "x")[0], "x", actor=OTHER)
    desk.settle(Outcome(REJECTED, 0, reason="it broke"), Outcome(STALE, 0))
    assert author.journal == ["a committed at 2", "killer refused: UpdateRejected"]
    assert (len(desk.sent), other.journal) == (1, [])
    desk.settle(Outcome(COMMITTED, 3))
    assert other.journal == ["x committed at 3"]
    assert desk.document.in_flight == 0


def test_what_builds_on_a_refused_edit_waits_when_it_is_decided_again() -> None:
    desk, author = Desk(), Author()
    first, second, third = typing(5, "abc")
    author.submit(desk.document, first, "a")
    desk.settle(Outcome(COMMITTED, 2))
    author.submit(desk.document, second, "b")
    author.submit(desk.document, third, "c")
    desk.settle(Outcome(REJECTED, 0), Outcome(STALE, 0))
    assert author.journal[1:] == ["b refused: UpdateRejected", "c refused: UpdateWaits"]
    assert (desk.sent, desk.document.in_flight) == ([], 0)


def test_what_was_sent_later_than_a_refused_batch_is_decided_again_too_and_in_order() -> None:
    desk, author = Desk(), Author()
    first, second, third, fourth = typing(5, "abcd")
    author.submit(desk.document, first, "a")
    author.submit(desk.document, second, "b")
    author.submit(desk.document, third, "c")
    author.submit(desk.document, fourth, "d")
    desk.settle(Outcome(FULL, 0), Outcome(STALE, 0))
    assert author.journal == [
        "a refused: DocumentFull",
        "b refused: UpdateWaits",
        "c refused: UpdateWaits",
        "d refused: UpdateWaits",
    ]
    assert desk.document.in_flight == 0
    author.submit(desk.document, first, "a again")
    assert len(desk.sent[0].entry.facts) == 1


def test_after_a_refusal_a_client_id_is_free_again() -> None:
    desk, author = Desk(), Author()
    [update] = typing(5, "a")
    author.submit(desk.document, update, "a")
    desk.settle(Outcome(REJECTED, 0))
    author.submit(desk.document, update, "a of another", actor=OTHER)
    assert desk.sent[0].entry.introduction == introduction({5: "user:bob"})


def test_a_refusal_says_what_the_replica_said() -> None:
    desk, author = Desk(), Author()
    author.submit(desk.document, typing(5, "a")[0], "a")
    desk.settle(Outcome(REJECTED, 0, reason="it broke"))
    assert author.reasons == ["The document could not take this update: it broke."]


def test_all_that_is_in_flight_is_abandoned_when_the_log_takes_nothing() -> None:
    desk, author = Desk(), Author()
    for name, update in zip("ab", typing(5, "ab"), strict=True):
        author.submit(desk.document, update, name)
    desk.document.abandon(desk.sent, "The disk is full.")
    assert author.journal == ["a refused: LogUnavailable", "b refused: LogUnavailable"]
    assert desk.document.in_flight == 0
    with pytest.raises(UpdateWaits):
        author.submit(desk.document, typing(5, "ab")[1], "b")


def test_an_edit_behind_one_that_moves_the_document_to_the_trash_is_refused() -> None:
    desk, author = Desk(), Author()
    first, second = typing(5, "ab")
    author.submit(desk.document, first, "a")
    author.command(desk.document, TrashDocument(EDITOR), "trash")
    with pytest.raises(DocumentInTrash):
        author.submit(desk.document, second, "b")
    with pytest.raises(DocumentInTrash):
        author.command(desk.document, RenameDocument(EDITOR, "Goal"), "rename")


def test_a_submission_is_its_actors() -> None:
    desk, author = Desk(), Author()
    author.submit(desk.document, typing(5, "a")[0], "a", actor=OTHER)
    assert desk.sent[0].actor is OTHER
    assert desk.sent[0].owed == 1

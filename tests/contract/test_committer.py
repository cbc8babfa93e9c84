"""When the engine's committer holds a replica of a document, and how it comes to one."""

from palimpsest.adapters.engine.committer import Committer
from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from palimpsest.limits import Limits
from palimpsest.ports import Batch, Verdict
from tests.doubles import InMemoryEventLog, NoCheckpoints, opened
from tests.updates import ANN, NOTHING, entry, first_entry, text_of, typing


def test_a_document_that_nobody_wrote_in_takes_no_replica() -> None:
    made: list[PycrdtReplica] = []

    def make() -> PycrdtReplica:
        made.append(PycrdtReplica())
        return made[-1]

    committer = Committer(InMemoryEventLog(), make, Limits(), checkpoints=NoCheckpoints())
    assert opened(committer, "empty").version == 0
    assert committer.difference("empty", b"\x00").update == NOTHING
    assert made == []
    [update] = typing(7, "w")
    [outcome] = committer.commit(Batch(1, (ANN,), (first_entry("empty", update),)))
    assert outcome.verdict is Verdict.COMMITTED
    assert text_of(committer.difference("empty", b"\x00").update) == "w"
    assert len(made) == 1


def test_a_long_document_is_opened_in_parts_and_others_are_served_in_between() -> None:
    log, words = InMemoryEventLog(), "Thirty letters, one at a time."
    first, *rest = typing(7, words)
    writer = Committer(log, PycrdtReplica, Limits(), checkpoints=NoCheckpoints())
    writer.commit(Batch(1, (ANN,), (first_entry("long", first),)))
    writer.commit(Batch(2, (ANN,), tuple(entry("long", update) for update in rest)))

    limits = Limits(updates_at_once=10)
    committer = Committer(log, PycrdtReplica, limits, checkpoints=NoCheckpoints())
    letters = typing(8, "brief")
    for number, letter in enumerate(letters[:3], start=3):
        assert committer.open("long", load=True) is None
        make = first_entry if number == 3 else entry
        [outcome] = committer.commit(Batch(number, (ANN,), (make("other", letter),)))
        assert outcome.verdict is Verdict.COMMITTED
    whole = committer.open("long", load=True)
    assert whole == opened(writer, "long")
    assert text_of(committer.difference("long", b"\x00").update) == words

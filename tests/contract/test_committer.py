"""When the engine's committer holds a replica of a document, and when it does without."""

from palimpsest.adapters.engine.committer import Committer
from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from palimpsest.limits import Limits
from palimpsest.ports import Batch, Verdict
from tests.doubles import InMemoryEventLog, NoCheckpoints
from tests.updates import ANN, NOTHING, first_entry, text_of, typing


def test_a_document_that_nobody_wrote_in_takes_no_replica() -> None:
    made: list[PycrdtReplica] = []

    def make() -> PycrdtReplica:
        made.append(PycrdtReplica())
        return made[-1]

    committer = Committer(InMemoryEventLog(), make, Limits(), checkpoints=NoCheckpoints())
    assert committer.open("empty", load=True).version == 0
    assert committer.difference("empty", b"\x00").update == NOTHING
    assert made == []
    [update] = typing(7, "w")
    [outcome] = committer.commit(Batch(1, (ANN,), (first_entry("empty", update),)))
    assert outcome.verdict is Verdict.COMMITTED
    assert text_of(committer.difference("empty", b"\x00").update) == "w"
    assert len(made) == 1

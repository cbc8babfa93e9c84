"""Documents opened from saved states: nobody can tell them from those replayed from the start."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from palimpsest.adapters.engine.committer import Committer
from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from palimpsest.adapters.sqlite.checkpoints import SqliteCheckpoints
from palimpsest.adapters.sqlite.event_log import SqliteEventLog
from palimpsest.bootstrap.projecting import rebuild
from palimpsest.domain.event_codec import split_update
from palimpsest.limits import Limits
from palimpsest.ports import Batch, Checkpoint, Checkpoints, Entry, Outcome, Verdict
from palimpsest.projections.checkpoints import digest_of
from palimpsest.projections.replicas import write_owners
from palimpsest.protocol.scanner import scan
from tests.doubles import NoCheckpoints, opened
from tests.updates import ANN, BOB, CREATED, Client, entry, first_entry, text_of

LIMITS = Limits(checkpoint_bytes_min=300)
WHOLE = b"\0"
DOCUMENT = "d"
ANNS, BOBS = 11, 22


class House:
    """A log, the checkpoints beside it, and engines that open documents."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = SqliteEventLog(folder, free_bytes_min=0)
        self.views = folder / "views.db"
        self._batch = 0

    def engine(self, checkpoints: Checkpoints | None = None) -> Committer:
        """Return an engine that has just started."""
        found = SqliteCheckpoints(self.views) if checkpoints is None else checkpoints
        return Committer(self.log, PycrdtReplica, LIMITS, checkpoints=found)

    def commit(self, engine: Committer, *entries: Entry) -> list[Outcome]:
        self._batch += 1
        return engine.commit(Batch(self._batch, (ANN, BOB), entries))

    def save(self) -> int:
        """Make the checkpoints; return how many there are of the document."""
        for _ in rebuild(self.folder, LIMITS, "checkpoints"):
            pass
        return len(self.rows("SELECT version FROM checkpoints WHERE document = ?", DOCUMENT))

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Look at the checkpoints, or change them."""
        with closing(sqlite3.connect(self.views)) as connection, connection:
            return connection.execute(sql, values).fetchall()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.log.close()


class Counted(SqliteCheckpoints):
    """Checkpoints; the version of each that is used is counted."""

    def __init__(self, path: Path, used: list[int]) -> None:
        super().__init__(path)
        self._used = used

    def newest(self, document: str, until: int) -> Checkpoint | None:
        found = super().newest(document, until)
        if found is not None:
            self._used.append(found.version)
        return found


class Pair:
    """Ann and Bob, who write one document with much deleting, each seeing the other's edits."""

    def __init__(self, house: House, *, seed: int = 1) -> None:
        self.ann, self.bob = Client(ANNS), Client(BOBS)
        self.updates: list[bytes] = []
        self._house = house
        self._chance = random.Random(seed)
        self._engine = house.engine(NoCheckpoints())

    def write(self, count: int) -> None:
        """Write so many edits."""
        for _ in range(count):
            first = self._chance.random() < 0.6
            one, other = (self.ann, self.bob) if first else (self.bob, self.ann)
            update = self._edit(one)
            other.receive(update)
            origin = ANN if one is self.ann else BOB
            new = [] if self._wrote_before(one.client_id) else [one.client_id]
            facts = () if self.updates else (CREATED,)
            step = entry(DOCUMENT, update, origin=origin, facts=facts, introduces=new)
            [outcome] = self._house.commit(self._engine, step)
            assert outcome.verdict is Verdict.COMMITTED
            self.updates.append(update)

    def _edit(self, client: Client) -> bytes:
        length = len(client.text)
        if length > 40 and self._chance.random() < 0.5:
            start = self._chance.randrange(length - 30)
            return client.delete(start, start + self._chance.randint(1, 30))
        words = "palimpsest "[: self._chance.randint(1, 11)]
        return client.type(words, self._chance.randint(0, length))

    def _wrote_before(self, client_id: int) -> bool:
        return any(
            span.client == client_id for update in self.updates for span in scan(update).spans
        )


def told(engine: Committer) -> tuple[int, dict[int, int], dict[int, str], str]:
    """Return all that opening a document tells, and its text."""
    facts = opened(engine, DOCUMENT)
    text = text_of(engine.difference(DOCUMENT, WHOLE).update)
    return facts.version, dict(facts.clocks), dict(facts.owners), text


def test_a_document_opens_from_a_checkpoint_as_from_its_start(house: House) -> None:
    pair = Pair(house)
    for _ in range(4):
        pair.write(40)
        assert house.save() > 1
        loaded: list[int] = []
        engine = house.engine(Counted(house.views, loaded))
        assert told(engine) == told(house.engine(NoCheckpoints()))
        assert loaded, "a checkpoint was used"
        assert told(engine)[2] == {ANNS: ANN.principal, BOBS: BOB.principal}
        assert told(engine)[3] == pair.ann.text


@pytest.mark.parametrize("seed", range(3))
def test_repeats_add_nothing_whatever_the_document_was_opened_from(
    house: House, seed: int
) -> None:
    pair = Pair(house, seed=seed)
    pair.write(80)
    house.save()
    pair.write(5)
    engine = house.engine()
    version = opened(engine, DOCUMENT).version
    again = [*pair.updates, pair.ann.everything(), pair.bob.everything()]
    outcomes = house.commit(engine, *(entry(DOCUMENT, update) for update in again))
    assert {outcome.verdict for outcome in outcomes} == {Verdict.NOTHING_NEW}
    assert house.log.version(DOCUMENT) == version


@pytest.mark.parametrize("seed", range(3))
def test_whoever_comes_back_with_an_old_state_gets_what_they_lack(house: House, seed: int) -> None:
    pair = Pair(house, seed=seed)
    pair.write(90)
    house.save()
    pair.write(3)
    engine = house.engine()
    for count in range(0, len(pair.updates), 7):
        client = Client(99)
        for update in pair.updates[:count]:
            client.receive(update)
        client.receive(engine.difference(DOCUMENT, client.state_vector()).update)
        assert client.text == pair.ann.text


@pytest.mark.parametrize("seed", range(3))
def test_who_still_has_what_was_collected_deletes_and_writes_beside_it(
    house: House, seed: int
) -> None:
    pair, late = Pair(house, seed=seed), Client(33)
    pair.write(30)
    for update in pair.updates:
        late.receive(update)
    pair.write(60)
    house.save()
    length = len(late.text)
    steps = [
        late.delete(0, length // 3),
        late.type("late ", length // 3),
        late.type("end"),
        late.delete(length // 4, length // 2),
    ]
    from_start, from_checkpoint = PycrdtReplica(), PycrdtReplica()
    saved = SqliteCheckpoints(house.views).newest(DOCUMENT, house.log.version(DOCUMENT))
    assert saved is not None
    from_checkpoint.load([saved.state])
    for replica, after in ((from_start, 0), (from_checkpoint, saved.version)):
        later = house.log.updates(DOCUMENT, after)
        replica.load(split_update(payload)[1] for _, payload in later)
    for step in steps:
        added = [replica.integrate(step) for replica in (from_start, from_checkpoint)]
        assert (added[0] is None) == (added[1] is None)
        assert text_of(from_start.difference(WHOLE)) == text_of(from_checkpoint.difference(WHOLE))
        assert from_start.state_vector() == from_checkpoint.state_vector()
    assert text_of(from_start.difference(WHOLE)).endswith("end")


def flipped(blob: object) -> bytes:
    assert isinstance(blob, bytes)
    middle = len(blob) // 2
    return blob[:middle] + bytes([blob[middle] ^ 1]) + blob[middle + 1 :]


def flip(column: str) -> Callable[[House], None]:
    def damage(house: House) -> None:
        for rowid, blob in house.rows(f"SELECT rowid, {column} FROM checkpoints"):
            house.rows(
                f"UPDATE checkpoints SET {column} = ? WHERE rowid = ?", flipped(blob), rowid
            )

    return damage


def as_if(column: str, value: object) -> Callable[[House], None]:
    def damage(house: House) -> None:
        house.rows(f"UPDATE checkpoints SET {column} = ?", value)

    return damage


def sql(statement: str) -> Callable[[House], None]:
    def damage(house: House) -> None:
        house.rows(statement)

    return damage


def filled_with(content: bytes) -> Callable[[House], None]:
    def damage(house: House) -> None:
        house.views.write_bytes(content)

    return damage


def of_another_history(house: House) -> None:
    """Let whole, well-sealed states stand there that are not of this history."""
    stranger = Client(44)
    state, owners = stranger.type("not of here") and stranger.everything(), b'{"44":"user:eve"}'
    house.rows(
        "UPDATE checkpoints SET state = ?, owners = ?, digest = ?, link = randomblob(32)",
        state,
        owners,
        digest_of(state, owners),
    )


def sealed_junk(house: House) -> None:
    """Let what no library can load be well sealed."""
    junk = b"\x01\xff\xff\xff\x7f junk"
    for rowid, owners in house.rows("SELECT rowid, owners FROM checkpoints"):
        assert isinstance(owners, bytes)
        house.rows(
            "UPDATE checkpoints SET state = ?, digest = ? WHERE rowid = ?",
            junk,
            digest_of(junk, owners),
            rowid,
        )


def torn(house: House) -> None:
    """Overwrite pages of the file."""
    with house.views.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 8192)


DAMAGES: dict[str, Callable[[House], None]] = {
    "a bit of the state": flip("state"),
    "a bit of the owners": flip("owners"),
    "a bit of the digest": flip("digest"),
    "a bit of the link": flip("link"),
    "a version before": sql("UPDATE checkpoints SET version = version - 1"),
    "a state that is text": as_if("state", "text"),
    "a state that is a number": as_if("state", 5),
    "owners that are text that is none": sql(
        "UPDATE checkpoints SET owners = CAST(x'fffe' AS TEXT)"
    ),
    "an empty state": as_if("state", b""),
    "states of another history": of_another_history,
    "well-sealed junk": sealed_junk,
    "torn pages": torn,
    "no table": sql("DROP TABLE checkpoints"),
    "no file": lambda house: house.views.unlink(),
    "an empty file": filled_with(b""),
    "a file of junk": filled_with(b"junk" * 5000),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_document_opens_whatever_has_become_of_its_checkpoints(
    house: House, damage: str
) -> None:
    pair = Pair(house)
    pair.write(60)
    assert house.save() > 1
    sound = told(house.engine(NoCheckpoints()))
    assert sound[3] == pair.ann.text
    DAMAGES[damage](house)
    engine = house.engine()
    assert told(engine) == sound
    [outcome] = house.commit(engine, entry(DOCUMENT, pair.ann.type("goes on")))
    assert outcome.verdict is Verdict.COMMITTED


def test_a_checkpoint_of_another_document_is_not_this_ones(house: House) -> None:
    pair = Pair(house)
    pair.write(60)
    stranger = Client(44)
    house.commit(house.engine(), first_entry("other", stranger.type("secret " * 100)))
    for _ in range(5):
        house.commit(house.engine(), entry("other", stranger.type("more " * 100)))
    house.save()
    house.rows("DELETE FROM checkpoints WHERE document = ?", DOCUMENT)
    house.rows("UPDATE checkpoints SET document = ?", DOCUMENT)
    assert told(house.engine())[3] == pair.ann.text


def test_rebuilding_believes_no_checkpoint_that_was_there(house: House) -> None:
    """Else what made them once wrongly would stay wrong for good."""
    pair = Pair(house)
    pair.write(60)
    house.save()
    sound = house.rows("SELECT document, version, link, owners FROM checkpoints ORDER BY version")
    wrong = Client(ANNS)
    state = wrong.type("not what was written") and wrong.everything()
    for rowid, owners in house.rows("SELECT rowid, owners FROM checkpoints"):
        assert isinstance(owners, bytes)
        house.rows(
            "UPDATE checkpoints SET state = ?, digest = ? WHERE rowid = ?",
            state,
            digest_of(state, owners),
            rowid,
        )
    house.save()
    again = house.rows("SELECT document, version, link, owners FROM checkpoints ORDER BY version")
    assert again == sound
    assert told(house.engine()) == told(house.engine(NoCheckpoints()))


def test_each_state_is_that_of_its_version(house: House) -> None:
    pair = Pair(house)
    pair.write(100)
    assert house.save() > 3
    for version, state, owners in house.rows("SELECT version, state, owners FROM checkpoints"):
        assert isinstance(version, int)
        assert isinstance(state, bytes)
        replica = PycrdtReplica()
        until = [each for each in house.log.updates(DOCUMENT) if each[0] <= version]
        replica.load(split_update(payload)[1] for _, payload in until)
        assert text_of(state) == text_of(replica.difference(WHOLE))
        known: dict[int, str] = {}
        for _, payload in until:
            known |= dict(split_update(payload)[0])
        assert owners == write_owners(known)

"""The ledger: clocks and owners, and what an update's claims mean against them."""

import pytest

from palimpsest.domain.ledger import Claims, Ledger, Span
from palimpsest.domain.refusals import ForeignClientId, UpdateWaits

ANN, BOB = "user:ann", "user:bob"


def writes(*spans: tuple[int, int, int], needs: dict[int, int] | None = None) -> Claims:
    return Claims(tuple(Span(*span) for span in spans), needs or {}, deletes=False)


def deletes(**until: int) -> Claims:
    return Claims((), {int(client[1:]): end for client, end in until.items()}, deletes=True)


def ledger(owned: dict[int, tuple[int, str]] | None = None) -> Ledger:
    owned = owned or {}
    clocks = {client: clock for client, (clock, _) in owned.items()}
    return Ledger(clocks, {client: owner for client, (_, owner) in owned.items()})


def test_claims_of_nothing_are_empty() -> None:
    assert writes().empty
    assert not writes((1, 0, 1)).empty
    assert not deletes(c1=1).empty


def test_a_first_update_introduces_its_client_id() -> None:
    assert ledger().introduced(writes((1, 0, 3)), ANN) == (1,)


def test_an_update_of_several_clients_introduces_those_that_are_new() -> None:
    known = ledger({1: (3, ANN)})
    assert known.introduced(writes((1, 3, 4), (2, 0, 1), (5, 0, 9)), ANN) == (2, 5)


def test_the_next_update_of_a_client_introduces_nobody() -> None:
    assert ledger({1: (3, ANN)}).introduced(writes((1, 3, 4)), ANN) == ()


def test_an_update_that_begins_beyond_what_is_here_waits() -> None:
    with pytest.raises(UpdateWaits):
        ledger({1: (3, ANN)}).introduced(writes((1, 4, 5)), ANN)


def test_an_update_that_begins_before_and_ends_after_what_is_here_does_not_wait() -> None:
    assert ledger({1: (3, ANN)}).introduced(writes((1, 0, 5)), ANN) == ()


def test_a_part_that_builds_on_a_part_before_it_does_not_wait() -> None:
    assert ledger().introduced(writes((1, 0, 3), (1, 3, 5)), ANN) == (1,)


def test_a_part_that_follows_a_gap_waits() -> None:
    with pytest.raises(UpdateWaits):
        ledger().introduced(writes((1, 0, 3), (1, 4, 5)), ANN)


def test_new_clocks_under_an_id_of_another_principal_are_refused() -> None:
    with pytest.raises(ForeignClientId):
        ledger({1: (3, ANN)}).introduced(writes((1, 3, 4)), BOB)


def test_anybody_may_relay_what_is_here_already() -> None:
    assert ledger({1: (3, ANN)}).introduced(writes((1, 0, 3)), BOB) == ()


def test_clocks_without_an_owner_become_their_next_writers() -> None:
    """Nobody's ids are those of imported content."""
    assert Ledger({1: 3}).introduced(writes((1, 3, 4)), BOB) == (1,)


@pytest.mark.parametrize("end", [1, 3])
def test_what_is_here_may_be_referred_to(end: int) -> None:
    known = ledger({1: (3, ANN)})
    assert known.introduced(writes((2, 0, 1), needs={1: end}), BOB) == (2,)


def test_an_update_that_refers_to_what_is_not_here_waits() -> None:
    with pytest.raises(UpdateWaits):
        ledger({1: (3, ANN)}).introduced(writes((2, 0, 1), needs={1: 4}), BOB)


def test_an_update_may_refer_to_what_it_brings_itself() -> None:
    both = writes((2, 0, 1), (1, 0, 4), needs={1: 4})
    assert ledger().introduced(both, ANN) == (2, 1)


def test_deleting_what_is_not_here_waits() -> None:
    with pytest.raises(UpdateWaits):
        ledger().introduced(deletes(c500=1), ANN)


def test_anybody_may_delete_what_is_here() -> None:
    assert ledger({1: (3, ANN)}).introduced(deletes(c1=3), BOB) == ()


def test_an_update_adds_if_it_ends_after_what_is_here() -> None:
    known = ledger({1: (3, ANN)})
    assert known.adds(writes((1, 0, 4)))
    assert known.adds(writes((1, 0, 3), (2, 0, 1)))
    assert not known.adds(writes((1, 0, 3)))
    assert not known.adds(deletes(c1=3))


def test_the_ledger_takes_note_of_clocks_and_owners() -> None:
    known = ledger({1: (3, ANN)})
    known.add((Span(1, 3, 5), Span(2, 0, 2)), {2: BOB})
    assert known.clocks == {1: 5, 2: 2}
    assert known.owners == {1: ANN, 2: BOB}


def test_clocks_never_go_back() -> None:
    known = ledger({1: (3, ANN)})
    known.add((Span(1, 0, 2),), {})
    assert known.clocks == {1: 3}


def test_a_copy_goes_its_own_way() -> None:
    known = ledger({1: (3, ANN)})
    copy = known.copy()
    copy.add((Span(2, 0, 1),), {2: BOB})
    assert (known.clocks, known.owners) == ({1: 3}, {1: ANN})
    assert (copy.clocks, copy.owners) == ({1: 3, 2: 1}, {1: ANN, 2: BOB})

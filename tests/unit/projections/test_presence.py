"""Who is where, folded from joining and leaving."""

from hypothesis import given
from hypothesis import strategies as st

from palimpsest.ports import Present
from palimpsest.projections.presence import Presence


def somebody(session: str, client: int | None = None) -> Present:
    return Present(session, session.title(), "user", client)


def test_who_comes_is_there_until_they_leave() -> None:
    presence = Presence()
    presence.came("a", somebody("ann"))
    presence.came("a", somebody("bob"))
    presence.came("b", somebody("carol"))
    assert presence.in_document("a") == [somebody("ann"), somebody("bob")]
    presence.left("a", "ann")
    assert presence.in_document("a") == [somebody("bob")]
    assert presence.in_document("b") == [somebody("carol")]
    assert presence.in_document("c") == []


def test_more_that_is_known_of_somebody_keeps_their_place() -> None:
    presence = Presence()
    presence.came("a", somebody("ann"))
    presence.came("a", somebody("bob"))
    presence.came("a", somebody("ann", client=7))
    assert presence.in_document("a") == [somebody("ann", client=7), somebody("bob")]


def test_leaving_where_one_is_not_changes_nothing() -> None:
    presence = Presence()
    presence.came("a", somebody("ann"))
    presence.left("a", "bob")
    presence.left("b", "ann")
    assert presence.everywhere() == {"a": {"ann": somebody("ann")}}


def test_all_can_be_forgotten() -> None:
    presence = Presence()
    presence.came("a", somebody("ann"))
    presence.forget()
    assert presence.in_document("a") == []
    assert presence.everywhere() == {}


def test_what_was_told_does_not_change_afterwards() -> None:
    presence = Presence()
    presence.came("a", somebody("ann"))
    told = presence.in_document("a")
    presence.left("a", "ann")
    assert told == [somebody("ann")]


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from("ab"), st.sampled_from(["ann", "bob", "carol"]))
    )
)
def test_no_document_is_kept_in_which_nobody_is(moves: list[tuple[bool, str, str]]) -> None:
    presence = Presence()
    there: dict[tuple[str, str], None] = {}
    for comes, document, session in moves:
        if comes:
            presence.came(document, somebody(session))
            there[document, session] = None
        else:
            presence.left(document, session)
            there.pop((document, session), None)
    assert {
        (document, session)
        for document, sessions in presence.everywhere().items()
        for session in sessions
    } == set(there)
    assert set(presence.everywhere()) == {document for document, _ in there}
    for document in "ab":
        assert [each.session for each in presence.in_document(document)] == [
            session for where, session in there if where == document
        ]

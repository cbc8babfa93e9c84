"""Roles include each other; a refusal says which one it takes."""

import pytest

from palimpsest.domain.access import Actor, ActorKind, Role, require
from palimpsest.domain.refusals import NotAllowed


def actor(role: Role) -> Actor:
    return Actor(ActorKind.USER, "user:ann", "Ann", role)


@pytest.mark.parametrize("role", Role)
def test_a_role_includes_itself_and_every_role_before_it(role: Role) -> None:
    for other in Role:
        if other <= role:
            require(actor(role), other)
        else:
            with pytest.raises(NotAllowed):
                require(actor(role), other)


def test_the_order_of_roles_is_reader_commenter_editor_owner_admin() -> None:
    assert [role.name for role in sorted(Role)] == [
        "READER",
        "COMMENTER",
        "EDITOR",
        "OWNER",
        "ADMIN",
    ]


def test_a_refusal_names_the_role_it_takes_and_the_role_there_is() -> None:
    with pytest.raises(NotAllowed, match="takes the role of editor; yours is reader"):
        require(actor(Role.READER), Role.EDITOR)

"""Who acts, and what a role may do. Knows no token and no session."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from palimpsest.domain.refusals import NotAllowed


class Role(IntEnum):
    """What somebody may do to a document, each including the one before; ADMIN over all."""

    READER = 1
    COMMENTER = 2
    EDITOR = 3
    OWNER = 4
    ADMIN = 5


class ActorKind(StrEnum):
    """How somebody came in."""

    USER = "user"
    GUEST = "guest"
    KEY = "key"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `principal` is the credential behind it, `name` what people are shown."""

    kind: ActorKind
    principal: str
    name: str
    role: Role


def require(actor: Actor, role: Role) -> None:
    """Raise NotAllowed unless the actor's role is `role` or includes it."""
    if actor.role < role:
        raise NotAllowed(
            f"This takes the role of {role.name.lower()}; yours is {actor.role.name.lower()}."
        )

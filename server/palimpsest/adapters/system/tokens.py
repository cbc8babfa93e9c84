"""Tokens: signed words of the server about who somebody is. Until people sign in, all there is."""

import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt

from palimpsest.adapters.system.clock import SystemClock
from palimpsest.domain.access import Actor, ActorKind, Role
from palimpsest.ports import NotAuthenticated
from palimpsest.protocol import guests

SECRET_NAME = "secret"  # noqa: S105
ALGORITHM = "HS256"
NEVER = 2**53
NAME_CHARACTERS_MAX = 100
KNOWN_MAX = 1000
"""So many tokens are known again by heart: to verify one takes longer than most answers."""

GUEST = Actor(ActorKind.GUEST, "guest", "Guest", Role.EDITOR)


class Tokens:
    """Makes tokens and knows them again, by a secret that lies in the data directory."""

    def __init__(self, folder: Path) -> None:
        self._secret = _secret(folder / SECRET_NAME)
        self._clock = SystemClock()
        # Verified before; what can still become of these is that they expire.
        self._known: dict[str, tuple[Actor, float]] = {}

    def admin(self) -> str:
        """Return the first admin's token, the same at each call."""
        return self.issue("Admin", Role.ADMIN)

    def issue(self, name: str, role: Role, *, expires_at: int | None = None) -> str:
        """Return a token for `name`, for good or until `expires_at` (seconds since 1970).

        Whoever issues tokens names people: the same name is the same principal.
        """
        claims: dict[str, Any] = {"sub": f"user:{name}", "name": name, "role": role.name.lower()}
        if expires_at is not None:
            claims["exp"] = expires_at
        return jwt.encode(claims, self._secret, ALGORITHM)

    def actor(self, token: str | None) -> Actor:
        """Return who acts with the token.

        Raises:
            NotAuthenticated: there is none, or it is not this server's.
        """
        if not token:
            raise NotAuthenticated("This server asks for a token.")
        known = self._known.get(token)
        if known is None or known[1] <= self._clock.milliseconds() / 1000:
            known = self._verified(token)
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[token] = known
        return known[0]

    def _verified(self, token: str) -> tuple[Actor, float]:
        """Return who acts with the token, and until when."""
        try:
            claims = jwt.decode(
                token, self._secret, [ALGORITHM], options={"require": ["sub", "name", "role"]}
            )
            role = Role[claims["role"].upper()]
            actor = Actor(ActorKind.USER, claims["sub"], claims["name"], role)
            return actor, int(claims.get("exp", NEVER))
        except jwt.ExpiredSignatureError as error:
            raise NotAuthenticated("The token has expired; ask for a new one.") from error
        except (jwt.InvalidTokenError, KeyError, AttributeError) as error:
            raise NotAuthenticated("This token is not one of this server's.") from error


class GuestsWelcome:
    """Lets everybody in as a guest, by the name they say; who has a token is who it says.

    All guests are one principal. The names are not verified, and are never without a word of that.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def actor(self, token: str | None) -> Actor:
        """Return who acts with the token, or the guest."""
        if not token:
            return GUEST
        if name := guests.name_in(token):
            return replace(GUEST, name=f"{name} (guest)")
        try:
            return self._tokens.actor(token)
        except NotAuthenticated:
            return GUEST


def _secret(path: Path) -> bytes:
    """Return the secret in the file, made with the file if it is not there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    secret = secrets.token_bytes(32)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret

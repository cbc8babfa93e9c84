"""Tokens: known again at once, for as long as they hold and no longer."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from palimpsest.adapters.system.tokens import GUEST, KNOWN_MAX, GuestsWelcome, Tokens
from palimpsest.domain.access import ActorKind, Role
from palimpsest.ports import NotAuthenticated
from palimpsest.protocol import guests


def test_a_token_that_is_known_expires_all_the_same(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    now = int(time.time())
    held = tokens.issue("Ann", Role.READER, expires_at=now + 1000)
    assert tokens.actor(held) == tokens.actor(held)
    actor, until = tokens._known[held]
    assert until == now + 1000
    # As it will be when that time has come.
    expired = tokens.issue("Ann", Role.READER, expires_at=now - 1)
    tokens._known[expired] = actor, now - 1
    with pytest.raises(NotAuthenticated, match="expired"):
        tokens.actor(expired)


def test_a_token_is_the_same_actor_each_time(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    token = tokens.issue("Ann", Role.EDITOR)
    for _ in range(3):
        actor = tokens.actor(token)
        assert (actor.kind, actor.name, actor.role) == (ActorKind.USER, "Ann", Role.EDITOR)
    assert tokens.actor(tokens.issue("Bob", Role.READER)).name == "Bob"


def test_a_wrong_token_is_wrong_each_time(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    wrong = tokens.issue("Ann", Role.ADMIN)[:-2] + "__"
    for _ in range(3):
        with pytest.raises(NotAuthenticated):
            tokens.actor(wrong)
        assert GuestsWelcome(tokens).actor(wrong).kind is ActorKind.GUEST


def test_a_guest_is_called_as_they_say_and_a_guest_beside(tmp_path: Path) -> None:
    welcome = GuestsWelcome(Tokens(tmp_path))
    assert welcome.actor(guests.token_of("Ann")) == replace(GUEST, name="Ann (guest)")
    for nobody in ("", "guest:", "guest:%20%0A"):
        assert welcome.actor(nobody) == GUEST


def test_where_guests_are_not_welcome_a_name_is_no_token(tmp_path: Path) -> None:
    with pytest.raises(NotAuthenticated):
        Tokens(tmp_path).actor(guests.token_of("Ann"))


def test_no_more_tokens_are_known_by_heart_than_the_limit_says(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    for number in range(KNOWN_MAX + 10):
        tokens.actor(tokens.issue(f"Reader {number}", Role.READER))
    assert 0 < len(tokens._known) <= KNOWN_MAX

"""Names that guests say: what is told of them is one line, bounded, and printable."""

from http.cookies import SimpleCookie

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.protocol.guests import NAME_CHARACTERS_MAX, name_in, token_of


@pytest.mark.parametrize("name", ["Ann", "Ann Lee", "Žofie Nováková", "小明", "50 % off; a=b, c"])
def test_a_name_comes_as_it_was_said(name: str) -> None:
    assert name_in(token_of(name)) == name
    assert SimpleCookie(f"token={token_of(name)}")["token"].value == token_of(name)


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("guest:Ann Lee", "Ann Lee"),
        ("guest:%20Ann%0A%09Lee ", "Ann Lee"),
        ("guest:A\u202enn\x00", "Ann"),
        ("guest:%ff", "\ufffd"),
        ("guest:", ""),
        ("Ann", ""),
        ("Guest:Ann", ""),
        ("guest:" + "x" * 1000, "x" * NAME_CHARACTERS_MAX),
    ],
)
def test_what_is_told_is_one_line_that_can_be_read(token: str, name: str) -> None:
    assert name_in(token) == name


@given(st.text())
def test_whatever_is_said_is_bounded_and_says_itself_again(said: str) -> None:
    name = name_in(token_of(said))
    assert len(name) <= NAME_CHARACTERS_MAX
    assert name.isprintable()
    assert token_of(said).isascii()
    assert name_in(token_of(name)) == name

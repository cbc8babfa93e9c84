"""Which web pages may speak to the server."""

import pytest

from palimpsest.protocol.origins import host_of, is_own_origin, is_trusted_without_token

_NO_AUTHORITIES = ["", ":8000", "[::1", "a]b", "ex\u2100ample"]


@pytest.mark.parametrize(
    ("authority", "host"),
    [("Example.org:8000", "example.org"), ("[::1]:8000", "::1"), ("127.0.0.1", "127.0.0.1")],
)
def test_a_host_is_told_without_its_port(authority: str, host: str) -> None:
    assert host_of(authority) == host


@pytest.mark.parametrize("authority", _NO_AUTHORITIES)
def test_what_is_no_authority_has_no_host(authority: str) -> None:
    assert host_of(authority) == ""
    assert not is_trusted_without_token(None, authority, loopback_only=True)
    assert not is_own_origin(f"https://{authority}", "example.org")


def test_a_page_of_this_server_and_a_program_may_speak_to_it() -> None:
    assert is_own_origin("https://example.org", "example.org")
    assert is_own_origin("http://example.org:8000", "example.org:8000")
    assert is_own_origin(None, "example.org")


@pytest.mark.parametrize(
    "origin", ["https://evil.org", "null", "", "https://example.org.evil.org"]
)
def test_a_page_of_another_site_may_not(origin: str) -> None:
    assert not is_own_origin(origin, "example.org")
    assert not is_trusted_without_token(origin, "example.org", loopback_only=False)
    assert not is_trusted_without_token(origin, "localhost:8000", loopback_only=True)


@pytest.mark.parametrize("origin", [None, "http://localhost:5173", "http://127.0.0.1:8000"])
def test_on_loopback_any_page_of_this_machine_may_speak(origin: str | None) -> None:
    assert is_trusted_without_token(origin, "127.0.0.1:8000", loopback_only=True)


@pytest.mark.parametrize("host", [None, "evil.org:8000", "localhost.evil.org"])
def test_a_name_that_was_pointed_at_this_machine_is_not_trusted(host: str | None) -> None:
    assert not is_trusted_without_token(None, host, loopback_only=True)
    assert not is_trusted_without_token(f"http://{host}", host, loopback_only=True)


def test_away_from_loopback_only_its_own_pages_are_trusted() -> None:
    assert is_trusted_without_token("https://example.org", "example.org", loopback_only=False)

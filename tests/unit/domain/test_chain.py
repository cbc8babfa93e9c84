"""The hash chain: every part of an event is bound, and its bytes never change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.domain import chain

ACTOR = ("user", "user:ann", "Ann")
HEADER = chain.header_of("notes", "update_recorded.v1", ACTOR, "session")
SEED = bytes(range(32))
DIGEST = chain.digest_of(SEED, 7, b"payload")
LINK = chain.link_of(chain.GENESIS, HEADER, 7, 1_000, DIGEST)


def test_the_bytes_of_the_chain_never_change() -> None:
    """Logs that exist were made with them."""
    assert HEADER.hex() == "8209fcc8f1c5b5e1f328a6fd4be2a34de8771e8472ceb13ed451823ef1add094"
    assert DIGEST.hex() == "55cc503ac9394ddfafb108003aa845029c1ad2c703a494e1b530fc983635c2f1"
    assert LINK.hex() == "71d7884ccc1c069f2770931fb4966154be8ea67a52c42965e6891584448c4251"


def test_runs_follow_one_another_without_a_gap() -> None:
    last = chain.RUN_EVENTS
    assert [chain.run_of(version) for version in (1, last, last + 1, 2 * last)] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    "other",
    [
        chain.header_of("other", "update_recorded.v1", ACTOR, "session"),
        chain.header_of("notes", "document_created.v1", ACTOR, "session"),
        chain.header_of("notes", "update_recorded.v1", ("guest", *ACTOR[1:]), "session"),
        chain.header_of("notes", "update_recorded.v1", ("user", "user:bob", "Ann"), "session"),
        chain.header_of("notes", "update_recorded.v1", ("user", "user:ann", "Bob"), "session"),
        chain.header_of("notes", "update_recorded.v1", ACTOR, "another"),
    ],
)
def test_a_header_binds_document_kind_actor_and_session(other: bytes) -> None:
    assert other != HEADER


@given(st.lists(st.text("ab"), min_size=6, max_size=6), st.lists(st.text("ab"), min_size=6))
def test_no_two_headers_are_alike_however_their_parts_are_cut(
    one: list[str], other: list[str]
) -> None:
    def header(parts: list[str]) -> bytes:
        return chain.header_of(parts[0], parts[1], (parts[2], parts[3], parts[4]), parts[5])

    assert (header(one) == header(other)) == (one[:6] == other[:6])


@pytest.mark.parametrize(
    "other",
    [
        chain.digest_of(bytes(32), 7, b"payload"),
        chain.digest_of(SEED, 8, b"payload"),
        chain.digest_of(SEED, 7, b"payloae"),
    ],
)
def test_a_digest_binds_seed_version_and_payload(other: bytes) -> None:
    assert other != DIGEST


@pytest.mark.parametrize(
    "other",
    [
        chain.link_of(bytes([1]) * 32, HEADER, 7, 1_000, DIGEST),
        chain.link_of(chain.GENESIS, bytes(32), 7, 1_000, DIGEST),
        chain.link_of(chain.GENESIS, HEADER, 8, 1_000, DIGEST),
        chain.link_of(chain.GENESIS, HEADER, 7, 1_001, DIGEST),
        chain.link_of(chain.GENESIS, HEADER, 7, 1_000, bytes(32)),
    ],
)
def test_a_link_binds_the_one_before_it_and_all_that_the_event_says(other: bytes) -> None:
    assert other != LINK


def test_links_digests_and_headers_have_32_bytes() -> None:
    assert len(HEADER) == len(DIGEST) == len(LINK) == chain.LINK_BYTES

"""The hash chain of a document's events. Pure hashing: who stores what is the log's business.

    digest = H(seed, version, payload)          with the seed of the event's run, kept secret
    link   = H(previous link, header, digest)   header: who, when, what kind

Whoever has neither payload nor seed can still check the chain, given the digest: so destroying
both erases an event for good and leaves the chain whole.
"""

import hashlib
import struct

LINK_BYTES = 32
SEED_BYTES = 32
RUN_EVENTS = 4096

GENESIS = bytes(LINK_BYTES)

_MOMENT = struct.Struct(">QQ")


def run_of(version: int) -> int:
    """Return the number of the run that a version belongs to; each run has its seed."""
    return (version - 1) // RUN_EVENTS


def header_of(document: str, kind: str, actor: tuple[str, str, str], session: str) -> bytes:
    """Return the digest of what an event says beside its version, time and payload.

    `actor` is its kind, principal and name. Each part goes in behind its length, so that no two
    different headers are alike.
    """
    state = hashlib.blake2b(digest_size=LINK_BYTES)
    for part in (document, kind, *actor, session):
        data = part.encode()
        state.update(struct.pack(">I", len(data)) + data)
    return state.digest()


def digest_of(seed: bytes, version: int, payload: bytes) -> bytes:
    """Return the payload's digest, which tells nothing of it to who lacks the seed."""
    return hashlib.blake2b(
        payload, digest_size=LINK_BYTES, key=seed, salt=version.to_bytes(16)
    ).digest()


def link_of(previous: bytes, header: bytes, version: int, time: int, digest: bytes) -> bytes:
    """Return the link of an event; `time` in milliseconds since 1970."""
    return hashlib.blake2b(
        previous + header + _MOMENT.pack(version, time) + digest, digest_size=LINK_BYTES
    ).digest()

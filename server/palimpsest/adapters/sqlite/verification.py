"""Walks every chain of the log and names the first event that is not as it was written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import apsw

from palimpsest.adapters.sqlite.database import open_for_reading
from palimpsest.domain import chain

PROGRESS_EVENTS = 5_000

# What is no blob any more is told as missing: it could not be read as one.
_EVENTS = """
SELECT position, document, documents.id, version, kinds.name, time,
       iif(typeof(payload) = 'blob', payload, NULL), iif(typeof(link) = 'blob', link, NULL),
       session, actor_kind, principal, origins.name
FROM events
LEFT JOIN documents ON documents.number = document
LEFT JOIN kinds ON kinds.number = kind
LEFT JOIN origins ON origins.number = origin
ORDER BY document, version
"""


@dataclass(slots=True)
class Findings:
    """What a verification found, as far as it has come."""

    events: int = 0
    events_read: int = 0
    damage: str = ""
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Version and link (hexadecimal) of each document's newest event."""


def verify(folder: Path) -> Iterator[Findings]:
    """Verify the log in `folder`; yield the findings now and then, and at the end.

    Stops at the first damage. Raises `ForeignDatabase` if there is no log.
    """
    connection = open_for_reading(folder)
    findings = Findings()
    try:
        yield from _walk(connection, findings)
    except apsw.CorruptError as error:
        findings.damage = f"The database file is damaged ({error})."
    finally:
        connection.close()
    yield findings


def differences(heads: dict[str, tuple[int, str]], folder: Path) -> list[str]:
    """Compare heads kept elsewhere with the log; return what no longer stands in it."""
    connection = open_for_reading(folder)
    try:
        found = []
        for document, (version, link) in heads.items():
            row = connection.execute(
                "SELECT link FROM events JOIN documents ON documents.number = document"
                " WHERE id = ? AND version = ?",
                (document, version),
            ).fetchone()
            if row is None:
                found.append(f"{document}: version {version} is gone.")
            elif row[0].hex() != link:
                found.append(f"{document}: version {version} is not what it was.")
        return found
    finally:
        connection.close()


def _walk(connection: apsw.Connection, findings: Findings) -> Iterator[Findings]:
    with connection:
        [(count, last)] = connection.execute("SELECT count(*), max(position) FROM events")
        findings.events = count
        if count != (last or 0):
            findings.damage = f"Positions have gaps: {count} events, the last at {last}."
            return
        seeds = _Seeds(connection)
        document: str | None = None
        version, link = 0, chain.GENESIS
        for row in connection.execute(_EVENTS):
            if row[2] != document:
                document, version, link = row[2], 0, chain.GENESIS
            damage = _damage(row, version, link, seeds)
            if damage:
                findings.damage = f"Position {row[0]}, {document!r} version {row[3]}: {damage}"
                return
            version, link = row[3], row[7]
            findings.heads[document or ""] = (version, link.hex())
            findings.events_read += 1
            if findings.events_read % PROGRESS_EVENTS == 0:
                yield findings


class _Seeds:
    """The seeds of the runs, one kept at a time: events come in order."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._key: tuple[int, int] | None = None
        self._seed: bytes | None = None

    def seed(self, document: int, version: int) -> bytes | None:
        key = (document, chain.run_of(version))
        if key != self._key:
            row = self._connection.execute(
                "SELECT seed FROM seeds WHERE document = ? AND run = ?", key
            ).fetchone()
            self._key, self._seed = key, row[0] if row else None
        return self._seed


def _damage(row: tuple, version: int, link: bytes, seeds: _Seeds) -> str:  # type: ignore[type-arg]
    """Return what is wrong with an event that should follow `version` and `link`, if anything."""
    _, number, document, own_version, kind, time, payload, own_link, session, *actor = row
    if None in (document, kind, session, payload, own_link):
        return "its payload, link, document, kind or origin is missing."
    if own_version != version + 1:
        return f"it follows version {version}."
    seed = seeds.seed(number, own_version)
    if seed is None:
        return "its run has no seed."
    header = chain.header_of(document, kind, (actor[0], actor[1], actor[2]), session)
    digest = chain.digest_of(seed, own_version, payload)
    if chain.link_of(link, header, own_version, time, digest) != own_link:
        return "its link does not follow from what it says."
    return ""

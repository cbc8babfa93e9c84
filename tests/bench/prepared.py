"""What is in a data directory before anybody is measured: documents that are worth reading."""

from collections.abc import Iterable
from pathlib import Path

from palimpsest.adapters.load.keystrokes import PROSE
from tests.harness.recording import record
from tests.updates import Client

TEXT_BYTES = 10_000
VERSION = 2
"""The version of a prepared document: it was created, and written in one edit."""

_WRITER = 1_618_033_988
_LINE = PROSE.rstrip() + "\n"


def prepare(data: Path, documents: Iterable[str]) -> None:
    """Write documents of some 10 KB into a log, while no server runs."""
    text = (_LINE * (TEXT_BYTES // len(_LINE) + 1))[:TEXT_BYTES]
    update = Client(_WRITER).type(text)
    for document in documents:
        version = record(data, document, [update])
        assert version == VERSION

"""Updates that do harm to yrs or to yjs, and that the server must survive."""

import json
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).parent / "unit" / "protocol" / "hostile_updates.json"

NESTED_ANY_DEPTH = 20_000


class HostileUpdates(NamedTuple):
    """One or more updates that do harm one after the other."""

    name: str
    updates: tuple[bytes, ...]
    effect: str
    refused_by_scanner: bool


def hostile_updates() -> list[HostileUpdates]:
    """Return all of them."""
    entries = json.loads(_FILE.read_text())
    found = [
        HostileUpdates(
            name,
            tuple(bytes.fromhex(update) for update in entry["updates"]),
            entry["effect"],
            entry["refused_by_scanner"],
        )
        for name, entry in entries.items()
    ]
    return [*found, _nested_any()]


def _nested_any() -> HostileUpdates:
    # A map's value: arrays of one array each, and null in the innermost.
    head = bytes.fromhex("01 01 01 00 28 01 01 6d 01 6b 01")
    update = head + b"\x75\x01" * NESTED_ANY_DEPTH + b"\x7e\x00"
    effect = "to_py(): SIGSEGV; 50000 deep: SIGSEGV in apply"
    return HostileUpdates("nested_any", (update,), effect, refused_by_scanner=True)

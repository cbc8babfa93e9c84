"""Updates that killed or confused a CRDT library, by name; each is a list of updates in order."""

import json
from collections.abc import Mapping
from pathlib import Path

from palimpsest.protocol.lib0 import var_uint

_FIXTURE = Path(__file__).with_name("hostile_updates.json")
_ANY_ARRAY_OF_ONE = b"\x75\x01"
_ANY_NULL = b"\x7e"


def _nested_any(depth: int) -> bytes:
    """Return an update whose one value is arrays within arrays."""
    value = _ANY_ARRAY_OF_ONE * depth + _ANY_NULL
    # One section, one struct of client 1 at clock 0: Any content in the root "a".
    return b"\x01\x01\x01\x00\x08\x01\x01a\x01" + value + b"\x00"


HOSTILE_UPDATES: Mapping[str, list[bytes]] = {
    name: [bytes.fromhex(update) for update in updates]
    for name, updates in json.loads(_FIXTURE.read_text()).items()
} | {"nested_any_20000": [_nested_any(20_000)], "endless_number": [var_uint(1) + b"\xff" * 65_536]}

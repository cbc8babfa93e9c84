"""Reads a Yjs update (V1 encoding) for what it claims, and refuses what no honest client sends.

Bounded in time and memory, and without recursion. It reads as yjs does (`readClientsStructRefs`,
`readDeleteSet`); bytes that yrs, in the replica, would read otherwise are refused.
"""

from palimpsest.domain.ledger import Claims, Span
from palimpsest.limits import Limits
from palimpsest.protocol.contents import (
    CLOCK_MAX,
    READERS,
    malformed,
    read_key,
    read_uint,
    too_large,
    utf16_length,
)
from palimpsest.protocol.nesting import Id, Structs, check_nesting

_DEFAULT = Limits()

_GC = 0
_SKIP = 10


def scan(update: bytes, limits: Limits = _DEFAULT) -> Claims:
    """Return what an update claims.

    Its needs leave out what its spans imply: what a client wrote before them.

    Raises:
        MalformedUpdate: it is not an update, or one that no honest client sends.
        UpdateTooLarge: it exceeds a limit.
    """
    if len(update) > limits.update_bytes_max:
        raise too_large(f"it has more than {limits.update_bytes_max} bytes")
    try:
        return _scan(update, limits)
    except IndexError:
        raise malformed("it ends too early") from None


# One long function on purpose: it runs for each keystroke, and in Python a call costs as much as
# reading three numbers. A number of one byte is read in place, a longer one by `read_uint`.
def _scan(update: bytes, limits: Limits) -> Claims:  # noqa: C901, PLR0912, PLR0915
    size = len(update)
    needs: dict[int, int] = {}
    spans: list[Span] = []
    parents: set[Id] = set()
    sections: dict[int, Structs] = {}
    structs_left = limits.update_structs_max

    section_count = update[0]
    i = 1
    if section_count > 127:
        section_count, i = read_uint(update, 0)
    if section_count > limits.update_clients_max:
        raise too_large(f"it has more than {limits.update_clients_max} clients")

    for _ in range(section_count):
        count = update[i]
        i += 1
        if count > 127:
            count, i = read_uint(update, i - 1)
        if not 0 < count <= size - i:
            raise malformed("it has an empty section, or promises more than it holds")
        structs_left -= count
        if structs_left < 0:
            raise too_large(f"it has more than {limits.update_structs_max} structs")
        client_at = i
        client = update[i]
        i += 1
        if client > 127:
            client, i = read_uint(update, client_at)
        client_bytes = update[client_at:i]
        client_size = i - client_at
        clock = update[i]
        i += 1
        if clock > 127:
            clock, i = read_uint(update, i - 1)
        if client in sections:
            raise malformed("it has two sections of one client")
        clocks: list[int] = []
        offsets: list[int] = []
        sections[client] = Structs(clocks, offsets)
        span_start = clock

        for _ in range(count):
            clocks.append(clock)
            offsets.append(i)
            info = update[i]
            i += 1
            if info & 0xC0:
                left = right = None
                if info & 0x80:
                    ...
    return Claims(tuple(spans), needs, deletes)

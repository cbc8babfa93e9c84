"""Reads a Yjs update (V1 encoding) for what it claims, and refuses what no honest client sends.

Bounded in time and memory, and without recursion. It reads as yjs does (`readClientsStructRefs`,
`readDeleteSet`); bytes that yrs, in the replica, would read otherwise are refused.
"""

from palimpsest.domain.ledger import Claims, Span
from palimpsest.limits import Limits
from palimpsest.protocol.contents import (
    DELETED,
    GC,
    READERS,
    SKIP,
    TEXT,
    malformed,
    read_key,
    too_large,
    utf16_length,
)
from palimpsest.protocol.lib0 import CLOCK_MAX, MORE, MalformedFrame, read_var_uint
from palimpsest.protocol.nesting import Id, Structs, check_nesting

_DEFAULT = Limits()
_new = tuple.__new__  # half the price of calling a NamedTuple

_GONE = frozenset((GC, SKIP))
_BARE = _GONE | {flags | DELETED for flags in range(0, 256, 32)}  # nothing but a length


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
    except MalformedFrame:
        raise malformed("a number is too large") from None


# One long function on purpose: it runs for each keystroke, and in Python a call costs as much as
# reading three numbers. A number of one byte is read in place, a longer one by `read_var_uint`.
def _scan(update: bytes, limits: Limits) -> Claims:  # noqa: C901, PLR0912, PLR0915
    size = len(update)
    spans: list[Span] = []
    needs: dict[int, int] = {}
    parents: dict[Id, None] = {}
    sections: dict[int, Structs] = {}
    structs_left = limits.update_structs_max

    section_count = update[0]
    i = 1
    if section_count >= MORE:
        section_count, i = read_var_uint(update, 0)
        if section_count > limits.update_clients_max:
            raise too_large(f"it has more than {limits.update_clients_max} clients")

    while section_count:
        section_count -= 1
        count = update[i]
        i += 1
        if count >= MORE:
            count, i = read_var_uint(update, i - 1)
        if not 0 < count <= size - i:
            raise malformed("it has an empty section, or promises more than it holds")
        structs_left -= count
        if structs_left < 0:
            raise too_large(f"it has more than {limits.update_structs_max} structs")
        client_at = i
        client = update[i]
        i += 1
        if client >= MORE:
            client, i = read_var_uint(update, client_at)
        client_bytes = update[client_at:i]
        client_size = i - client_at
        clock = update[i]
        i += 1
        if clock >= MORE:
            clock, i = read_var_uint(update, i - 1)
        if client in sections:
            raise malformed("it has two sections of one client")
        clocks: list[int] = []
        offsets: list[int] = []
        sections[client] = (clocks, offsets)
        span_start = clock

        while count:
            count -= 1
            clocks.append(clock)
            offsets.append(i)
            info = update[i]
            i += 1

            if info & 0xC0:
                # It stands beside something: its origin, its right origin, or both.
                origin_client = origin = -1
                if info & 0x80:
                    if update.startswith(client_bytes, i):
                        origin_client = client
                        i += client_size
                        origin = update[i]
                        i += 1
                        if origin >= MORE:
                            origin, i = read_var_uint(update, i - 1)
                        if origin >= clock:
                            raise malformed("something refers to what comes after it")
                    else:
                        origin_client, origin, i = _read_reference(update, i, client, clock, needs)
                if info & 0x40:
                    right_client, right, i = _read_reference(update, i, client, clock, needs)
                    if right == origin and right_client == origin_client:
                        raise malformed("something stands on both sides of something")
            elif info not in _GONE:
                # It is the first in its parent: a root type of a name, or the type of an item.
                parent_kind = update[i]
                i += 1
                if parent_kind == 1:
                    i = read_key(update, i, limits)
                elif parent_kind == 0:
                    parent_client, parent, i = _read_reference(update, i, client, clock, needs)
                    parents[parent_client, parent] = None
                else:
                    raise malformed("a parent is of an unknown kind")
                if info & 0x20:
                    i = read_key(update, i, limits)

            if info & 31 == TEXT:
                length = update[i]
                i += 1
                if length >= MORE:
                    length, i = read_var_uint(update, i - 1)
                text = update[i : i + length]
                i += length
                if i > size:
                    raise IndexError
                if not text.isascii():
                    length = utf16_length(text)
            elif info in _BARE:
                length = update[i]
                i += 1
                if length >= MORE:
                    length, i = read_var_uint(update, i - 1)
                if info == SKIP:
                    if clock > span_start:
                        spans.append(_new(Span, (client, span_start, clock)))
                    span_start = clock + length
            else:
                read = READERS.get(info & 31)
                if read is None:
                    raise malformed("a struct is of an unknown kind")
                i, length = read(update, i, limits)

            clock += length
            if length < 1 or clock > CLOCK_MAX:
                raise malformed("a length or a clock is out of bounds")

        clocks.append(clock)
        if clock > span_start:
            spans.append(_new(Span, (client, span_start, clock)))

    deletes = update[i] > 0
    i += 1
    if deletes:
        deletes, i = _read_deletions(update, i - 1, needs, limits)
    if i != size:
        raise malformed("something follows its end")
    if parents:
        check_nesting(update, sections, parents, limits)
    return _new(Claims, (tuple(spans), needs, deletes))


def _read_reference(
    update: bytes, i: int, client: int, clock: int, needs: dict[int, int]
) -> tuple[int, int, int]:
    """Read an id that a struct at `clock` of `client` refers to; note what it needs."""
    other, i = read_var_uint(update, i)
    referred, i = read_var_uint(update, i)
    if other == client:
        if referred >= clock:
            raise malformed("something refers to what comes after it")
    elif referred >= needs.get(other, 0):
        if referred >= CLOCK_MAX:
            raise malformed("a length or a clock is out of bounds")
        needs[other] = referred + 1
    return other, referred, i


def _read_deletions(
    update: bytes, i: int, needs: dict[int, int], limits: Limits
) -> tuple[bool, int]:
    """Read the delete set at `i`; return whether it deletes anything and what is behind it."""
    client_count, i = read_var_uint(update, i)
    if client_count > limits.update_clients_max:
        raise too_large(f"it deletes from more than {limits.update_clients_max} clients")
    ranges_left = limits.update_deleted_ranges_max
    clients: set[int] = set()
    for _ in range(client_count):
        client, i = read_var_uint(update, i)
        count, i = read_var_uint(update, i)
        if client in clients or count > len(update) - i:
            raise malformed("it deletes from one client twice, or promises more than it holds")
        clients.add(client)
        ranges_left -= count
        if ranges_left < 0:
            raise too_large(f"it has more than {limits.update_deleted_ranges_max} deletions")
        if count:
            end, i = _read_ranges(update, i, count)
            if end > needs.get(client, 0):
                needs[client] = end
    return ranges_left < limits.update_deleted_ranges_max, i


def _read_ranges(update: bytes, i: int, count: int) -> tuple[int, int]:
    """Read the deleted ranges of a client; return where the last ends and what is behind it."""
    end = 0
    for _ in range(count):
        start = update[i]
        i += 1
        if start >= MORE:
            start, i = read_var_uint(update, i - 1)
        length = update[i]
        i += 1
        if length >= MORE:
            length, i = read_var_uint(update, i - 1)
        if start < end or length < 1:
            raise malformed("its deletions are empty, overlap, or are not in order")
        end = start + length
        if end > CLOCK_MAX:
            raise malformed("a length or a clock is out of bounds")
    return end, i

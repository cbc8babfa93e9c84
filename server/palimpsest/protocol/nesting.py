"""How deep an update nests its own types in each other. Types that it finds there don't count."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from palimpsest.limits import Limits
from palimpsest.protocol.contents import GC, SKIP, malformed, read_uint, too_large

_BESIDE = 0xC0  # an origin, a right origin, or both
_KIND = 0x1F

_DELETED = 1
_TYPE = 7

_UNDER_WAY = -1


class Id(NamedTuple):
    """One clock of one client."""

    client: int
    clock: int


Structs = tuple[list[int], list[int]]
"""Where a client's structs begin: their clocks, and their offsets in the update.

One more clock than offsets: the last is where they end.
"""


def check_nesting(
    update: bytes, sections: Mapping[int, Structs], parents: Iterable[Id], limits: Limits
) -> None:
    """Refuse parents that hold nothing, and types in types in types beyond the limit.

    `parents` are the ids that items name as their parents.
    """
    within = [parent for parent in parents if _is_type(update, sections, parent)]
    # Each level needs a parent of its own.
    if len(within) <= limits.update_nesting_max:
        return
    depths: dict[Id, int] = {}
    for parent in within:
        if _depth(update, sections, parent, depths) >= limits.update_nesting_max:
            raise too_large(f"types are nested deeper than {limits.update_nesting_max} levels")


def _is_type(update: bytes, sections: Mapping[int, Structs], parent: Id) -> bool:
    found = _find(sections, parent)
    if found is None:
        return False
    kind = update[found[1]] & _KIND
    # A parent may have been deleted while somebody else put something into it.
    if kind not in {_TYPE, GC, _DELETED, SKIP}:
        raise malformed("something is placed inside of what can hold nothing")
    return kind == _TYPE


def _find(sections: Mapping[int, Structs], place: Id) -> tuple[Id, int] | None:
    """Return the id and the offset of the struct that has the clock, if the update has it."""
    structs = sections.get(place.client)
    if structs is None:
        return None
    clocks, offsets = structs
    index = bisect_right(clocks, place.clock) - 1
    if index < 0 or index == len(offsets):
        return None
    return Id(place.client, clocks[index]), offsets[index]


def _depth(
    update: bytes, sections: Mapping[int, Structs], place: Id, depths: dict[Id, int]
) -> int:
    """Return in how many of the update's own types the struct is, and remember it."""
    path: list[tuple[Id, int]] = []
    depth = 0
    next_place: Id | None = place
    while next_place is not None:
        found = _find(sections, next_place)
        if found is None:
            break
        struct, offset = found
        known = depths.get(struct)
        if known is not None:
            if known == _UNDER_WAY:
                raise malformed("something is placed inside of itself")
            depth = known
            break
        depths[struct] = _UNDER_WAY
        next_place, levels = _placed(update, offset)
        path.append((struct, levels))
    for struct, levels in reversed(path):
        depth += levels
        depths[struct] = depth
    return depth


def _placed(update: bytes, offset: int) -> tuple[Id | None, int]:
    """Return what tells a struct's place, and how many levels deeper than that the struct is."""
    info = update[offset]
    if info & _BESIDE:
        # Beside another item: the origin, or the right origin.
        client, offset = read_uint(update, offset + 1)
        return Id(client, read_uint(update, offset)[0]), 0
    if info & _KIND in {GC, SKIP} or update[offset + 1] == 1:
        return None, 0
    client, offset = read_uint(update, offset + 2)
    return Id(client, read_uint(update, offset)[0]), 1

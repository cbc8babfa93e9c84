"""How deep an update nests its own types in each other. Types that it finds there don't count."""

from bisect import bisect_right
from collections.abc import Collection, Mapping

from palimpsest.limits import Limits
from palimpsest.protocol.contents import DELETED, GC, SKIP, TYPE, malformed, too_large
from palimpsest.protocol.lib0 import read_var_uint

Id = tuple[int, int]
"""A client, and one of its clocks."""

Structs = tuple[list[int], list[int]]
"""Where a client's structs begin: their clocks, and their offsets in the update.

One more clock than offsets: the last is where they end.
"""

_BESIDE = 0xC0  # an origin, a right origin, or both
_KIND = 0x1F
_PARENTLESS = frozenset((GC, SKIP))
_MAY_BE_PARENTS = frozenset((TYPE, DELETED, GC, SKIP))

_UNKNOWN = -1
_UNDER_WAY = -2


def check_nesting(
    update: bytes, sections: Mapping[int, Structs], parents: Collection[Id], limits: Limits
) -> None:
    """Refuse parents that can hold nothing, and types in types in types beyond the limit.

    `parents` are the ids that items name as their parents.
    """
    within = [parent for parent in parents if _is_type(update, sections, parent)]
    # Each level needs a parent of its own.
    if len(within) > limits.update_nesting_max:
        depths = _Depths(update, sections, limits.update_nesting_max)
        for parent in within:
            depths.check(parent)


def _is_type(update: bytes, sections: Mapping[int, Structs], parent: Id) -> bool:
    client, clock = parent
    if client not in sections:
        return False
    clocks, offsets = sections[client]
    index = bisect_right(clocks, clock) - 1
    if index < 0 or index == len(offsets):
        return False
    kind = update[offsets[index]] & _KIND
    # A parent may have been deleted while somebody else put something into it.
    if kind not in _MAY_BE_PARENTS:
        raise malformed("something is placed inside of what can hold nothing")
    return kind == TYPE


class _Depths:
    """In how many of the update's own types each struct is, as far as that was asked."""

    def __init__(self, update: bytes, sections: Mapping[int, Structs], levels_max: int) -> None:
        self._update = update
        self._levels_max = levels_max
        self._sections = {
            client: (clocks, offsets, [_UNKNOWN] * len(offsets))
            for client, (clocks, offsets) in sections.items()
        }

    def check(self, parent: Id) -> None:
        """Refuse a parent at the deepest level or below."""
        client, clock = parent
        path: list[tuple[list[int], int, int]] = []
        depth = climbed = levels = 0
        while climbed <= self._levels_max:
            found = self._find(client, clock)
            if found is None:
                # What the update does not have is no level, either.
                depth = -levels
                break
            depths, index, offset = found
            if depths[index] != _UNKNOWN:
                depth = depths[index]
                break
            depths[index] = _UNDER_WAY
            levels, client, clock = self._placed(offset)
            path.append((depths, index, levels))
            climbed += levels
        if depth == _UNDER_WAY:
            raise malformed("something is placed inside of itself")
        if depth + climbed >= self._levels_max:
            raise too_large(f"types are nested deeper than {self._levels_max} levels")
        for depths, index, levels in reversed(path):
            depth += levels
            depths[index] = depth

    def _find(self, client: int, clock: int) -> tuple[list[int], int, int] | None:
        """Return the depths of a client, the struct's place among them, and its offset."""
        if client not in self._sections:
            return None
        clocks, offsets, depths = self._sections[client]
        index = bisect_right(clocks, clock) - 1
        if index < 0 or index == len(offsets):
            return None
        return depths, index, offsets[index]

    def _placed(self, offset: int) -> tuple[int, int, int]:
        """Return how many levels deeper a struct is than another, and the other's id."""
        update = self._update
        info = update[offset]
        if info & _BESIDE:
            client, offset = read_var_uint(update, offset + 1)
            return 0, client, read_var_uint(update, offset)[0]
        if info in _PARENTLESS or update[offset + 1] == 1:
            return 0, _UNKNOWN, 0
        client, offset = read_var_uint(update, offset + 2)
        return 1, client, read_var_uint(update, offset)[0]

"""What is kept in memory, within bytes: those things longest that were used last."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class Kept(Generic[Key, Thing]):
    """Things by their keys, in the order of their last use."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._things: OrderedDict[Key, tuple[Thing, int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Key) -> Thing | None:
        """Return what is kept under a key."""
        found = self._things.get(key)
        if found is None:
            return None
        self._things.move_to_end(key)
        return found[0]

    def put(self, key: Key, thing: Thing, size: int) -> None:
        """Keep a thing that takes so many bytes; let go of others until all have room."""
        self.drop(key)
        self._things[key] = thing, size
        self._bytes += size
        while self._bytes > self._bytes_max:
            self.drop(next(iter(self._things)))

    def drop(self, key: Key) -> None:
        """Let go of what is kept under a key."""
        found = self._things.pop(key, None)
        if found is not None:
            self._bytes -= found[1]

    def clear(self) -> None:
        """Let go of everything."""
        self._things.clear()
        self._bytes = 0

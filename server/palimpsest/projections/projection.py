"""What a projection is: a name, its tables, and how events become their rows."""

from collections.abc import Sequence
from typing import Protocol

from palimpsest.ports import Row, Rows


class Projection(Protocol):
    """Something that is folded from the log into tables.

    An instance lives as long as all goes well: after any failure its rows are rolled back and a
    new one takes its place, so it may keep in memory what its tables say.
    """

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def revision(self) -> int:
        """Return a number that is raised when the same events would give other rows."""
        ...

    @property
    def schema(self) -> str:
        """Return the SQL that makes its tables."""
        ...

    @property
    def tables(self) -> Sequence[str]:
        """Return their names. Each has a column `document`, so that one can be taken out again."""
        ...


class EventProjection(Projection, Protocol):
    """A projection that takes every event as it comes."""

    def fold(self, event: Row, rows: Rows) -> None:
        """Take an event. What it raises is held against the event's document."""
        ...

    def flush(self, rows: Rows) -> None:
        """Write what is still in memory: the batch ends."""
        ...


class DocumentProjection(Projection, Protocol):
    """A projection that looks at a whole document, once it pauses."""

    def show(self, document: str, version: int, rows: Rows) -> None:
        """Bring the document's rows to a version. What it raises is held against the document."""
        ...

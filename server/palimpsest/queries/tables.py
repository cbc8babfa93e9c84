"""What questions are asked of: tables of the views, or of the log. Knows no database."""

from collections.abc import Sequence
from typing import Any, Protocol

from palimpsest.ports import Value


class TablesMissing(Exception):
    """The tables are not there (yet): whoever fills them has not begun."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is being made; ask again in a moment.")


class Tables(Protocol):
    """Tables that can be asked, and not changed."""

    async def rows(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds.

        Raises:
            TablesMissing: a table is not there (yet).
        """
        ...

"""Where a document's file is, for whoever may read the document."""

from typing import Protocol


class Files(Protocol):
    """Files that are kept."""

    async def find(self, document: str, name: str) -> str | None:
        """Return the path of a document's file, None if there is none of that name."""
        ...

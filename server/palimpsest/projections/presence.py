"""Who is in which document: folded in memory from joining and leaving, on the server's word."""

from collections.abc import Mapping

from palimpsest.ports import Present


class Presence:
    """The people in all documents."""

    def __init__(self) -> None:
        self._documents: dict[str, dict[str, Present]] = {}

    def came(self, document: str, present: Present) -> None:
        """Take note of somebody who came, or of whom more is known."""
        self._documents.setdefault(document, {})[present.session] = present

    def left(self, document: str, session: str) -> None:
        """Take note of somebody who left."""
        sessions = self._documents.get(document, {})
        sessions.pop(session, None)
        if not sessions:
            self._documents.pop(document, None)

    def forget(self) -> None:
        """Forget everybody: who is there is not known, or is about to be told anew."""
        self._documents.clear()

    def in_document(self, document: str) -> list[Present]:
        """Return who is in a document, the one who came first at the head."""
        return list(self._documents.get(document, {}).values())

    def everywhere(self) -> Mapping[str, Mapping[str, Present]]:
        """Return who is where."""
        return self._documents

"""What a document says: its newest version from the views, any other by replaying the log."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from palimpsest.content.rendering import Rendering
from palimpsest.domain.refusals import DocumentNotFound
from palimpsest.limits import Limits
from palimpsest.queries.freshness import Freshness
from palimpsest.queries.tables import Tables, TablesMissing

_NEWEST = """
SELECT snapshots.version, lineage, snapshots.title, excerpt, html, markdown, text, json, truncated
FROM snapshots JOIN catalogue USING (document) WHERE document = ?
"""
_SHOWN = "SELECT snapshots.version FROM snapshots WHERE document = ?"
_BEGINNINGS = "SELECT document, title, excerpt FROM snapshots WHERE document IN ({places})"
_KNOWN = "SELECT version, lineage FROM catalogue WHERE document = ?"


class NotShowable(Exception):
    """A version cannot be shown; the message says why."""


class TooBusy(Exception):
    """Too much waits to be shown already; ask again in a moment."""

    def __init__(self) -> None:
        super().__init__((self.__doc__ or "").strip())


class Replay(Protocol):
    """Whoever can show a document as of any version."""

    async def show(self, document: str, version: int) -> Rendering:
        """Return a document as of a version.

        Raises:
            NotShowable: it cannot be shown.
            TooBusy: too much waits to be shown.
        """
        ...

    async def encode(self, document: str, version: int) -> bytes:
        """Return a document as of a version as a Yjs update, garbage-collected.

        Raises:
            NotShowable: it cannot be encoded.
            TooBusy: too much waits to be shown.
        """
        ...


class Content(NamedTuple):
    """A document as of a version, of the CRDT history that `lineage` names."""

    document: str
    version: int
    lineage: str
    rendering: Rendering


class Beginning(NamedTuple):
    """How a document begins."""

    title: str
    excerpt: str


class ContentQueries:
    """Answers from the snapshots, which are kept in memory while they are hot, or by replay.

    A snapshot in memory is good until it is heard that there is a newer one, as long as anything
    is heard at all: `deaf` ends that, `listening` begins it.
    """

    def __init__(
        self, views: Tables, freshness: Freshness, replay: Replay, limits: Limits
    ) -> None:
        self._views = views
        self._freshness = freshness
        self._replay = replay
        self._bytes_max = limits.snapshots_bytes_max
        self._listens = False
        # In the order of their last use.
        self._hot: OrderedDict[tuple[str, int], Content] = OrderedDict()
        self._bytes = 0
        # Documents whose snapshot is being read, and has not become old meanwhile.
        self._loading: set[str] = set()

    def listening(self) -> None:
        """Keep snapshots from now on: `moved` tells when one has become old."""
        self._listens = True

    def deaf(self) -> None:
        """Keep no snapshots from now on: nothing is heard of newer ones."""
        self._listens = False
        self._loading.clear()
        self._hot.clear()
        self._bytes = 0

    def moved(self, document: str) -> None:
        """Forget a snapshot: there is a newer one."""
        self._loading.discard(document)
        self._forget((document, NEWEST))

    def hot(self, document: str) -> Content | None:
        """Return the newest snapshot if it is in memory."""
        found = self._hot.get((document, NEWEST))
        if found is not None:
            self._hot.move_to_end((document, NEWEST))
        return found

    async def newest(self, document: str, *, min_version: int = 0) -> Content:
        """Return the newest version that the views show, and `min_version` at least.

        Raises:
            DocumentNotFound: there is no such document.
            NotYet: the views have not come to that version, or not to any.
        """
        if min_version:
            await self._freshness.at_least(document, min_version, self._shown)
        found = self.hot(document) or await self._load(document)
        if found is None:
            await self._known(document, 0)
            # It was created just now; nobody has rendered it yet.
            await self._freshness.at_least(document, 1, self._shown)
            found = await self._load(document)
        assert found is not None, "it was just seen"
        return found

    async def at(self, document: str, version: int) -> Content:
        """Return a version of a document, whatever the newest is.

        Raises:
            DocumentNotFound: there is no such document, or no such version of it.
            NotShowable: this version cannot be shown.
            TooBusy: too much waits to be shown.
        """
        found = self._hot.get((document, version))
        if found is not None:
            self._hot.move_to_end((document, version))
            return found
        lineage = await self._known(document, version)
        content = Content(document, version, lineage, await self._replay.show(document, version))
        self._keep((document, version), content)
        return content

    async def encoded(self, document: str, version: int) -> bytes:
        """Return a version of a document as a Yjs update, garbage-collected.

        Raises:
            DocumentNotFound: there is no such document, or no such version of it.
            NotShowable: this version cannot be encoded.
            TooBusy: too much waits to be shown.
        """
        await self._known(document, version)
        return await self._replay.encode(document, version)

    async def beginnings(self, documents: Sequence[str]) -> dict[str, Beginning]:
        """Return how documents begin, those that the views show already."""
        places = ", ".join("?" * len(documents))
        try:
            rows = await self._views.rows(_BEGINNINGS.format(places=places), documents)
        except TablesMissing:
            return {}
        return {document: Beginning(*beginning) for document, *beginning in rows}

    async def _load(self, document: str) -> Content | None:
        if self._listens:
            self._loading.add(document)
        rows = await self._views.rows(_NEWEST, (document,))
        if not rows:
            return None
        version, lineage, *rendering = rows[0]
        content = Content(document, version, lineage, Rendering._make(rendering))
        if document in self._loading:
            self._keep((document, NEWEST), content)
        return content

    async def _shown(self, document: str) -> int:
        rows = await self._views.rows(_SHOWN, (document,))
        return rows[0][0] if rows else 0

    async def _known(self, document: str, version: int) -> str:
        """Return the lineage of a document that has a version."""
        rows = await self._views.rows(_KNOWN, (document,))
        if not rows or version > rows[0][0]:
            raise DocumentNotFound(f"There is no version {version} of it." if rows else "")
        return str(rows[0][1])

    def _keep(self, key: tuple[str, int], content: Content) -> None:
        self._forget(key)
        self._hot[key] = content
        self._bytes += _size(content)
        while self._bytes > self._bytes_max:
            self._forget(next(iter(self._hot)))

    def _forget(self, key: tuple[str, int]) -> None:
        content = self._hot.pop(key, None)
        if content is not None:
            self._bytes -= _size(content)


NEWEST = 0
"""Stands for the newest version where versions are numbers from 1 on."""


def _size(content: Content) -> int:
    rendering = content.rendering
    return sum(map(len, (rendering.html, rendering.markdown, rendering.text, rendering.json)))

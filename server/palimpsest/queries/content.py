"""What a document says: its newest version from the views, any other by replaying the log."""

import sys
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from palimpsest.content.rendering import Rendering
from palimpsest.limits import Limits
from palimpsest.queries.events import EventQueries
from palimpsest.queries.freshness import Freshness, NotYet
from palimpsest.queries.kept import Kept
from palimpsest.queries.tables import Tables, TablesMissing

_NEWEST = """
SELECT snapshots.version, lineage, snapshots.title, excerpt, html, markdown, text, json, truncated
FROM snapshots JOIN catalogue USING (document) WHERE document = ?
"""
_SHOWN = """
SELECT snapshots.version FROM snapshots JOIN catalogue USING (document) WHERE document = ?
"""
_BEGINNINGS = "SELECT document, title, excerpt FROM beginnings WHERE document IN ({places})"
_PARKED = "SELECT 1 FROM parked WHERE projection = 'snapshots' AND document = ?"
_LISTED = "SELECT version, lineage FROM catalogue WHERE document = ?"

NEWEST = 0
"""Stands for the newest version where versions are numbers from 1 on."""


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
    is heard at all: `deaf` ends that, `listening` begins it. What exists is the log's to say.
    """

    def __init__(
        self,
        views: Tables,
        log: EventQueries,
        freshness: Freshness,
        replay: Replay,
        limits: Limits,
    ) -> None:
        self._views = views
        self._log = log
        self._freshness = freshness
        self._replay = replay
        self._listens = False
        self._hot: Kept[tuple[str, int], Content] = Kept(limits.snapshots_bytes_max)
        # A mark for each document whose snapshot is being read, as long as it is not yet old.
        self._loading: dict[str, object] = {}

    def listening(self) -> None:
        """Keep snapshots from now on: `moved` tells when one has become old."""
        self._listens = True

    def deaf(self) -> None:
        """Keep no snapshots from now on: nothing is heard of newer ones."""
        self._listens = False
        self.renewed()

    def renewed(self) -> None:
        """Forget all snapshots: some may have become old unheard."""
        self._loading.clear()
        self._hot.clear()

    def moved(self, document: str) -> None:
        """Forget a snapshot: there is a newer one."""
        self._loading.pop(document, None)
        self._hot.drop((document, NEWEST))

    def hot(self, document: str) -> Content | None:
        """Return the newest snapshot if it is in memory."""
        return self._hot.get((document, NEWEST))

    async def newest(self, document: str, *, min_version: int = 0) -> Content:
        """Return the newest version that the views show, and `min_version` at least.

        Raises:
            DocumentNotFound: there is no such document.
            NotYet: the views have not come to that version, or not to any.
            NotShowable: no version of it could be shown.
        """
        wanted = max(min_version, 1)
        found = self.hot(document)
        if found is None or found.version < wanted:
            # What is in memory may be older than what the views show: that is heard a bit later.
            found = await self._load(document)
        if found is None or found.version < wanted:
            await self._log.require(document)
            if found is None and await self._views.rows(_PARKED, (document,)):
                # That does not come by waiting.
                raise NotShowable("This document cannot be shown.")
            await self._freshness.at_least(document, wanted, self._shown)
            found = await self._load(document)
        if found is None or found.version < wanted:
            # The views were deleted just now.
            raise NotYet(found.version if found else 0, wanted)
        return found

    async def at(self, document: str, version: int) -> Content:
        """Return a version of a document, whatever the newest is.

        Raises:
            DocumentNotFound: there is no such document, or no such version of it.
            NotYet: the views do not know the document yet.
            NotShowable: this version cannot be shown.
            TooBusy: too much waits to be shown.
        """
        found = self._hot.get((document, version))
        if found is None:
            await self._log.require(document, version)
            lineage = await self._lineage(document)
            rendering = await self._replay.show(document, version)
            found = Content(document, version, lineage, rendering)
            self._hot.put((document, version), found, _size(found))
        return found

    async def encoded(self, document: str, version: int) -> bytes:
        """Return a version of a document as a Yjs update, garbage-collected.

        Raises:
            DocumentNotFound: there is no such document, or no such version of it.
            NotShowable: this version cannot be encoded.
            TooBusy: too much waits to be shown.
        """
        await self._log.require(document, max(version, 1))
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
        mark = self._loading.setdefault(document, object()) if self._listens else None
        try:
            rows = await self._views.rows(_NEWEST, (document,))
        finally:
            # Another mark is that of somebody who looked later.
            is_fresh = mark is not None and self._loading.get(document) is mark
            if is_fresh:
                del self._loading[document]
        if not rows:
            return None
        version, lineage, *rendering = rows[0]
        content = Content(document, version, lineage, Rendering._make(rendering))
        if is_fresh:
            self._hot.put((document, NEWEST), content, _size(content))
        return content

    async def _shown(self, document: str) -> int:
        rows = await self._views.rows(_SHOWN, (document,))
        return rows[0][0] if rows else 0

    async def _listed(self, document: str) -> int:
        rows = await self._views.rows(_LISTED, (document,))
        return rows[0][0] if rows else 0

    async def _lineage(self, document: str) -> str:
        rows = await self._views.rows(_LISTED, (document,))
        if not rows:
            await self._freshness.at_least(document, 1, self._listed)
            rows = await self._views.rows(_LISTED, (document,))
        if not rows:
            raise NotYet(0, 1)
        return str(rows[0][1])


def _size(content: Content) -> int:
    """Return how many bytes of memory a content takes, but for some hundred."""
    return sum(map(sys.getsizeof, content.rendering))

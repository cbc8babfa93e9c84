"""Reading at least what one wrote: a view is waited for, briefly, until it has a version."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager

POLL_SECONDS = 0.1
"""How often a view is looked at while nothing is heard of it."""

WAIT_SECONDS_MAX = 2.0


class NotYet(Exception):
    """A view has not come to the version that was asked for; `version` is the one it has."""

    def __init__(self, version: int, wanted: int) -> None:
        super().__init__(
            f"This shows version {version} so far, and not yet {wanted}; ask again in a moment."
        )
        self.version = version
        self.wanted = wanted


class Freshness:
    """Hears that views have moved on, and wakes who waits for that."""

    def __init__(self, want: Callable[[str], None] = lambda _document: None) -> None:
        """Take `want`, which lets the projections know that somebody waits for a document."""
        self._want = want
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}

    def moved(self, documents: Iterable[str]) -> None:
        """Wake whoever waits for these documents: some view shows more of them."""
        for document in documents:
            for waiting in self._waiting.get(document, ()):
                if not waiting.done():
                    waiting.set_result(None)

    def renewed(self) -> None:
        """Wake everybody: views may have moved unheard."""
        self.moved(list(self._waiting))

    async def at_least(
        self, document: str, wanted: int, version_of: Callable[[str], Awaitable[int]]
    ) -> None:
        """Return when a view has come to a version of a document.

        Raises:
            NotYet: it has not, for as long as anybody should wait.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + WAIT_SECONDS_MAX
        while True:
            # Waited for before looking: what moves between the two is not missed.
            with self._waits(document) as moved:
                version = await version_of(document)
                if version >= wanted:
                    return
                if loop.time() >= until:
                    raise NotYet(version, wanted)
                self._want(document)
                await asyncio.wait([moved], timeout=POLL_SECONDS)

    @contextmanager
    def _waits(self, document: str) -> Iterator["asyncio.Future[None]"]:
        moved: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        together = self._waiting.setdefault(document, set())
        together.add(moved)
        try:
            yield moved
        finally:
            together.discard(moved)
            if not together:
                self._waiting.pop(document, None)

"""What newcomers lack, asked of the replica once for all who lack the same, and framed once.

Kept for a moment, in which many may come at once; knows no session.
"""

import asyncio

from palimpsest.commands.live_document import LiveDocument
from palimpsest.live.dialects import Dialect, framed
from palimpsest.ports import Difference, Engine, EngineDied
from palimpsest.protocol import sync

KEPT_SECONDS = 1.0
KEPT_MAX = 4
"""Most come empty-handed, or with what all had when they lost the connection."""

_Asked = asyncio.Future[Difference]
_Told = tuple[_Asked, bytes, bool]


class Answers:
    """The answers of one document, as of its present version."""

    __slots__ = ("_asked", "_document", "_engine", "_frames", "_version")

    def __init__(self, document: LiveDocument, engine: Engine) -> None:
        self._document = document
        self._engine = engine
        self._version = 0
        self._asked: dict[bytes, _Asked] = {}
        self._frames: dict[_Told, bytes] = {}

    async def frame(self, dialect: Dialect, state_vector: bytes, *, is_step2: bool) -> bytes:
        """Return the frame with what a client lacks.

        Raises:
            EngineDied: twice, while it was asked.
            Unreadable: the replica cannot be encoded.
        """
        asked = self._ask_once(state_vector)
        difference = await asyncio.shield(asked)
        told = asked, dialect.prefix, is_step2
        frame = self._frames.get(told)
        if frame is None:
            write = sync.step2 if is_step2 else sync.update
            frame = framed(dialect, write(difference.update))
            if self._asked.get(state_vector) is asked and len(self._frames) < KEPT_MAX:
                self._frames[told] = frame
        return frame

    def _ask_once(self, state_vector: bytes) -> _Asked:
        version = self._document.version
        if version != self._version:
            self._version = version
            self._forget()
        asked = self._asked.get(state_vector)
        if asked is None:
            asked = asyncio.ensure_future(self._ask(state_vector))
            if not self._asked:
                asyncio.get_running_loop().call_later(KEPT_SECONDS, self._forget)
            if len(self._asked) < KEPT_MAX:
                self._asked[state_vector] = asked
        return asked

    async def _ask(self, state_vector: bytes) -> Difference:
        try:
            return await self._engine.difference(self._document.id, state_vector)
        except EngineDied:
            return await self._engine.difference(self._document.id, state_vector)

    def _forget(self) -> None:
        self._asked.clear()
        self._frames.clear()

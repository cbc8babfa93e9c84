"""Answers that are ready: who asks what was asked before, of a document that did not change.

Stands before the routes, which have made each answer the first time, and which make all others.
Checks who asks, and knows nothing of what the headers mean that it goes by.
"""

from collections.abc import Callable
from typing import NamedTuple

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from palimpsest.adapters.web.callers import Callers
from palimpsest.limits import Limits
from palimpsest.queries.content import Content
from palimpsest.queries.kept import Kept

_PLACE = b"/api/documents/"
_DECIDING = frozenset({b"accept", b"accept-encoding", b"if-none-match"})
"""The headers that an answer depends on, beside those that say who asks."""

ANSWER_BYTES = 2048
"""What an answer weighs beside its body, by estimate."""

_Question = tuple[bytes | tuple[bytes, bytes], ...]
"""The address, and the headers that decide."""


class _Ready(NamedTuple):
    content: Content
    messages: list[Message]


class ReadyAnswers:
    """An application that has another make what is not ready.

    That one puts into its request's state, as `content`, what its answer shows if that is the
    newest version.
    """

    def __init__(
        self,
        application: ASGIApp,
        callers: Callers,
        hot: Callable[[str], Content | None],
        limits: Limits,
    ) -> None:
        """Take `hot`, which returns a document's newest snapshot if it is in memory."""
        self._application = application
        self._callers = callers
        self._hot = hot
        self._kept: Kept[_Question, _Ready] = Kept(limits.snapshots_bytes_max)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or have it answered."""
        question = _question(scope)
        if question is None:
            await self._application(scope, receive, send)
            return
        messages = self._messages(question, scope)
        if messages is None:
            await self._have_answered(question, scope, receive, send)
            return
        for message in messages:
            await send(message)

    def _messages(self, question: _Question, scope: Scope) -> list[Message] | None:
        ready = self._kept.get(question)
        if ready is None:
            return None
        if self._hot(ready.content.document) is not ready.content:
            self._kept.drop(question)
            return None
        try:
            self._callers.actor(Request(scope))
        except Exception:  # noqa: BLE001 - Whatever it is, the routes say it, as they always do.
            return None
        return ready.messages

    async def _have_answered(
        self, question: _Question, scope: Scope, receive: Receive, send: Send
    ) -> None:
        messages: list[Message] = []

        async def send_and_note(message: Message) -> None:
            messages.append(message)
            await send(message)

        state = scope.setdefault("state", {})
        await self._application(scope, receive, send_and_note)
        content = state.get("content")
        if content is not None:
            size = ANSWER_BYTES + sum(map(_size, question))
            size += sum(len(message.get("body", b"")) for message in messages)
            self._kept.put(question, _Ready(content, messages), size)


def _question(scope: Scope) -> _Question | None:
    """Return what is asked; None if no answer to it is kept."""
    if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
        return None
    path: bytes = scope["raw_path"]
    if not path.startswith(_PLACE) or b"/content" not in path:
        return None
    return (path, *[header for header in scope["headers"] if header[0] in _DECIDING])


def _size(part: bytes | tuple[bytes, bytes]) -> int:
    return len(part) if isinstance(part, bytes) else len(part[0]) + len(part[1])

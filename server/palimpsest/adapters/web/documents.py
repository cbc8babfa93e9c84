"""Commands on documents over HTTP. What comes of them is read from the views."""

from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import quote

import orjson
from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.answers import document_in, json_answer
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.errors import BadRequest
from palimpsest.commands.dispatch import COMMANDS, Dispatcher, Done
from palimpsest.commands.pages import begin_page
from palimpsest.domain.access import Actor
from palimpsest.domain.commands import Command, CreateDocument
from palimpsest.domain.identifiers import DocumentId, document_id
from palimpsest.live.house import House
from palimpsest.ports import Identifiers

BODY_BYTES_MAX = 64 * 1024
PAGE = "page"
"""The kind of a document that is made for our own editor."""


@dataclass(frozen=True, slots=True)
class DocumentRoutes:
    """Handlers that change /api/documents."""

    callers: Callers
    dispatcher: Dispatcher
    house: House
    identifiers: Identifiers

    async def create(self, request: Request) -> Response:
        """Create a document, with the id that the body names or a new one; twice is once.

        One of the kind "page" begins with an empty block, for our own editor.
        """
        actor = self.callers.actor(request)
        body = await _body(request)
        identifier = document_id(_text(body, "id", self.identifiers.identifier()))
        command = CreateDocument(actor, _text(body, "title", ""))
        origin = self.house.origin(actor)
        if _is_page(body):
            done = await begin_page(self.dispatcher, identifier, command, origin)
        else:
            done = await self.dispatcher.run(identifier, command, origin)
        answer = _did(identifier, done, 201 if done.changed else 200)
        answer.headers["Location"] = f"/api/documents/{quote(identifier, safe='')}"
        return answer

    async def change(self, request: Request) -> Response:
        """Rename a document."""
        actor = self.callers.actor(request)
        body = await _body(request)
        if "title" not in body:
            raise BadRequest('The body should be an object with a "title".')
        identifier = document_in(request)
        title = _text(body, "title", "")
        return _did(identifier, await self._run(identifier, actor, "rename", {"title": title}))

    async def trash(self, request: Request) -> Response:
        """Put a document into the trash."""
        actor = self.callers.actor(request)
        identifier = document_in(request)
        return _did(identifier, await self._run(identifier, actor, "trash", {}))

    async def command(self, request: Request) -> Response:
        """Do a command by its name."""
        actor = self.callers.actor(request)
        identifier = document_in(request)
        name = request.path_params["name"]
        return _did(identifier, await self._run(identifier, actor, name, await _body(request)))

    async def _run(
        self, identifier: DocumentId, actor: Actor, name: str, body: dict[str, Any]
    ) -> Done:
        return await self.dispatcher.run(
            identifier, _command(name, actor, body), self.house.origin(actor)
        )


def _did(identifier: DocumentId, done: Done, status: int = 200) -> Response:
    """Return what every command answers: the version from which on views show what it did."""
    content = {"id": identifier, "version": done.version}
    return json_answer(content, status, version=done.version)


def _command(name: str, actor: Actor, body: dict[str, Any]) -> Command:
    kind: type[Any] | None = COMMANDS.get(name)
    if kind is None:
        raise BadRequest(f"There is no command {name!r}; there are {', '.join(COMMANDS)}.")
    wanted = {item.name for item in fields(kind)} - {"actor"}
    if body.keys() != wanted:
        names = ", ".join(sorted(wanted)) or "nothing"
        raise BadRequest(f"The command {name!r} takes {names}.")
    texts = {item: _text(body, item, "") for item in wanted}
    command: Command = kind(actor, **texts)
    return command


def _is_page(body: dict[str, Any]) -> bool:
    kind = _text(body, "kind", "")
    if kind not in {"", PAGE}:
        raise BadRequest(f'"kind" is "{PAGE}", or left out.')
    return kind == PAGE


async def _body(request: Request) -> dict[str, Any]:
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > BODY_BYTES_MAX:
            raise BadRequest(f"The body is larger than {BODY_BYTES_MAX} bytes.")
    if not data:
        return {}
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadRequest("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body should be a JSON object.")
    return body


def _text(body: dict[str, Any], name: str, default: str) -> str:
    value = body.get(name, default)
    if not isinstance(value, str):
        raise BadRequest(f'"{name}" should be a string.')
    return value

"""The documents over HTTP: the list, and commands on one of them."""

from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import quote, unquote

import orjson
from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.errors import BadRequest
from palimpsest.commands.dispatch import COMMANDS, Dispatcher
from palimpsest.domain.access import Actor
from palimpsest.domain.commands import Command
from palimpsest.domain.identifiers import DocumentId, document_id
from palimpsest.domain.refusals import DocumentNotFound
from palimpsest.live.house import House
from palimpsest.ports import Catalogue, DocumentSummary, Identifiers

BODY_BYTES_MAX = 64 * 1024


@dataclass(frozen=True, slots=True)
class DocumentRoutes:
    """Handlers of /api/documents."""

    callers: Callers
    catalogue: Catalogue
    dispatcher: Dispatcher
    house: House
    identifiers: Identifiers

    async def list(self, request: Request) -> Response:
        """List the documents, the one edited last first; those in the trash with ?trashed=true."""
        self.callers.actor(request)
        trashed = request.query_params.get("trashed") in {"true", "1"}
        found = await self.catalogue.documents()
        return _json({"documents": [_shown(each) for each in found if each.trashed == trashed]})

    async def create(self, request: Request) -> Response:
        """Create a document, with the id that the body names or a new one; twice is once."""
        actor = self.callers.actor(request)
        body = await _body(request)
        identifier = document_id(_text(body, "id", self.identifiers.identifier()))
        existed = await self.catalogue.document(identifier)
        await self._run(identifier, actor, "create", {"title": _text(body, "title", "")})
        shown = await self._summary(identifier)
        location = {"Location": f"/api/documents/{quote(identifier, safe='')}"}
        return _json(_shown(shown), 200 if existed else 201, location)

    async def show(self, request: Request) -> Response:
        """Tell what there is to know of a document."""
        self.callers.actor(request)
        return _json(_shown(await self._summary(_document(request))))

    async def change(self, request: Request) -> Response:
        """Rename a document."""
        actor = self.callers.actor(request)
        body = await _body(request)
        if "title" not in body:
            raise BadRequest('The body should be an object with a "title".')
        identifier = _document(request)
        await self._run(identifier, actor, "rename", {"title": _text(body, "title", "")})
        return _json(_shown(await self._summary(identifier)))

    async def trash(self, request: Request) -> Response:
        """Put a document into the trash."""
        actor = self.callers.actor(request)
        await self._run(_document(request), actor, "trash", {})
        return Response(status_code=204)

    async def command(self, request: Request) -> Response:
        """Do a command by its name; answer with the version that it led to."""
        actor = self.callers.actor(request)
        identifier = _document(request)
        name = request.path_params["name"]
        version = await self._run(identifier, actor, name, await _body(request))
        return _json({"id": identifier, "version": version})

    async def presence(self, request: Request) -> Response:
        """Tell who is in a document."""
        self.callers.actor(request)
        room = self.house.rooms.get(_document(request))
        people = room.roster() if room else []
        return _json(
            {
                "sessions": [
                    {"session": session, "name": actor.name, "kind": actor.kind, "client": client}
                    for session, actor, client in people
                ]
            }
        )

    async def _run(
        self, identifier: DocumentId, actor: Actor, name: str, body: dict[str, Any]
    ) -> int:
        return await self.dispatcher.run(
            identifier, _command(name, actor, body), self.house.origin(actor)
        )

    async def _summary(self, identifier: DocumentId) -> DocumentSummary:
        found = await self.catalogue.document(identifier)
        if found is None:
            raise DocumentNotFound
        return found


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


def _document(request: Request) -> DocumentId:
    return document_id(unquote(request.path_params["document"]))


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


def _shown(summary: DocumentSummary) -> dict[str, Any]:
    return {
        "id": summary.document,
        "title": summary.title,
        "version": summary.version,
        "created_at": summary.created_at,
        "edited_at": summary.edited_at,
        "trashed": summary.trashed,
        "quarantine": summary.quarantine or None,
    }


def _json(
    content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    all_headers = {"Cache-Control": "no-store"} | (headers or {})
    return Response(orjson.dumps(content), status, all_headers, media_type="application/json")

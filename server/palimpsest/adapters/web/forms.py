"""What the plain forms of pages send: commands without JavaScript, which lead back to a page."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from palimpsest.adapters.web.answers import document_in
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.errors import BadRequest
from palimpsest.adapters.web.pages import document_address
from palimpsest.adapters.web.signing_in import keep, own_path
from palimpsest.commands.dispatch import Dispatcher
from palimpsest.commands.pages import begin_page
from palimpsest.commands.welcome import WELCOME, begin_welcome
from palimpsest.domain.access import Actor, ActorKind
from palimpsest.domain.commands import (
    Command,
    CreateDocument,
    RenameDocument,
    RestoreDocument,
    TrashDocument,
)
from palimpsest.domain.identifiers import document_id
from palimpsest.domain.refusals import NotAllowed
from palimpsest.live.house import House
from palimpsest.ports import Identifiers
from palimpsest.protocol import guests

FORM_BYTES_MAX: Final = 16 * 1024
FIELDS_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class FormRoutes:
    """Handlers of forms; like every command, they ask that the page is one of this server's."""

    callers: Callers
    dispatcher: Dispatcher
    house: House
    identifiers: Identifiers

    async def begin(self, request: Request) -> Response:
        """Begin a page under a new id, with a title perhaps, and lead to it."""
        actor = self.callers.actor(request)
        title = (await _fields(request)).get("title", "").strip()
        identifier = document_id(self.identifiers.identifier())
        command = CreateDocument(actor, title)
        done = await begin_page(self.dispatcher, identifier, command, self.house.origin(actor))
        return RedirectResponse(document_address(identifier, min_version=done.version), 303)

    async def welcome(self, request: Request) -> Response:
        """Begin the page that teaches, once, and lead to it."""
        actor = self.callers.actor(request)
        done = await begin_welcome(self.dispatcher, actor, self.house.origin(actor))
        return RedirectResponse(document_address(WELCOME, min_version=done.version), 303)

    async def name(self, request: Request) -> Response:
        """Have a guest called by a name from now on, and lead back.

        Raises:
            NotAllowed: a token says who they are.
        """
        if self.callers.actor(request).kind is not ActorKind.GUEST:
            raise NotAllowed("A guest says a name; yours is in your token.")
        fields = await _fields(request)
        token = guests.token_of(fields.get("name", ""))
        return keep(token, own_path(fields.get("back", "/")), request)

    async def rename(self, request: Request) -> Response:
        """Rename a document and lead back."""
        actor = self.callers.actor(request)
        fields = await _fields(request)
        title = fields.get("title", "").strip()
        return await self._do(request, "rename", RenameDocument(actor, title), fields)

    async def trash(self, request: Request) -> Response:
        """Put a document into the trash and lead back, where that can be undone."""
        actor = self.callers.actor(request)
        return await self._do(request, "trash", TrashDocument(actor), await _fields(request))

    async def restore(self, request: Request) -> Response:
        """Take a document out of the trash and lead back."""
        actor = self.callers.actor(request)
        return await self._do(request, "restore", RestoreDocument(actor), await _fields(request))

    async def _do(
        self, request: Request, name: str, command: Command, fields: dict[str, str]
    ) -> Response:
        identifier = document_in(request)
        actor: Actor = command.actor
        done = await self.dispatcher.run(identifier, command, self.house.origin(actor))
        back = own_path(fields.get("back", "/"))
        told = f"done={name}&document={quote(identifier, safe='')}&version={done.version}"
        return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{told}", 303)


async def _fields(request: Request) -> dict[str, str]:
    """Return what a form sent.

    Raises:
        BadRequest: it is too much, or no form.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES_MAX:
            raise BadRequest(f"The form is larger than {FORM_BYTES_MAX} bytes.")
    try:
        return dict(
            parse_qsl(
                body.decode(), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX
            )
        )
    except ValueError as error:
        raise BadRequest("The body is not a form.") from error

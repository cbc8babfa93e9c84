"""Who is in a document, over HTTP."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.answers import document_in, json_answer
from palimpsest.adapters.web.callers import Callers
from palimpsest.ports import Present
from palimpsest.projections.presence import Presence


@dataclass(frozen=True, slots=True)
class PresenceRoutes:
    """Handlers of who is where."""

    callers: Callers
    people: Presence

    async def presence(self, request: Request) -> Response:
        """Tell who is in a document, on the server's word."""
        self.callers.actor(request)
        present = self.people.in_document(document_in(request))
        return json_answer({"sessions": [each._asdict() for each in present]})


def names_of(present: Iterable[Present]) -> list[str]:
    """Return how people are called, each once."""
    return list(dict.fromkeys(each.name for each in present))

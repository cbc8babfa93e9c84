"""All events of all documents as the log has them, over HTTP, for whoever administers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from palimpsest.adapters.web.answers import count_in, json_answer, number_in
from palimpsest.adapters.web.callers import Callers
from palimpsest.adapters.web.errors import BadRequest
from palimpsest.domain.access import Role
from palimpsest.queries.events import PAGE_MAX, EventQueries, Wanted

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EventRoutes:
    """Handlers of /api/events."""

    callers: Callers
    log: EventQueries

    async def list(self, request: Request) -> Response:
        """Tell the events, newest first: `wanted_in` says which; ?limit=, ?before=."""
        self.callers.actor(request, Role.ADMIN)
        found = await self.log.page(
            wanted_in(request),
            count=count_in(request, PAGE_MAX),
            before=number_in(request, "before"),
        )
        return json_answer(
            {
                "head": await self.log.head(),
                "events": [event._asdict() for event in found.events],
                "before": found.before,
            }
        )


def wanted_in(request: Request) -> Wanted:
    """Return which events are asked for: ?document=, ?principal=, ?kind=, ?since=, ?until=.

    Raises:
        BadRequest: a time is none.
    """
    return Wanted(
        document=request.query_params.get("document") or None,
        principal=request.query_params.get("principal") or None,
        kind=request.query_params.get("kind") or None,
        since=_moment_in(request, "since"),
        until=_moment_in(request, "until"),
    )


def _moment_in(request: Request, name: str) -> int | None:
    """Return a time in milliseconds since 1970, as it is or in the form of ISO 8601."""
    text = request.query_params.get(name)
    if not text:
        return None
    if text.isascii() and text.isdecimal():
        return number_in(request, name)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest(
            f'"{name}" takes a time such as 2026-01-31T14:02, in UTC if not said otherwise,'
            " or milliseconds since 1970."
        ) from None
    time = time.replace(tzinfo=time.tzinfo or UTC)
    return (time - _EPOCH) // timedelta(milliseconds=1)

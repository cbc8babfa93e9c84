"""What happens to a document, as server-sent events (WHATWG HTML, section 9.2).

    event: snapshot    id: VERSION   {"version": N, "html": "..." or, if it is too large, null,
                                      "actor": ..., "time": ms}: who made that version, and when
    event: presence                  {"people": [{"name": ..., "kind": ...}]}
    event: lifecycle                 {"version": N, "kind": ..., "actor": ..., "time": ms}

Each event is encoded once for all who hear it. Who hears slowly misses snapshots between the one
that it has had and the newest; who comes back with `Last-Event-ID`, the version of a snapshot,
hears of what happened to the document since, of the last hundred things. Some of that it may hear
twice.
"""

import asyncio
import contextlib
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from palimpsest.adapters.web.answers import document_in, whole_number
from palimpsest.adapters.web.callers import Callers
from palimpsest.limits import Limits
from palimpsest.projections.presence import Presence
from palimpsest.queries.content import Content, ContentQueries, NotShowable, TooBusy
from palimpsest.queries.events import FACTS_MAX, EventQueries, LoggedEvent, Wanted
from palimpsest.queries.freshness import NotYet
from palimpsest.queries.tables import TablesMissing

PRESENCE_APART_SECONDS = 0.2
KEEP_ALIVE = b": still here\n\n"
RECONNECT_MILLISECONDS = 2000

HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
}


@dataclass(slots=True)
class _Frame:
    """An event as it is sent, and the version or the serial number by which it is known."""

    number: int
    data: bytes


class _Channel:
    """The streams of one document: what is newest, and who waits for something newer."""

    def __init__(self, document: str, version: int) -> None:
        self.document = document
        self.told_until = version
        self.listeners = 0
        self.snapshot = _Frame(0, b"")
        self.presence = _Frame(0, b"")
        self.lifecycle: list[_Frame] = []
        self.presence_timer: asyncio.TimerHandle | None = None
        self.refreshing: asyncio.Task[None] | None = None
        self.stale = False
        self._changed: asyncio.Future[None] | None = None

    def next_change(self) -> "asyncio.Future[None]":
        """Return what is done with the next change."""
        if self._changed is None:
            self._changed = asyncio.get_running_loop().create_future()
        return self._changed

    def wake(self) -> None:
        """Have all streams look for what is newer than they had."""
        changed, self._changed = self._changed, None
        if changed is not None:
            changed.set_result(None)


@dataclass(slots=True)
class _Place:
    """What one stream has had; `missed` is what happened before it began, and is not told yet."""

    channel: _Channel
    snapshot: int
    lifecycle: int
    missed: bytes = b""
    presence: int = 0

    def news(self) -> bytes:
        """Return what is newer, and take it as had."""
        channel, news = self.channel, [self.missed]
        self.missed = b""
        news += [each.data for each in channel.lifecycle if each.number > self.lifecycle]
        if channel.lifecycle:
            self.lifecycle = max(self.lifecycle, channel.lifecycle[-1].number)
        if channel.snapshot.number > self.snapshot:
            self.snapshot = channel.snapshot.number
            news.append(channel.snapshot.data)
        if channel.presence.number > self.presence:
            self.presence = channel.presence.number
            news.append(channel.presence.data)
        return b"".join(news)


class Streams:
    """All event streams of this process, by document."""

    def __init__(
        self, content: ContentQueries, log: EventQueries, people: Presence, limits: Limits
    ) -> None:
        self.closing = False
        self.open = 0
        self._content = content
        self._log = log
        self._people = people
        self._limits = limits
        self._channels: dict[str, _Channel] = {}

    def moved(self, document: str) -> None:
        """Take note that a view shows a newer version of a document."""
        channel = self._channels.get(document)
        if channel is None:
            return
        channel.stale = True
        if channel.refreshing is None:
            channel.refreshing = asyncio.ensure_future(self._refresh(channel))

    def look(self) -> None:
        """Look for everything: something may have moved, or somebody come or left, unheard."""
        for document in self._channels:
            self.moved(document)
            self.came_or_left(document)

    def came_or_left(self, document: str) -> None:
        """Take note that somebody came or left; it is told with what else comes soon."""
        channel = self._channels.get(document)
        if channel is not None and channel.presence_timer is None:
            loop = asyncio.get_running_loop()
            channel.presence_timer = loop.call_later(
                PRESENCE_APART_SECONDS, self._tell_presence, channel
            )

    def close(self) -> None:
        """End all streams: the server stops."""
        self.closing = True
        for channel in self._channels.values():
            channel.wake()

    async def enter(self, document: str, had: int | None) -> _Place:
        """Return the place of a new stream, whose reader has had a version; `leave` must follow.

        Raises:
            DocumentNotFound: there is no such document.
            NotYet, NotShowable: no view shows it.
            TooBusy: there are as many streams as there may be.
        """
        if self.open >= self._limits.streams_max:
            raise TooBusy
        self.open += 1
        try:
            content, last = await self._newest(document)
            version = await self._log.version(document)
            # Who has had what there is not has been told by another server, or by nobody.
            after = None if had is None or had > version else had
            facts = [] if after is None else await self._log.facts(document, after)
        except BaseException:
            self.open -= 1
            raise
        channel = self._channels.get(document)
        if channel is None:
            channel = self._channels[document] = _Channel(document, version)
            self._take_snapshot(channel, content, last)
            self._tell_presence(channel)
            # Until now, nobody was told what moved.
            self.moved(document)
        channel.listeners += 1
        missed = list(map(_lifecycle, facts))
        told_until = max(channel.told_until, missed[-1].number if missed else 0)
        return _Place(channel, after or 0, told_until, b"".join(each.data for each in missed))

    def leave(self, channel: _Channel) -> None:
        """Let a stream go."""
        self.open -= 1
        channel.listeners -= 1
        if channel.listeners == 0 and self._channels.get(channel.document) is channel:
            del self._channels[channel.document]
            if channel.presence_timer is not None:
                channel.presence_timer.cancel()

    async def _refresh(self, channel: _Channel) -> None:
        """Take what is newest for as long as there is something newer."""
        try:
            while channel.stale:
                channel.stale = False
                until = channel.told_until
                # What cannot be read just now is read with the next change.
                with contextlib.suppress(NotYet, NotShowable, TablesMissing):
                    content, last = await self._newest(channel.document)
                    self._take_snapshot(channel, content, last)
                    until = max(until, content.version)
                with contextlib.suppress(TablesMissing):
                    facts = await self._log.facts(channel.document, channel.told_until)
                    channel.lifecycle += map(_lifecycle, facts)
                    del channel.lifecycle[:-FACTS_MAX]
                    channel.told_until = max(until, facts[-1].version if facts else 0)
                channel.wake()
        finally:
            channel.refreshing = None

    async def _newest(self, document: str) -> tuple[Content, LoggedEvent]:
        """Return the newest version that the views show, and the event that made it."""
        content = await self._content.newest(document)
        wanted = Wanted(document=document)
        made = await self._log.page(wanted, count=1, before=content.version + 1)
        return content, made.events[0]

    def _take_snapshot(self, channel: _Channel, content: Content, last: LoggedEvent) -> None:
        version, html = content.version, content.rendering.html
        if version > channel.snapshot.number:
            fits = len(html.encode()) <= self._limits.stream_snapshot_bytes_max
            data = {
                "version": version,
                "html": html if fits else None,
                "actor": last.actor,
                "time": last.time,
            }
            channel.snapshot = _Frame(version, _event("snapshot", data, version))

    def _tell_presence(self, channel: _Channel) -> None:
        channel.presence_timer = None
        people = [
            {"name": each.name, "kind": each.kind}
            for each in self._people.in_document(channel.document)
        ]
        number = channel.presence.number + 1
        channel.presence = _Frame(number, _event("presence", {"people": people}))
        channel.wake()


@dataclass(frozen=True, slots=True)
class StreamRoutes:
    """Handlers of event streams."""

    callers: Callers
    streams: Streams
    limits: Limits

    async def stream(self, request: Request) -> Response:
        """Tell what happens to a document, from now on or from `Last-Event-ID` on."""
        self.callers.actor(request)
        had = whole_number(request.headers.get("last-event-id", ""))
        place = await self.streams.enter(document_in(request), had)
        if request.method == "HEAD":
            self.streams.leave(place.channel)
            return Response(headers=dict(HEADERS))
        return _Stream(self.streams, place, self.limits.keepalive_seconds)


class _Stream(Response):
    """One stream, to its end."""

    def __init__(self, streams: Streams, place: _Place, keep_alive_seconds: int) -> None:
        super().__init__()
        self._streams = streams
        self._place = place
        self._keep_alive_seconds = keep_alive_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send events until the reader is gone or the server stops."""
        gone = asyncio.ensure_future(_gone(receive))
        headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await self._tell(send, gone)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            self._streams.leave(self._place.channel)

    async def _tell(self, send: Send, gone: "asyncio.Future[None]") -> None:
        news = f"retry: {RECONNECT_MILLISECONDS}\n\n".encode()
        while not (self._streams.closing or gone.done()):
            change = self._place.channel.next_change()
            news += self._place.news()
            if news:
                await send({"type": "http.response.body", "body": news, "more_body": True})
                news = b""
                continue
            await asyncio.wait(
                [change, gone],
                timeout=self._keep_alive_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if not change.done():
                news = KEEP_ALIVE


async def _gone(receive: Receive) -> None:
    """Return when the reader has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _lifecycle(event: LoggedEvent) -> _Frame:
    data = {
        "version": event.version,
        "kind": event.kind,
        "actor": event.actor,
        "time": event.time,
    }
    # Without an id: who hears this and nothing more comes back for the snapshot.
    return _Frame(event.version, _event("lifecycle", data))


def _event(name: str, data: object, identifier: int | None = None) -> bytes:
    """Return an event as the stream has it; JSON has no line breaks of its own."""
    line = b"" if identifier is None else b"id: %d\n" % identifier
    return b"event: %s\n%sdata: %s\n\n" % (name.encode(), line, orjson.dumps(data))

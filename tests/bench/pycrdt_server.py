"""`python -m tests.bench.pycrdt_server PORT DATABASE`: pycrdt-websocket with its SQLite store.

As its documentation shows it: an ASGI server in uvicorn, and a store for each room.
"""

import asyncio
import sys
from typing import Any

import uvicorn
import uvloop
from pycrdt.store import SQLiteYStore
from pycrdt.websocket import ASGIServer, WebsocketServer, YRoom, exception_logger


class Rooms(WebsocketServer):  # type: ignore[misc, unused-ignore]
    """Rooms whose updates are stored, and that begin with what is stored."""

    def __init__(self, database: str) -> None:
        super().__init__(auto_clean_rooms=False, exception_handler=exception_logger)
        self._store: Any = type("Store", (SQLiteYStore,), {"db_path": database})
        self._lock = asyncio.Lock()

    async def get_room(self, name: str) -> Any:
        async with self._lock:
            if name not in self.rooms:
                await self._open(name)
            return self.rooms[name]

    async def _open(self, name: str) -> None:
        store = self._store(name)
        tasks: Any = self._task_group
        await tasks.start(store.start)
        room: Any = YRoom(ready=False, ystore=store, exception_handler=exception_logger)
        self.rooms[name] = room
        await self.start_room(room)
        try:
            await store.apply_updates(room.ydoc)
        except Exception as error:
            if type(error).__name__ != "YDocNotFound":
                raise
        room.ready = True


async def serve(port: int, database: str) -> None:
    async with Rooms(database) as rooms:
        config = uvicorn.Config(
            ASGIServer(rooms), port=port, log_level="warning", ws_per_message_deflate=False
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.Loop) as runner:
        runner.run(serve(int(sys.argv[1]), sys.argv[2]))

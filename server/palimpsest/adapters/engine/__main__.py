"""The engine process: its composition root and its loop. Speaks to its parent over one socket."""

import contextlib
import gc
import os
import select
import signal
import socket
import sys
from pathlib import Path

import apsw

from palimpsest.adapters.engine import wire
from palimpsest.adapters.engine.committer import Committer
from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from palimpsest.adapters.sqlite.checkpoints import SqliteCheckpoints
from palimpsest.adapters.sqlite.database import ForeignDatabase
from palimpsest.adapters.sqlite.event_log import SqliteEventLog
from palimpsest.adapters.system import data_directory
from palimpsest.adapters.system.bounds import bound_memory, end_unless_called_again
from palimpsest.adapters.system.framing import Frames
from palimpsest.adapters.system.kill_points import VARIABLE, kill_points
from palimpsest.ports import LogRefused, Unreadable

IDLE_SECONDS = 0.2
RECEIVE_BYTES = 1 << 20
WAL_PAGES_IDLE = 1_000
WAL_PAGES_MAX = 16_000  # of 4 KiB


class Engine:
    """Answers one request after another."""

    def __init__(self, parent: socket.socket, log: SqliteEventLog, committer: Committer) -> None:
        self._parent = parent
        self._log = log
        self._committer = committer

    def run(self) -> None:
        """Answer until the parent is gone."""
        frames = Frames()
        readable = [self._parent]
        while True:
            if not select.select(readable, [], [], IDLE_SECONDS)[0]:
                self._log.move_wal(pages_min=WAL_PAGES_IDLE)
                select.select(readable, [], [])
            data = self._parent.recv(RECEIVE_BYTES)
            if not data:
                return
            for body in frames.feed(data):
                self._parent.sendall(wire.frame(self._answer(wire.read_request(body))))
            self._log.move_wal(pages_min=WAL_PAGES_MAX)

    def _answer(self, request: wire.Request) -> wire.Answer:
        try:
            match request:
                case wire.Commit(batch):
                    return wire.Committed(self._committer.commit(batch))
                case wire.ReadOutcomes(identifier):
                    outcomes = self._committer.outcomes(identifier)
                    return wire.Unknown() if outcomes is None else wire.Committed(outcomes)
                case wire.Open(document, load, from_start):
                    opened = self._committer.open(document, load=load, from_start=from_start)
                    return wire.Opening() if opened is None else wire.OpenedDocument(opened)
                case wire.TellDifference(document, state_vector):
                    return wire.ToldDifference(self._committer.difference(document, state_vector))
                case wire.Unload(document):
                    self._committer.unload(document)
                    self._log.forget(document)
                    return wire.Done()
        except LogRefused as error:
            return wire.Full(str(error))
        except Unreadable as error:
            return wire.Failed(str(error))


def main() -> int:
    """Run the engine on the socket and the data directory that the command line names."""
    # The parent tells it to stop by closing the socket. Ctrl-C in a terminal, or a service
    # manager, reaches both, and what the parent still has in flight must be committed.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    descriptor, folder, settings = sys.argv[1:4]
    limits = wire.read_limits(settings)
    parent = socket.socket(fileno=int(descriptor))
    try:
        data_directory.prepare(Path(folder))
        _lock = data_directory.lock(Path(folder))
        log = SqliteEventLog(
            Path(folder),
            free_bytes_min=limits.free_disk_bytes_min,
            pages_max=int(os.environ.get("PALIMPSEST_LOG_PAGES_MAX", "0")) or None,
        )
    except (data_directory.DataDirectoryUnusable, ForeignDatabase, apsw.Error, OSError) as error:
        parent.sendall(wire.frame(wire.CannotStart(_explained(error, folder))))
        return 1
    kill_point = kill_points(os.environ.get(VARIABLE, ""))
    committer = Committer(
        log,
        PycrdtReplica,
        limits,
        checkpoints=SqliteCheckpoints(Path(folder) / "views.db"),
        alarm=end_unless_called_again,
        kill_point=kill_point,
    )
    bound_memory(limits.live_documents_bytes_max + limits.engine_bytes_max)
    gc.freeze()
    parent.sendall(wire.frame(wire.Ready(*log.next_numbers())))
    # A parent that is gone ends the engine as much as one that closes the socket.
    with contextlib.suppress(ConnectionError):
        Engine(parent, log, committer).run()
    log.close()
    return 0


def _explained(error: Exception, folder: str) -> str:
    match error:
        case apsw.FullError():
            return f"The disk that holds {folder} is full; make room and start again."
        case apsw.Error():
            return f"The log in {folder} cannot be opened: {error}."
        case OSError():
            return f"The data directory {folder} cannot be used: {error.strerror}."
        case _:
            return str(error)


if __name__ == "__main__":
    sys.exit(main())

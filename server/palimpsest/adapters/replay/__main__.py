"""The replay worker: its composition root and its loop. Reads the log, and changes nothing."""

import contextlib
import signal
import socket
import sys
from pathlib import Path

from palimpsest.adapters.replay import wire
from palimpsest.adapters.replica.pycrdt_replica import PycrdtReplica
from palimpsest.adapters.sqlite.checkpoints import SqliteCheckpoints
from palimpsest.adapters.sqlite.log_reader import SqliteLogReader
from palimpsest.adapters.system.bounds import bound_memory, end_unless_called_again, within
from palimpsest.adapters.system.framing import Frames
from palimpsest.content.dress import Wardrobe
from palimpsest.content.rendering import render
from palimpsest.limits import Limits
from palimpsest.ports import ReplicaBroken
from palimpsest.projections.checkpoints import WHOLE_STATE
from palimpsest.projections.replicas import Replicas

RECEIVE_BYTES = 1 << 16


class Worker:
    """Answers one request after another."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._limits = limits
        self._wardrobe = Wardrobe(limits, within(limits.dressing_milliseconds_max))
        self._replicas = Replicas(
            SqliteLogReader(folder),
            SqliteCheckpoints(folder / "views.db"),
            PycrdtReplica,
            bytes_max=limits.replay_bytes_max,
        )

    def run(self, parent: socket.socket) -> None:
        """Answer until the parent is gone."""
        frames = Frames()
        while data := parent.recv(RECEIVE_BYTES):
            for body in frames.feed(data):
                end_unless_called_again(self._limits.replay_seconds_max)
                answer = self._answer(wire.read_request(body))
                end_unless_called_again(0)
                parent.sendall(wire.frame(answer))

    def _answer(self, request: wire.Request) -> wire.Answer:
        try:
            replica = self._replicas.at(request.document, request.version).replica
            match request:
                case wire.Show():
                    tree = replica.tree(self._limits)
                    return wire.Shown(render(tree, self._wardrobe.dress()))
                case wire.Encode():
                    return wire.Encoded(replica.difference(WHOLE_STATE))
        except ReplicaBroken as error:
            return wire.Failed(f"This version cannot be shown ({error}).")


def main() -> None:
    """Run the worker on the socket and the data directory that the command line names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    descriptor, folder, settings = sys.argv[1:4]
    limits = wire.read_limits(settings)
    parent = socket.socket(fileno=int(descriptor))
    worker = Worker(Path(folder), limits)
    bound_memory(limits.replay_bytes_max + limits.engine_bytes_max)
    # A parent that is gone ends the worker as much as one that closes the socket.
    with contextlib.suppress(ConnectionError):
        worker.run(parent)


if __name__ == "__main__":
    main()

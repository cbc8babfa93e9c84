"""`palimpsest read`: the query side alone."""

import argparse
import asyncio
import socket

from palimpsest.cli.failure import Failure
from palimpsest.cli.listening import (
    add_listening,
    bound,
    limits_help,
    listen,
    log_as,
    loop_factory,
    say,
)
from palimpsest.cli.options import settings_of
from palimpsest.settings import Settings


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "read",
        help="serve documents to readers, beside the server that is written to",
        description="Serve what can be read of a data directory, and nothing that writes. Any"
        " number of these may run beside one `palimpsest serve`, or without it.",
        epilog=limits_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_listening(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal says to stop."""
    settings = settings_of(arguments)
    if not (settings.data / "events.db").is_file():
        raise Failure(f"There is nothing to read in {settings.data}; name it with --data.")
    try:
        # This command makes nothing, so it does not make that either.
        (settings.data / "secret").read_bytes()
    except OSError as error:
        raise Failure(
            f"The secret in {settings.data}, by which tokens are known, cannot be read:"
            f" {error.strerror}."
        ) from error
    log_as(settings)
    listener = bound(settings)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(settings, listener))
    return 0


async def _serve(settings: Settings, listener: socket.socket) -> None:
    from palimpsest.bootstrap.reading import QueryServer  # noqa: PLC0415

    server = QueryServer(settings)
    listen(listener)
    say(f"Palimpsest shows {settings.data}", settings, listener, server.admin_token)
    await server.serve(listener)

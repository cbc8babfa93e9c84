"""`palimpsest serve`: everything, in one command."""

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

ENGINE_SPAWN_SECONDS = 0.01


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "serve",
        help="serve documents to editors",
        description="Serve documents to editors. Prints the address to open.",
        epilog=limits_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_listening(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal says to stop."""
    settings = settings_of(arguments)
    log_as(settings)
    listener = bound(settings)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(settings, listener))
    return 0


async def _serve(settings: Settings, listener: socket.socket) -> None:
    # Imported here, so that --help and a wrong option do not wait for it.
    from palimpsest.adapters.engine.client import (  # noqa: PLC0415
        EngineCannotStart,
        EngineProcess,
    )

    engine = EngineProcess(settings.data, settings.limits)
    starting = asyncio.ensure_future(engine.start())
    # The engine starts while this process imports the rest.
    await asyncio.sleep(ENGINE_SPAWN_SECONDS)
    from palimpsest.bootstrap.serving import Server  # noqa: PLC0415

    try:
        batch, origin = await starting
    except EngineCannotStart as error:
        raise Failure(str(error)) from error
    server = Server(settings, engine, batch=batch, origin=origin)
    listen(listener)
    say(f"Palimpsest serves {settings.data}", settings, listener, server.admin_token)
    if server.bundle.complaint:
        print(server.bundle.complaint, flush=True)  # noqa: T201
    await server.serve(listener)

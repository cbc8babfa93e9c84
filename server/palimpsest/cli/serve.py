"""`palimpsest serve`: everything, in one command."""

import argparse
import asyncio
import gc
import logging
import socket

from palimpsest import limits
from palimpsest.cli.failure import Failure
from palimpsest.cli.options import add_data, settings_of
from palimpsest.settings import AUTH_CHOICES, LOG_LEVELS, Settings

BACKLOG = 2048
ENGINE_SPAWN_SECONDS = 0.01


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "serve",
        help="serve documents to editors",
        description="Serve documents to editors. Prints the address to open.",
        epilog=_limits_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument(
        "--port", type=int, help="port to listen on; 0 picks a free one (default: 8000)"
    )
    add_data(parser)
    parser.add_argument(
        "--auth",
        choices=AUTH_CHOICES,
        help="token: whoever comes shows one; none: everybody is a guest who may edit"
        " (loopback only, unless forced) (default: token)",
    )
    parser.add_argument(
        "--force", action="store_true", default=None, help="allow --auth none on any address"
    )
    parser.add_argument("--log-level", choices=LOG_LEVELS, help="(default: info)")
    parser.add_argument(
        "--limit", action="append", metavar="NAME=NUMBER", help="change a limit; see below"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal says to stop."""
    settings = settings_of(arguments)
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # It tells of start and stop, which is said here, and of nothing else below a warning.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    listener = _listener(settings)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
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
    listener.listen(BACKLOG)
    _calm_garbage_collection()
    address = _address(settings, listener)
    if settings.auth == "token":
        address += f"?token={server.admin_token}"
    print(f"Palimpsest serves {settings.data} at\n\n    {address}\n\nCtrl-C stops it.", flush=True)  # noqa: T201
    await server.serve(listener)


def _listener(settings: Settings) -> socket.socket:
    """Return a bound socket. It does not listen yet: nobody is kept waiting by a failed start."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        raise Failure(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}."
            " Another server may be using it; choose one with --port."
        ) from error
    return listener


def _address(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listener.getsockname()[1]}/"


def _loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        return None
    return uvloop.Loop


def _calm_garbage_collection() -> None:
    """Look for cycles seldom: an edit makes many small objects and none of them a cycle.

    With the defaults it took an eighth of the time of an edit.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _limits_help() -> str:
    rows = [
        f"  {name}\n      {value:,} {unit}; when reached, {then}"
        for name, value, unit, then in limits.table()
    ]
    return "limits, each changed with --limit NAME=NUMBER:\n" + "\n".join(rows)

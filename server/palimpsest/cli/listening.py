"""What the commands share that listen: their options, their socket, what they print."""

import argparse
import asyncio
import gc
import logging
import socket

from palimpsest import limits
from palimpsest.cli.failure import Failure
from palimpsest.cli.options import add_data, add_limits
from palimpsest.settings import AUTH_CHOICES, LOG_LEVELS, Settings

BACKLOG = 2048


def add_listening(parser: argparse.ArgumentParser) -> None:
    """Add what says where to listen, to whom, and within which limits."""
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
    add_limits(parser)


def limits_help() -> str:
    """Return the limits as --help shows them."""
    rows = [
        f"  {name}\n      {value:,} {unit}; when reached, {then}"
        for name, value, unit, then in limits.table()
    ]
    return "limits, each changed with --limit NAME=NUMBER:\n" + "\n".join(rows)


def log_as(settings: Settings) -> None:
    """Log as much as the settings say, to standard error."""
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # It tells of start and stop, which is said here, and of nothing else below a warning.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)


def bound(settings: Settings) -> socket.socket:
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


def listen(listener: socket.socket) -> None:
    """Take connections from now on, and look for cycles of garbage seldom.

    An edit makes many small objects and none of them a cycle: with the defaults, looking took an
    eighth of the time of an edit.
    """
    listener.listen(BACKLOG)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def say(what: str, settings: Settings, listener: socket.socket, admin_token: str) -> None:
    """Print what is served at which address, with the first admin's token in it."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{listener.getsockname()[1]}/"
    if settings.auth == "token":
        address += f"?token={admin_token}"
    print(f"{what} at\n\n    {address}\n\nCtrl-C stops it.", flush=True)  # noqa: T201


def loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    """Return the fastest event loop there is; None for the standard library's."""
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        return None
    return uvloop.Loop

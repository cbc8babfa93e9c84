"""`palimpsest project`: the projections alone."""

import argparse
import logging
import signal
import socket

from palimpsest.cli.failure import Failure
from palimpsest.cli.options import add_data, add_limits, settings_of
from palimpsest.settings import LOG_LEVELS


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "project",
        help="keep the views up to date, alone",
        description="Fold the log of a data directory into its views (views.db), again and again."
        " `palimpsest serve` does this by itself; beside it, this one waits until it is needed.",
    )
    add_data(parser)
    add_limits(parser)
    parser.add_argument("--log-level", choices=LOG_LEVELS, help="(default: info)")
    # For the server, which starts this command as its child.
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--blame", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Project until a signal says to stop."""
    from palimpsest.adapters.sqlite.database import ForeignDatabase  # noqa: PLC0415
    from palimpsest.bootstrap.projecting import project  # noqa: PLC0415

    settings = settings_of(arguments)
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    parent = None if arguments.parent is None else socket.socket(fileno=arguments.parent)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        project(
            settings.data, settings.limits, parent=parent, blame=arguments.blame or parent is None
        )
    except ForeignDatabase as error:
        raise Failure(str(error)) from error
    return 0

"""`palimpsest rebuild`: make a view anew from the log, or try its parked documents again."""

import argparse
import sys

from palimpsest.cli.failure import Failure
from palimpsest.cli.options import add_data, add_limits, settings_of


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "rebuild",
        help="make a view anew from the log",
        description="Make a view anew from the log. Works beside a running server: the new rows"
        " are made beside the old, which can be read until the new ones take their place. With"
        " --parked, only the documents are tried again that the view has set aside because"
        " something of them failed.",
    )
    parser.add_argument("name", metavar="VIEW", help="catalogue, history, snapshots, checkpoints")
    parser.add_argument(
        "--parked", action="store_true", help="try the documents again that were set aside"
    )
    add_data(parser)
    add_limits(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Rebuild, with progress; the exit status is 1 if a parked document failed again."""
    from palimpsest.adapters.sqlite.database import ForeignDatabase  # noqa: PLC0415
    from palimpsest.bootstrap.projecting import PROJECTIONS  # noqa: PLC0415
    from palimpsest.ports import ViewsGone, ViewsRefused  # noqa: PLC0415

    if arguments.name not in PROJECTIONS:
        raise Failure(f"There is no view {arguments.name!r}; there are {', '.join(PROJECTIONS)}.")
    try:
        return _retry(arguments) if arguments.parked else _rebuild(arguments)
    except ForeignDatabase as error:
        raise Failure(str(error)) from error
    except (ViewsGone, ViewsRefused) as error:
        raise Failure(f"The views could not be written ({error}); try again.") from error


def _rebuild(arguments: argparse.Namespace) -> int:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn  # noqa: PLC0415

    from palimpsest.bootstrap.projecting import rebuild  # noqa: PLC0415

    settings = settings_of(arguments)
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    position = 0
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"Rebuilding {arguments.name}", total=None)
        for position, goal in rebuild(settings.data, settings.limits, arguments.name):
            progress.update(task, total=goal, completed=position)
    sys.stdout.write(f"{arguments.name} is rebuilt from {position} events.\n")
    return 0


def _retry(arguments: argparse.Namespace) -> int:
    from palimpsest.bootstrap.projecting import retry  # noqa: PLC0415

    failed = False
    count = 0
    settings = settings_of(arguments)
    for document, reason in retry(settings.data, settings.limits, arguments.name):
        count += 1
        failed |= bool(reason)
        said = f"is still parked: {reason}" if reason else "is in again."
        sys.stdout.write(f"{document} {said}\n")
    if count == 0:
        sys.stdout.write(f"{arguments.name} has set no document aside.\n")
    return int(failed)

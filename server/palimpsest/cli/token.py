"""`palimpsest token`: a token for somebody, until people sign in."""

import argparse
import sys
import time
from pathlib import Path

from palimpsest.cli.failure import Failure
from palimpsest.cli.options import add_data, settings_of
from palimpsest.domain.access import Role

SECONDS_A_DAY = 86_400


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "token",
        help="make a token for somebody",
        description="Print a token. Whoever shows it is that name, in that role.",
    )
    add_data(parser)
    parser.add_argument(
        "--name", required=True, help="who it is for; shown as the author of edits"
    )
    roles = [role.name.lower() for role in Role]
    parser.add_argument(
        "--role", choices=roles, default="editor", help="what it allows (default: editor)"
    )
    parser.add_argument("--days", type=float, help="how long it lasts (default: for good)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the token."""
    from palimpsest.adapters.system import data_directory  # noqa: PLC0415
    from palimpsest.adapters.system.tokens import NAME_CHARACTERS_MAX, SECRET_NAME, Tokens  # noqa: PLC0415

    name = arguments.name.strip()
    if not 1 <= len(name) <= NAME_CHARACTERS_MAX:
        raise Failure(f"A name has 1 to {NAME_CHARACTERS_MAX} characters.")
    folder = settings_of(arguments).data
    try:
        data_directory.prepare(folder)
        is_new = not (folder / SECRET_NAME).exists()
        tokens = Tokens(folder)
    except (data_directory.DataDirectoryUnusable, OSError) as error:
        raise Failure(str(error)) from error
    expires_at = None
    if arguments.days is not None:
        expires_at = int(time.time() + arguments.days * SECONDS_A_DAY)  # noqa: TID251
    if is_new:
        _say_whose(folder)
    print(tokens.issue(name, Role[arguments.role.upper()], expires_at=expires_at))  # noqa: T201
    return 0


def _say_whose(folder: Path) -> None:
    """Tell that no server runs with this secret yet: one in another directory has its own."""
    print(  # noqa: T201
        f"palimpsest: {folder} held no secret, and has a new one now:"
        " only a server with this --data takes the token.",
        file=sys.stderr,
    )

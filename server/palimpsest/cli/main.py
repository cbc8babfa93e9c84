"""The command line's entry: which command, with which arguments."""

import argparse
import sys

from palimpsest import __version__
from palimpsest.cli import bench, documents, project, read, rebuild, serve, token, verify
from palimpsest.cli.failure import Failure

COMMANDS = (serve, read, token, documents, verify, project, rebuild, bench)


def main(arguments: list[str] | None = None) -> int:
    """Run the command that the arguments name; return the process's exit status."""
    parser = argparse.ArgumentParser(
        prog="palimpsest",
        description="A server for writing together, in which every earlier writing can be read.",
        epilog="'palimpsest COMMAND --help' says more of each.",
    )
    parser.add_argument("--version", action="version", version=f"palimpsest {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(subparsers)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except Failure as failure:
        sys.stderr.write(f"palimpsest: {failure}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

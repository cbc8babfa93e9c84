"""`palimpsest verify`: is every event in the log as it was written?"""

import argparse
import json
import sys
from pathlib import Path

from palimpsest.cli.failure import Failure
from palimpsest.cli.options import add_data, settings_of


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "verify",
        help="check every event against its chain",
        description="Walk the hash chain of every document and name the first event that is not"
        " as it was written. Works beside a running server. To find tampering too, keep the"
        " heads elsewhere (--heads-to) and compare with them later (--against).",
    )
    add_data(parser)
    parser.add_argument(
        "--heads-to", type=Path, metavar="FILE", help="write the chains' heads here"
    )
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="compare with heads kept here"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Verify, with progress; the exit status is 1 if anything is wrong."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    from palimpsest.adapters.sqlite.database import ForeignDatabase  # noqa: PLC0415
    from palimpsest.adapters.sqlite.verification import Findings, differences, verify  # noqa: PLC0415

    folder = settings_of(arguments).data
    findings = Findings()
    try:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Verifying", total=None)
            for findings in verify(folder):
                progress.update(task, total=findings.events, completed=findings.events_read)
        if findings.damage:
            raise Failure(findings.damage)
        if arguments.against:
            gone = differences(_heads(arguments.against), folder)
            if gone:
                raise Failure("\n  ".join(["Not as it was:", *gone]))
    except ForeignDatabase as error:
        raise Failure(str(error)) from error
    if arguments.heads_to:
        arguments.heads_to.write_text(json.dumps(findings.heads))
    sys.stdout.write(
        f"{findings.events_read} events in {len(findings.heads)} documents are sound.\n"
    )
    return 0


def _heads(file: Path) -> dict[str, tuple[int, str]]:
    try:
        return {name: (head[0], head[1]) for name, head in json.loads(file.read_text()).items()}
    except (OSError, ValueError, AttributeError, IndexError) as error:
        raise Failure(f"{file} does not hold heads as --heads-to writes them.") from error

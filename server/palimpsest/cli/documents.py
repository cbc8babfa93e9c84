"""`palimpsest documents`: which documents there are."""

import argparse
import sys
from datetime import UTC, datetime

from palimpsest.cli.failure import Failure
from palimpsest.cli.options import add_data, settings_of


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "documents",
        help="list the documents",
        description="List the documents, the one edited last first: version, last edit, state,"
        " id, title. Works beside a running server.",
    )
    add_data(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the list."""
    import orjson  # noqa: PLC0415

    from palimpsest.adapters.sqlite.catalogue import documents  # noqa: PLC0415
    from palimpsest.adapters.sqlite.database import ForeignDatabase  # noqa: PLC0415

    try:
        found = documents(settings_of(arguments).data)
    except ForeignDatabase as error:
        raise Failure(str(error)) from error
    for document in found:
        if arguments.json:
            line = orjson.dumps(document._asdict()).decode()
        else:
            edited = datetime.fromtimestamp(document.edited_at / 1000, UTC)
            state = "trash" if document.trashed else "locked" if document.quarantine else "-"
            line = (
                f"{document.version:>9}  {edited:%Y-%m-%d %H:%M:%S}  {state:<6}"
                f"  {document.document}  {document.title}"
            )
        sys.stdout.write(line.rstrip() + "\n")
    return 0

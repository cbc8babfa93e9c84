"""`palimpsest bench`: put a running server under a small load, and tell how it took it."""

import argparse
import os
import sys

from palimpsest.cli.failure import Failure

TOKEN_VARIABLE = "PALIMPSEST_TOKEN"  # noqa: S105
DOCUMENTS_MAX, IN_FLIGHT_MAX, SECONDS_MAX = 200, 16, 60.0

DESCRIPTION = """\
Put a running server under a small load, and tell how it took it.

Two editors type in each of some new documents. Every edit is a letter and a cursor move behind it;
an editor sends the next one when the partner has received an earlier one. As the server shows
nothing that is not on its disk, each edit that the partner received was stored and acknowledged.
In the end every document is read back over HTTP and must hold exactly what was sent; then all go
into the trash, where an administrator can see them.

The time is from sending an edit to its arrival at the partner: network, queues, one fsync and the
way back are in it. The load runs on this machine; on the server's own, both share its cores.
The server's limits apply: by default a client may move its cursor 20 times a second
(presence_per_second_max), and is read more slowly when it moves it more often.
"""
EPILOG = f"""\
The token needs the right to create documents and to put them into the trash; `palimpsest token`
makes one. It is given by --token, the variable {TOKEN_VARIABLE}, or in the address as `serve`
prints it. A server with `--auth none` needs none.

  palimpsest bench http://127.0.0.1:8000 --token "$(palimpsest token --name bench --role owner)"
"""


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "bench",
        help="put a running server under a small load",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", metavar="URL", help="the server's address: http://HOST:PORT")
    parser.add_argument("--token", default="", help="a token that may create documents")
    parser.add_argument("--documents", type=int, default=10, help="how many (default: 10)")
    parser.add_argument(
        "--in-flight", type=int, default=1, help="edits under way of each editor (default: 1)"
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="how long (default: 5)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and print what was measured."""
    import asyncio  # noqa: PLC0415

    from palimpsest.adapters.load.connection import LoadFailed  # noqa: PLC0415
    from palimpsest.adapters.load.trial import address_of, pairs  # noqa: PLC0415

    _require_within(arguments)
    try:
        address = address_of(arguments.url, arguments.token or os.environ.get(TOKEN_VARIABLE, ""))
    except ValueError as error:
        raise Failure(str(error)) from error
    count = arguments.documents
    sys.stderr.write(f"{2 * count} editors type in {count} documents ...\n")
    try:
        measured = asyncio.run(
            pairs(
                address,
                documents=count,
                in_flight=arguments.in_flight,
                seconds=arguments.seconds,
            )
        )
    except (LoadFailed, OSError) as failure:
        raise Failure(str(failure)) from failure
    _tell(measured.edits / measured.seconds, measured.latencies)
    return 0


def _require_within(arguments: argparse.Namespace) -> None:
    for name, value, most in (
        ("documents", arguments.documents, DOCUMENTS_MAX),
        ("in-flight", arguments.in_flight, IN_FLIGHT_MAX),
        ("seconds", arguments.seconds, SECONDS_MAX),
    ):
        if not 0 < value <= most:
            raise Failure(f"--{name} is more than 0 and at most {most:g}.")


def _tell(edits_per_second: float, latencies: list[float]) -> None:
    from palimpsest.adapters.load.latency import percentile  # noqa: PLC0415

    if not latencies:
        raise Failure("Not one edit came through in this time; measure for more seconds.")
    lines = [f"edits acknowledged   {edits_per_second:,.0f} a second"]
    for name, fraction in (("half", 0.5), ("95 of 100", 0.95), ("99 of 100", 0.99), ("all", 1.0)):
        lines.append(f"{name:<12} within  {percentile(latencies, fraction) * 1e3:,.1f} ms")
    lines.append("All documents hold what was sent, and are in the trash.")
    sys.stdout.write("\n".join(lines) + "\n")

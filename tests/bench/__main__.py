"""`python -m tests.bench`: loads on Palimpsest and its peers, in turn; then the tables."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import uvloop

from tests.bench import crowd, pairs, read_report, rebuild, report, snapshots
from tests.bench.editor import LoadFailed
from tests.bench.profiles import py_spy
from tests.harness.server import ServerFailed

QUICK = {"rounds": 1, "seconds": 1.0}


class Found(NamedTuple):
    """What a workload has brought to light: as text, and as JSON; and whether all went well."""

    text: str
    as_json: dict[str, Any]
    profiles: Mapping[str, str] = {}
    is_good: bool = True


async def _pairs(arguments: argparse.Namespace, folder: Path) -> Found:
    bench = pairs.Pairs(arguments, folder)
    await bench.run()
    results = bench.results
    is_good = bool(results) and not bench.failed
    return Found(report.table(results), report.as_json(results), bench.profiles, is_good=is_good)


async def _crowd(arguments: argparse.Namespace, folder: Path) -> Found:
    rounds = []
    async for each in crowd.measure(folder, rounds=arguments.rounds, seconds=arguments.seconds):
        print(f"round {each.round}: p99 {each.ratio:.2f} of alone", file=sys.stderr)
        rounds.append(each)
    return Found(read_report.crowd_table(rounds), read_report.as_json(crowd=rounds))


async def _snapshots(arguments: argparse.Namespace, folder: Path) -> Found:
    rounds, seconds = [], arguments.seconds
    profiles = {}
    async with snapshots.serving(folder) as subjects:
        async for each in snapshots.measure(subjects, rounds=arguments.rounds, seconds=seconds):
            print(
                f"round {each.round}: {each.server} {each.reads_per_second:,.0f} reads/s",
                file=sys.stderr,
            )
            rounds.append(each)
        if arguments.profile:
            profiles[subjects[0].name] = await snapshots.profile(subjects[0], folder, seconds)
    found = read_report.as_json(snapshots=rounds)
    return Found(read_report.snapshot_table(rounds), found, profiles)


async def _rebuild(arguments: argparse.Namespace, folder: Path) -> Found:
    rounds = []
    for each in rebuild.measure(folder, rounds=arguments.rounds, is_quick=arguments.quick):
        print(f"round {each.round}: {each.view} {each.seconds:.1f} s", file=sys.stderr)
        rounds.append(each)
    return Found(read_report.rebuild_table(rounds), read_report.as_json(rebuild=rounds))


Run = Callable[[argparse.Namespace, Path], Coroutine[Any, Any, Found]]

RUNS: dict[str, Run] = {
    "pairs": _pairs,
    "crowd": _crowd,
    "snapshots": _snapshots,
    "rebuild": _rebuild,
}
SEVERAL = {"readers": ("crowd", "snapshots", "rebuild"), "all": tuple(RUNS)}

DESCRIPTION = "\n\n".join(
    [
        *(each.WORKLOAD for each in (pairs, crowd, snapshots, rebuild)),
        *(f'"{name}" is {", ".join(several)}.' for name, several in SEVERAL.items()),
    ]
)


def main() -> int:
    """Measure, and tell what was measured."""
    arguments = _arguments()
    if arguments.profile and py_spy() is None:
        print("--profile needs py-spy: .venv/bin/pip install py-spy", file=sys.stderr)
        return 1
    machine = report.machine()
    is_good = True
    found: list[Found] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in SEVERAL.get(arguments.workload, (arguments.workload,)):
            try:
                with asyncio.Runner(loop_factory=uvloop.Loop) as runner:
                    found.append(runner.run(RUNS[name](arguments, Path(folder) / name)))
            except (LoadFailed, ServerFailed) as failure:
                is_good = False
                print(f"{name}: {failure}", file=sys.stderr)
    command = f"make bench ARGS={' '.join(sys.argv[1:])!r}"
    _tell(found, command, machine)
    if arguments.json is not None:
        everything: dict[str, Any] = {"command": command, "machine": machine}
        for each in found:
            everything |= each.as_json
        arguments.json.write_text(json.dumps(everything, indent=2))
    return 0 if is_good and all(each.is_good for each in found) else 1


def _tell(found: list[Found], command: str, machine: str) -> None:
    for each in found:
        print(f"\n{each.text}")
    print(f"\n{command}\n{machine}")
    for each in found:
        for title, functions in each.profiles.items():
            print(f"\n{title}\n{functions}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench ARGS=...",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "workload",
        nargs="?",
        choices=(*RUNS, *SEVERAL),
        default="pairs",
        help="what is measured (default: pairs)",
    )
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each (default: 5)")
    parser.add_argument(
        "--seconds", type=float, default=5.0, help="seconds of each measurement (default: 5)"
    )
    parser.add_argument(
        "--documents", type=int, default=50, help="documents of pairs (default: 50)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one round of one second, and a short log"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all rounds to a file")
    parser.add_argument(
        "--profile", action="store_true", help="at the end, tell where Palimpsest's time goes"
    )
    arguments = parser.parse_args()
    if arguments.quick:
        vars(arguments).update(QUICK)
    return arguments


if __name__ == "__main__":
    sys.exit(main())

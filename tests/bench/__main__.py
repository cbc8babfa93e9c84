"""`python -m tests.bench`: loads on Palimpsest and its peers, in turn; then what came of them."""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import uvloop

from palimpsest.adapters.load.connection import LoadFailed
from tests.bench import report
from tests.bench.profiles import py_spy
from tests.bench.rounds import OURS, Round, names, number
from tests.bench.suite import PROFILES, SEVERAL, SUITE, plan_of
from tests.bench.workload import Plan, Workload
from tests.harness.server import ServerFailed

SHOWN = 4
DESCRIPTION = "\n\n".join(
    [
        *(f"{each.name}: {each.title}. {each.text}" for each in SUITE.values()),
        *(f"{name}: {', '.join(several)}." for name, several in SEVERAL.items()),
    ]
)

Found = dict[str, list[Round]]
"""Rounds by workload."""


def main() -> int:
    """Measure, and tell what was measured."""
    arguments = _arguments()
    if arguments.profile and py_spy() is None:
        print("--profile needs py-spy: .venv/bin/pip install py-spy", file=sys.stderr)
        return 1
    _let_files_be_open()
    machine = report.machine()
    found: Found = {}
    profiles: dict[str, str] = {}
    is_good = True
    with tempfile.TemporaryDirectory() as folder:
        for name in _chosen(arguments):
            plan = plan_of(arguments, Path(folder) / name)
            rounds = found.setdefault(name, [])
            is_good &= _measure(SUITE[name], plan, rounds)
            profiles |= plan.profiles
            if rounds:
                print(f"\n{report.text(SUITE[name], rounds)}\n", flush=True)
    command = f"make bench ARGS={' '.join(sys.argv[1:])!r}"
    print(f"{command}\n{machine}")
    for title, functions in profiles.items():
        print(f"\n{title}\n{functions}")
    if arguments.json is not None:
        everything = {
            "command": command,
            "machine": machine,
            "rounds": [asdict(each) for some in found.values() for each in some],
        }
        arguments.json.write_text(json.dumps(everything, indent=1))
    return 0 if is_good else 1


def _measure(workload: Workload, plan: Plan, rounds: list[Round]) -> bool:
    """Measure a workload; return whether ours did well. What was measured before a crash stays."""

    async def run() -> None:
        async for each in workload.measure(plan):
            rounds.append(each)
            print(_line(each), file=sys.stderr, flush=True)

    plan.folder.mkdir(parents=True)
    try:
        with asyncio.Runner(loop_factory=uvloop.Loop) as runner:
            runner.run(run())
    except (LoadFailed, ServerFailed) as failure:
        print(f"{workload.name}: {failure}", file=sys.stderr)
        return False
    return not any(each.failure for each in rounds if each.server == OURS)


def _line(each: Round) -> str:
    """Return a sign of life."""
    said = each.failure or ", ".join(
        f"{number(value)} {figure}" for figure, value in list(each.figures.items())[:SHOWN]
    )
    return f"round {each.number}: {each.workload}, {each.setting}: {each.server}: {said}"


def _chosen(arguments: argparse.Namespace) -> list[str]:
    """Return which workloads are measured, in order."""
    found: list[str] = []
    for name in arguments.workloads:
        if name in PROFILES:
            found += PROFILES[name].workloads
        else:
            found += SEVERAL.get(name, (name,))
    return names(found)


def _let_files_be_open() -> None:
    """Let this process and its children have as many sockets as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench ARGS=...",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    choices = (*PROFILES, *SEVERAL, *SUITE)
    parser.add_argument(
        "workloads",
        nargs="*",
        metavar="WHAT",
        default=["pairs"],
        help=f"a profile or workloads: {', '.join(choices)} (default: pairs)",
    )
    parser.add_argument("--rounds", type=int, help="rounds of each (default: 5; quick: 1)")
    parser.add_argument(
        "--seconds", type=float, help="seconds of each measurement (default: 2; quick: 1)"
    )
    parser.add_argument(
        "--documents", type=int, default=50, help="documents of pairs (default: 50)"
    )
    parser.add_argument("--quick", action="store_true", help="as the quick profile is measured")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all rounds to a file")
    parser.add_argument(
        "--profile", action="store_true", help="at the end, tell where Palimpsest's time goes"
    )
    arguments = parser.parse_args()
    for name in arguments.workloads:
        if name not in choices:
            parser.error(f"there is no {name!r}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())

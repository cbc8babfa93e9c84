"""`python -m tests.bench`: loads on Palimpsest and its peers, in turn; then what came of them."""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import uvloop

from palimpsest.adapters.load.connection import LoadFailed
from tests.bench import page, report
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

WORKLOAD_SECONDS_MAX = 900.0
DOCS = Path(__file__).parents[2] / "docs"


class Bench:
    """All that is measured in one run; what was found is kept, whatever comes later."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.profiles: dict[str, str] = {}
        self.is_good = True
        self._arguments = arguments
        self._machine = report.machine()
        self._command = f"make bench ARGS={' '.join(sys.argv[1:])!r}"
        self._found: dict[str, list[Round]] = {}
        self._went_wrong: list[str] = []

    def run(self, names: Sequence[str]) -> None:
        """Measure workloads, one after the other; tell and keep what came of each."""
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            for number, name in enumerate(names, 1):
                minutes = (time.perf_counter() - began) / 60
                print(f"[{number}/{len(names)}, {minutes:.1f} min] {name}", file=sys.stderr)
                plan = plan_of(self._arguments, Path(folder) / name, SUITE[name])
                rounds = self._found.setdefault(name, [])
                self._measure(SUITE[name], plan, rounds)
                self.profiles |= plan.profiles
                if rounds:
                    print(f"\n{report.text(SUITE[name], rounds)}\n", flush=True)
                self._keep()
        minutes = (time.perf_counter() - began) / 60
        print(f"{self._command}: {minutes:.1f} minutes\n{self._machine}")

    def _measure(self, workload: Workload, plan: Plan, rounds: list[Round]) -> None:
        async def run() -> None:
            async with asyncio.timeout(WORKLOAD_SECONDS_MAX):
                async for each in workload.measure(plan):
                    rounds.append(each)
                    print(_line(each), file=sys.stderr, flush=True)

        plan.folder.mkdir(parents=True)
        try:
            with asyncio.Runner(loop_factory=uvloop.Loop) as runner:
                runner.run(run())
        except Exception as crash:  # noqa: BLE001
            # A workload that falls over must not take the others with it.
            why = str(crash) if isinstance(crash, LoadFailed | ServerFailed) else repr(crash)
            self._went_wrong.append(f"{workload.name}: {why}")
            print(f"{workload.name}: {why}", file=sys.stderr)
            self.is_good = False
        self.is_good &= not any(each.failure for each in rounds if each.server == OURS)

    def _keep(self) -> None:
        """Write what is found so far to where it is wanted."""
        if self._arguments.json is not None:
            everything = {
                "command": self._command,
                "machine": self._machine,
                "went wrong": self._went_wrong,
                "rounds": [asdict(each) for some in self._found.values() for each in some],
            }
            self._arguments.json.write_text(json.dumps(everything, indent=1))
        if self._arguments.page is not None:
            page.write(
                self._arguments.page,
                SUITE,
                self._found,
                command=self._command,
                machine=self._machine,
                went_wrong=self._went_wrong,
            )


def main() -> int:
    """Measure, and tell what was measured."""
    arguments = _arguments()
    if arguments.profile and py_spy() is None:
        print("--profile needs py-spy: .venv/bin/pip install py-spy", file=sys.stderr)
        return 1
    _let_files_be_open()
    bench = Bench(arguments)
    bench.run(_chosen(arguments))
    for title, functions in bench.profiles.items():
        print(f"\n{title}\n{functions}")
    return 0 if bench.is_good else 1


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
    parser.add_argument("--rounds", type=int, help="rounds of each (default: 5, or 3; quick: 1)")
    parser.add_argument(
        "--seconds", type=float, help="seconds of each measurement (default: 1.5; quick: 1)"
    )
    parser.add_argument(
        "--documents", type=int, default=50, help="documents of pairs (default: 50)"
    )
    parser.add_argument("--quick", action="store_true", help="as the quick profile is measured")
    parser.add_argument(
        "--page",
        type=Path,
        metavar="FOLDER",
        help="write benchmarks.md and its pictures there (whole: docs)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all rounds to a file")
    parser.add_argument(
        "--profile", action="store_true", help="at the end, tell where Palimpsest's time goes"
    )
    arguments = parser.parse_args()
    for name in arguments.workloads:
        if name not in choices:
            parser.error(f"there is no {name!r}")
    if "whole" in arguments.workloads and arguments.page is None:
        arguments.page = DOCS
    return arguments


if __name__ == "__main__":
    sys.exit(main())

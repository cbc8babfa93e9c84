"""`python -m tests.kills`: as many cycles of load and death as wanted."""

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path

from tests.kills.cycles import Cycles, ways_of


def main() -> None:
    """Run the cycles and tell what happened."""
    parser = argparse.ArgumentParser(prog="tests.kills", description=__doc__)
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cycles = Cycles(Path(folder), arguments.seed)
        asyncio.run(cycles.run(ways_of(arguments.cycles, arguments.seed)))
    ready = sorted(cycles.ready_seconds)
    print(
        f"{arguments.cycles} cycles, seed {arguments.seed}: {cycles.acknowledged} edits"
        " acknowledged, none lost, none twice."
    )
    print(f"Ready after {statistics.median(ready):.2f} s (median), {ready[-1]:.2f} s at most.")


main()

"""`python -m tests.fuzz`: as many mutated updates as wanted."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.fuzz.campaign import Campaign


def main() -> None:
    """Run a campaign and tell the verdicts."""
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(Path(folder), arguments.seed)
        asyncio.run(campaign.run(arguments.count))
    print(f"{arguments.count} mutated updates, seed {arguments.seed}: {dict(campaign.verdicts)}")


main()

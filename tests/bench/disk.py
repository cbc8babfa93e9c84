"""What the disk takes for what no promise of durability can do without: a write, and its sync."""

import os
import time
from collections.abc import AsyncIterator

from palimpsest.adapters.load.latency import percentiles
from tests.bench.rounds import FLOOR, Round
from tests.bench.workload import Plan, Workload

NAME = "disk"
SIZES = (128, 4096, 65_536)
WRITES = 200


async def measure(plan: Plan) -> AsyncIterator[Round]:
    """Yield rounds."""
    plan.folder.mkdir(exist_ok=True)
    for number in range(1, plan.rounds + 1):
        for size in SIZES:
            setting = f"{size:,} bytes"
            yield Round(NAME, setting, FLOOR, "", number, _append(plan, size))


def _append(plan: Plan, size: int) -> dict[str, float]:
    block, taken = os.urandom(size), []
    file = os.open(plan.folder / "appended", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    try:
        for number in range(WRITES):
            began = time.perf_counter()
            os.pwrite(file, block, number * size)
            os.fdatasync(file)
            taken.append(time.perf_counter() - began)
    finally:
        os.close(file)
    return {**percentiles(sorted(taken)), "syncs/s": WRITES / sum(taken)}


DISK = Workload(
    NAME,
    "The disk alone",
    "Bytes are appended to a file and synced (`pwrite`, `fdatasync`), one after the other. An edit"
    " that is on disk before anybody sees it cannot be faster than this.",
    measure,
)

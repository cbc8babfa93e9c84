"""Promise 1: committed before seen, tried with SIGKILL. More cycles: `make kill CYCLES=200`."""

from pathlib import Path

import pytest

from tests.kills.cycles import WAYS, Cycles, ways_of

SEED = 20_26
CYCLES = 10


@pytest.mark.timeout(300)
async def test_no_acknowledged_or_seen_edit_is_lost_however_the_server_dies(
    tmp_path: Path,
) -> None:
    ways = ways_of(CYCLES, SEED)
    assert set(ways) == set(WAYS)
    cycles = Cycles(tmp_path, SEED)
    await cycles.run(ways)
    assert cycles.acknowledged > 100

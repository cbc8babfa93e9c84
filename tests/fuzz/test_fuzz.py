"""A short campaign; a long one: `python -m tests.fuzz --count 100000`."""

from pathlib import Path

from tests.fuzz.campaign import Campaign

SEED = 20_26
COUNT = 300


async def test_mutated_updates_hurt_nobody_and_every_document_opens_afterwards(
    tmp_path: Path,
) -> None:
    campaign = Campaign(tmp_path, SEED)
    await campaign.run(COUNT)
    assert campaign.verdicts["denied"] > COUNT / 3
    assert campaign.verdicts["applied"] > 0

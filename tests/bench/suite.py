"""The table of all that can be measured, and the profiles that measure a part of it."""

import argparse
from pathlib import Path
from typing import NamedTuple

from tests.bench.burst import BURST
from tests.bench.cliff import CLIFF
from tests.bench.crash import CRASH
from tests.bench.crowd import CROWD
from tests.bench.disk import DISK
from tests.bench.hall import HALL
from tests.bench.idle import IDLE
from tests.bench.joining import JOINING
from tests.bench.old import OLD
from tests.bench.pairs import PAIRS
from tests.bench.presence import PRESENCE
from tests.bench.rebuild import REBUILD
from tests.bench.reconnect import RECONNECT
from tests.bench.room import ROOM
from tests.bench.rooms import MANY_ROOMS
from tests.bench.slow import SLOW_READERS
from tests.bench.snapshots import SNAPSHOTS
from tests.bench.workload import Plan, Workload

_IN_ORDER = (
    *(
        DISK,
        PAIRS,
        HALL,
        ROOM,
        MANY_ROOMS,
        JOINING,
        RECONNECT,
        PRESENCE,
        IDLE,
        BURST,
        SLOW_READERS,
    ),
    *(CRASH, CLIFF, OLD, CROWD, SNAPSHOTS, REBUILD),
)
SUITE: dict[str, Workload] = {each.name: each for each in _IN_ORDER}
SEVERAL = {"readers": ("crowd", "snapshots", "rebuild")}
QUICK = ("disk", "pairs", "hall", "room", "storm", "idle", "burst", "crash")


class Profile(NamedTuple):
    """Which workloads, and how much of each."""

    workloads: tuple[str, ...]
    rounds: int
    seconds: float


PROFILES = {
    "quick": Profile(QUICK, 1, 1.0),
    "whole": Profile(tuple(SUITE), 5, 1.5),
}


def plan_of(arguments: argparse.Namespace, folder: Path, workload: Workload) -> Plan:
    """Return how much of a workload is measured."""
    is_quick = arguments.quick or "quick" in arguments.workloads
    profile = PROFILES["quick" if is_quick else "whole"]
    return Plan(
        folder,
        arguments.rounds or min(profile.rounds, workload.rounds_max),
        arguments.seconds or profile.seconds,
        is_quick,
        arguments.documents,
        arguments.profile,
    )

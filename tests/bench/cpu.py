"""What processes have cost, by the operating system's accounting (Linux, /proc)."""

import os
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")

PartOf = Callable[[str], str]
"""Tells which part of the server a process is, by its command line."""


class Stat(NamedTuple):
    """A process's parent, and the ticks that it and its ended children used, user and system."""

    parent: int
    own: int
    ended: int


def parse_stat(text: str) -> Stat:
    """Read /proc/PID/stat; a command's name may have spaces and parentheses in it."""
    fields = text.rpartition(")")[2].split()
    own, ended = (sum(map(int, fields[start : start + 2])) for start in (11, 13))
    return Stat(int(fields[1]), own, ended)


def tree(root: int) -> dict[int, Stat]:
    """Return the process and all below it."""
    stats = _all_stats()
    found: dict[int, Stat] = {}
    reached = {root}
    while reached:
        found |= {pid: stats[pid] for pid in reached if pid in stats}
        reached = {pid for pid, stat in stats.items() if stat.parent in reached}
    return found


def seconds_by_part(root: int, part_of: PartOf) -> dict[str, float]:
    """Return the seconds of CPU that a server's processes have used so far."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for pid, stat in tree(root).items():
        used = max(stat.own, _exact_ticks(pid)) + stat.ended
        seconds[part_of(command_of(pid))] += used / _TICKS_PER_SECOND
    return dict(seconds)


def pids_by_part(root: int, part_of: PartOf) -> dict[str, int]:
    """Return a process of each part."""
    return {part_of(command_of(pid)): pid for pid in tree(root)}


def _all_stats() -> dict[int, Stat]:
    stats = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                stats[int(entry.name)] = parse_stat((entry / "stat").read_text())
            except OSError:
                continue  # It has ended meanwhile.
    return stats


def _exact_ticks(pid: int) -> float:
    """Return what a process's threads have used, in parts of a tick; without those that ended."""
    nanoseconds = 0
    try:
        for thread in (PROC / str(pid) / "task").iterdir():
            nanoseconds += int((thread / "schedstat").read_text().split()[0])
    except OSError:
        return 0.0  # It has ended meanwhile, or the system does not tell.
    return nanoseconds / 1e9 * _TICKS_PER_SECOND


def command_of(pid: int) -> str:
    """Return a process's command line; nothing if it has ended."""
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return ""

"""What processes hold in memory, and the kernel for them (Linux, /proc)."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from tests.bench.cpu import PROC, PartOf, command_of, tree

_KIB = 1024


def bytes_by_part(root: int, part_of: PartOf) -> dict[str, int]:
    """Return the bytes of a server's processes; what several share counts once (PSS)."""
    found: defaultdict[str, int] = defaultdict(int)
    for pid in tree(root):
        found[part_of(command_of(pid))] += _proportional(pid)
    return dict(found)


def kernel_bytes() -> int:
    """Return the kernel's own memory; sockets are in it, at both ends."""
    return _field(PROC / "meminfo", "Slab:")


def growth(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """Return by how much each part has grown."""
    return {part: size - before.get(part, 0) for part, size in after.items()}


def _proportional(pid: int) -> int:
    try:
        return _field(PROC / str(pid) / "smaps_rollup", "Pss:")
    except OSError:
        return 0  # It has ended meanwhile.


def _field(file: Path, name: str) -> int:
    [line] = [line for line in file.read_text().splitlines() if line.startswith(name)]
    return int(line.split()[1]) * _KIB

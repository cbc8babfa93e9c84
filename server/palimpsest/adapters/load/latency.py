"""How long things took: percentiles."""

import math
from collections.abc import Sequence

_MILLISECONDS = 1e3


def percentile(ordered: Sequence[float], fraction: float) -> float:
    """Return the least of some values, in order of size, that `fraction` of them do not exceed."""
    return ordered[max(math.ceil(len(ordered) * fraction) - 1, 0)]


def percentiles(ordered: Sequence[float]) -> dict[str, float]:
    """Return what a report says of some seconds, in order of size."""
    if not ordered:
        return {}
    return {
        "p50 ms": percentile(ordered, 0.5) * _MILLISECONDS,
        "p99 ms": percentile(ordered, 0.99) * _MILLISECONDS,
    }

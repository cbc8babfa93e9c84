"""Where Palimpsest's time goes: py-spy, beside the server, asks each process where it is.

It counts whatever is not asleep: on a busy machine the waits for a core too, most of them in the
system calls that wake somebody else.
"""

import asyncio
import shutil
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

SAMPLES_PER_SECOND = 500
TOP = 25


def py_spy() -> str | None:
    """Return the profiler's path, if it is installed."""
    beside = Path(sys.executable).with_name("py-spy")
    return str(beside) if beside.exists() else shutil.which("py-spy")


async def sample(pids: Mapping[str, int], folder: Path, seconds: float) -> dict[str, str]:
    """Sample processes for some seconds; return a list of functions for each."""
    command = py_spy()
    assert command is not None
    files = {part: folder / f"{part}.stacks" for part in pids}
    recorders = [
        await asyncio.create_subprocess_exec(
            *(command, "record", "--format", "raw", "--nonblocking", "--function"),
            *("--rate", str(SAMPLES_PER_SECOND), "--duration", f"{seconds:.0f}"),
            *("--pid", str(pid), "--output", str(files[part])),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        for part, pid in pids.items()
    ]
    for recorder in recorders:
        await recorder.wait()
    return {part: functions(file.read_text()) for part, file in files.items() if file.exists()}


def functions(stacks: str) -> str:
    """Return, from stacks with their counts, the functions that most of the time is spent in."""
    own: Counter[str] = Counter()
    under: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, count = line.rpartition(" ")
        names = stack.split(";")
        own[names[-1]] += int(count)
        under.update(dict.fromkeys(names, int(count)))
    total = own.total() or 1
    rows = [
        f"{count / total:6.1%} {under[name] / total:7.1%}  {name}"
        for name, count in own.most_common(TOP)
    ]
    return "\n".join([f"{'own':>6} {'with':>7}  function", *rows])

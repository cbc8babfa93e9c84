"""What a child process may use of memory and time: beyond, the kernel ends it."""

import resource
import signal
import sys
from pathlib import Path


def end_unless_called_again(seconds: int) -> None:
    """Let the kernel end this process unless this is called again within `seconds` of its CPU.

    A handler of ours would not do: it waits until the CRDT library returns. 0 calls it off.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)


def bound_memory(bytes_more: int) -> None:
    """Bound this process's address space to what it has now and `bytes_more`."""
    if not sys.platform.startswith("linux"):
        return
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    bound = pages * resource.getpagesize() + bytes_more
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))

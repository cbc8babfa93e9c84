"""What a child process may use of memory and time: beyond, it or its work is ended."""

import resource
import signal
import sys
from collections.abc import Callable
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


def within(milliseconds: int) -> Callable[[Callable[[], str]], str | None]:
    """Return what does work in Python for so long of this process's CPU, and then gives it up.

    It is for a process's main thread: there signals are handled, in the midst of a regular
    expression, too.
    """

    def attempt(work: Callable[[], str]) -> str | None:
        done = False

        def give_up(*_: object) -> None:
            if not done:
                raise TimeoutError

        before = signal.signal(signal.SIGVTALRM, give_up)
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, milliseconds / 1000)
            result = work()
            done = True
        except TimeoutError:
            return None
        finally:
            done = True
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
        return result

    return attempt

"""Writers of views in processes of their own: each does as it is told, line by line."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WRITER = """
import sys
from pathlib import Path
from palimpsest.adapters.sqlite.views import SqliteViews
from palimpsest.ports import ViewsGone

views = SqliteViews(Path(sys.argv[1]))
open_transaction = rows = None
for line in sys.stdin:
    word, _, value = line.strip().partition(" ")
    try:
        if word == "begin":
            open_transaction = views.transaction()
            rows = open_transaction.__enter__()
        elif word == "write":
            rows.execute("CREATE TABLE IF NOT EXISTS words (word TEXT)")
            rows.execute("INSERT INTO words VALUES (?)", (value,))
        elif word == "commit":
            open_transaction.__exit__(None, None, None)
        print("done", flush=True)
    except ViewsGone:
        print("gone", flush=True)
"""


class Writer:
    """A process that writes words into views."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def tell(self, line: str) -> None:
        """Tell it what to do."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def answer(self) -> str:
        """Wait until it has done one thing more; return what came of it."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def do(self, *lines: str) -> list[str]:
        """Have it do some things."""
        answers = []
        for line in lines:
            self.tell(line)
            answers.append(self.answer())
        return answers


@contextmanager
def writer(path: Path) -> Iterator[Writer]:
    """Run a process that writes to the views at `path`."""
    command = [sys.executable, "-c", _WRITER, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Writer(process)

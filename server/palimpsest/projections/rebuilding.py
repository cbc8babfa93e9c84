"""Makes a projection's rows anew beside the old ones, then swaps them in one transaction."""

from collections.abc import Iterator

from palimpsest.ports import LogReader, Views
from palimpsest.projections.pauses import AT_LEISURE
from palimpsest.projections.runner import Runner
from palimpsest.projections.standing import SCHEMA


class Rebuilding:
    """One rebuilding of one projection. Who runs the old rows meanwhile goes on from the new."""

    def __init__(self, runner: Runner, log: LogReader) -> None:
        """Take a runner on views of its own, which are empty."""
        self._runner = runner
        self._log = log

    def steps(self) -> Iterator[int]:
        """Fold the whole log; yield the position after each piece of work."""
        standing, now = self._runner.standing, 0.0
        self._runner.begin(blame=False)
        # Only twice to the log's end as of then: people may write on and on. By the second time
        # little is left, and that comes with the swap.
        for _ in range(2):
            goal = self._log.head()
            while standing.position < goal:
                # Nobody waits for a pause here: by the next step every document is due.
                now += AT_LEISURE.latest
                self._runner.step(now)
                yield standing.position

    def swap(self, views: Views) -> None:
        """Put the new rows in the place of the old; `views` sees the new ones as `beside`.

        Whoever reads sees the old rows or the new, and none that are older than the old were.
        """
        standing = self._runner.standing
        with views.transaction() as rows:
            rows.execute(SCHEMA)
            old = rows.execute(
                "SELECT position, turn FROM main.projections WHERE name = ?", (standing.name,)
            )
            position, turn = old[0] if old else (0, 0)
            standing.replace(rows, turn=turn + 1)
            if position > standing.position:
                self._runner.catch_up(rows, position)

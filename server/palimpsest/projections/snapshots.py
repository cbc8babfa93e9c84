"""What readers see: each document's newest version as HTML, Markdown, text and JSON."""

from palimpsest.content.rendering import RENDERER, render
from palimpsest.limits import Limits
from palimpsest.ports import Rows
from palimpsest.projections.replicas import Replicas


class Snapshots:
    """One row a document. A rendering costs what the document weighs, so it waits for a pause."""

    name = "snapshots"
    revision = RENDERER
    tables = ("snapshots",)
    schema = """
    CREATE TABLE snapshots (
        document TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        title TEXT NOT NULL,
        excerpt TEXT NOT NULL,
        html TEXT NOT NULL,
        markdown TEXT NOT NULL,
        text TEXT NOT NULL,
        json TEXT NOT NULL,
        truncated INTEGER NOT NULL -- it was too large to be shown whole
    );
    """

    def __init__(self, replicas: Replicas, limits: Limits) -> None:
        self._replicas = replicas
        self._limits = limits

    def show(self, document: str, version: int, rows: Rows) -> None:
        """Render a document as of a version, if it is not there already."""
        shown = rows.execute("SELECT version FROM snapshots WHERE document = ?", (document,))
        if shown and shown[0][0] >= version:
            return
        tree = self._replicas.at(document, version).replica.tree(self._limits)
        rows.execute(
            "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (document, version, *render(tree)),
        )

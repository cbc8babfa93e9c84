"""What readers see: each document's newest version as HTML, Markdown, text and JSON."""

from palimpsest.content.dress import Wardrobe
from palimpsest.content.folding import folded
from palimpsest.content.rendering import RENDERER, render
from palimpsest.limits import Limits
from palimpsest.ports import Rows
from palimpsest.projections.replicas import Replicas

SHAPE = 2
"""Raised when the tables change; what is written into them changes with the renderer."""


class Snapshots:
    """One row a document. A rendering costs what the document weighs, so it waits for a pause."""

    name = "snapshots"
    revision = 1000 * SHAPE + RENDERER
    tables = ("snapshots", "beginnings")
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
    -- Apart from what is large: lists are gone through from end to end.
    CREATE TABLE beginnings (
        document TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        excerpt TEXT NOT NULL,
        folded TEXT NOT NULL       -- title and excerpt, as they are compared
    ) WITHOUT ROWID;
    """

    def __init__(self, replicas: Replicas, wardrobe: Wardrobe, limits: Limits) -> None:
        self._replicas = replicas
        self._wardrobe = wardrobe
        self._limits = limits

    def show(self, document: str, version: int, rows: Rows) -> None:
        """Render a document as of a version, if it is not there already."""
        there = rows.execute("SELECT version FROM snapshots WHERE document = ?", (document,))
        if there and there[0][0] >= version:
            return
        tree = self._replicas.at(document, version).replica.tree(self._limits)
        shown = render(tree, self._wardrobe.dress())
        rows.execute(
            "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (document, version, *shown),
        )
        compared = folded(f"{shown.title}\n{shown.excerpt}")
        rows.execute(
            "INSERT OR REPLACE INTO beginnings VALUES (?, ?, ?, ?)",
            (document, shown.title, shown.excerpt, compared),
        )

"""Which documents there are: one, or a page of them in some order."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import NamedTuple

from palimpsest.content.folding import words_of
from palimpsest.ports import Value
from palimpsest.queries.events import EventQueries
from palimpsest.queries.freshness import Freshness, NotYet
from palimpsest.queries.tables import Tables

PAGE_MAX = 200
CURSOR_CHARACTERS_MAX = 4000
NUMBER_MAX = 2**63 - 1
FILTER_CHARACTERS_MAX = 200
FILTER_WORDS_MAX = 8
"""Of more, the first ones count."""

ORDERS = {
    "edited": "edited_at",
    "created": "created_at",
    "title": "catalogue.title COLLATE NOCASE",
}

_COLUMNS = """
document, catalogue.title, lineage, version, trashed, quarantine, created_at, edited_at, edited_by
"""
_CONTAINS = "(instr(catalogue.folded, ?) OR instr(beginnings.folded, ?))"
"""The columns hold what `content.folding` makes of what is shown of a document in a list."""


class DocumentSummary(NamedTuple):
    """A document in a list; times in milliseconds since 1970."""

    document: str
    title: str
    lineage: str
    version: int
    trashed: bool
    quarantine: str
    created_at: int
    edited_at: int
    edited_by: str


class BadCursor(Exception):
    """This does not continue any list of this order."""

    def __init__(self) -> None:
        super().__init__('"after" is what a page of the same list ended with.')


class FilterTooLong(Exception):
    """The filter is too long."""

    def __init__(self) -> None:
        super().__init__(f'"filter" takes up to {FILTER_CHARACTERS_MAX} characters.')


class DocumentPage(NamedTuple):
    """Some of the documents; `more` continues the list, if there are more."""

    documents: list[DocumentSummary]
    more: str | None


class CatalogueQueries:
    """Answers from the catalogue. What exists is the log's to say."""

    def __init__(self, views: Tables, log: EventQueries, freshness: Freshness) -> None:
        self._views = views
        self._log = log
        self._freshness = freshness

    async def document(self, document: str, *, min_version: int = 0) -> DocumentSummary:
        """Return one document, as of `min_version` at least.

        Raises:
            DocumentNotFound: there is none of that id.
            NotYet: the catalogue has not come to that version, or not to any.
        """
        wanted = max(min_version, 1)
        found = await self._find(document)
        if found is None or found.version < wanted:
            await self._log.require(document)
            await self._freshness.at_least(document, wanted, self._version)
            found = await self._find(document)
        if found is None or found.version < wanted:
            # The views were deleted just now.
            raise NotYet(found.version if found else 0, wanted)
        return found

    async def page(
        self,
        *,
        order: str,
        descending: bool,
        trashed: bool,
        count: int,
        after: str | None = None,
        words: Sequence[str] = (),
    ) -> DocumentPage:
        """Return `count` documents in an order, from the start or behind where a page ended.

        With `words`, as `filter_words` makes them, only those documents in whose title, chosen id
        or beginning each of them is.

        Raises:
            BadCursor: `after` is no end of a page of this order.
        """
        column = ORDERS[order]
        sign, direction = ("<", "DESC") if descending else (">", "ASC")
        conditions, values = ["trashed = ?"], list[Value]([trashed])
        if after is not None:
            conditions.append(f"({column}, document) {sign} (?, ?)")
            values += _read_cursor(after)
        for word in words:
            conditions.append(_CONTAINS)
            values += word, word
        beginnings = "LEFT JOIN beginnings USING (document)" if words else ""
        rows = await self._views.rows(
            f"SELECT {_COLUMNS} FROM catalogue {beginnings} WHERE {' AND '.join(conditions)}"  # noqa: S608
            f" ORDER BY {column} {direction}, document {direction} LIMIT ?",
            [*values, count + 1],
        )
        documents = [_summary(row) for row in rows[:count]]
        if len(rows) <= count:
            return DocumentPage(documents, None)
        last = documents[-1]
        keys: dict[str, str | int] = {
            "edited": last.edited_at,
            "created": last.created_at,
            "title": last.title,
        }
        return DocumentPage(documents, _write_cursor(keys[order], last.document))

    async def _version(self, document: str) -> int:
        found = await self._find(document)
        return found.version if found else 0

    async def _find(self, document: str) -> DocumentSummary | None:
        rows = await self._views.rows(
            f"SELECT {_COLUMNS} FROM catalogue WHERE document = ?",  # noqa: S608
            (document,),
        )
        return _summary(rows[0]) if rows else None


def filter_words(text: str) -> tuple[str, ...]:
    """Return the words to filter by that somebody typed.

    Raises:
        FilterTooLong: there is too much of it.
    """
    if len(text) > FILTER_CHARACTERS_MAX:
        raise FilterTooLong
    return words_of(text, FILTER_WORDS_MAX)


def _summary(row: tuple[object, ...]) -> DocumentSummary:
    summary = DocumentSummary._make(row)
    return summary._replace(trashed=bool(summary.trashed))


def _write_cursor(key: str | int, document: str) -> str:
    return urlsafe_b64encode(json.dumps([key, document]).encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[str | int, str]:
    """Return what `_write_cursor` wrote: anybody can write something else."""
    if len(text) > CURSOR_CHARACTERS_MAX:
        raise BadCursor
    try:
        match json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4))):
            case [str(key), str(document)]:
                key.encode()
            case [int(key), str(document)] if abs(key) <= NUMBER_MAX:
                pass
            case _:
                raise BadCursor
        document.encode()
    except (ValueError, RecursionError):
        raise BadCursor from None
    return key, document

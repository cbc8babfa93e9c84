"""The list of documents: every order, page by page, and cursors that anybody can invent."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palimpsest.domain.refusals import DocumentNotFound
from palimpsest.queries import freshness as freshness_module
from palimpsest.queries.catalogue import (
    FILTER_CHARACTERS_MAX,
    FILTER_WORDS_MAX,
    ORDERS,
    BadCursor,
    CatalogueQueries,
    DocumentSummary,
    FilterTooLong,
    filter_words,
)
from palimpsest.queries.events import EventQueries
from palimpsest.queries.freshness import Freshness, NotYet
from tests.unit.queries.views import MemoryLog, MemoryViews

KEYS: dict[str, Callable[[DocumentSummary], Any]] = {
    "edited": lambda each: each.edited_at,
    "created": lambda each: each.created_at,
    "title": lambda each: each.title.encode().lower(),
}
TITLES = ["Äpfel", "apple", "Apple", "", "zebra", "", "Zebra", "b"]


@pytest.fixture
def views() -> MemoryViews:
    views = MemoryViews()
    for number, title in enumerate(TITLES):
        # Some were edited in the same millisecond.
        moment = 100 + number // 3
        views.list(f"d{number}", 1, title=title, created_at=moment, edited_at=200 - moment)
    views.list("binned", 3, trashed=1)
    return views


@pytest.fixture
def log() -> MemoryLog:
    """A log in which `binned` has had five events."""
    log = MemoryLog()
    for _ in range(5):
        log.record("binned")
    return log


@pytest.fixture
def catalogue(views: MemoryViews, log: MemoryLog) -> CatalogueQueries:
    return CatalogueQueries(views, EventQueries(log), Freshness())


@pytest.mark.parametrize("count", [1, 2, 3, 50])
@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize("order", ORDERS)
async def test_pages_hold_every_document_once_and_in_order(
    catalogue: CatalogueQueries, order: str, direction: str, count: int
) -> None:
    descending = direction == "down"
    found, after, pages = [], None, 0
    while pages == 0 or after is not None:
        page = await catalogue.page(
            order=order, descending=descending, trashed=False, count=count, after=after
        )
        assert 1 <= len(page.documents) <= count
        found += page.documents
        after, pages = page.more, pages + 1
    assert sorted(each.document for each in found) == [f"d{n}" for n in range(len(TITLES))]
    keys = [KEYS[order](each) for each in found]
    assert keys == sorted(keys, reverse=descending)


async def test_what_is_in_the_trash_is_in_a_list_of_its_own(catalogue: CatalogueQueries) -> None:
    page = await catalogue.page(order="edited", descending=True, trashed=True, count=5)
    assert [(each.document, each.trashed) for each in page.documents] == [("binned", True)]
    assert page.more is None


async def filtered(catalogue: CatalogueQueries, text: str, order: str = "edited") -> list[str]:
    found, after, pages = list[str](), None, 0
    while pages == 0 or after is not None:
        page = await catalogue.page(
            order=order,
            descending=True,
            trashed=False,
            count=2,
            after=after,
            words=filter_words(text),
        )
        found += [each.document for each in page.documents]
        after, pages = page.more, pages + 1
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [f"d{number}" for number in range(len(TITLES))]),
        ("apfel", ["d0"]),
        ("ÄPFEL", ["d0"]),
        ("app", ["d1", "d2"]),
        ("ple ap", ["d1", "d2"]),
        ("apple banana", []),
        ("d3", ["d3"]),
        ("minutes", ["d3", "d5"]),
        ("minutes monday", ["d5"]),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
        ("binned", []),
        ("\0", []),
    ],
)
@pytest.mark.parametrize("order", ORDERS)
async def test_a_filter_finds_each_document_in_which_all_its_words_are(
    catalogue: CatalogueQueries, views: MemoryViews, text: str, found: list[str], order: str
) -> None:
    views.begin("d3", "Minutes", "of the meeting")
    views.begin("d5", "MINÚTES", "of Monday")
    assert sorted(await filtered(catalogue, text, order)) == found


def test_a_filter_has_an_end() -> None:
    assert len(filter_words(" ".join("abcdefghijkl"))) == FILTER_WORDS_MAX
    with pytest.raises(FilterTooLong):
        filter_words("x" * (FILTER_CHARACTERS_MAX + 1))


def cursor(content: object) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "invented",
    [
        "",
        "!",
        "ü",
        "AAAA",
        cursor(5),
        cursor(None),
        cursor({"a": 1, "b": 2}),
        cursor([1]),
        cursor([1, 2]),
        cursor([1.5, "d"]),
        cursor([[], "d"]),
        cursor([2**64, "d"]),
        cursor([-(2**64), "d"]),
        cursor([1, "\ud800"]),
        cursor(["\ud800", "d"]),
        urlsafe_b64encode(b"[" * 2990).decode(),
        urlsafe_b64encode(b"[" * 200_000).decode(),
        urlsafe_b64encode(b"[" + b"9" * 2900 + b',"d"]').decode(),
    ],
)
async def test_a_cursor_that_no_page_ended_with_is_refused(
    catalogue: CatalogueQueries, invented: str
) -> None:
    with pytest.raises(BadCursor):
        await catalogue.page(
            order="edited", descending=True, trashed=False, count=5, after=invented
        )


@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda b: urlsafe_b64encode(b).decode()))
async def test_no_cursor_is_too_strange(invented: str) -> None:
    catalogue = CatalogueQueries(MemoryViews(), EventQueries(MemoryLog()), Freshness())
    for order in ORDERS:
        try:
            page = await catalogue.page(
                order=order, descending=False, trashed=False, count=5, after=invented
            )
        except BadCursor:
            continue
        assert page.documents == []


async def test_one_document_is_told_as_of_a_version_at_least(
    catalogue: CatalogueQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await catalogue.document("binned", min_version=3)).trashed
    monkeypatch.setattr(freshness_module, "WAIT_SECONDS_MAX", 0.0)
    with pytest.raises(NotYet) as caught:
        await catalogue.document("binned", min_version=4)
    assert caught.value.version == 3


async def test_a_document_that_the_catalogue_does_not_list_yet_is_not_said_not_to_exist(
    catalogue: CatalogueQueries, log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness_module, "WAIT_SECONDS_MAX", 0.0)
    for min_version in (0, 1):
        with pytest.raises(DocumentNotFound):
            await catalogue.document("new", min_version=min_version)
    log.record("new")
    for min_version in (0, 1):
        with pytest.raises(NotYet):
            await catalogue.document("new", min_version=min_version)


async def test_a_document_that_the_log_has_already_is_waited_for() -> None:
    log, views = MemoryLog(), MemoryViews()
    log.record("new")

    def want(document: str) -> None:
        views.list(document, 1)

    found = await CatalogueQueries(views, EventQueries(log), Freshness(want)).document("new")
    assert (found.document, found.version) == ("new", 1)

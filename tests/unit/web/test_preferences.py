"""Lists in headers, as clients really write them, and as nobody should."""

import pytest

from palimpsest.adapters.web.preferences import liking, likings, tag_at_hand, takes_gzip

TAG, OTHER = '"lineage-7-1.html"', '"lineage-7-1.html-gzip"'


@pytest.mark.parametrize(
    ("accept", "html", "markdown"),
    [
        ("*/*", 1, 1),
        ("text/html", 1, 0),
        ("TEXT/HTML ; Q=0.5", 0.5, 0),
        ("text/*;q=0.3, text/html;q=0.9", 0.9, 0.3),
        ("text/html;q=0, */*;q=0.1", 0, 0.1),
        ("text/markdown;variant=GFM;q=0.7,text/html;level=1;q=0.2", 0.2, 0.7),
        ("text/html;q=", 0, 0),
        ("text/html;q=high, text/markdown", 0, 1),
        ("text/html;q=-1, text/markdown;q=17", 0, 1),
        ("application/*", 0, 0),
        (",, ,text/markdown,", 0, 1),
        ("", 0, 0),
        (";q=1", 0, 0),
    ],
)
def test_a_media_type_is_liked_as_its_most_exact_name_says(
    accept: str, html: float, markdown: float
) -> None:
    found = likings([accept])
    assert (liking(found, "text/html"), liking(found, "text/markdown")) == (html, markdown)


def test_a_header_may_stand_in_several_lines() -> None:
    found = likings(["text/html;q=0.1", "text/markdown"])
    assert liking(found, "text/markdown") > liking(found, "text/html") > 0


@pytest.mark.parametrize("quality", ["nan", "inf", "1e999", "0x1", "1_0"])
def test_a_strange_quality_is_no_more_than_the_best(quality: str) -> None:
    assert 0 <= liking(likings([f"text/html;q={quality}"]), "text/html") <= 1


@pytest.mark.parametrize(
    ("accept_encoding", "takes"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br", False),
        ("", False),
        ("gzip;q=0", False),
        ("gzip;q=0.0, *", False),
        ("*", True),
        ("*;q=0", False),
        ("identity", False),
        ("gzip;q=0.5, identity;q=0.8", False),
        ("gzip;q=0.8, identity;q=0.5", True),
        ("x-gzip", False),
        ("GZIP", True),
    ],
)
def test_gzip_is_for_who_likes_it(accept_encoding: str, takes: bool) -> None:  # noqa: FBT001
    assert takes_gzip([accept_encoding]) is takes


@pytest.mark.parametrize(
    ("if_none_match", "at_hand"),
    [
        ([], None),
        ([TAG], TAG),
        ([OTHER], OTHER),
        ([f"W/{TAG}"], TAG),
        ([f'"x", {TAG} ,"y"'], TAG),
        (['"x"', TAG], TAG),
        (["*"], TAG),
        (['"lineage-7-1.htm"'], None),
        (['"xlineage-7-1.html"'], None),
        (["lineage-7-1.html"], None),
        (['"*"'], None),
        ([""], None),
    ],
)
def test_what_is_at_hand_is_known_by_its_whole_tag(
    if_none_match: list[str], at_hand: str | None
) -> None:
    assert tag_at_hand(if_none_match, (TAG, OTHER)) == at_hand

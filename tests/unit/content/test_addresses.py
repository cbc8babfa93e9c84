"""A page leads only to addresses that run nothing, however they are disguised."""

import pytest

from palimpsest.content import addresses
from tests.unit.content.injections import ADDRESSES

HARMLESS = {
    # These have no scheme: a browser asks the page's own server, or another one, for a page.
    "/\\evil.test/?<script>ran()</script>",
    "?javascript:ran()",
    "#javascript:ran()",
    "\\u006aavascript:ran()",
    "\\6a avascript:ran()",
    "javascript\uff1aran()",
}


@pytest.mark.parametrize("address", sorted(set(ADDRESSES) - HARMLESS), ids=ascii)
def test_no_address_runs_a_script(address: str) -> None:
    assert addresses.link(address) is None
    assert addresses.image(address) is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://example.org/", "http://example.org/"),
        ("HTTPS://example.org", "HTTPS://example.org"),
        ("mailto:ann@example.org", "mailto:ann@example.org"),
        ("tel:+43 1 234", "tel:+43%201%20234"),
        (" \t/a b\u00a0c\n", "/a%20b%C2%A0c"),
        ("ht\ntp://x\0", "http://x"),
        ("/a:b", "/a:b"),
        ("a?b:c", "a?b:c"),
        ("#a:b", "#a:b"),
        ("//example.org", "//example.org"),
        ("é", "é"),
    ],
)
def test_a_link_leads_where_it_says(address: str, expected: str) -> None:
    assert addresses.link(address) == expected


@pytest.mark.parametrize("address", ["", " ", "\0", "a:b", ":", "ftp://example.org", "data:,x"])
def test_other_links_lead_nowhere(address: str) -> None:
    assert addresses.link(address) is None


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp", "PNG"])
def test_a_picture_may_be_in_its_address(kind: str) -> None:
    address = f"data:image/{kind};base64,iVBORw0KGgo="
    assert addresses.image(address) == address
    assert addresses.link(address) is None


@pytest.mark.parametrize(
    "address",
    ["data:image/png,x", "data:image/png;base64,!", "data:image/bmp;base64,AAAA", "tel:1", ""],
)
def test_other_data_is_no_picture(address: str) -> None:
    assert addresses.image(address) is None


def test_a_picture_may_be_anywhere_on_the_web() -> None:
    assert addresses.image("https://example.org/a b.png") == "https://example.org/a%20b.png"
    assert addresses.image("a.png") == "a.png"

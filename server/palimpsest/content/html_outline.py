"""The outline of a page that is at hand as HTML: its headings, read back from what html.py wrote.

No `<` and no `>` there is anything but a tag's own: text and attributes are escaped.
"""

import re
from html import unescape

from palimpsest.content.outline import Heading

_HEADING = re.compile(r'<h([1-6]) id="([^"]*)"[^>]*>(.*?)</h\1>', re.DOTALL)
# The source of a formula is in it, unseen.
_TAG = re.compile(r"<annotation [^>]*>[^<]*</annotation>|<[^>]*>")


def headings(html: str) -> tuple[Heading, ...]:
    """Return the headings that say something, with their anchors."""
    found = (
        Heading(int(level), _words(inside), unescape(anchor))
        for level, anchor, inside in _HEADING.findall(html)
    )
    return tuple(heading for heading in found if heading.text)


def _words(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html.replace("<br>", " "))).split())

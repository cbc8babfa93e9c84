"""Bars with whiskers, as SVG that looks well on light and dark pages. Measures nothing."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from tests.bench.rounds import OURS, Round, Spread, names, spread

WIDTH, NAMES, LABELS = 760, 190, 190
BAR, GAP, TITLE, MARGIN = 16, 8, 30, 12
CUT_AT = 6
"""A bar that is longer than this many times ours is cut off: else nothing else could be seen."""

_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .setting { font-weight: 600 }
  .value { font-size: 12px; fill: #59636e }
  .ours { fill: #0969da } .other { fill: #a7b1bc } .floor { fill: #d9b45b }
  .whisker { stroke: #1f2328; stroke-width: 1.25; opacity: .7 } .cut { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .value { fill: #9198a1 }
    .ours { fill: #4493f8 } .other { fill: #5b6570 } .floor { fill: #a98732 }
    .whisker { stroke: #e6edf3 } .cut { fill: #0d1117 }
  }
"""


class Bar(NamedTuple):
    """One server's figure."""

    server: str
    found: Spread


def svg(title: str, rounds: Sequence[Round]) -> str:
    """Return a picture of the first figure of each setting."""
    lines: list[str] = []
    top = MARGIN
    for setting in names(each.setting for each in rounds):
        some = [each for each in rounds if each.setting == setting and each.figures]
        if some:
            top = _group(lines, setting, some, top)
    size = f'viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            *lines,
            "</svg>\n",
        ]
    )


def _group(lines: list[str], setting: str, rounds: Sequence[Round], top: int) -> int:
    """Draw the bars of a setting; return where the next begins."""
    figure = next(iter(rounds[0].figures))
    bars = [
        Bar(server, found)
        for server in names(each.server for each in rounds)
        if (found := spread([each for each in rounds if each.server == server], figure))
    ]
    longest = _longest(bars)
    label = escape(f"{setting}: {figure}")
    lines.append(f'<text class="setting" x="0" y="{top + 14}">{label}</text>')
    top += TITLE
    for bar in bars:
        lines += _bar(bar, top, (WIDTH - NAMES - LABELS) / longest if longest else 0.0)
        top += BAR + GAP
    return top + MARGIN


def _longest(bars: Sequence[Bar]) -> float:
    most = max(bar.found.most for bar in bars)
    ours = [bar.found.median for bar in bars if bar.server == OURS]
    return min(most, CUT_AT * ours[0]) if ours and ours[0] > 0 else most


def _bar(bar: Bar, top: int, scale: float) -> list[str]:
    room = WIDTH - NAMES - LABELS
    found, middle = bar.found, top + BAR / 2
    length = max(min(found.median * scale, room), 1.0)
    kind = {OURS: "ours", "floor": "floor"}.get(bar.server, "other")
    drawn = [
        f'<text x="0" y="{top + 13}">{escape(bar.server)}</text>',
        f'<rect class="{kind}" x="{NAMES}" y="{top}" width="{length:.1f}" height="{BAR}" rx="2"/>',
    ]
    least, most = (min(value * scale, room) for value in (found.least, found.most))
    if found.median * scale > room:
        left = NAMES + room - 24
        drawn.append(f'<path class="cut" d="M{left} {top - 1} l6 0 l-5 {BAR + 2} l-6 0 z"/>')
    elif most > least:
        drawn.append(
            f'<path class="whisker" fill="none" d="M{NAMES + least:.1f} {middle - 4} v8'
            f' m0 -4 H{NAMES + most:.1f} m0 -4 v8"/>'
        )
    at = NAMES + max(length, most) + 8
    drawn.append(f'<text class="value" x="{at:.1f}" y="{top + 13}">{escape(found.text())}</text>')
    return drawn

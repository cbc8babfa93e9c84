"""What a request would like best, from the lists in its headers (RFC 9110, sections 12 and 13)."""

from collections.abc import Iterable, Iterator

ANYTHING = "*"


def likings(lines: Iterable[str]) -> dict[str, float]:
    """Return how much each name in the lines of a header is liked, from 0 to 1."""
    found: dict[str, float] = {}
    for item in _items(lines):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        try:
            found[name] = min(1.0, max(0.0, float(quality)))
        except ValueError:
            continue
    return found


def liking(found: dict[str, float], media_type: str) -> float:
    """Return how much a media type is liked: by its name, else its kind's, else any's."""
    general = f"{media_type.partition('/')[0]}/{ANYTHING}"
    names = (media_type, general, f"{ANYTHING}/{ANYTHING}")
    return next((found[each] for each in names if each in found), 0.0)


def takes_gzip(lines: Iterable[str]) -> bool:
    """Tell whether gzip is liked, at least as much as an answer as it is."""
    found = likings(lines)
    gzip = found.get("gzip", found.get(ANYTHING, 0.0))
    return gzip > 0 and gzip >= found.get("identity", 0.0)


def tag_at_hand(lines: Iterable[str], tags: Iterable[str]) -> str | None:
    """Return the first of an answer's entity tags that If-None-Match says is there already."""
    held = {item.removeprefix("W/") for item in _items(lines)}
    return next((tag for tag in tags if tag in held or ANYTHING in held), None)


def _items(lines: Iterable[str]) -> Iterator[str]:
    """Yield the items of lists: a header may stand in several lines."""
    return (item.strip() for line in lines for item in line.split(",") if item.strip())

"""Writes docs/limits.md from the one table in the code: `make limits`."""

from palimpsest.limits import table

HEAD = """\
# Limits

Every limit of the server. Each can be changed: `palimpsest serve --limit NAME=NUMBER`, or under
`[limits]` in a settings file. Rates are off with `--auth none` on loopback. This page is written
by `make limits`.

| limit | default | when it is reached |
|---|---|---|
"""


def page() -> str:
    """Return the page."""
    rows = (f"| `{name}` | {value:,} {unit} | {then} |\n" for name, value, unit, then in table())
    return HEAD + "".join(rows)


if __name__ == "__main__":
    print(page(), end="")

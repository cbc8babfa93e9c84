"""What a test needs and cannot be had: skipped with a line of what and why; on CI, a failure."""

import os
from typing import NoReturn

import pytest


def missing(thing: str, why: str) -> NoReturn:
    """End the test: `thing` is not here, and `why` says what to do or why that is."""
    line = f"{thing} is missing: {why}"
    if os.environ.get("CI", "").lower() in {"true", "1"}:
        pytest.fail(f"{line} (On CI nothing is skipped.)", pytrace=False)
    pytest.skip(line)


def require(thing: object, name: str, why: str) -> None:
    """Go on only if `thing` is true, that is, if what is called `name` is here."""
    if not thing:
        missing(name, why)

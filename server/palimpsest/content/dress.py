"""How code and formulas are shown to readers: code in colours, formulas set; within limits.

An export for other programs says what is written, and no more: without a dress, html.py writes the
text of both. A page is dressed once, and what was found is kept for the next time it is written:
most of its blocks are as they were.
"""

from collections.abc import Callable
from functools import lru_cache

from palimpsest.content import colouring, formulas
from palimpsest.limits import Limits

Patience = Callable[[Callable[[], str]], str | None]
"""Does some work, and gives it up (None) if it takes too long."""

KEPT_MAX = 200


class Wardrobe:
    """Dresses pages, one after another."""

    def __init__(self, limits: Limits, patience: Patience) -> None:
        self._limits = limits
        self._patience = patience
        self._colours = lru_cache(KEPT_MAX)(self._coloured)
        self._formulas = lru_cache(KEPT_MAX)(self._formula)

    def dress(self) -> "Dress":
        """Return the dress of one page."""
        return Dress(self._limits, self._colours, self._formulas)

    def _coloured(self, text: str, language: str) -> str | None:
        return self._patience(lambda: colouring.coloured(text, language))

    def _formula(self, tex: str, display: bool) -> str | None:  # noqa: FBT001 - for the cache
        return self._patience(lambda: formulas.mathml(tex, display=display) or "") or None


class Dress:
    """Dresses the code and the formulas of one page; counts how much of them there was."""

    def __init__(
        self,
        limits: Limits,
        colours: Callable[[str, str], str | None],
        formulas: Callable[[str, bool], str | None],
    ) -> None:
        self._limits = limits
        self._left = limits.page_dressed_characters_max
        self._gave_up = False
        self._colours = colours
        self._formulas = formulas

    def code(self, text: str, language: str | None) -> str | None:
        """Return code in colours, as HTML; None if it is to be shown as it is."""
        if language is None or not colouring.is_known(language):
            return None
        if self._gave_up or not self._takes(text, self._limits.code_coloured_characters_max):
            return None
        html = self._colours(text, language)
        # Where one takes too long, the next may: a page is not to wait for each of them.
        self._gave_up = html is None
        return html

    def formula(self, tex: str, *, display: bool) -> str | None:
        """Return a formula as MathML; None if it is to be shown as it is."""
        within = bool(tex.strip()) and self._takes(tex, self._limits.formula_characters_max)
        return self._formulas(tex, display) if within else None

    def _takes(self, text: str, characters_max: int) -> bool:
        if len(text) > min(characters_max, self._left):
            return False
        self._left -= len(text)
        return True

"""How words are compared by whoever looks for them: without case, accents or vowel signs.

Letters are folded one by one, so that what is found in the folded text is known in the text.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

_MARKS: Final = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x064B, 0x065F), (0x0670, 0x0670))
"""Accents, and the vowel signs of Hebrew and Arabic. Those of other scripts make other words."""

LETTERS_KEPT: Final = 4096


def folded(text: str) -> str:
    """Return a text as it is compared."""
    return text.lower() if text.isascii() else "".join(map(_folded_letter, text))


def words_of(text: str, words_max: int) -> tuple[str, ...]:
    """Return the words that somebody looks for, as they are compared, each once."""
    return tuple(dict.fromkeys(folded(text).split()))[:words_max]


def places(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Return where words stand in a text: from, until; in order, none touching another."""
    compared, origins = _with_origins(text)
    found = [place for word in words for place in _each_place(compared, word)]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        first, last = origins[start], origins[end - 1] + 1
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


def _each_place(text: str, word: str) -> list[tuple[int, int]]:
    found = []
    start = text.find(word)
    while word and start >= 0:
        found.append((start, start + len(word)))
        start = text.find(word, start + len(word))
    return found


def _with_origins(text: str) -> tuple[str, Sequence[int]]:
    """Return a text as it is compared, and for each of its letters where it came from."""
    if text.isascii():
        return text.lower(), range(len(text))
    letters = [
        (letter, place) for place, each in enumerate(text) for letter in _folded_letter(each)
    ]
    return "".join(letter for letter, _ in letters), [place for _, place in letters]


@lru_cache(maxsize=LETTERS_KEPT)
def _folded_letter(letter: str) -> str:
    parts = unicodedata.normalize("NFKD", letter.casefold()).casefold()
    return "".join(part for part in parts if not _is_mark(part))


def _is_mark(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _MARKS)

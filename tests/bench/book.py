"""A document of a megabyte, as it looks after it was written here and there."""

import random
from functools import cache
from typing import NamedTuple

from pycrdt import Doc, Text

from palimpsest.adapters.load.keystrokes import PROSE, ROOT
from palimpsest.protocol import sync

AUTHOR = 1_414_213_562
PASSAGES = 12_000
PASSAGES_BEFORE_LEAP = 20
SEED = 1


class Book(NamedTuple):
    """An update, and how much is in it."""

    update: bytes
    letters: int

    @property
    def state_vector(self) -> bytes:
        """What somebody has who has read it."""
        return sync.write_state_vector({AUTHOR: self.letters})


@cache
def book() -> Book:
    """Write passages before each other, and go somewhere else now and then."""
    chance = random.Random(SEED)
    doc: Doc[Text] = Doc(client_id=AUTHOR)
    text = doc.get(ROOT, type=Text)
    size = place = 0
    with doc.transaction():
        for number in range(PASSAGES):
            if number % PASSAGES_BEFORE_LEAP == 0:
                place = chance.randrange(size + 1)
            # What is typed right behind the last passage would become one with it.
            text.insert(place, PROSE)
            size += len(PROSE)
    return Book(doc.get_update(), size)

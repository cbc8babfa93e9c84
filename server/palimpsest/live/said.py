"""What a client can say to a session, whichever protocol it speaks."""

import enum


class Said(enum.IntEnum):
    """What a client can say to a session; the first three are the sync protocol's numbers."""

    STEP1 = 0
    STEP2 = 1
    UPDATE = 2
    PRESENCE = 3
    QUERY = 4


SYNC_SAID = (Said.STEP1, Said.STEP2, Said.UPDATE)
"""By the sync protocol's number: looking it up is quicker than asking the enumeration."""

"""The ledger: what the aggregate knows of its CRDT without holding it.

Clocks by client id (a state vector), and which principal owns which client id. What an
update claims is checked against it; the update's bytes are never looked into here.
"""

from collections.abc import Mapping
from typing import NamedTuple

from palimpsest.domain.refusals import ForeignClientId, UpdateWaits


class Span(NamedTuple):
    """Clocks `start` (included) to `end` (excluded) that an update writes under a client id."""

    client: int
    start: int
    end: int


class Claims(NamedTuple):
    """What an update says of itself, as the scanner read it.

    `spans` are grouped by client, ascending within one. `needs` has, for each client id that
    the update refers to (origins, parents) or deletes from, the first clock after the last it
    needs. `deletes` tells whether it deletes anything.
    """

    spans: tuple[Span, ...]
    needs: Mapping[int, int]
    deletes: bool

    @property
    def empty(self) -> bool:
        """Whether the update brings nothing at all, as the Step2 of a client that is in step."""
        return not self.spans and not self.deletes


class Ledger:
    """Clocks and owners of one document.

    The one mutable part of the aggregate: copying it for each keystroke would cost more
    than the keystroke.
    """

    __slots__ = ("clocks", "owners")

    def __init__(
        self, clocks: Mapping[int, int] | None = None, owners: Mapping[int, str] | None = None
    ) -> None:
        self.clocks: dict[int, int] = dict(clocks or {})
        self.owners: dict[int, str] = dict(owners or {})

    def copy(self) -> "Ledger":
        """Return a ledger of the same content that goes its own way."""
        return Ledger(self.clocks, self.owners)

    def adds(self, claims: Claims) -> bool:
        """Tell whether the update writes clocks that are not here."""
        clocks = self.clocks
        return any(span.end > clocks.get(span.client, 0) for span in claims.spans)

    def introduced(self, claims: Claims, principal: str) -> tuple[int, ...]:
        """Return the client ids that the update would bind to `principal`.

        Raises:
            ForeignClientId: it writes new clocks under an id that another principal owns.
            UpdateWaits: it builds on, refers to or deletes what is not here.
        """
        clocks, owners = self.clocks, self.owners
        reach: dict[int, int] = {}
        introduced: tuple[int, ...] = ()
        for client, start, end in claims.spans:
            known = reach.get(client) or clocks.get(client, 0)
            if start > known:
                raise UpdateWaits
            if end > known:
                owner = owners.get(client)
                if owner is None and client not in reach:
                    introduced += (client,)
                elif (owner or principal) != principal:
                    raise ForeignClientId
                reach[client] = end
        for client, end in claims.needs.items():
            if end > (reach.get(client) or clocks.get(client, 0)):
                raise UpdateWaits
        return introduced

    def add(self, spans: tuple[Span, ...], introduced: Mapping[int, str]) -> None:
        """Take note of an update that was recorded."""
        clocks = self.clocks
        for client, _, end in spans:
            if end > clocks.get(client, 0):
                clocks[client] = end
        if introduced:
            self.owners.update(introduced)

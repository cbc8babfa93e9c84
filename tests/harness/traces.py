"""Recorded editing sessions, or generated ones of the same kinds where the recordings are not.

The recordings lie in `../shared/traces` beside the checkout, or in the folder that the variable
PALIMPSEST_TRACES names; they are never part of the repository.
"""

import gzip
import json
import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.harness.nodes import Patch

ROOT = Path(__file__).parents[2]
VARIABLE = "PALIMPSEST_TRACES"
WORDS = ["the ", "of ", "palimpsest ", "über ", "→ ", "𝒳 ", "vellum, ", "ink.\n"]
DELETE_SHARE = 0.2


@dataclass(frozen=True)
class Typed:
    """One writer's session: patches in order, and the text they lead to."""

    name: str
    patches: list[Patch]
    text: str

    def prefix(self, count: int) -> "Typed":
        """Return the session's beginning."""
        if count >= len(self.patches):
            return self
        patches = self.patches[:count]
        return Typed(f"{self.name}[:{count}]", patches, typed_text(patches))


@dataclass(frozen=True)
class Transaction:
    """What one writer typed after having seen `parents` (indexes of transactions)."""

    agent: int
    parents: list[int]
    patches: list[Patch]


@dataclass(frozen=True)
class TypedTogether:
    """Several writers' session: positions count in what each of them saw."""

    name: str
    agents: int
    transactions: list[Transaction] = field(repr=False)
    text: str = field(repr=False)

    def as_json(self) -> dict[str, object]:
        """Return what the Node driver prepares updates from."""
        txns = [
            {"agent": each.agent, "parents": each.parents, "patches": each.patches}
            for each in self.transactions
        ]
        return {"numAgents": self.agents, "txns": txns}


def typed(name: str, *, seed: int = 0) -> Typed:
    """Return a sequential session, recorded or generated."""
    recording = _recording(name)
    if recording is None:
        return generated(seed)
    patches = [tuple(patch) for txn in recording["txns"] for patch in txn["patches"]]
    return Typed(name, patches, recording["endContent"])


def typed_together(name: str, *, agents: int = 2, seed: int = 0) -> TypedTogether:
    """Return a concurrent session, recorded or generated for `agents` writers."""
    recording = _recording(name)
    if recording is None:
        return generated_together(seed, agents)
    transactions = [
        Transaction(txn["agent"], txn["parents"], [tuple(patch) for patch in txn["patches"]])
        for txn in recording["txns"]
    ]
    return TypedTogether(name, recording["numAgents"], transactions, recording["endContent"])


def generated(seed: int, *, count: int = 3000) -> Typed:
    """Return a session of one writer, who wanders, types in runs and deletes some of it."""
    chance = random.Random(seed)
    text: list[str] = []
    patches: list[Patch] = []
    cursor = 0
    while len(patches) < count:
        if chance.random() < 0.1:
            cursor = chance.randint(0, len(text))
        _type_run(chance, text, patches, cursor)
        cursor = min(len(text), patches[-1][0] + len(patches[-1][2]))
    return Typed(f"generated from seed {seed}", patches, "".join(text))


def generated_together(seed: int, agents: int, *, rounds: int = 40) -> TypedTogether:
    """Return a session of several writers, each in a paragraph of their own.

    Nobody types where somebody else does, so what comes of it is certain. Writers see each
    other's paragraphs at the beginning of each round.
    """
    chance = random.Random(seed)
    transactions = [Transaction(0, [], [(0, 0, "[]\n" * agents)])]
    paragraphs = [list("[]\n") for _ in range(agents)]
    heads = [0]
    for _ in range(rounds):
        seen = [list(paragraph) for paragraph in paragraphs]
        new_heads = []
        for agent in range(agents):
            parents = heads
            before = sum(len(paragraph) for paragraph in seen[:agent])
            for _ in range(chance.randint(1, 3)):
                patches: list[Patch] = []
                inside = chance.randint(1, len(paragraphs[agent]) - 2)
                _type_run(chance, paragraphs[agent], patches, inside, margin=2)
                for position, deleted, inserted in patches:
                    patch = (before + position, deleted, inserted)
                    transactions.append(Transaction(agent, parents, [patch]))
                    parents = [len(transactions) - 1]
            new_heads += parents
        heads = new_heads
    text = "".join(character for paragraph in paragraphs for character in paragraph)
    return TypedTogether(f"generated from seed {seed}", agents, transactions, text)


def typed_text(patches: list[Patch]) -> str:
    """Return the text that patches lead to."""
    text: list[str] = []
    for position, deleted, inserted in patches:
        text[position : position + deleted] = inserted
    return "".join(text)


def _type_run(
    chance: random.Random, text: list[str], patches: list[Patch], at: int, *, margin: int = 0
) -> None:
    """Type a word, or delete some characters, one by one; leave `margin` at the text's end."""
    if chance.random() < DELETE_SHARE and len(text) - margin > at + 5:
        for _ in range(chance.randint(1, 5)):
            del text[at]
            patches.append((at, 1, ""))
        return
    for character in chance.choice(WORDS):
        text.insert(at, character)
        patches.append((at, 0, character))
        at += 1


def _recording(name: str) -> Any:
    """Return a recording as its file has it, or None if it is not here."""
    places = [ROOT.parent / "shared" / "traces"]
    if named := os.environ.get(VARIABLE):
        places.append(Path(named))
    for place in places:
        file = place / f"{name}.json.gz"
        if file.is_file():
            with gzip.open(file) as lines:
                return json.load(lines)
    return None

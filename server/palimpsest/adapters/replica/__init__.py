"""The CRDT in memory: the only imports of pycrdt."""

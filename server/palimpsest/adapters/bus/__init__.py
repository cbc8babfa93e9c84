"""The bus: a Unix socket in the data directory that carries wake-ups and who is where.

Nothing depends on what it carries but how soon things are known: whoever misses it, polls.
"""

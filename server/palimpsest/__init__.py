"""Palimpsest, a server for writing together. Nothing is here but the version."""

__version__ = "0.1.0"

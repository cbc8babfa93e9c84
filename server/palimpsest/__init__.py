"""Palimpsest, a server for writing together. Nothing is here but the version."""

from importlib.metadata import version

__version__ = version("palimpsest")

"""Options that several commands share."""

import argparse
import os
from pathlib import Path

from palimpsest.cli.failure import Failure
from palimpsest.settings import BadSetting, Settings, settle


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add what says where the data is."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help=f"directory that holds all data (default: {Settings().data})",
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="TOML file with settings; flags and PALIMPSEST_* variables go before it",
    )


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add what changes limits."""
    parser.add_argument(
        "--limit",
        action="append",
        metavar="NAME=NUMBER",
        help="change a limit; `palimpsest serve --help` lists them",
    )


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Return the settings for a command.

    Raises:
        Failure: one of them is not what it can be.
    """
    try:
        return settle(vars(arguments), os.environ, arguments.config)
    except BadSetting as error:
        raise Failure(str(error)) from error

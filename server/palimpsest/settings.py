"""What can be set, from flags, PALIMPSEST_* variables or a TOML file, in that order."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from palimpsest.limits import Limits
from palimpsest.protocol.origins import LOOPBACK_HOSTS

PREFIX = "PALIMPSEST_"
AUTH_CHOICES = ("token", "none")
LOG_LEVELS = ("debug", "info", "warning", "error")


class BadSetting(Exception):
    """A setting is not what it can be; the message says what it can."""


def _setting(default: Any, description: str) -> Any:  # noqa: ANN401
    return field(default=default, metadata={"help": description})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the server is to run."""

    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8000, "port to listen on; 0 picks a free one")
    data: Path = field(
        default=Path("palimpsest-data"),
        metadata={"help": "directory that holds all data; made if missing"},
    )
    auth: str = _setting(
        "token", "'token': whoever comes shows one; 'none': everybody is a guest who may edit"
    )
    force: bool = _setting(default=False, description="allow --auth none on other than loopback")
    log_level: str = _setting("info", "how much is logged: debug, info, warning or error")
    limits: Limits = field(default_factory=Limits, metadata={"help": ""})

    @property
    def loopback_only(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK_HOSTS


def settle(
    flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None
) -> Settings:
    """Return the settings that flags, environment and TOML file add up to.

    Raises:
        BadSetting: one of them is not what it can be.
    """
    values = _from_file(file) if file else {}
    limits = values.pop("limits", {})
    for item in fields(Settings):
        variable = PREFIX + item.name.upper()
        if variable in environment and item.name != "limits":
            values[item.name] = environment[variable]
    for pair in flags.get("limit") or ():
        name, _, number = pair.partition("=")
        limits[name] = number
    known = {item.name for item in fields(Settings)}
    values |= {name: value for name, value in flags.items() if name in known and value is not None}
    settings = Settings(**{name: _converted(name, value) for name, value in values.items()})
    settings = replace(settings, limits=_limits(limits))
    _check(settings)
    return settings


def _from_file(file: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(file.read_text())
    except OSError as error:
        raise BadSetting(f"The settings file {file} cannot be read: {error.strerror}.") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"The settings file {file} is not TOML: {error}.") from error
    unknown = values.keys() - {item.name for item in fields(Settings)}
    if unknown:
        raise BadSetting(f"The settings file {file} sets {min(unknown)!r}, which does not exist.")
    return values


def _converted(name: str, value: Any) -> Any:  # noqa: ANN401
    if name == "port":
        return _whole(name, value)
    if name == "data":
        return Path(value).expanduser()
    if name == "force":
        return value if isinstance(value, bool) else value.lower() in {"1", "true", "yes"}
    return str(value)


def _whole(name: str, value: Any) -> int:  # noqa: ANN401
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise BadSetting(f"{name} is {value!r}, but takes a whole number.") from None
    if number < 0:
        raise BadSetting(f"{name} is {number}, but cannot be negative.")
    return number


def _limits(values: Mapping[str, Any]) -> Limits:
    known = {item.name for item in fields(Limits)}
    for name in values:
        if name not in known:
            raise BadSetting(f"There is no limit {name!r}; `palimpsest serve --help` lists them.")
    return Limits(**{name: _whole(name, value) for name, value in values.items()})


def _check(settings: Settings) -> None:
    if settings.auth not in AUTH_CHOICES:
        raise BadSetting(f"auth is {settings.auth!r}, but can be 'token' or 'none'.")
    if settings.log_level not in LOG_LEVELS:
        raise BadSetting(
            f"log_level is {settings.log_level!r}; it can be {', '.join(LOG_LEVELS)}."
        )
    if settings.port > 65535:  # noqa: PLR2004
        raise BadSetting(f"port is {settings.port}, but the highest there is is 65535.")
    if settings.auth == "none" and not (settings.loopback_only or settings.force):
        raise BadSetting(
            f"--auth none would let anybody who reaches {settings.host} write;"
            " add --force if that is meant."
        )

"""The URL of a Redis store: `redis://[USER:PASSWORD@]HOST[:PORT][/DB][?OPTION=VALUE&...]`; `rediss://` for TLS."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from torus_connect._config.checks import file_fault
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret

DEFAULT_PORT = 6379
MAX_CONNECTIONS = 1000


class Place(NamedTuple):
    """Where a Redis is, and how to talk to it.

    Attributes:
        lock_ttl: seconds after which the right of a worker that died goes to the next one (`?lock_ttl=`).
        timeout: seconds for connecting, and for each command (`?timeout=`).
        connections: the most at a time, of one process or of one event loop (`?connections=`).
        ca_file: the PEM file of the authorities to trust instead of the usual ones (`?ca_file=`).
    """

    tls: bool
    host: str
    port: int
    db: int
    user: Secret | None
    password: Secret | None
    lock_ttl: float = 30.0
    timeout: float = 5.0
    connections: int = 10
    ca_file: Path | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'rediss' if self.tls else 'redis'}://{host}:{self.port}/{self.db}"

    def __repr__(self) -> str:
        return f"<Place {self}>"


def place_of(url: Secret) -> Place:
    """Return what a URL names.

    Raises:
        ConfigurationError: a part of it is malformed; the message names the part, and nothing of its value.
    """
    place = _read(url)
    if isinstance(place, str):
        raise ConfigurationError(f"store is no URL of a Redis: {place}")
    return place


def _read(url: Secret) -> Place | str:
    # A fault is returned, not raised: the frame of an exception would hold the parts, a password among them.
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "check brackets and port"
    database = parts.path.removeprefix("/") or "0"
    if not host or port == 0:
        return "it has no valid host and port"
    if not database.isdecimal():
        return "the database is a number, as in redis://host:6379/0"
    if parts.fragment:
        return "a '#' in a password is written %23"
    options = _options(parts.query, tls=parts.scheme == "rediss")
    if isinstance(options, str):
        return options
    return Place(
        parts.scheme == "rediss",
        host,
        DEFAULT_PORT if port is None else port,
        int(database),
        Secret(unquote(parts.username)) if parts.username else None,
        Secret(unquote(parts.password)) if parts.password else None,
    )._replace(**options)


def _options(query: str, *, tls: bool) -> dict[str, Any] | str:
    options: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in options:
            return f"it names {name} twice"
        if name in ("lock_ttl", "timeout"):
            seconds = _number(value)
            if not 0.1 <= seconds <= 3600:  # noqa: PLR2004 - not NaN, either
                return f"{name} is a number of seconds from 0.1 to 3600"
            options[name] = seconds
        elif name == "connections":
            if not value.isdecimal() or not 1 <= int(value) <= MAX_CONNECTIONS:
                return f"connections is a number from 1 to {MAX_CONNECTIONS}"
            options[name] = int(value)
        elif name == "ca_file" and tls and value:
            fault = file_fault(value)
            if fault:
                return f"ca_file cannot be read: {fault}"
            options[name] = Path(value)
        else:
            return "its options are lock_ttl, timeout, connections and, with rediss://, ca_file"
    return options


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")

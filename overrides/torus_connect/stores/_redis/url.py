"""The URL of a Redis store: `redis://[USER:PASSWORD@]HOST[:PORT][/DB][?OPTION=VALUE&...]`; `rediss://` for TLS."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from torus_connect._config.checks import file_fault
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret

_NUMBERS: dict[str, tuple[type, float, float]] = {
    "lock_ttl": (float, 0.1, 3600),
    "timeout": (float, 0.1, 3600),
    "connections": (int, 1, 1000),
}


class Server(NamedTuple):
    """Where a Redis is, and how to talk to it.

    Attributes:
        url: for redis-py, without the options.
        name: the same without user and password, for people.
        lock_ttl: seconds after which the lock of a worker that died goes to the next one (`?lock_ttl=`).
        timeout: seconds for connecting, and for each command (`?timeout=`).
        connections: the most at a time, of one process or of one event loop (`?connections=`).
        ca_file: the PEM file of the authorities to trust instead of the usual ones (`?ca_file=`).
    """

    url: Secret
    name: str
    lock_ttl: float = 30.0
    timeout: float = 5.0
    connections: int = 10
    ca_file: Path | None = None


def server_of(url: Secret) -> Server:
    """Return what a URL names.

    Raises:
        ConfigurationError: a part of it is malformed; the message names the part, and nothing of its value.
    """
    server = _read(url)
    if isinstance(server, str):
        raise ConfigurationError(f"store is no URL of a Redis: {server}")
    return server


def _read(url: Secret) -> Server | str:
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
    shown = f"[{host}]" if ":" in host else host
    name = f"{parts.scheme}://{shown}:{port or 6379}/{database}"
    return Server(Secret(url.partition("?")[0]), name, **options)


def _options(query: str, *, tls: bool) -> dict[str, Any] | str:
    options: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in options:
            return f"it names {name} twice"
        if name in _NUMBERS:
            kind, least, most = _NUMBERS[name]
            try:
                options[name] = kind(value)
            except ValueError:
                options[name] = None
            if options[name] is None or not least <= options[name] <= most:  # not NaN, either
                return f"{name} is a number from {least} to {most}"
        elif name == "ca_file" and tls and value:
            fault = file_fault(value)
            if fault:
                return f"ca_file cannot be read: {fault}"
            options[name] = Path(value)
        else:
            return "its options are lock_ttl, timeout, connections and, with rediss://, ca_file"
    return options

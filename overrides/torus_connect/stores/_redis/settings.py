"""Where a Redis is, by its URL, and what is said of one that fails, or may forget.

In our words, as those of redis-py may repeat what was sent.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from redis import exceptions as of_redis

from torus_connect._config.checks import file_fault
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret

_log = logging.getLogger("torus_connect")

COMMANDS = "EVAL, TIME, GET, SET, DEL"
"""What a Redis user must be allowed to do; with INFO, too, a server that evicts is warned of."""
OF_A_JOURNAL = "HGET, HSET, HMGET, HGETALL, EXPIRE"
"""What one must be allowed to do, too, where orders have a journal there."""
_MAY_NOT = (
    f"does not let this user do what is needed: {COMMANDS} on torus-connect:*; for a journal, {OF_A_JOURNAL}, too"
)
_NOT_ACCEPTED = "does not accept the user or the password"
_BY_WORDS = {
    "No connection available": "has all {0.connections} connections in use for {0.timeout:g} seconds",
    "ACL failure in script": _MAY_NOT,  # Redis 7, where a user may call a script, and not what the script calls
    "executing the script can't run this command": _MAY_NOT,  # Redis 6
    "unauthenticated": _NOT_ACCEPTED,  # of a command with many arguments
}
"""Failures that have no class of their own."""
_BY_KIND: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((of_redis.AuthenticationError, of_redis.AuthorizationError), _NOT_ACCEPTED),
    ((of_redis.NoPermissionError,), _MAY_NOT),
    ((of_redis.ReadOnlyError,), "is a read-only replica: name the primary"),
    ((of_redis.OutOfMemoryError,), "is full (its maxmemory)"),
    ((of_redis.BusyLoadingError,), "is still loading its data"),
    ((of_redis.TimeoutError, TimeoutError), "did not answer within {0.timeout:g} seconds"),
    ((of_redis.ConnectionError, OSError), "cannot be reached, or broke the connection off"),
)
_FORGETS = {
    "allkeys-": "sessions, who logs a user in, that a login was cut off, and orders of a journal",
    "volatile-": "sessions, so that users must log in again, and orders of a journal",
}
_NUMBERS = {"lock_ttl": (float, 0.1, 3600), "timeout": (float, 0.1, 3600), "connections": (int, 1, 1000)}


class RedisSettings(NamedTuple):
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

    def failure(self, exc: Exception) -> str:
        """Return what went wrong."""
        said = next((said for words, said in _BY_WORDS.items() if words in str(exc)), None)
        said = said or next((said for kinds, said in _BY_KIND if isinstance(exc, kinds)), None)
        return f"{self.name} {said.format(self) if said else f'cannot be used: {type(exc).__name__}'}"

    def warn_if_it_forgets(self, memory: object) -> None:
        """Log a warning where it evicts, by what it answers to `INFO memory`."""
        policy = str(memory.get("maxmemory_policy")) if isinstance(memory, dict) and memory.get("maxmemory") else ""
        for kind, forgets in _FORGETS.items():
            if policy.startswith(kind):
                words = "%s has a maxmemory and the maxmemory-policy %s: it may forget %s; choose noeviction"
                _log.warning(words, self.name, policy, forgets)


def redis_settings(url: Secret) -> RedisSettings:
    """Return what a URL names.

    Raises:
        ConfigurationError: a part of it is malformed; the message names the part, and nothing of its value.
    """
    settings = _read(url)
    if isinstance(settings, str):
        raise ConfigurationError(f"store is no URL of a Redis: {settings}")
    return settings


def _read(url: Secret) -> RedisSettings | str:
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
    return RedisSettings(Secret(url.partition("?")[0]), name, **options)


def _options(query: str, *, tls: bool) -> dict[str, Any] | str:
    options: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in options:
            return f"it names {name} twice"
        if name in _NUMBERS:
            kind, least, most = _NUMBERS[name]
            with suppress(ValueError):
                options[name] = kind(value)
            if not least <= options.get(name, 0) <= most:  # not NaN, either
                return f"{name} is a number from {least} to {most}"
        elif name == "ca_file" and tls and value:
            fault = file_fault(value)
            if fault:
                return f"ca_file cannot be read: {fault}"
            options[name] = Path(value)
        else:
            return "its options are lock_ttl, timeout, connections and, with rediss://, ca_file"
    return options

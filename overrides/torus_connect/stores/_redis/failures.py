"""What is said of a Redis that fails, or may forget: in our words, as those of redis-py may repeat what was sent."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from redis import exceptions as of_redis

if TYPE_CHECKING:
    from .url import Server

_log = logging.getLogger("torus_connect")

COMMANDS = "EVAL, TIME, GET, SET, DEL"
"""What a Redis user must be allowed to do; with INFO, too, a server that evicts is warned of."""
_MAY_NOT = f"does not let this user do what is needed: {COMMANDS} on torus-connect:*"
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


def failure(exc: Exception, server: Server) -> str:
    """Return what went wrong."""
    said = next((said for words, said in _BY_WORDS.items() if words in str(exc)), None)
    said = said or next((said for kinds, said in _BY_KIND if isinstance(exc, kinds)), None)
    return f"{server.name} {said.format(server) if said else f'cannot be used: {type(exc).__name__}'}"


def warn_if_it_forgets(memory: object, server: Server) -> None:
    """Log a warning where a Redis evicts, by what it answers to `INFO memory`."""
    policy = str(memory.get("maxmemory_policy")) if isinstance(memory, dict) and memory.get("maxmemory") else ""
    for kind, forgets in _FORGETS.items():
        if policy.startswith(kind):
            words = "%s has a maxmemory and the maxmemory-policy %s: it may forget %s; choose noeviction"
            _log.warning(words, server.name, policy, forgets)


_FORGETS = {
    "allkeys-": "sessions, who logs a user in, and that a login was cut off",
    "volatile-": "sessions, so that users must log in again",
}

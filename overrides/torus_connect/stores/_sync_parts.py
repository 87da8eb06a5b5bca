"""What a login and the Redis store do in their own way in a thread; `_async_parts.py` is for tasks."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from os import getpid as owner_of_connections
from queue import Empty, SimpleQueue
from threading import Thread
from weakref import WeakMethod

from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, Unusable, conceal

__all__ = ["BREAKS_A_POOL", "call_login", "keep_renewed", "owner_of_connections"]

BREAKS_A_POOL: tuple[type[BaseException], ...] = (BaseException,)
"""What a signal handler raises may leave the pool of redis-py without a connection, or locked."""


def call_login(login: Callable[[], object]) -> Secret | Unusable | None:
    """Ask the user for a request token."""
    given = login()
    if inspect.iscoroutine(given):
        given.close()
        raise ConfigurationError("login is async: give it to AsyncTorusConnect")
    return conceal(given)


def keep_renewed(renew: Callable[[], bool], seconds: float) -> Callable[[], object]:
    """Renew a lease, by its method, every so many seconds, until it is lost or forgotten; return what ends that."""
    over: SimpleQueue[None] = SimpleQueue()  # no `Event`, whose lock an interrupt may leave locked
    Thread(target=_renew, args=(WeakMethod(renew), seconds, over), name="torus-connect-lock", daemon=True).start()
    return partial(over.put, None)


def _renew(method: WeakMethod[Callable[[], bool]], seconds: float, over: SimpleQueue[None]) -> None:
    held = True
    while held:
        try:
            return over.get(timeout=seconds)
        except Empty:
            renew = method()
            held = renew is not None and renew()
            del renew
    return None

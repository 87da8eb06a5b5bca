"""What the async Redis store does in its own way; `sync_parts.py` is for the sync one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from weakref import ref

from torus_connect._transport.event_loop import running_loop as owner_of_connections

if TYPE_CHECKING:
    from collections.abc import Callable

    from .async_store import AsyncRedisLease

__all__ = ["BREAKS_A_POOL", "keep_renewed", "owner_of_connections"]

BREAKS_A_POOL: tuple[type[BaseException], ...] = ()
"""redis-py gives a connection back, whatever is raised."""


def keep_renewed(lease: AsyncRedisLease, seconds: float) -> Callable[[], object]:
    """Renew a lease every so many seconds, until it is lost or forgotten; return what ends that."""
    return asyncio.create_task(_renew(ref(lease), seconds), name="torus-connect-lock").cancel


async def _renew(lease: ref[AsyncRedisLease], seconds: float) -> None:
    held = True
    while held:
        await asyncio.sleep(seconds)
        found = lease()
        held = found is not None and await found.renew()
        del found

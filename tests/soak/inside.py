"""What these tests know of the inside: how many places the pool has, and what this process holds."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path

POOL = 100
"""How many calls of one client can be under way at the same time. That many at once show that no place was lost."""


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def wait_for_descriptors(count: int) -> bool:
    """Wait until this process has no more than so many; the other end of a connection takes a moment to close it."""
    for _ in range(500):
        if descriptors() <= count:
            return True
        time.sleep(0.01)
    return False


def resident_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

"""A folder on a disk that is full, or gets full."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SIZE = 64 * 1024
FILL = "all-there-is"


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[], str]]:
    """Put a folder on a disk of its own; yield what fills it, and returns what the system says to whoever writes there.

    Files can still be made. Where this user may not mount a disk, no file of this process may grow once it is "full".
    """
    options = f"mode=700,size={SIZE}"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode == 0:

        def fill() -> str:
            with suppress(OSError), (folder / FILL).open("wb", buffering=0) as file:
                while file.write(bytes(4096)):
                    pass
            return "No space left on device"

        try:
            yield fill
        finally:
            subprocess.run(["umount", str(folder)], check=True)
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def grow_no_more() -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        return "File too large"

    try:
        yield grow_no_more
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def full_disk(folder: Path) -> Iterator[str]:
    """Fill the disk that a folder is on; yield what the system says to whoever writes there."""
    with small_disk(folder) as fill:
        yield fill()

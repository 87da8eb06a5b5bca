"""Replace a folder whole: whoever looks sees the old one or the new one, and a failure or an interrupt leaves the old.

The new folder is made in a staging folder beside the old one, on the same file system, so that renames are enough.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def alone_with(folder: Path) -> Iterator[None]:
    """Wait for any other run that replaces this folder, and undo what a killed one left behind.

    The lock is on the parent folder: it leaves no file, and ends with the last process that holds it. Child processes
    inherit it if they are started with `close_fds=False`, so a child that outlives a killed run is waited for, too.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder.parent, os.O_RDONLY)
    try:
        os.set_inheritable(lock, True)  # noqa: FBT003 - the standard library's own signature
        fcntl.flock(lock, fcntl.LOCK_EX)
        recover(folder)
        yield
    finally:
        os.close(lock)


def recover(folder: Path) -> None:
    """Put the old folder back if a run was killed between the two renames, and remove what else such a run left."""
    for staging in folder.parent.glob(f".sdk-{folder.name}-????????"):  # eight: what mkdtemp adds
        if (staging / "old").exists() and not folder.exists():
            (staging / "old").rename(folder)
        shutil.rmtree(staging)


@contextmanager
def replacement(folder: Path) -> Iterator[Path]:
    """Yield the path at which to make the new folder; it takes the old one's place if the block ends well."""
    # An interrupted child may still be writing while we clean up: what that leaves, the next run removes.
    with tempfile.TemporaryDirectory(
        dir=folder.parent, prefix=f".sdk-{folder.name}-", ignore_cleanup_errors=True
    ) as staging:
        new = Path(staging, "new")
        yield new
        swap(new, folder, aside=Path(staging, "old"))


def swap(new: Path, folder: Path, *, aside: Path) -> None:
    """Rename the folder aside and the new one into its place. An interrupt waits until both are done."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
    try:
        if folder.exists():
            folder.rename(aside)
        try:
            new.rename(folder)
        except OSError:
            if aside.exists():
                aside.rename(folder)
            raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)

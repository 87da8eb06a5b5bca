"""Files of another user: this one may not open them, unless it is root."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def a_folder_of_nobody() -> Iterator[Path]:
    """Make a folder that `nobody` may use, which the folders of pytest do not allow; this user's own, if not root."""
    folder = Path(tempfile.mkdtemp())
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def without_root() -> Iterator[None]:
    """Let this process, with all its threads, run as `nobody` where it runs as root."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(mine)


def a_file_of_another_user(path: Path) -> None:
    """Make a file of a third user. Only root can: else it is one that this user may not open, either."""
    path.touch(0o600)
    if os.geteuid() == 0:
        os.chown(path, NOBODY - 1, -1)
    else:
        path.chmod(0)

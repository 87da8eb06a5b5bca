"""Where a connection of a thread goes to: each address of a host in turn."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .progress import Progress


def addresses(host: str, port: int, progress: Progress) -> Iterator[tuple[str, float, bool]]:
    """Yield each address, how many seconds to try it, a fair share of what is left, and whether it is the last one.

    How long the system may take to look up the name is up to the system.

    Raises:
        OSError: the host has none; `TimeoutError` where no time is left.
    """
    # As bytes, the name is taken as it is, which is ASCII. For a text, Python loads its tables for other names: 2 ms.
    found = [str(info[4][0]) for info in socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)]
    for left in range(len(found), 0, -1):
        yield found[-left], progress.left_to_connect() / left, left == 1

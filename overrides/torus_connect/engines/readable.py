"""Whether something can be read from a connection, as the system sees it."""

from __future__ import annotations

import select


def can_be_read(file: int) -> bool:
    """Return whether something has arrived, the end of the connection for one.

    Args:
        file: the descriptor of its socket.
    """
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(file, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([file], [], [], 0)[0])

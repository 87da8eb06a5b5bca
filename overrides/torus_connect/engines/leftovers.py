"""Whether a connection may serve another call: only one on which nothing is left of the last.

What is left over behind a reply, a second one above all, would be taken for the reply to the next request, another
user's. httpcore asks the wire, before it uses a connection again, whether something can be read there, and ours tells
of what has been read ahead, too. What h11, the parser of httpcore, holds back is left to ask for here, and there is no
public way. Where it is not what it was, the answer is the safe one, and a test of keeping connections says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpcore


def holds_more(connection: httpcore.ConnectionInterface | httpcore.AsyncConnectionInterface) -> bool:
    """Return whether more than one reply was taken from a connection whose reply was read to the end."""
    http: Any = getattr(connection, "_connection", None)
    try:
        return bool(http._h11_state.trailing_data[0])  # noqa: SLF001
    except AttributeError:
        return True

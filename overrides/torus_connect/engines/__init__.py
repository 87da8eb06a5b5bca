"""What puts bytes on the wire.

An engine sends one request over its pool and returns the whole reply, whatever its status. It refuses redirects,
keeps no cookies, and turns its library's exceptions into `ConnectionFailed`, where nothing of the request can have
left this machine, or `ReplyLost`, where some of it may have. No exception of the library goes with them: it would
carry the request along.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from typing import Protocol

    from torus_connect.exchange import WireRequest
    from torus_connect.reply import Reply

    class Engine(Protocol):
        """Sends requests from any number of threads."""

        def send(self, request: WireRequest, seconds: float) -> Reply:
            """Send a request once and return its reply.

            Args:
                request: what to send.
                seconds: how long it may take, to the last byte of the reply.

            Raises:
                ConnectionFailed: the request was not sent.
                ReplyLost: the request was sent, at least in part, and no whole reply came.
            """
            ...

        def close(self) -> None:
            """Close the pool."""
            ...

    class AsyncEngine(Protocol):
        """Sends requests from any number of tasks of one event loop."""

        async def send(self, request: WireRequest, seconds: float) -> Reply:
            """Send a request once and return its reply; errors as for `Engine.send`."""
            ...

        async def aclose(self) -> None:
            """Close the pool."""
            ...

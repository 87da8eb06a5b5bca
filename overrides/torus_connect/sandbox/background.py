"""uvicorn in a thread of its own, up and down within milliseconds."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import socket

    from starlette.applications import Starlette

_GRACE = 0.5  # seconds that a reply under way gets to be finished when the server ends
# Longer than anybody pauses between two calls, so that no kept connection is closed just as it is used again.
_KEEP_ALIVE = 75


class BackgroundServer:
    """Serves an application on a socket that is listening already, from `start` to `stop`."""

    def __init__(self, app: Starlette, listener: socket.socket) -> None:
        config = uvicorn.Config(
            app, loop="asyncio", http=_Connection, ws="none", lifespan="off", log_config=None, log_level=None,
            proxy_headers=False, server_header=False, timeout_keep_alive=_KEEP_ALIVE,
        )  # fmt: skip
        self._listener = listener
        self._server = _Server(config)
        self._thread = Thread(target=self._run, name="torus-sandbox", daemon=True)

    def start(self) -> None:
        """Return once it serves.

        Raises:
            RuntimeError: the server did not come up.
        """
        self._thread.start()
        self._server.ready.wait()
        if not self._server.started:
            self.stop()
            msg = "the server of the sandbox did not start"
            raise RuntimeError(msg)

    def stop(self) -> None:
        """End the server and its thread; a reply under way gets half a second to be finished."""
        self._server.end()
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._listener])
        finally:
            self._server.ready.set()


class _Connection(H11Protocol):
    """Keeps no access log, which would hold the request token of the end URL, and advises nobody to install something.

    uvicorn's own switch would silence the access log of every other uvicorn in this process as well.
    """

    def _unsupported_upgrade_warning(self) -> None:
        """Answer a request for another protocol as any other, without a word in the log."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        self.access_log = False
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}  # `request.state.transport`: a reply may get lost


class _Server(uvicorn.Server):
    """uvicorn's server, told to end at once where the original looks every 100 ms and then sleeps for another 100."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()
        self._ending = asyncio.Event()
        self._running_loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """Ask for the end, from any thread."""
        self.should_exit = True
        if self._running_loop is not None:
            with suppress(RuntimeError):  # the loop is closed: it has ended by itself
                self._running_loop.call_soon_threadsafe(self._ending.set)

    async def main_loop(self) -> None:
        self._running_loop = asyncio.get_running_loop()
        self.ready.set()
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(1 - time.time() % 1):  # the header Date is set as a second begins
                    await self._ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - `stop` closes it
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()  # closes an idle one; any other closes after its reply
        await self._finish_replies()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await self._finish_replies()

    async def _finish_replies(self) -> None:
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_GRACE)
        await asyncio.sleep(0)  # lets the transports that were closed tell their connections

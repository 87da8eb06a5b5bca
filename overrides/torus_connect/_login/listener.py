"""Waits on this machine for the redirect at the end of a login. Which request decides, `callback` says without I/O."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from typing import Any

from torus_connect._config.checks import checked_number, checked_text
from torus_connect._config.settings import DEFAULT_LOGIN_PATH, DEFAULT_LOGIN_TIMEOUT
from torus_connect._transport.event_loop import running_loop
from torus_connect.errors import ConfigurationError, LoginFailed, LoginTimeout
from torus_connect.secret import Secret, conceal

from .callback import MAX_BYTES, CallbackHandler, parsed
from .pages import answer
from .redirect import LoginFault

IPV4, IPV6 = "127.0.0.1", "::1"
_NO_IPV6 = (None, errno.EADDRNOTAVAIL)  # the former as of Python 3.13
_MAX_PORT = 65535
_MOST_CONNECTIONS = 32
_REQUEST_SECONDS = 5.0  # for one request, from its first byte to its last
_ANSWER_SECONDS = 1.0  # for the browser to take the answer that ends it all
_PASTE = "the address that the browser shows there can be pasted (`torus-connect login --paste`)"


def wait_for_request_token(
    *,
    port: int,
    path: str = DEFAULT_LOGIN_PATH,
    timeout: float = DEFAULT_LOGIN_TIMEOUT,
    on_ready: Callable[[], object] | None = None,
) -> Secret:
    """Wait for the redirect at the end of a login, and return its request token.

    It listens on 127.0.0.1 and ::1 only, for the URL that is registered with the service, such as
    `http://127.0.0.1:8788/`. The browser gets a page that takes the request token out of its history. Requests that
    carry none are answered, and the wait goes on; so it does for those to other paths, by another host's name, or from
    within another page. The redirect has no `state` that is known: what makes the browser of this machine go to
    that address decides whose login it is.

    Args:
        port: the port of that URL.
        path: the path of that URL.
        timeout: how many seconds to wait, at most 3600.
        on_ready: called once it listens, which is the moment to open the browser. The redirect is answered meanwhile.

    Returns:
        The request token, as `generate_session` takes it.

    Raises:
        LoginTimeout: nothing came in time; it says where a login came instead, to another path or for another host.
        LoginFailed: the redirect carries an error, two request tokens, or one that no header can carry.
        ConfigurationError: an argument is malformed, or the port cannot be listened on.
    """
    # In a thread: the caller's may have a loop that runs already, as in a notebook; and `on_ready` may take its time,
    # as `webbrowser` does with some browsers.
    cancel: Future[Any] = Future()  # its result is there once it listens

    def listening() -> None:
        task: Any = asyncio.current_task()
        cancel.set_result(partial(asyncio.get_running_loop().call_soon_threadsafe, task.cancel))

    waiting = async_wait_for_request_token(port=port, path=path, timeout=timeout, on_ready=listening)
    with ThreadPoolExecutor(1, "torus-login") as thread:
        try:
            found: Future[Any] = thread.submit(asyncio.run, waiting)
            wait((cancel, found), return_when=FIRST_COMPLETED)
            if on_ready and cancel.done():
                on_ready()
            return Secret(found.result())
        finally:  # an interrupt, too, ends the thread
            if not cancel.cancel():
                with suppress(RuntimeError):  # the loop is closed: it has ended by itself
                    cancel.result()()


async def async_wait_for_request_token(
    *,
    port: int,
    path: str = DEFAULT_LOGIN_PATH,
    timeout: float = DEFAULT_LOGIN_TIMEOUT,  # noqa: ASYNC109 - as without await
    on_ready: Callable[[], object] | None = None,
) -> Secret:
    """`wait_for_request_token` with `await`; a task that waits can be cancelled. `on_ready` must not block the loop."""
    running_loop()  # before a port is taken
    handler, seconds = CallbackHandler(_checked_path(path)), checked_number("timeout", timeout)
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port <= _MAX_PORT:
        raise ConfigurationError(f"port must be a whole number from 1 to {_MAX_PORT}")
    connections, servers = _Connections(handler), list[asyncio.Server]()
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await _listen_on_both(port, connections, servers)
                if on_ready:
                    on_ready()
                await connections.decided.wait()
    finally:
        for server in servers:
            server.close()
        await connections.close()
    if handler.result is None:
        waited = f"Nobody came back from the login within {seconds:g} seconds"
        raise LoginTimeout(f"{waited}, but {handler.elsewhere}: {_PASTE}" if handler.elsewhere else waited)
    if isinstance(handler.result, LoginFault):
        raise LoginFailed(handler.result.value)
    return handler.result


async def _listen_on_both(port: int, connections: _Connections, servers: list[asyncio.Server]) -> None:
    """Listen on the same port of 127.0.0.1 and, where the machine has it, of ::1; note each server before it listens.

    A browser may take `localhost` for either. Where only one of them were bound, another program could be listening on
    the other.

    Raises:
        ConfigurationError: the port is taken on one of the two, or cannot be bound.
    """
    try:
        for host in (IPV4, IPV6):
            servers += [await asyncio.start_server(connections.serve, host, port, limit=MAX_BYTES, start_serving=False)]
            await servers[-1].start_serving()
    except OSError as exc:
        if not servers or exc.errno not in _NO_IPV6:
            raise ConfigurationError(
                f"port {port} cannot be listened on, on 127.0.0.1 and ::1: {os.strerror(exc.errno or 0)}. Choose "
                "another one (`--port`), and register it with the redirect URL"
            ) from None


def _checked_path(path: str) -> str:
    text = checked_text("path", conceal(path))
    if not text.startswith("/") or any(mark in text for mark in "?# \\"):
        raise ConfigurationError("path must start with / and hold no query, fragment, backslash or space")
    return str(text)


class _Connections:
    """The connections that are open: not too many, and none of them for long."""

    def __init__(self, handler: CallbackHandler) -> None:
        self.decided = asyncio.Event()
        self._handler = handler
        self._tasks: dict[asyncio.Task[None], None] = {}

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection beside the others; where there are too many, the oldest is closed."""
        if len(self._tasks) >= _MOST_CONNECTIONS:
            oldest = next(iter(self._tasks))
            del self._tasks[oldest]
            oldest.cancel()

        def done(task: asyncio.Task[None]) -> None:
            self._tasks.pop(task, None)
            writer.transport.abort()

        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks[task] = None
        task.add_done_callback(done)  # not within the task: one that is cancelled before it began does nothing

    async def close(self) -> None:
        """End all connections."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # lets the transports tell the system

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decides = False
        try:
            async with asyncio.timeout(_REQUEST_SECONDS) as deadline:
                response, decides = await self._answer(reader)
                if decides:  # a moment for the answer to arrive, and the wait is over
                    deadline.reschedule(asyncio.get_running_loop().time() + _ANSWER_SECONDS)
                writer.write(response)
                await writer.drain()
                writer.write_eof()
                # A connection that is closed with something unread is reset, and the answer with it.
                while await reader.read(MAX_BYTES):
                    pass
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass  # it is no fault if the other side goes away in the middle
        finally:
            if decides:
                self.decided.set()

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[bytes, bool]:
        """Return the answer to a request, and whether it decides."""
        try:
            request = parsed(await reader.readuntil(b"\r\n\r\n"))
        except asyncio.LimitOverrunError:
            return answer(431, "That is too long."), False
        if request is None:
            return answer(400, "This is no HTTP request."), False
        refused = self._handler.refusal(request)
        if refused:
            return refused, False
        body = await reader.readexactly(request.body_length) if request.method == "POST" else b""
        open_until_now = self._handler.result is None
        return self._handler.decide(request, body), open_until_now and self._handler.result is not None

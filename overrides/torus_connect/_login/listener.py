"""Waits on this machine for the redirect at the end of a login. The HTTP is judged in `http`, without I/O."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING

from torus_connect._config.checks import checked_seconds, checked_text
from torus_connect._config.settings import DEFAULT_LOGIN_PATH, DEFAULT_LOGIN_TIMEOUT
from torus_connect._transport.event_loop import running_loop
from torus_connect.errors import ConfigurationError, LoginFailed, LoginTimeout
from torus_connect.secret import Secret, conceal

from . import loopback
from .http import MAX_BYTES, Judge, answer, parsed
from .redirect import LoginFault

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

_HIGHEST_PORT = 65_535
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
    within another page. The redirect has no `state` that is known: whoever gets the browser of this machine to go to
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
    listening, result = threading.Event(), Future[Secret]()
    loop = asyncio.new_event_loop()
    task = loop.create_task(async_wait_for_request_token(port=port, path=path, timeout=timeout, on_ready=listening.set))

    def run() -> None:
        try:
            result.set_result(loop.run_until_complete(task))
        except BaseException as exc:  # noqa: BLE001 - handed to the thread that waits
            result.set_exception(exc)
        finally:
            loop.close()
            listening.set()

    thread = threading.Thread(target=run, name="torus-login", daemon=True)
    thread.start()
    try:
        listening.wait()
        if on_ready and not result.done():
            on_ready()
        return result.result()
    finally:  # an interrupt, too, ends the thread
        with suppress(RuntimeError):  # the loop is closed: it has ended by itself
            loop.call_soon_threadsafe(task.cancel)
        thread.join()


async def async_wait_for_request_token(
    *,
    port: int,
    path: str = DEFAULT_LOGIN_PATH,
    timeout: float = DEFAULT_LOGIN_TIMEOUT,  # noqa: ASYNC109 - the same face as without await
    on_ready: Callable[[], object] | None = None,
) -> Secret:
    """`wait_for_request_token` with `await`; a task that waits can be cancelled. `on_ready` must not block the loop."""
    running_loop()  # before a port is taken
    where, seconds = checked_path(path), checked_seconds("timeout", timeout)
    return await _received(_listening(checked_port(port)), Judge(where), seconds, on_ready)


def checked_port(port: object) -> int:
    """Return a port that a URL can be registered with.

    Raises:
        ConfigurationError: it is none.
    """
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port <= _HIGHEST_PORT:
        raise ConfigurationError(f"port must be a whole number from 1 to {_HIGHEST_PORT}")
    return port


def checked_path(path: str) -> str:
    """Return the path of a URL, as a browser sends it.

    Raises:
        ConfigurationError: it is none.
    """
    text = checked_text("path", conceal(path))
    if not text.startswith("/") or any(mark in text for mark in "?# \\"):
        raise ConfigurationError("path must start with / and hold no query, fragment, backslash or space")
    return str(text)


async def _received(
    listeners: list[socket.socket], judge: Judge, seconds: float, on_ready: Callable[[], object] | None
) -> Secret:
    """Serve listening sockets until the judge has a verdict, or the time is over; close them in any case.

    Raises:
        LoginTimeout, LoginFailed: see `wait_for_request_token`.
    """
    door = _Door(judge)
    servers = []
    try:
        async with asyncio.timeout(seconds):
            for listener in listeners:
                server = await asyncio.start_server(door.open, sock=listener, limit=MAX_BYTES)
                servers.append(server)
            if on_ready:
                on_ready()
            await door.decided.wait()
    except TimeoutError:
        pass
    finally:
        for server in servers:
            server.close()
        for listener in listeners:
            listener.close()
        await door.close()
    if judge.verdict is None:
        waited = f"Nobody came back from the login within {seconds:g} seconds"
        raise LoginTimeout(f"{waited}{f', but {judge.elsewhere}: {_PASTE}' if judge.elsewhere else ''}")
    if isinstance(judge.verdict, LoginFault):
        raise LoginFailed(judge.verdict.value)
    return judge.verdict


class _Door:
    """The connections that are open: not too many, and none of them for long."""

    def __init__(self, judge: Judge) -> None:
        self.decided = asyncio.Event()
        self._judge = judge
        self._visits: list[asyncio.Task[None]] = []
        self._deciding: asyncio.Task[None] | None = None

    def open(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection beside the others; where there are too many, the oldest makes room."""
        live = [visit for visit in self._visits if not visit.cancelling()]
        if len(live) >= _MOST_CONNECTIONS:
            live[0].cancel()
        visit = asyncio.ensure_future(self._visit(reader, writer))
        self._visits.append(visit)
        visit.add_done_callback(self._visits.remove)
        # Not within the visit: one that is cancelled before it began does nothing.
        visit.add_done_callback(lambda _: writer.transport.abort())

    async def close(self) -> None:
        """End all connections; the one that decided gets a moment for its answer to arrive."""
        if self._deciding:
            await asyncio.wait([self._deciding], timeout=_ANSWER_SECONDS)
        rest = list(self._visits)
        for visit in rest:
            visit.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await asyncio.sleep(0)  # lets the transports tell the system

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Whoever goes away in the middle is no fault of anybody.
        with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            async with asyncio.timeout(_REQUEST_SECONDS):
                writer.write(await self._answer(reader))
                await writer.drain()
                writer.write_eof()
                # A connection that is closed with something unread is reset, and the answer with it.
                while await reader.read(MAX_BYTES):
                    pass

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        try:
            request = parsed(await reader.readuntil(b"\r\n\r\n"))
        except asyncio.LimitOverrunError:
            return answer(431, "That is too long.")
        refusal = self._judge.refusal(request)
        if refusal or request is None:
            return refusal or b""
        body = await reader.readexactly(request.body_length) if request.method == "POST" else b""
        told = self._judge.decide(request, body)
        if self._judge.verdict is not None and not self.decided.is_set():
            self._deciding = asyncio.current_task()
            self.decided.set()
        return told


def _listening(port: int) -> list[socket.socket]:
    try:
        return loopback.listen_on_both(port)
    except OSError as exc:
        why = exc.strerror
    raise ConfigurationError(
        f"port {port} cannot be listened on, on 127.0.0.1 and ::1: {why}. Choose another one (`--port`), and register "
        "it with the redirect URL"
    )

"""Where a call goes to: listeners of every kind, and places where there is none."""

from __future__ import annotations

import functools
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import trustme
from faults.behaviours import GOOD_REPLY, TOKEN_ALONE, said
from faults.planted import ACCESS_TOKEN, PROXY_PASSWORD
from support.proxy import ConnectProxy
from support.raw_server import Behaviour, Connection, RawServer, answer


@dataclass
class Place:
    """Where a call goes to.

    Attributes:
        base_url: what the client is given.
        options: what else the client needs to get there.
        server: who listens there.
        elsewhere: who must not be visited.
        connects: what a proxy in between was asked, one entry for each CONNECT.
        between: what to wait for between two calls.
    """

    base_url: str
    options: dict[str, Any] = field(default_factory=dict)
    server: RawServer | None = None
    elsewhere: RawServer | None = None
    connects: list[bytes] = field(default_factory=list)
    between: Callable[[], None] = lambda: None


Opening = Callable[[], AbstractContextManager[Place]]


@functools.cache
def authority() -> trustme.CA:
    return trustme.CA()


@functools.cache
def server_context(name: str = "127.0.0.1", *, expired: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    not_after = datetime(2024, 1, 1, tzinfo=UTC) if expired else None
    authority().issue_cert(name, not_after=not_after).configure_cert(context)
    return context


def trusting() -> dict[str, Any]:
    """Return the option of a client that trusts the authority of the tests."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority().configure_trust(context)
    return {"ssl_context": context}


def plain(behave: Behaviour) -> Opening:
    @contextmanager
    def opening() -> Iterator[Place]:
        with RawServer(behave) as server:
            yield Place(server.base_url, server=server)

    return opening


def by_name(behave: Behaviour) -> Opening:
    """Listen on 127.0.0.1 only, and tell the client `localhost`, which may have a second address."""

    @contextmanager
    def opening() -> Iterator[Place]:
        with RawServer(behave) as server:
            yield Place(server.base_url.replace("127.0.0.1", "localhost"), server=server)

    return opening


def encrypted(behave: Behaviour, *, name: str = "127.0.0.1", expired: bool = False, trusted: bool = True) -> Opening:
    """Listen with TLS; the certificate is for a name, and may be expired or of nobody's trust."""

    @contextmanager
    def opening() -> Iterator[Place]:
        with RawServer(behave, tls=server_context(name, expired=expired)) as server:
            yield Place(server.base_url, trusting() if trusted else {}, server)

    return opening


def raw_behind_https(behave: Behaviour) -> Opening:
    """Tell the client `https://`, and do without the TLS."""

    @contextmanager
    def opening() -> Iterator[Place]:
        with RawServer(behave) as server:
            yield Place(server.base_url.replace("http://", "https://"), trusting(), server)

    return opening


@contextmanager
def unknown_name() -> Iterator[Place]:
    yield Place("https://no-such-name.invalid/api/v1", trusting())


@contextmanager
def closed_port() -> Iterator[Place]:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield Place(f"http://127.0.0.1:{reserved.getsockname()[1]}/api/v1")


@contextmanager
def full_backlog() -> Iterator[Place]:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, socket.socket() as filler:
        # It fills the queue of the listener: a further connect gets no answer at all.
        filler.connect(listener.getsockname())
        yield Place(f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1")


@contextmanager
def late_listener() -> Iterator[Place]:
    """A closed port, until the first attempt has failed: the client's own log says when."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        server = RawServer(answer(GOOD_REPLY), listener=reserved)
        with ExitStack() as stack:

            def start() -> None:
                reserved.listen()
                stack.enter_context(server)

            starter = _OnFirstRecord(start)
            logging.getLogger("torus_connect").addHandler(starter)
            stack.callback(logging.getLogger("torus_connect").removeHandler, starter)
            yield Place(server.base_url, server=server)


class _OnFirstRecord(logging.Handler):
    def __init__(self, do: Callable[[], None]) -> None:
        super().__init__()
        self._do: Callable[[], None] | None = do

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        do, self._do = self._do, None
        if do:
            do()


def redirect(status: str, where: str) -> Opening:
    """Redirect to the same host, to another one, or from TLS to plain HTTP; whoever follows is seen."""

    @contextmanager
    def opening() -> Iterator[Place]:
        target: list[str] = []

        def behave(connection: Connection) -> None:
            while connection.read_request():
                to = f"Location: {target[0]}/session/generate?token={quote(ACCESS_TOKEN)}"
                connection.send(said(status, TOKEN_ALONE, (to,)))

        tls = server_context() if where == "downgrade to http" else None
        with RawServer(behave, tls=tls) as server, RawServer(answer(GOOD_REPLY)) as elsewhere:
            other = elsewhere.base_url
            target.append(
                {
                    "same host": server.base_url,
                    "other host": other.replace("127.0.0.1", "localhost"),
                    "downgrade to http": other,
                }[where]
            )
            yield Place(server.base_url, trusting() if tls else {}, server, elsewhere)

    return opening


def proxied(behave: Behaviour, *, refuse: str | None = None, instead: Behaviour | None = None) -> Opening:
    """Go through a proxy to a server with TLS.

    Args:
        behave: what the server does.
        refuse: the status line that the proxy answers CONNECT with; empty to close.
        instead: what is done to a connection by what is no real proxy.
    """

    @contextmanager
    def opening() -> Iterator[Place]:
        with RawServer(behave, tls=server_context()) as server:
            proxy: Any = RawServer(instead) if instead else ConnectProxy(refuse=refuse)
            with proxy:
                url = f"http://merchant:{quote(PROXY_PASSWORD, safe='')}@127.0.0.1:{proxy.port}"
                asked = proxy.requests if instead else proxy.asked
                yield Place(server.base_url, {"proxy": url, **trusting()}, server, connects=asked)

    return opening


def between_two_calls(first: tuple[bytes, ...], then: Behaviour, *, tls: bool = False, proxy: bool = False) -> Opening:
    """Answer the first call, then do something to its connection before the second call is made.

    Args:
        first: the answer, in parts that arrive together.
        then: what is done to the connection.
        tls: whether the server speaks TLS.
        proxy: whether a proxy that speaks TLS, too, stands in between.
    """

    @contextmanager
    def opening() -> Iterator[Place]:
        go, done = threading.Event(), threading.Event()

        def between() -> None:
            go.set()
            assert done.wait(5), "the server did not get that far"

        def behave(connection: Connection) -> None:
            if connection.server.connections == 1:
                connection.read_request()
                connection.send_together(*first)
                go.wait()
                then(connection)
                done.set()
            # Where the client comes back on the first connection, it is served all the same: the counts tell.
            answer(GOOD_REPLY)(connection)

        with ExitStack() as stack:
            server = stack.enter_context(RawServer(behave, tls=server_context() if tls else None))
            options = trusting() if tls else {}
            if proxy:
                tunnel = stack.enter_context(ConnectProxy(tls=server_context()))
                options["proxy"] = f"https://{tunnel.address}"
            yield Place(server.base_url, options, server, connects=tunnel.asked if proxy else [], between=between)

    return opening

"""What an attempt's failure is called, and what it means: no I/O, only how far it came and the exception."""

from __future__ import annotations

import errno
import os
import ssl
from types import SimpleNamespace

import httpx
import pytest

from torus_connect import ConfigurationError, ConnectionFailed, ReplyLost
from torus_connect.engines.attempt import Attempt
from torus_connect.exchange import WireRequest

REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))


def attempt() -> Attempt:
    headers = {"Token": "canary", "Content-Type": "application/json"}
    return Attempt(WireRequest("POST", "https://host/api", headers, b"canary"), {"connect": 1.5})


def sent(*, method: bytes = b"POST", event: str = "http11.send_request_headers.started") -> Attempt:
    """Return an attempt whose request is on its way, as httpcore tells of it."""
    begun = attempt()
    begun.trace(event, {"request": SimpleNamespace(method=method)})
    return begun


def caused_by(exc: BaseException, cause: BaseException) -> BaseException:
    exc.__cause__ = cause
    return exc


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] (_ssl.c:1006)")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("exc", "reason"),
    [
        (httpx.PoolTimeout("canary"), "no connection of the pool came free in time"),
        (httpx.ConnectTimeout("canary"), "it took longer than its timeout"),
        (httpx.ReadTimeout("canary"), "it took longer than its timeout"),
        (TimeoutError("canary"), "it took longer than its timeout"),
        (httpx.ProxyError("403 canary"), "the proxy answered 403"),
        (httpx.ProxyError("407"), "the proxy answered 407"),
        (httpx.ProxyError("4031 canary"), "the proxy failed"),
        (httpx.ProxyError("canary 403"), "the proxy failed"),
        (httpx.ProxyError(""), "the proxy failed"),
        (REFUSED, "Connection refused"),
        (httpx.ConnectError("canary"), "ConnectError"),
        (httpx.RemoteProtocolError("canary"), "RemoteProtocolError"),
        (ValueError(), "ValueError"),
        (OSError(), "OSError"),
        (OSError("canary"), "OSError"),
        (untrusted(), "certificate verify failed: self-signed certificate"),
        # What is at the root says most: the cause that Python keeps, or the one that httpcore keeps as the argument.
        (caused_by(httpx.ConnectError("canary"), REFUSED), "Connection refused"),
        (caused_by(httpx.ConnectError("canary"), untrusted()), "certificate verify failed: self-signed certificate"),
        (httpx.ReadError(REFUSED), "Connection refused"),  # type: ignore[arg-type]
        (caused_by(httpx.ConnectError("canary"), httpx.ReadError(REFUSED)), "Connection refused"),  # type: ignore[arg-type]
        (caused_by(httpx.ConnectError("canary"), ValueError()), "ConnectError"),
        (ExceptionGroup("canary", [REFUSED]), "Connection refused"),
        (ExceptionGroup("canary", [REFUSED, ValueError("canary")]), "Connection refused"),
        (caused_by(httpx.ConnectError("canary"), ExceptionGroup("canary", [REFUSED])), "Connection refused"),
    ],
)
def test_what_is_said(exc: BaseException, reason: str) -> None:
    assert attempt().failure(exc).args == (f"The request was not sent: {reason}",)
    assert sent().failure(exc).args == (f"The request was sent, but no whole reply came back: {reason}",)


def test_before_the_request_is_sent() -> None:
    error = attempt().failure(REFUSED)
    assert type(error) is ConnectionFailed
    assert error.reply is None


@pytest.mark.parametrize(
    "begun",
    [
        sent(method=b"CONNECT"),
        sent(event="connection.connect_tcp.started"),
        sent(event="http11.send_request_headers.complete"),
    ],
    ids=["CONNECT", "connect", "complete"],
)
def test_what_is_not_yet_our_request(begun: Attempt) -> None:
    assert type(begun.failure(REFUSED)) is ConnectionFailed


def test_an_event_without_a_request() -> None:
    begun = attempt()
    begun.trace("connection.connect_tcp.started", {})
    assert type(begun.failure(REFUSED)) is ConnectionFailed


@pytest.mark.parametrize("event", ["http11.send_request_headers.started", "http2.send_request_headers.started"])
def test_after_it(event: str) -> None:
    error = sent(event=event).failure(REFUSED)
    assert type(error) is ReplyLost
    assert error.reply is None


@pytest.mark.parametrize(
    ("events", "half_open"),
    [
        ([], False),
        (["connection.connect_tcp.started"], False),
        (["connection.connect_tcp.complete"], True),
        (["connection.connect_tcp.complete", "connection.start_tls.started"], True),
        (["connection.connect_tcp.complete", "connection.start_tls.failed"], True),
        (["connection.connect_tcp.complete", "connection.start_tls.complete"], False),
        # Without TLS, and on a connection of the pool, nothing tells of a handshake.
        (["connection.connect_tcp.complete", "http11.send_request_headers.started"], False),
        (["connection.connect_tcp.complete", "connection.start_tls.complete", "connection.connect_tcp.complete"], True),
    ],
)
def test_a_connection_whose_handshake_is_not_done(events: list[str], *, half_open: bool) -> None:
    begun, stream = attempt(), object()
    for event in events:
        begun.trace(event, {"return_value": stream, "request": SimpleNamespace(method=b"POST")})
    assert begun.half_open is (stream if half_open else None)


def test_what_arrived_before_it_failed() -> None:
    begun = sent()
    begun.response = httpx.Response(200, headers=[("X-One", "1"), ("x-one", "2")])
    begun.head()
    begun.body.take(b"half")
    error = begun.failure(REFUSED)
    assert error.reply is not None
    assert (error.reply.status_code, error.reply.content) == (200, b"half")
    assert dict(error.reply.headers) == {"x-one": "1, 2"}


def test_nothing_has_arrived() -> None:
    reply = attempt().reply()
    assert (reply.status_code, reply.content, dict(reply.headers)) == (0, b"", {})


def test_the_request_as_httpx_takes_it() -> None:
    request = attempt().request
    assert (request.method, str(request.url), request.content) == ("POST", "https://host/api", b"canary")
    assert request.headers["Token"] == "canary"
    assert request.headers["Content-Type"] == "application/json"
    assert request.extensions == {"timeout": {"connect": 1.5}}


@pytest.mark.parametrize("url", ["https://xn--zzzzzz/", "https://host:x/"])
def test_a_url_that_is_none_for_httpx(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Attempt(WireRequest("POST", url, {}, b""), {})
    assert caught.value.args == ("base_url has no valid host",)
    assert caught.value.__context__ is None

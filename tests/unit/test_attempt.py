"""What an attempt's failure is called, and what it means: no I/O, only how far it came and the exception."""

from __future__ import annotations

import errno
import gzip
import logging
import os
import ssl
from collections.abc import Iterable
from typing import cast

import httpcore
import httpx
import pytest

from torus_connect import ConnectionFailed, ReplyLost, Secret
from torus_connect._calls.request import HTTPRequest
from torus_connect._transport.attempt import Attempt, UnexpectedData, redact_logs, redacting

REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))


def attempt() -> Attempt:
    headers = {"Content-Type": "application/json", "Content-Length": "6"}
    request = HTTPRequest("POST", "https://host:8443/api", headers, Secret("canary"), {"Token": Secret("canary")})
    return Attempt(request, 10, 1.5)


def sent() -> Attempt:
    """Return an attempt whose request is on its way."""
    begun = attempt()
    begun.progress.sent = True
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
        (UnexpectedData(), "the connection was closed, or used by the other side, before there was a request"),
        (httpcore.PoolTimeout("canary"), "no connection of the pool came free in time"),
        (httpcore.ConnectTimeout("canary"), "it took longer than its timeout"),
        (httpcore.ReadTimeout("canary"), "it took longer than its timeout"),
        (TimeoutError("canary"), "it took longer than its timeout"),
        (httpcore.ProxyError("403 canary"), "the proxy answered 403"),
        (httpcore.ProxyError("407"), "the proxy answered 407"),
        (httpcore.ProxyError("4031 canary"), "the proxy failed"),
        (httpcore.ProxyError("canary 403"), "the proxy failed"),
        (httpcore.ProxyError(""), "the proxy failed"),
        (REFUSED, "Connection refused"),
        (httpcore.ConnectError("canary"), "ConnectError"),
        (httpcore.RemoteProtocolError("canary"), "RemoteProtocolError"),
        (ValueError(), "ValueError"),
        (OSError(), "OSError"),
        (OSError("canary"), "OSError"),
        (untrusted(), "certificate verify failed: self-signed certificate"),
        # What is at the root says most: the cause that Python keeps, or the one that httpcore keeps as the argument.
        (caused_by(httpcore.ConnectError("canary"), REFUSED), "Connection refused"),
        (caused_by(httpcore.ConnectError("canary"), untrusted()), "certificate verify failed: self-signed certificate"),
        (httpcore.ReadError(REFUSED), "Connection refused"),
        (caused_by(httpcore.ConnectError("canary"), httpcore.ReadError(REFUSED)), "Connection refused"),
        (caused_by(httpcore.ConnectError("canary"), ValueError()), "ConnectError"),
        # Of a call that somebody watches at httpx's transport.
        (caused_by(httpx.ReadTimeout("canary"), httpcore.ReadTimeout()), "it took longer than its timeout"),
        (caused_by(httpx.ProxyError("canary"), httpcore.ProxyError("403 canary")), "the proxy answered 403"),
        (ExceptionGroup("canary", [REFUSED]), "Connection refused"),
        (ExceptionGroup("canary", [REFUSED, ValueError("canary")]), "Connection refused"),
        (caused_by(httpcore.ConnectError("canary"), ExceptionGroup("canary", [REFUSED])), "Connection refused"),
    ],
)
def test_what_is_said(exc: BaseException, reason: str) -> None:
    assert attempt().failure(exc).args == (f"The request was not sent to host:8443: {reason}",)
    lost = f"The request was sent to host:8443, but no whole reply came back: {reason}"
    assert sent().failure(exc).args == (lost,)


@pytest.mark.parametrize(
    ("url", "proxy", "where"),
    [
        ("https://Host.example/api/v1/x?canary", None, "host.example:443"),
        ("https://host:8443/api", None, "host:8443"),
        ("http://127.0.0.1/canary", None, "127.0.0.1:80"),
        ("https://[::1]:8443", None, "[::1]:8443"),
        ("https://[::1]", None, "[::1]:443"),
        ("https://host", "http://proxy:3128", "host:443, through the proxy http://proxy:3128"),
    ],
)
def test_where_it_was_to_go(url: str, proxy: str | None, where: str) -> None:
    begun = Attempt(HTTPRequest("POST", url, {}, Secret("{}"), {}), 10, 5, proxy)
    assert begun.failure(REFUSED).args == (f"The request was not sent to {where}: Connection refused",)


def test_before_the_request_is_sent() -> None:
    error = attempt().failure(REFUSED)
    assert type(error) is ConnectionFailed
    assert error.reply is None


def test_after_it() -> None:
    error = sent().failure(REFUSED)
    assert type(error) is ReplyLost
    assert error.reply is None


def test_what_arrived_before_it_failed() -> None:
    begun = sent()
    begun.response = httpcore.Response(200, headers=[(b"X-One", b"1"), (b"x-one", b"2")])
    begun.head()
    begun.body.take(b"half")
    error = begun.failure(REFUSED)
    assert error.reply is not None
    assert (error.reply.status_code, error.reply.content) == (200, b"half")
    assert dict(error.reply.headers) == {"x-one": "1, 2"}


def test_nothing_has_arrived() -> None:
    reply = attempt().reply()
    assert (reply.status_code, reply.content, dict(reply.headers)) == (0, b"", {})


def test_the_request_as_httpcore_takes_it() -> None:
    request = attempt().request
    assert (request.method, bytes(request.url)) == (b"POST", b"https://host:8443/api")
    assert b"".join(cast("Iterable[bytes]", request.stream)) == b"canary"
    assert request.headers == [
        (b"Host", b"host:8443"),
        (b"Content-Type", b"application/json"),
        (b"Content-Length", b"6"),
        (b"Token", b"canary"),
        (b"Connection", b"close"),
    ]


@pytest.mark.parametrize(("sent", "read"), [(b"caf\xc3\xa9", "caf\u00e9"), (b"caf\xe9", "caf\u00e9")])
def test_a_header_that_is_not_ascii(sent: bytes, read: str) -> None:
    begun = attempt()
    begun.response = httpcore.Response(200, headers=[(b"X-One", sent)])
    begun.head()
    assert begun.reply().headers["X-One"] == read


def test_a_compressed_body_is_known_by_its_header() -> None:
    begun = attempt()
    begun.response = httpcore.Response(200, headers=[(b"X-One", b"1"), (b"Content-Encoding", b"gzip")])
    begun.head()
    begun.body.take(gzip.compress(b"content"))
    assert begun.reply().content == b"content"


@pytest.mark.parametrize("name", ["httpcore.connection", "httpcore.http11", "httpcore.proxy"])
def test_the_log_of_httpcore_has_the_steps_of_our_calls_only(name: str, caplog: pytest.LogCaptureFixture) -> None:
    redact_logs()
    caplog.set_level(logging.DEBUG, name)
    logging.getLogger(name).debug("step.started %s", "of others")
    reset = redacting.set(True)
    try:
        logging.getLogger(name).debug("step.complete %s", "canary")
    finally:
        redacting.reset(reset)
    assert caplog.messages == ["step.started of others", "step.complete"]

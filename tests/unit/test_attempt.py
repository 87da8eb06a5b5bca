"""What an attempt's failure is called, and what it means: no I/O, only how far it came and the exception."""

from __future__ import annotations

import errno
import gzip
import os
import ssl

import h11
import pytest

from torus_connect import ConnectionFailed, ReplyLost, Secret
from torus_connect._calls.request import HTTPRequest
from torus_connect._transport.attempt import Attempt, PoolTimeout, ProxyRefusal, UnexpectedData

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


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] (_ssl.c:1006)")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("exc", "reason"),
    [
        (UnexpectedData(), "the connection was closed, or used by the other side, before there was a request"),
        (PoolTimeout("canary"), "no connection of the pool came free in time"),
        (TimeoutError("canary"), "it took longer than its timeout"),
        (ProxyRefusal(403), "the proxy answered 403"),
        (REFUSED, "Connection refused"),
        (h11.RemoteProtocolError("canary"), "RemoteProtocolError"),
        (ValueError(), "ValueError"),
        (OSError(), "OSError"),
        (OSError("canary"), "OSError"),
        (untrusted(), "certificate verify failed: self-signed certificate"),
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
    assert begun.take(h11.Response(status_code=200, headers=[("X-One", "1"), ("x-one", "2")]))
    assert begun.take(h11.Data(data=b"half"))
    error = begun.failure(REFUSED)
    assert error.reply is not None
    assert (error.reply.status_code, error.reply.content) == (200, b"half")
    assert dict(error.reply.headers) == {"x-one": "1, 2"}


def test_nothing_has_arrived() -> None:
    reply = attempt().reply()
    assert (reply.status_code, reply.content, dict(reply.headers)) == (0, b"", {})


def test_what_is_sent() -> None:
    begun = attempt()
    assert begun.target == "/api"
    assert begun.headers == [
        ("Host", "host:8443"),
        ("Content-Type", "application/json"),
        ("Content-Length", "6"),
        ("Token", "canary"),
        ("Connection", "close"),
    ]
    assert "canary" not in repr(begun.headers)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://host", "/"),
        ("https://host/a%20b/", "/a%20b/"),
        ("https://host?x=1", "/?x=1"),
        ("https://h/p?a=/b?c", "/p?a=/b?c"),
    ],
)
def test_what_is_asked_for(url: str, target: str) -> None:
    assert Attempt(HTTPRequest("GET", url, {}, Secret(), {}), 10, 5).target == target


def test_the_end_of_a_reply() -> None:
    assert not attempt().take(h11.EndOfMessage())


def test_what_comes_before_a_reply() -> None:
    begun = attempt()
    assert begun.take(h11.InformationalResponse(status_code=103, headers=[("X-One", "1")]))
    assert (begun.reply().status_code, dict(begun.reply().headers)) == (0, {})


@pytest.mark.parametrize(("sent", "read"), [(b"caf\xc3\xa9", "caf\u00e9"), (b"caf\xe9", "caf\u00e9")])
def test_a_header_that_is_not_ascii(sent: bytes, read: str) -> None:
    begun = attempt()
    begun.take(h11.Response(status_code=200, headers=[(b"X-One", sent)]))
    assert begun.reply().headers["X-One"] == read


def test_a_compressed_body_is_known_by_its_header() -> None:
    begun = attempt()
    begun.take(h11.Response(status_code=200, headers=[("X-One", "1"), ("Content-Encoding", "gzip")]))
    begun.take(h11.Data(data=gzip.compress(b"content")))
    assert begun.reply().content == b"content"


def test_a_header_that_comes_twice_counts_twice() -> None:
    begun = attempt()
    begun.take(h11.Response(status_code=400, headers=[("Keep-Alive", "timeout=3"), ("Keep-Alive", "timeout=5")]))
    begun.take(h11.Data(data=b"no"))
    assert begun.keep_alive_seconds == 2
    assert begun.reply().is_decoded

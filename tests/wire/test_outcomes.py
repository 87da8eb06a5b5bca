"""What each kind of failure turns into, over real sockets: the table of outcomes."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
from time import monotonic

import pytest
import trustme
from conftest import GenerateSession
from support.raw_server import OK, Behaviour, Connection, RawServer, answer, reply

import torus_connect
from torus_connect import Outcome, TorusError
from torus_connect.reply import MAX_REPLY_BYTES


def failure(generate_session: GenerateSession, base_url: str, **options: object) -> TorusError:
    with pytest.raises(TorusError) as caught:
        generate_session(base_url=base_url, **{"max_retries": 0, **options})
    return caught.value


@pytest.mark.parametrize(
    ("status", "headers", "name", "outcome"),
    [
        ("201 Created", (), "MalformedReply", Outcome.UNKNOWN),
        ("301 Moved Permanently", ("Location: /elsewhere",), "RedirectRefused", Outcome.REFUSED),
        ("307 Temporary Redirect", ("Location: http://127.0.0.1:1/",), "RedirectRefused", Outcome.REFUSED),
        ("400 Bad Request", (), "BadRequest", Outcome.REFUSED),
        ("401 Unauthorized", (), "AuthenticationFailed", Outcome.REFUSED),
        ("403 Forbidden", (), "PermissionDenied", Outcome.REFUSED),
        ("404 Not Found", (), "NotFound", Outcome.REFUSED),
        ("418 Teapot", (), "APIStatusError", Outcome.REFUSED),
        ("422 Unprocessable Content", (), "BadRequest", Outcome.REFUSED),
        ("429 Too Many Requests", (), "RateLimited", Outcome.REFUSED),
        ("500 Internal Server Error", (), "ServerError", Outcome.UNKNOWN),
        ("503 Service Unavailable", (), "ServerError", Outcome.UNKNOWN),
        ("503 Service Unavailable", ("Retry-After: 7",), "ServiceUnavailable", Outcome.REFUSED),
        ("503 Service Unavailable", ("Retry-After: whenever",), "ServerError", Outcome.UNKNOWN),
        ("520 Nobody Knows", (), "ServerError", Outcome.UNKNOWN),
        ("999 Odd", (), "ServerError", Outcome.UNKNOWN),
    ],
)
def test_status(
    generate_session: GenerateSession, status: str, headers: tuple[str, ...], name: str, outcome: Outcome
) -> None:
    with RawServer(answer(reply(status=status, headers=headers))) as server:
        error = failure(generate_session, server.base_url)
        assert type(error) is getattr(torus_connect, name)
        assert error.outcome is outcome
        assert error.reply is not None
        assert error.reply.status_code == int(status[:3])
        assert error.reply.content == OK
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"<html>",
        b"{}",
        b'{"AccessToken": null}',
        b'{"AccessToken": 7}',
        b'{"AccessToken": ""}',
        b'{"AccessToken": " padded"}',
        b'{"AccessToken": "line\\nbreak"}',
        b'{"AccessToken": "\\u0915"}',
        b'{"AccessToken": "<AccessToken>",}',
        b'{"AccessToken": "one", "AccessToken": "two"}',
        b'{"AccessToken": "\xff"}',
        b"[" * 100_000,
    ],
)
def test_a_200_that_cannot_be_used_stays_reachable(generate_session: GenerateSession, body: bytes) -> None:
    with RawServer(answer(reply(body))) as server:
        error = failure(generate_session, server.base_url)
        assert type(error) is torus_connect.MalformedReply
        assert error.outcome is Outcome.UNKNOWN
        assert error.reply is not None
        assert error.reply.content == body


@pytest.mark.parametrize(
    "body", [OK, b"\xef\xbb\xbf" + OK, json.dumps({"AccessToken": "access-token-of-the-test", "more": [1]}).encode()]
)
@pytest.mark.parametrize("compressed", [False, True])
def test_a_200_that_can_be_used(generate_session: GenerateSession, body: bytes, *, compressed: bool) -> None:
    whole = reply(gzip.compress(body), headers=("Content-Encoding: gzip",)) if compressed else reply(body)
    with RawServer(answer(whole)) as server:
        assert generate_session(base_url=server.base_url).access_token == "access-token-of-the-test"


@pytest.mark.parametrize("compressed", [False, True])
def test_a_reply_over_the_limit(generate_session: GenerateSession, *, compressed: bool) -> None:
    body = OK.ljust(MAX_REPLY_BYTES + 1)
    whole = reply(gzip.compress(body), headers=("Content-Encoding: gzip",)) if compressed else reply(body)
    with RawServer(answer(whole)) as server:
        error = failure(generate_session, server.base_url)
        assert type(error) is torus_connect.MalformedReply
        assert error.reply is not None
        assert error.reply.truncated
        assert error.reply.content == body[:MAX_REPLY_BYTES]


def reset_before_reading(connection: Connection) -> None:
    connection.sock.recv(1)
    connection.reset()


def reset_after_the_request(connection: Connection) -> None:
    connection.read_request()
    connection.reset()


def end_after_the_request(connection: Connection) -> None:
    connection.read_request()


def silence(connection: Connection) -> None:
    connection.read_request()
    connection.wait_for_end()


def drip(connection: Connection) -> None:
    connection.read_request()
    for byte in reply():
        connection.send(bytes([byte]))
        connection.server.over.wait(0.1)


def drip_the_body(connection: Connection) -> None:
    connection.read_request()
    whole = reply()
    connection.send(whole[: -len(OK)])
    for byte in OK:
        connection.send(bytes([byte]))
        connection.server.over.wait(0.1)


def cut_the_headers(connection: Connection) -> None:
    connection.read_request()
    connection.send(reply()[:20])


def cut_the_body(connection: Connection) -> None:
    connection.read_request()
    connection.send(reply()[:-5])


def garbage(connection: Connection) -> None:
    connection.read_request()
    connection.send(b"access-token-of-the-test\r\n\r\n")


@pytest.mark.parametrize(
    "behave",
    [
        reset_before_reading,
        reset_after_the_request,
        end_after_the_request,
        silence,
        drip,
        drip_the_body,
        cut_the_headers,
        cut_the_body,
        garbage,
    ],
)
def test_the_reply_is_lost(generate_session: GenerateSession, behave: Behaviour) -> None:
    with RawServer(behave) as server:
        started = monotonic()
        error = failure(generate_session, server.base_url, timeout=0.5)
        assert monotonic() - started < 3
        assert type(error) is torus_connect.ReplyLost
        assert error.outcome is Outcome.UNKNOWN
        assert server.connections == 1
        assert "access-token" not in str(error)


def test_what_arrived_of_a_lost_reply_is_kept(generate_session: GenerateSession) -> None:
    with RawServer(cut_the_body) as server:
        error = failure(generate_session, server.base_url)
        assert error.reply is not None
        assert error.reply.status_code == 200
        assert error.reply.content == OK[:-5]


def test_no_such_name(generate_session: GenerateSession) -> None:
    error = failure(generate_session, "https://no-such-name.invalid/api/v1")
    assert type(error) is torus_connect.ConnectionFailed
    assert error.outcome is Outcome.NOT_SENT


def test_a_closed_port(generate_session: GenerateSession) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = failure(generate_session, f"http://127.0.0.1:{port}")
    assert type(error) is torus_connect.ConnectionFailed


def test_a_connection_that_never_comes_about(generate_session: GenerateSession) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, socket.socket() as filler:
        # It fills the queue of the listener: a further connect gets no answer at all.
        filler.connect(listener.getsockname())
        started = monotonic()
        error = failure(generate_session, f"http://127.0.0.1:{listener.getsockname()[1]}", connect_timeout=0.3)
        assert monotonic() - started < 3
        assert type(error) is torus_connect.ConnectionFailed


def test_a_certificate_that_nobody_trusts(generate_session: GenerateSession) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with RawServer(answer(reply()), tls=context) as server:
        untrusted = failure(generate_session, server.base_url)
        assert type(untrusted) is torus_connect.ConnectionFailed
        assert "certificate verify failed" in str(untrusted)
        assert not server.requests


def plain(connection: Connection) -> None:
    connection.sock.recv(1)
    connection.send(reply(status="400 Bad Request"))


def test_plain_http_on_the_tls_port(generate_session: GenerateSession) -> None:
    with RawServer(plain) as server:
        error = failure(generate_session, server.base_url.replace("http://", "https://"))
        assert type(error) is torus_connect.ConnectionFailed


def stall(connection: Connection) -> None:
    connection.wait_for_end()


def test_a_handshake_that_stalls(generate_session: GenerateSession) -> None:
    with RawServer(stall) as server:
        started = monotonic()
        error = failure(generate_session, server.base_url.replace("http://", "https://"), connect_timeout=0.3)
        assert monotonic() - started < 3
        assert type(error) is torus_connect.ConnectionFailed

"""Any reply over a real socket: a session with the token that is in it, or an error of the tree; one request each."""

from __future__ import annotations

import asyncio
import json
import string
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from properties.texts import assert_unsaid, nasty_texts, plain_texts, said_by
from properties.wire import Listener, outcome_of

from torus_connect import APIStatusError, AsyncTorusConnect, Outcome, Reply, Session, TorusConnect, TorusError

Get = Callable[[bytes], Session | TorusError]


@pytest.fixture(scope="module", params=["sync", "async"])
def get(request: pytest.FixtureRequest, listener: Listener, runner: asyncio.Runner) -> Iterator[Get]:
    """Make one call, answered with these bytes and the end of the connection."""
    options: dict[str, Any] = {**listener.credentials, "max_retries": 0, "timeout": 20}
    client = TorusConnect(**options) if request.param == "sync" else AsyncTorusConnect(**options)

    def get(data: bytes) -> Session | TorusError:
        listener.next_reply, listener.stays = data, False
        listener.ended.clear()
        before = len(listener.requests)
        if isinstance(client, TorusConnect):
            result = outcome_of(client.generate_session, "token")
        else:
            result = outcome_of(runner.run, client.generate_session("token"))
        # The request was read, so that this is the one thing that it cannot be.
        assert isinstance(result, Session) or result.outcome is not Outcome.NOT_SENT
        assert listener.ended.wait(20)
        assert len(listener.requests) == before + 1
        return result

    yield get
    if isinstance(client, TorusConnect):
        client.close()
    else:
        runner.run(client.aclose())


class Large(bytes):
    """Bytes that are not written out in a report."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
objects = st.builds(
    lambda token, rest: {**rest, "AccessToken": token},
    plain_texts | nasty_texts | values,
    st.dictionaries(st.text(max_size=8) | st.sampled_from(["message", "error", "details", "data"]), values, max_size=4),
)
bodies = st.one_of(
    objects.map(json.dumps).map(str.encode),
    objects.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")),
    objects.map(lambda value: json.dumps(value).encode("utf-16")),
    values.map(json.dumps).map(str.encode),
    st.binary(max_size=200),
    st.sampled_from(
        [
            b"",
            Large(b"[" * 100_000),
            Large(b'{"a":' * 50_000),
            Large(b"1" * 10_000),
            b'{"AccessToken": "token", "beyond": [1e9999999999999999999, -1e-9999999999999999999]}',
            Large(b'{"AccessToken": ' + b"9" * 5_000 + b"}"),
            Large(b"\0" * 1_048_577),
            b'{"AccessToken": "a", "AccessToken": "a"}',
            b'\xef\xbb\xbf{"AccessToken": "after-a-byte-order-mark"}',
            b'{"AccessToken": "a\\u0000b"}',
            b'{"AccessToken": "\\ud800"}',
            b'{"AccessToken": "a",}',
            b"NaN",
        ]
    ),
)
statuses = st.one_of(
    st.just(200),
    st.integers(200, 999),
    st.sampled_from(
        [101, 201, 204, 206, 301, 304, 307, 308, 400, 401, 403, 404, 422, 429, 500, 502, 503, 520, 599, 600]
    ),
)
header_names = st.text(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~", min_size=1, max_size=12).filter(
    lambda name: name.lower() not in {"content-length", "transfer-encoding", "content-encoding"}
)
header_values = st.text(st.characters(codec="latin-1", min_codepoint=0x20, exclude_characters="\x7f"), max_size=24).map(
    str.strip
)
headers = st.lists(
    st.tuples(header_names, header_values)
    | st.tuples(
        st.sampled_from(
            ["Retry-After", "Date", "Location", "Set-Cookie", "X-Request-Id", "Content-Type", "Connection"]
        ),
        header_values
        | st.sampled_from(["0", "7", "9" * 400, "-1", "Mon, 01 Jan 2024 00:00:00 GMT", "close", "upgrade"]),
    ),
    max_size=4,
)


def whole(status: int, headers: list[tuple[str, str]], body: bytes) -> bytes:
    fields = [f"HTTP/1.1 {status} Some Words", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*fields, f"Content-Length: {len(body)}"]).encode("latin-1") + b"\r\n\r\n" + body


def token_in(body: bytes) -> str | None:
    """Read an access token as the documentation has it, without the code under test."""
    try:
        parsed = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_once_each, parse_int=len)
    except (ValueError, RecursionError):
        return None
    token = parsed.get("AccessToken") if isinstance(parsed, dict) else None
    usable = isinstance(token, str) and token and token == token.strip() and all(" " <= c <= "~" for c in token)
    return token if usable else None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    return {name: value for name, value in pairs if names.count(name) == 1}


@given(status=statuses, headers=headers, body=bodies)
def test_whole_reply(get: Get, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    result = get(whole(status, headers, body))
    if isinstance(result, Session):
        assert status == 200
        assert result.access_token == token_in(body)
        assert result.authorization == f"Bearer {result.access_token}"
        assert_unsaid(repr(result), result.access_token)
        return
    assert status != 200 or len(body) > 1024 * 1024 or token_in(body) is None
    assert_unsaid(said_by(result), body.decode("utf-8", "replace"), *(value for _, value in headers))
    if result.reply is None:
        # Not what HTTP allows: the connection's own headers, or a value that it forbids.
        assert result.outcome is Outcome.UNKNOWN
        return
    assert result.reply.status_code == status
    if status not in (101, 204, 304):
        assert result.reply.content == body[: 1024 * 1024]
    if isinstance(result, APIStatusError):
        assert (result.outcome is Outcome.UNKNOWN) >= (status >= 500 and status != 503)
        assert result.service_message is None or isinstance(result.service_message, str)
        assert result.retry_after is None or result.retry_after >= 0


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A reply of some kind, cut, with bytes changed, inserted and taken out."""
    data = bytearray(draw(st.builds(whole, statuses, headers, bodies.map(lambda body: body[:2000]))))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, min(len(data), 300)))
        how = draw(st.integers(0, 3))
        if how == 0:
            data[at : at + 1] = draw(st.binary(max_size=4))
        elif how == 1:
            data[at:at] = draw(
                st.sampled_from(
                    [b"\r\n", b"\n", b"\0", b": ", b" ", b"HTTP/1.1 100 Continue\r\n\r\n", b"\r\n\r\n", b"\xff"]
                )
            )
        elif how == 2:
            del data[at : at + draw(st.integers(1, 40))]
        else:
            del data[at:]
    return bytes(data)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"


@given(data=mutated() | st.binary(max_size=200) | st.binary(max_size=60).map(b"HTTP/1.1 200 OK\r\n".__add__))
@example(data=b"")
@example(data=b"HTTP/1.1 100 Continue\r\n\r\n" * 50)
@example(data=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}")
@example(data=Large(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n{}"))
@example(data=CHUNKED + b"\r\n" + b"f" * 30 + b"\r\n{}")
@example(data=CHUNKED + b"\r\n-1\r\n{}\r\n0\r\n\r\n")
@example(data=CHUNKED + b"Content-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
@example(data=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00")
@example(data=b"HTTP/9.9 200 OK\r\n\r\n")
@example(data=b"HTTP/1.1 000 No\r\n\r\n")
@example(data=Large(b"HTTP/1.1 200 \r\nX: " + b"a" * 200_000 + b"\r\n\r\n"))
def test_broken_reply(get: Get, data: bytes) -> None:
    result = get(data)
    if isinstance(result, Session):
        assert result.access_token.encode() in data or b"\\" in data
    else:
        said = said_by(result)
        assert_unsaid(said, data.decode("latin-1"))
        for line in data.decode("latin-1").split("\r\n")[1:]:
            assert_unsaid(said, line)


@given(
    status=st.sampled_from([200, 401, 500]),
    encoding=st.sampled_from(["gzip", "deflate", "br", "zstd", "identity", "x-gzip", "gzip, gzip", "GZIP"])
    | header_values,
    body=st.binary(max_size=60)
    | st.sampled_from([b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", b"x\x9c", b"\x78\x9c\x03\x00"]),
)
def test_claimed_compression(get: Get, status: int, encoding: str, body: bytes) -> None:
    result = get(whole(status, [("Content-Encoding", encoding)], body))
    assert isinstance(result, TorusError)
    assert result.reply is None or isinstance(result.reply, Reply)

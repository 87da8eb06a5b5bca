"""OpenTelemetry's own instrumentation of httpx sees our calls, and no secret."""

from __future__ import annotations

import asyncio
import functools
import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from conftest import API_KEY, API_SECRET, GenerateSession
from support.raw_server import OK, Connection, RawServer, answer, reply
from wire.test_one_user import Send, request_of, through_engine

from torus_connect import AsyncTorusConnect, ConnectionFailed, ReplyLost, ServerError

if TYPE_CHECKING:
    from types import FrameType

    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

TOKEN = "canary-request-token"
SECRETS = (TOKEN, API_SECRET, "access-token-of-the-test")


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    yield exporter
    HTTPXClientInstrumentor().uninstrument()
    provider.shutdown()


def test_a_call_is_a_span(generate_session: GenerateSession, spans: InMemorySpanExporter) -> None:
    with RawServer(answer(reply())) as server:
        generate_session(TOKEN, base_url=server.base_url)
        (span,) = spans.get_finished_spans()
        assert span.attributes is not None
        assert server.base_url + "/session/generate" in span.attributes.values()
        assert 200 in span.attributes.values()
        # The span goes along, so that the service could tie its own to it.
        assert "traceparent" in server.sent()[1]
        assert not [secret for secret in SECRETS if secret in span.to_json()]


def reset(connection: Connection) -> None:
    connection.read_request()
    connection.reset()


def test_failures_are_spans_too(generate_session: GenerateSession, spans: InMemorySpanExporter) -> None:
    with RawServer(reset) as server, pytest.raises(ReplyLost):
        generate_session(TOKEN, base_url=server.base_url)
    with RawServer(answer(reply(status="500 Oops"))) as server, pytest.raises(ServerError):
        generate_session(TOKEN, base_url=server.base_url)
    finished = spans.get_finished_spans()
    assert len(finished) == 2
    for span in finished:
        assert not span.status.is_ok
        assert not [secret for secret in SECRETS if secret in span.to_json()]


def test_what_became_of_the_request_token_is_told_the_same(
    generate_session: GenerateSession, spans: InMemorySpanExporter
) -> None:
    replies = (reply(status="429 Slow", headers=("Retry-After: 0",)), reply())
    with RawServer(answer(*replies)) as server:
        generate_session(TOKEN, base_url=server.base_url)
        assert len(server.requests) == 2
    assert len(spans.get_finished_spans()) == 2


@pytest.mark.parametrize(
    "said",
    [
        b'{"AccessToken": "access-token-of-the-test"}',
        b"HTTP/1.1 200 OK\r\naccess-token-of-the-test",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\naccess-token-of-the-test",
    ],
)
def test_what_is_no_http_is_in_no_span(
    generate_session: GenerateSession, spans: InMemorySpanExporter, said: bytes
) -> None:
    lost = pytest.raises(ReplyLost, match="no whole reply came back: RemoteProtocolError")
    with RawServer(answer(said + b"\r\n\r\n")) as server, lost as caught:
        generate_session(TOKEN, base_url=server.base_url)
    (span,) = spans.get_finished_spans()
    assert not [secret for secret in SECRETS if secret in span.to_json()]
    assert "ReplyLost" in span.to_json()
    assert not frames_of_who_watches(caught.value)


@pytest.mark.usefixtures("spans")
def test_a_cancellation_has_no_frame_that_holds_the_request() -> None:
    async def main(server: RawServer) -> BaseException:
        async with AsyncTorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url) as torus:
            call = asyncio.create_task(torus.generate_session(TOKEN))
            await asyncio.to_thread(arrived.wait, 5)
            call.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await call
            return caught.value

    def say_nothing(connection: Connection) -> None:
        connection.read_request()
        arrived.set()
        connection.wait_for_end()

    arrived = threading.Event()
    with RawServer(say_nothing) as server:
        assert not frames_of_who_watches(asyncio.run(main(server)))


def frames_of_who_watches(exc: BaseException) -> list[FrameType]:
    frames = [frame for frame, _ in traceback.walk_tb(exc.__traceback__)]
    return [frame for frame in frames if "opentelemetry" in frame.f_code.co_filename]


def test_reply_headers_that_are_not_ascii(generate_session: GenerateSession, spans: InMemorySpanExporter) -> None:
    for name in ("\u0915".encode(), b"caf\xe9"):
        with RawServer(answer(reply().replace(b"\r\n", b"\r\nX-Name: " + name + b"\r\n", 1))) as server:
            assert generate_session(TOKEN, base_url=server.base_url).access_token
    assert len(spans.get_finished_spans()) == 2


def wrap(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Wrap the transport of httpx: call it so often, whatever comes of that; answer oneself for 0."""
    sync, asynchronous = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    @functools.wraps(sync)
    def watched(*args: Any) -> httpx.Response:
        for _ in range(times - 1):
            with suppress(Exception):
                sync(*args)
        return sync(*args) if times else httpx.Response(200, content=OK)

    @functools.wraps(asynchronous)
    async def async_watched(*args: Any) -> httpx.Response:
        for _ in range(times - 1):
            with suppress(Exception):
                await asynchronous(*args)
        return await asynchronous(*args) if times else httpx.Response(200, content=OK)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", watched)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", async_watched)


def test_a_request_is_sent_once(generate_session: GenerateSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it may be sent again is not for who watches to say."""
    wrap(monkeypatch, times=2)
    with RawServer(answer(reply())) as server, pytest.raises(ReplyLost) as caught:
        generate_session(TOKEN, base_url=server.base_url, share_connections=True)
    assert caught.value.reply
    assert len(server.requests) == 1


def test_what_a_proxy_refused_is_not_sent_to_it(
    generate_session: GenerateSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrap(monkeypatch, times=2)
    refusal = reply(b"", status="407 Proxy Authentication Required")
    with RawServer(answer(refusal)) as proxy, pytest.raises(ConnectionFailed):
        generate_session(
            TOKEN, base_url="https://127.0.0.1/api/v1", proxy=f"http://127.0.0.1:{proxy.port}", max_retries=0, timeout=1
        )
    (asked,) = proxy.requests
    assert asked.startswith(b"CONNECT ")


def test_who_watches_does_not_answer_for_the_service(
    generate_session: GenerateSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrap(monkeypatch, times=0)
    with RawServer(answer(reply())) as server, pytest.raises(ConnectionFailed):
        generate_session(TOKEN, base_url=server.base_url, max_retries=0)
    assert server.requests == []


@pytest.mark.parametrize("face", ["sync", "async"])
def test_what_comes_while_who_watches_takes_its_time(face: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is as early as what came before: the request is not sent on that connection."""
    sync, asynchronous = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    @functools.wraps(sync)
    def slow(*args: Any) -> httpx.Response:
        called.set()
        assert come.acquire(timeout=5)
        return sync(*args)

    @functools.wraps(asynchronous)
    async def async_slow(*args: Any) -> httpx.Response:
        called.set()
        assert await asyncio.to_thread(come.acquire, timeout=5)
        return await asynchronous(*args)

    def twice(connection: Connection) -> None:
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.read_request()
        connection.send(reply())
        assert called.wait(5)
        connection.send(reply())
        come.release()
        connection.read_request()

    def play(send: Send, _engine: object) -> None:
        assert send(request_of(server, "user"))
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", slow)
        monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", async_slow)
        with pytest.raises(ConnectionFailed, match="before there was a request"):
            send(request_of(server, "user"))

    called, come = threading.Event(), threading.Semaphore(0)
    with RawServer(twice) as server:
        through_engine(face, server, play)
        assert len(server.requests) == 1


def test_headers_that_are_added_may_hold_any_bytes(
    generate_session: GenerateSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync, asynchronous = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    def add_to(request: httpx.Request) -> httpx.Request:
        request.headers = httpx.Headers([*request.headers.raw, (b"X-Name", b"caf\xe9")])
        return request

    adding = functools.wraps(sync)(lambda self, request: sync(self, add_to(request)))
    async_adding = functools.wraps(asynchronous)(lambda self, request: asynchronous(self, add_to(request)))
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", adding)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", async_adding)
    with RawServer(answer(reply())) as server:
        assert generate_session(TOKEN, base_url=server.base_url).access_token
    assert b"\r\nX-Name: caf\xe9\r\n" in server.requests[0]

"""Nothing shows the request token of a redirect: not what was pasted, and not what came to the listener."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from canary.conftest import Watching
from canary.detector import Detector
from canary.inputs import others, texts
from faults.behaviours import GOOD_REPLY, said
from faults.planted import API_KEY, API_SECRET, REQUEST_TOKEN
from support.raw_server import RawServer, answer

from torus_connect import (
    LoginFailed,
    LoginTimeout,
    Secret,
    TorusError,
    async_wait_for_request_token,
    extract_request_token,
    wait_for_request_token,
)
from torus_connect._login import listener
from torus_connect._login.callback import CallbackHandler, parsed
from torus_connect.cli import main

ESCAPED = quote(REQUEST_TOKEN, safe="")
REDIRECTS = {
    "with an error": f"error=denied&REQUEST_TOKEN={ESCAPED}",
    "with the secret as the error": f"error={ESCAPED}",
    "with two tokens": f"REQUEST_TOKEN={ESCAPED}&REQUEST_TOKEN=another",
    "with a line break": f"REQUEST_TOKEN={ESCAPED}%0A{ESCAPED}",
    "with no ASCII": f"REQUEST_TOKEN={ESCAPED}%E0%A4%95",
    "with bytes that are no text": f"REQUEST_TOKEN={ESCAPED}%FF",
}
PASTED = {
    **{f"a redirect {how}": f"https://merchant.example/end?{query}" for how, query in REDIRECTS.items()},
    "a redirect with it under another name": f"https://merchant.example/end?code={ESCAPED}",
    "a redirect with it in the path": f"https://merchant.example/{ESCAPED}",
    "a redirect that is too long": f"https://merchant.example/?REQUEST_TOKEN={ESCAPED * 300}",
    "half a bracket": f"https://[{ESCAPED}",
    "with Bearer": f"Bearer {REQUEST_TOKEN}",
}


@pytest.mark.parametrize(
    ("how", "value"), [*PASTED.items(), *texts(REQUEST_TOKEN).items(), *others(REQUEST_TOKEN).items()]
)
def test_what_is_pasted(how: str, value: Any, detector: Detector, watching: Watching) -> None:
    with watching(), pytest.raises(TorusError) as caught:
        extract_request_token(value)
    detector.error(caught.value)
    detector.assert_nothing_found()


def test_what_is_found(detector: Detector, watching: Watching) -> None:
    with watching():
        token = extract_request_token(f"https://merchant.example/end?REQUEST_TOKEN={ESCAPED}")
    assert token == REQUEST_TOKEN
    detector.thing("the request token", token)
    detector.assert_nothing_found()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def visited(port: int, sent: list[bytes], answers: list[bytes]) -> Iterator[Any]:
    """Yield what makes, once somebody listens, one connection after the other; the last is left as it is."""

    def visit() -> None:
        for data in sent:
            with socket.create_connection(("127.0.0.1", port), timeout=20) as sock, suppress(OSError):
                sock.sendall(data)
                while chunk := sock.recv(65536):
                    answers.append(chunk)

    visitor = threading.Thread(target=visit)
    yield visitor.start
    visitor.join(20)
    assert not visitor.is_alive()


def get(query: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET /?{query} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


HARMLESS = [
    get(f"code={ESCAPED}"),
    get(f"REQUEST_TOKEN={ESCAPED}", "Sec-Fetch-Dest: image"),
    get(f"REQUEST_TOKEN={ESCAPED}", f"Referer: {ESCAPED}", f"Host: {ESCAPED}"),
    get(f"REQUEST_TOKEN={ESCAPED * 500}"),
    f"GET /{ESCAPED} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
    f"GET /{ESCAPED}?REQUEST_TOKEN={ESCAPED} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
    f"GET /?REQUEST_TOKEN={ESCAPED} HTTP/1.1\r\nHost: {ESCAPED}\r\n\r\n".encode(),
    f"{ESCAPED} / HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
    f"{REQUEST_TOKEN}\r\n\r\n".encode(),
    f"POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Length: {len(ESCAPED)}\r\n\r\n"
    f"{ESCAPED}".encode(),
]


WAIT: dict[str, Callable[..., Secret]] = {
    "sync": wait_for_request_token,
    "async": lambda **options: asyncio.run(async_wait_for_request_token(**options)),
}


@pytest.mark.parametrize("kind", WAIT)
@pytest.mark.parametrize("query", [*REDIRECTS.values(), None])
def test_what_comes_to_the_listener(
    query: str | None, kind: str, detector: Detector, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "_REQUEST_SECONDS", 0.3)
    sent = [*HARMLESS, get(query) if query else f"POST / HTTP/1.1\r\nReferer: {ESCAPED}".encode()]
    answers: list[bytes] = []
    port, timeout = free_port(), 20.0 if query else 1.0
    expected = LoginFailed if query else LoginTimeout
    with visited(port, sent, answers) as go, watching(), pytest.raises(expected) as caught:
        WAIT[kind](port=port, timeout=timeout, on_ready=go)
    detector.error(caught.value)
    assert b"".join(answers).count(b"HTTP/1.1 ") == len(sent) - (query is None)
    for given in answers:
        detector.look("stdout", "an answer of the listener", given)
    detector.assert_nothing_found()


def test_a_task_that_is_cancelled_in_the_middle_of_a_redirect(detector: Detector, watching: Watching) -> None:
    port = free_port()

    async def cancelled() -> None:
        ready = asyncio.Event()
        task = asyncio.create_task(async_wait_for_request_token(port=port, timeout=20, on_ready=ready.set))
        await ready.wait()
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(get(f"REQUEST_TOKEN={ESCAPED}")[:-2])
        await writer.drain()
        task.cancel()
        try:
            await task
        finally:
            writer.close()

    with watching(), pytest.raises(asyncio.CancelledError) as caught:
        asyncio.run(cancelled())
    detector.error(caught.value)
    detector.assert_nothing_found()


def test_a_request_and_what_it_decides(detector: Detector) -> None:
    request = parsed(get(f"REQUEST_TOKEN={ESCAPED}"))
    assert request
    handler = CallbackHandler("/")
    assert b"200 OK" in handler.decide(request, b"")
    assert isinstance(handler.result, Secret)
    detector.look("repr", "request", repr(request))
    detector.look("repr", "handler", repr(vars(handler)))
    detector.assert_nothing_found()


class Pipe:
    """A standard input that is a pipe."""

    def __init__(self, text: str) -> None:
        self.buffer = io.BytesIO(text.encode("utf-8", "surrogatepass"))

    def isatty(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("how", "value", "code"),
    [
        *((how, value, {2, 3}) for how, value in {**PASTED, **texts(REQUEST_TOKEN)}.items()),
        ("refused by the service", REQUEST_TOKEN, {4}),
        ("good", REQUEST_TOKEN, {0}),
    ],
)
def test_the_command(
    how: str,
    value: str,
    code: set[int],
    detector: Detector,
    watching: Watching,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    replied = GOOD_REPLY if code == {0} else said("401", json.dumps({"error": REQUEST_TOKEN}).encode())
    with RawServer(answer(replied)) as server:
        for name, text in {
            "TORUS_API_KEY": API_KEY,
            "TORUS_API_SECRET": API_SECRET,
            "TORUS_BASE_URL": server.base_url,
            "TORUS_SESSION_STORE": f"file:{tmp_path / 'sessions'}",
        }.items():
            monkeypatch.setenv(name, text)
        monkeypatch.setattr(sys, "stdin", Pipe(value))
        with watching():
            assert main(["login", "--paste"]) in code
    detector.assert_nothing_found()

"""The wait for the redirect, over real sockets: which request decides, and what all the others are answered."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from torus_connect import (
    ConfigurationError,
    LoginFailed,
    LoginTimeout,
    Secret,
    TorusError,
    async_wait_for_request_token,
    wait_for_request_token,
)
from torus_connect._login import listener
from torus_connect._login.callback import CallbackHandler, parsed

PATH = "/callback"
TOKEN = "canary-request-token+/="
GOOD = "/callback?REQUEST_TOKEN=canary-request-token%2B%2F%3D"
LONG = 20.0

HAS_IPV6 = Path("/proc/net/if_inet6").exists()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def connect(port: int, host: str = "127.0.0.1") -> socket.socket:
    """Connect as soon as somebody listens."""
    end = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection((host, port), timeout=10)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.005)


def read_all(sock: socket.socket) -> str:
    data = b""
    while chunk := sock.recv(65536):
        data += chunk
    return data.decode()


class Waiting:
    """A wait in another thread, and how it ended."""

    def __init__(self, kind: str, **options: Any) -> None:
        self.port = free_port()
        self.outcome: object = None
        given = {"port": self.port, "path": PATH, "timeout": LONG, **options}
        self._call: Callable[[], Secret] = (
            (lambda: wait_for_request_token(**given))
            if kind == "sync"
            else (lambda: asyncio.run(async_wait_for_request_token(**given)))
        )
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            self.outcome = self._call()
        except Exception as exc:  # noqa: BLE001 - looked at by the test
            self.outcome = exc

    def __enter__(self) -> Waiting:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.outcome is None:
            with contextlib.suppress(OSError):
                self.get(GOOD)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def end(self) -> object:
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.outcome

    def ask(
        self, method: str, target: str, *headers: str, body: str = "", host: str | None = "", to: str = "127.0.0.1"
    ) -> str:
        fields = [] if host is None else [f"Host: {host or f'127.0.0.1:{self.port}'}"]
        fields += [*headers, *([f"Content-Length: {len(body)}"] if body else [])]
        head = "".join(f"{line}\r\n" for line in (f"{method} {target} HTTP/1.1", *fields))
        with connect(self.port, to) as sock:
            sock.sendall(f"{head}\r\n{body}".encode("latin-1"))
            return read_all(sock)

    def get(self, target: str, *headers: str, **options: Any) -> str:
        return self.ask("GET", target, *headers, **options)

    def still(self) -> None:
        """See that nothing has decided yet: the good redirect does."""
        assert self.outcome is None
        assert self.get(GOOD).startswith("HTTP/1.1 200 OK\r\n")
        assert self.end() == TOKEN


@pytest.fixture(params=["sync", "async"])
def waiting(request: pytest.FixtureRequest) -> Iterator[Waiting]:
    with Waiting(request.param) as running:
        yield running


def test_the_redirect_decides_and_its_page_keeps_the_token_to_itself(waiting: Waiting) -> None:
    reply = waiting.get(GOOD)
    head, _, page = reply.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    for header in ("Cache-Control: no-store", "Referrer-Policy: no-referrer", "Connection: close"):
        assert header in head.split("\r\n")
    assert "default-src 'none'; script-src 'nonce-" in head
    nonce = head.partition("script-src 'nonce-")[2].partition("'")[0]
    assert f'<script nonce="{nonce}">' in page
    assert 'history.replaceState(null, "", location.pathname)' in page
    assert "The login came back. The program that waited for it goes on" in page
    assert "canary" not in reply
    token = waiting.end()
    assert isinstance(token, Secret)
    assert str(token) == TOKEN
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", waiting.port))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:1", "[::1]:9000", "127.0.0.1:80"])
def test_by_any_name_of_this_machine(host: str) -> None:
    with Waiting("sync") as waiting:
        assert waiting.get(GOOD, host=host).startswith("HTTP/1.1 200")
        assert waiting.end() == TOKEN


@pytest.mark.skipif(not HAS_IPV6, reason="this machine has no IPv6")
def test_on_the_other_loopback_address() -> None:
    with Waiting("sync") as waiting:
        assert waiting.get(GOOD, host=f"[::1]:{waiting.port}", to="::1").startswith("HTTP/1.1 200")
        assert waiting.end() == TOKEN


def own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


def test_from_this_machine_only() -> None:
    try:
        address = own_address()
    except OSError:
        address = "127.0.0.2"  # a machine without a network: another loopback address, which is not bound either
    with Waiting("sync") as waiting:
        connect(waiting.port).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, waiting.port))


@pytest.mark.parametrize(
    ("method", "target", "headers", "status"),
    [
        ("GET", "/favicon.ico", (), 404),
        ("GET", "/?REQUEST_TOKEN=x", (), 404),
        ("GET", "/callback/?REQUEST_TOKEN=x", (), 404),
        ("GET", "/CALLBACK?REQUEST_TOKEN=x", (), 404),
        ("HEAD", "/callback?REQUEST_TOKEN=x", (), 405),
        ("OPTIONS", "/callback?REQUEST_TOKEN=x", (), 405),
        ("PUT", "/callback?REQUEST_TOKEN=x", (), 405),
        ("GET", "http://127.0.0.1/callback?REQUEST_TOKEN=x", (), 400),
        ("GET", "/callback?REQUEST_TOKEN=x y", (), 400),
        ("GET", "/callback?REQUEST_TOKEN=x", ("Host: 127.0.0.1",), 400),
        ("GET", "/callback?REQUEST_TOKEN=x", ("no header",), 400),
        ("GET", "/callback?REQUEST_TOKEN=x", ("A : b",), 400),
        ("GET", "/callback?REQUEST_TOKEN=x", (" folded: b",), 400),
        ("GET", "/callback?REQUEST_TOKEN=x", ("Sec-Fetch-Dest: image",), 400),
        ("GET", "/callback?REQUEST_TOKEN=x", ("Sec-Fetch-Dest: iframe",), 400),
        ("GET", "/callback?error=x", ("Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: no-cors"), 400),
        ("GET", "/callback?REQUEST_TOKEN=x", ("Sec-Purpose: prefetch;prerender", "Sec-Fetch-Dest: document"), 400),
        ("GET", f"/callback?REQUEST_TOKEN={'x' * 20_000}", (), 431),
        ("GET", "/callback", (), 200),
        ("GET", "/callback?REQUEST_TOKEN=", ("Sec-Fetch-Dest: document",), 200),
        ("GET", "/callback?token=x", (), 200),
        ("POST", "/callback?REQUEST_TOKEN=x", (), 403),
        ("POST", "/callback", ("Origin: null",), 403),
        ("POST", "/callback", ("Origin: http://evil.example",), 403),
    ],
)
def test_whatever_else_comes_is_answered_and_does_not_decide(
    waiting: Waiting, method: str, target: str, headers: tuple[str, ...], status: int
) -> None:
    reply = waiting.ask(method, target, *headers)
    assert reply.startswith(f"HTTP/1.1 {status} ")
    assert "Cache-Control: no-store\r\n" in reply
    if method == "HEAD":
        assert reply.endswith("\r\n\r\n")
    waiting.still()


@pytest.mark.parametrize(
    "host",
    [
        None, "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "127.0.0.1:80:80", "::1", "[::1",
        "192.168.0.1", "[127.0.0.1]", "localhost:x", "localhost:", "", " ", "@localhost",
    ],
)  # fmt: skip
def test_a_host_that_is_not_this_machine(host: str | None) -> None:
    with Waiting("sync") as waiting:
        headers = [] if host is None else [f"Host: {host}"]
        assert waiting.get(GOOD, *headers, host=None).startswith("HTTP/1.1 400")
        waiting.still()


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"\r\n\r\n", b"GET /callback\r\n\r\n"]
)
def test_what_is_no_http(waiting: Waiting, sent: bytes) -> None:
    with connect(waiting.port) as sock:
        sock.sendall(sent)
        assert read_all(sock).startswith("HTTP/1.1 400")
    waiting.still()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("error=access_denied&error_description=canary", "The login failed: the redirect carries an error"),
        ("REQUEST_TOKEN=canary&REQUEST_TOKEN=another", "two different request tokens"),
        ("REQUEST_TOKEN=canary%0D%0AX", "no header can carry"),
    ],
)
def test_a_redirect_that_says_no_ends_the_wait(waiting: Waiting, query: str, words: str) -> None:
    reply = waiting.get(f"/callback?{query}")
    assert reply.startswith("HTTP/1.1 400")
    assert "The login failed" in reply
    assert "canary" not in reply
    error = waiting.end()
    assert isinstance(error, LoginFailed)
    assert words in str(error)
    assert "canary" not in str(error)


def own_origin(waiting: Waiting) -> str:
    return f"Origin: http://127.0.0.1:{waiting.port}"


def test_the_page_hands_over_the_fragment(waiting: Waiting) -> None:
    page = waiting.get("/callback")
    assert 'data-asks="yes"' in page
    assert "connect-src 'self'" in page
    reply = waiting.ask("POST", "/callback", own_origin(waiting), body="REQUEST_TOKEN=canary-request-token%2B/=")
    assert reply.startswith("HTTP/1.1 200")
    assert "Content-Type: text/plain" in reply
    assert waiting.end() == TOKEN


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ("nothing", (), 422),
        ("REQUEST_TOKEN=" + "x" * 17_000, (), 413),
        ("", ("Content-Length: x",), 413),
        ("", ("Content-Length: -1",), 413),
        ("", (), 413),
        ("REQUEST_TOKEN=x", ("Content-Length: 99999999999999999999",), 413),
    ],
)
def test_a_fragment_that_is_none(waiting: Waiting, body: str, headers: tuple[str, ...], status: int) -> None:
    reply = waiting.ask("POST", "/callback", own_origin(waiting), *headers, body=body)
    assert reply.startswith(f"HTTP/1.1 {status}")
    waiting.still()


def test_a_fragment_that_says_no(waiting: Waiting) -> None:
    reply = waiting.ask("POST", "/callback", own_origin(waiting), body="error=canary")
    assert reply.startswith("HTTP/1.1 400")
    assert "canary" not in reply
    assert isinstance(waiting.end(), LoginFailed)


def test_slow_ones_hold_nobody_up_and_there_are_never_many() -> None:
    with Waiting("sync") as waiting, contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(waiting.port)) for _ in range(40)]
        for sock in slow:
            sock.sendall(b"GET /callback HTTP/1.1\r\nHost: local")
        # The oldest had to make room for the others; where it was closed unread, that is a reset.
        with contextlib.suppress(ConnectionResetError):
            assert slow[0].recv(1) == b""
        waiting.still()
        for sock in slow[1:]:
            with contextlib.suppress(ConnectionResetError):
                assert sock.recv(1) == b""


def test_a_browser_that_holds_on_to_its_answer_and_others_do_not_put_off_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listener, "_ANSWER_SECONDS", 60.0)
    monkeypatch.setattr(listener, "_REQUEST_SECONDS", 60.0)
    with Waiting("sync") as waiting, contextlib.ExitStack() as stack:
        browser = stack.enter_context(connect(waiting.port))
        browser.sendall(f"GET {GOOD} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert browser.recv(12) == b"HTTP/1.1 200"
        with contextlib.suppress(OSError):
            for _ in range(40):
                stack.enter_context(socket.create_connection(("127.0.0.1", waiting.port), timeout=10))
        assert waiting.end() == TOKEN


@pytest.mark.parametrize("sent", [b"", b"GET /", f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\n".encode()])
def test_a_slow_one_is_cut_off(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(listener, "_REQUEST_SECONDS", 0.05)
    with Waiting("sync") as waiting:
        with connect(waiting.port) as sock:
            sock.sendall(sent)
            with contextlib.suppress(ConnectionResetError):
                assert sock.recv(1) == b""
        waiting.still()


def test_those_who_go_away_in_the_middle_are_no_fault(waiting: Waiting, caplog: pytest.LogCaptureFixture) -> None:
    for sent in (b"", b"GET /call", b"POST /callback HTTP/1.1\r\nHost: localhost\r\n", b"GET / HTTP/1.1\r\n\r\n"):
        with connect(waiting.port) as sock:
            sock.sendall(sent)
    waiting.still()
    assert caplog.records == []


def test_of_many_at_once_one_decides(waiting: Waiting) -> None:
    connect(waiting.port).close()
    socks = [connect(waiting.port) for _ in range(8)]
    for number, sock in enumerate(socks):
        sock.sendall(f"GET /callback?REQUEST_TOKEN=number-{number} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    told = []
    for sock in socks:
        with sock, contextlib.suppress(ConnectionResetError):
            told.append(read_all(sock)[:12])
    token = str(waiting.end())
    assert token.startswith("number-")
    assert told.count("HTTP/1.1 200") == 1
    assert set(told) <= {"HTTP/1.1 200", "HTTP/1.1 410", ""}


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_nobody_comes(kind: str) -> None:
    with Waiting(kind, timeout=0.05) as waiting:
        error = waiting.end()
    assert isinstance(error, LoginTimeout)
    assert str(error).startswith("Nobody came back from the login within 0.05 seconds\n")


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_login_that_came_to_another_path_is_told_and_can_be_pasted(kind: str) -> None:
    with Waiting(kind, timeout=1.0) as waiting:
        page = waiting.get(GOOD.replace("?", "/?"))
        error = waiting.end()
    assert page.startswith("HTTP/1.1 404 ")
    assert "A login came back to the path /callback/, and is not waited for there. Nobody took it from here" in page
    assert "copy the address of this page, and paste it" in page
    assert isinstance(error, LoginTimeout)
    assert str(error).startswith(
        "Nobody came back from the login within 1 seconds, but a login came back to the path /callback/: the address "
        "that the browser shows there can be pasted (`torus-connect login --paste`)\n"
    )
    assert "canary" not in f"{page}{error}"


@pytest.mark.parametrize(
    ("target", "host", "headers", "told"),
    [
        ("/callback/?REQUEST_TOKEN=canary", "127.0.0.1", (), "to the path /callback/"),
        ("/?x=y&REQUEST_TOKEN=canary", "localhost:1", (), "to the path /"),
        ("/?error=access_denied", "localhost", (), "to the path /"),
        ("/callback?REQUEST_TOKEN=canary", "merchant.example:8788", (), "for the host merchant.example:8788"),
        ("/canary?REQUEST_TOKEN=canary", "localhost", (), "to the path (not shown)"),
        ("/c%61nary?REQUEST_TOKEN=canary", "localhost", (), "to the path (not shown)"),
        ("/?REQUEST_TOKEN=canary", "canary.example", (), "for the host (not shown)"),
        ("/<b>?REQUEST_TOKEN=canary", "localhost", (), "to the path (not shown)"),
        ("/\x1b]0;x\x07?REQUEST_TOKEN=canary", "localhost", (), "to the path (not shown)"),
        (f"/{'x' * 100}?REQUEST_TOKEN=canary", "localhost", (), "to the path (not shown)"),
        ("/?code=canary", "localhost", (), ""),
        ("/favicon.ico", "localhost", (), ""),
        ("/?REQUEST_TOKEN=canary", "localhost", ("Sec-Fetch-Dest: image",), ""),
        ("/callback?REQUEST_TOKEN=canary", "evil.example", ("Sec-Fetch-Dest: iframe",), ""),
    ],
)
def test_where_a_login_came_instead(target: str, host: str, headers: tuple[str, ...], told: str) -> None:
    handler = CallbackHandler(PATH)
    head = "\r\n".join([f"GET {target} HTTP/1.1", f"Host: {host}", *headers, "", ""])
    request = parsed(head.encode("latin-1"))
    assert request
    page = (handler.refusal(request) or b"").decode()
    assert page.startswith("HTTP/1.1 4")
    assert handler.result is None
    assert handler.elsewhere == (f"a login came back {told}" if told else "")
    assert (f"A login came back {told}, and is not waited for there." in page) == bool(told)
    assert "canary" not in page


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"port": 0}, "port must be a whole number from 1 to 65535"),
        ({"port": 65_536}, "port must be a whole number from 1 to 65535"),
        ({"port": True}, "port must be a whole number"),
        ({"port": "80"}, "port must be a whole number"),
        ({"path": "callback"}, "path must start with /"),
        ({"path": "/a?b"}, "path must start with / and hold no query"),
        ({"path": "/a b"}, "path must start with / and hold no query"),
        ({"path": "/\u0915"}, "path may hold printable ASCII"),
        ({"path": None}, "path is missing"),
        ({"timeout": 0}, "timeout must be above 0"),
        ({"timeout": "1"}, "timeout must be a number of seconds"),
    ],
)
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_what_is_wrong_with_an_argument(kind: str, options: dict[str, Any], words: str) -> None:
    with Waiting(kind, **options) as waiting:
        error = waiting.end()
    assert isinstance(error, ConfigurationError)
    assert words in str(error)


@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param("::1", marks=pytest.mark.skipif(not HAS_IPV6, reason=""))])
def test_a_port_that_is_taken_on_either_address(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, 0), family=family) as taken,
        pytest.raises(ConfigurationError, match=r"port \d+ cannot be listened on.*in use.*--port"),
    ):
        wait_for_request_token(port=taken.getsockname()[1], timeout=5)


def test_a_machine_without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torus_connect._login.listener.IPV6", "2001:db8::1")  # which is no address here
    with Waiting("sync") as waiting:
        waiting.still()


def test_where_a_loop_is_running() -> None:
    port = free_port()

    async def notebook() -> str:
        def browser() -> None:
            with connect(port) as sock:
                sock.sendall(b"GET /?request_token=abc HTTP/1.1\r\nHost: localhost\r\n\r\n")
                read_all(sock)

        thread = threading.Thread(target=browser)
        thread.start()
        token = wait_for_request_token(port=port, timeout=LONG)
        thread.join()
        with pytest.raises(LoginTimeout):
            wait_for_request_token(port=port, timeout=0.05)
        return token

    before = threading.active_count()
    assert asyncio.run(notebook()) == "abc"
    assert threading.active_count() == before


def test_the_browser_may_stay_until_it_has_the_page() -> None:
    port = free_port()
    pages = []

    def browser() -> None:
        with connect(port) as sock:
            sock.sendall(b"GET /?request_token=abc HTTP/1.1\r\nHost: localhost\r\n\r\n")
            pages.append(read_all(sock))

    assert wait_for_request_token(port=port, timeout=LONG, on_ready=browser) == "abc"
    assert "The login came back. The program that waited for it goes on" in pages[0]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_what_goes_wrong_when_it_is_ready_ends_the_wait(kind: str) -> None:
    def fail() -> None:
        raise LookupError

    with Waiting(kind, on_ready=fail) as waiting:
        assert isinstance(waiting.end(), LookupError)
        with socket.create_server(("127.0.0.1", waiting.port)):
            pass


def test_nothing_is_ready_where_nothing_listens() -> None:
    called = []
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigurationError):
        wait_for_request_token(port=taken.getsockname()[1], on_ready=lambda: called.append(1))
    assert not called


def test_a_task_that_is_cancelled_leaves_nothing_behind() -> None:
    port = free_port()

    async def cancelled() -> None:
        task = asyncio.create_task(async_wait_for_request_token(port=port, timeout=LONG))
        reader, writer = None, None
        while reader is None:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with contextlib.suppress(OSError):
            assert await reader.read() == b""
        assert writer
        writer.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(cancelled())
    with socket.create_server(("127.0.0.1", port)):
        pass


@pytest.mark.parametrize("where", ["wait()", "asyncio.new_event_loop().run_until_complete(notebook())"])
def test_an_interrupt_ends_the_wait(where: str) -> None:
    port = free_port()
    code = f"""
import asyncio
from torus_connect import wait_for_request_token
def wait():
    wait_for_request_token(port={port}, timeout=20)
async def notebook():
    wait()
try:
    {where}
except KeyboardInterrupt:
    print("interrupted")
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        connect(port).close()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, "interrupted\n")


def test_an_error_is_one_of_this_sdk() -> None:
    assert issubclass(LoginTimeout, TorusError)

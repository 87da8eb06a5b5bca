"""What is said to a proxy, and what its answer means."""

from __future__ import annotations

import pytest

from torus_connect.engines.failures import Told
from torus_connect.engines.tunnel import Tunnel
from torus_connect.secret import Secret


def tunnel(proxy: str = "http://proxy.test:3128") -> Tunnel:
    return Tunnel(Secret(proxy), "service.test", 443)


def test_what_is_asked() -> None:
    assert tunnel().message() == b"CONNECT service.test:443 HTTP/1.1\r\nHost: service.test:443\r\nAccept: */*\r\n\r\n"
    with_password = tunnel("http://us%20er:p%40ss@proxy.test").message()
    assert b"\r\nProxy-Authorization: Basic dXMgZXI6cEBzcw==\r\n" in with_password


@pytest.mark.parametrize(
    ("proxy", "address"),
    [
        ("http://proxy.test:3128", ("proxy.test", 3128)),
        ("http://proxy.test", ("proxy.test", 80)),
        ("http://[::1]:8080", ("::1", 8080)),
    ],
)
def test_where_the_proxy_is(proxy: str, address: tuple[str, int]) -> None:
    assert tunnel(proxy).address == address


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 Connection established\r\n\r\n", b"HTTP/1.0 200 OK\r\nX: y\r\n\r\n"])
def test_it_is_open(answer: bytes) -> None:
    asked = tunnel()
    assert not asked.feed(answer[:20])
    assert asked.feed(answer[20:])
    assert tunnel().feed(answer)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.1 407 canary\r\n\r\n", "the proxy answered 407"),
        (b"HTTP/1.1 403 canary\r\nContent-Length: 6\r\n\r\ncanary", "the proxy answered 403"),
        (b"HTTP/1.1 302 canary\r\n\r\n", "the proxy answered 302"),
        (b"canary\r\n\r\n", "the proxy failed"),
        (b"", "the proxy failed"),
        # Before TLS begins, whoever is at the other end of a tunnel has nothing to say.
        (b"HTTP/1.1 200 OK\r\n\r\ncanary", "the proxy failed"),
    ],
)
def test_it_is_not(answer: bytes, says: str) -> None:
    with pytest.raises(Told, match=f"^{says}$"):
        tunnel().feed(answer)

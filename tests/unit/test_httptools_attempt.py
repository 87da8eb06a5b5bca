"""Where the engine of the extra `fast` connects to, and what it says there."""

from __future__ import annotations

import pytest

from torus_connect.engines.httptools_attempt import Attempt
from torus_connect.exchange import WireRequest
from torus_connect.secret import Secret


def attempt(url: str) -> Attempt:
    request = WireRequest("POST", url, {"Content-Length": "2"}, Secret("{}"), {"Token": Secret("canary")})
    return Attempt(request, 10, 10)


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("https://service.test", ("service.test", 443)),
        ("https://service.test:8443", ("service.test", 8443)),
        ("http://localhost", ("localhost", 80)),
        ("https://[::1]", ("::1", 443)),
        ("https://[::1]:8443", ("::1", 8443)),
    ],
)
def test_the_address(place: str, address: tuple[str, int]) -> None:
    assert attempt(f"{place}/api/v1").address() == address


def test_the_message() -> None:
    assert attempt("https://service.test:8443/api/v1/x").message() == (
        b"POST /api/v1/x HTTP/1.1\r\nHost: service.test:8443\r\nContent-Length: 2\r\nToken: canary\r\n\r\n{}"
    )

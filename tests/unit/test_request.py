"""A request as it goes over the wire, made of a generated one."""

from __future__ import annotations

import pytest

from torus_connect._calls.request import http_request
from torus_connect_api.client import Operation, Request


@pytest.mark.parametrize(("method", "length"), [("GET", None), ("HEAD", None), ("POST", "0"), ("DELETE", "0")])
def test_a_request_without_a_body(method: str, length: str | None) -> None:
    operation = Operation("demo", method, "/demo", idempotent=True)
    made = http_request(Request(operation, "/demo", parse=str), "https://host", share_connections=False)
    assert (made.method, made.url, made.content, made.credentials) == (method, "https://host/demo", "", {})
    assert made.headers.get("Content-Length") == length

"""A request as it goes over the wire, made of a generated one."""

from __future__ import annotations

from datetime import date

import pytest

from torus_connect import ConfigurationError
from torus_connect._calls.request import custom_request, http_request
from torus_connect_api.client import Operation, Request
from torus_connect_api.types import UNSET


@pytest.mark.parametrize(("method", "length"), [("GET", None), ("HEAD", None), ("POST", "0"), ("DELETE", "0")])
def test_a_request_without_a_body(method: str, length: str | None) -> None:
    operation = Operation("demo", method, "/demo", idempotent=True)
    made = http_request(Request(operation, "/demo", parse=str), "https://host", share_connections=False)
    assert (made.method, made.url, made.content, made.credentials) == (method, "https://host/demo", "", {})
    assert made.headers.get("Content-Length") == length


def test_a_request_of_a_call_that_the_spec_does_not_have() -> None:
    made = custom_request("POST", "/demo/", {"day": date(2026, 3, 29)}, {"page": 2}, idempotent=True)
    operation = made.operation
    assert (operation.id, operation.method, operation.path) == ("request", "POST", "/demo/")
    assert (operation.idempotent, operation.max_reply_bytes) == (True, 16 * 1024 * 1024)
    assert (made.path, made.params, made.json) == ("/demo/", [("page", "2")], {"day": "2026-03-29"})
    assert custom_request("GET", "/demo", UNSET, None, idempotent=True).json is UNSET


NO_PATH = (
    "path must be a path below the base URL, such as /holdings/: without scheme, host and query, for which there is "
    "params"
)


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("HEAD", "/demo", "method must be one of DELETE, GET, PATCH, POST, PUT"),
        (
            "GET",
            "/demo?page=2",
            NO_PATH,
        ),
    ],
)
def test_what_is_no_method_and_no_path_is_said(method: str, path: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        custom_request(method, path, UNSET, None, idempotent=True)
    assert caught.value.args[0] == said

"""The package calls a real server by itself: credentials by scheme, no redirect followed, no secret shown."""

from __future__ import annotations

import asyncio
import importlib
import json
import threading
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CREDENTIALS = {"AccessToken": "demo-access-token", "ClientKey": "demo-key", "RequestToken": "demo-request-token"}
STYLES = pytest.mark.parametrize("style", ["sync", "async"])


class Arrived(NamedTuple):
    """What the server saw of a request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Server:
    """A server that notes requests and replies what it is told."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.status, self.content, self.headers = 200, b"{}", {"Content-Type": "application/json"}
        noted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                noted.arrived.append(Arrived(self.command, self.path, dict(self.headers), body))
                self.send_response(noted.status)
                for name, value in noted.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(noted.content)))
                self.end_headers()
                self.wfile.write(noted.content)

            do_GET = do_POST = do_DELETE = reply  # noqa: N815 - the standard library's own names

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own name
                pass

        self.listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.listener.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.listener.server_port}/api/v1"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.listener.shutdown()
    thread.join()
    made.listener.server_close()


def call(
    api: Any, server: Server, style: str, method: str, *, credentials: dict[str, str] = CREDENTIALS, **arguments: Any
) -> Any:
    """Call a method of the tag `probe` with a client of its own."""

    async def in_loop() -> Any:
        async with api.AsyncStandaloneClient(credentials, server=server.url) as client:
            return await getattr(api.AsyncApi(client).probe, method)(**arguments)

    if style == "async":
        return asyncio.run(in_loop())
    with api.StandaloneClient(credentials, server=server.url) as client:
        return getattr(api.Api(client).probe, method)(**arguments)


@STYLES
def test_a_call_with_a_bearer_token(api: Any, server: Server, style: str) -> None:
    server.content = b'{"message": "ok", "data": [{"cost_price": 0.1234567890123456789, "quantity": "20"}]}'
    rows = call(api, server, style, "holdings")
    assert (rows[0].cost_price, rows[0].quantity, rows.message) == (Decimal("0.1234567890123456789"), 20, "ok")
    (seen,) = server.arrived
    assert (seen.method, seen.path, json.loads(seen.body)) == ("POST", "/api/v1/probe/holdings/", {"source": "N"})
    assert seen.headers["Authorization"] == "Bearer demo-access-token"
    assert seen.headers["Content-Type"] == "application/json"
    assert not {"Token", "X-Client-Key"} & seen.headers.keys()


@STYLES
def test_the_first_alternative_that_is_there_is_used(api: Any, server: Server, style: str) -> None:
    credentials = {name: CREDENTIALS[name] for name in ("ClientKey", "RequestToken")}
    call(api, server, style, "place_order", credentials=credentials, security_id="1", quantity="1", side="B")
    (seen,) = server.arrived
    assert (seen.headers["Token"], seen.headers["X-Client-Key"]) == ("demo-request-token", "demo-key")
    assert "Authorization" not in seen.headers


@STYLES
def test_a_public_call_has_no_credentials(api: Any, server: Server, style: str) -> None:
    server.content = b'[{"name": "Nifty50"}]'
    assert [row.name for row in call(api, server, style, "list_indices")] == ["Nifty50"]
    (seen,) = server.arrived
    assert (seen.method, seen.path, seen.body) == ("GET", "/api/v1/probe/indices", b"")
    assert not {"Authorization", "Token", "X-Client-Key"} & seen.headers.keys()


@STYLES
def test_path_and_query(api: Any, server: Server, style: str) -> None:
    call(api, server, style, "get_returns", exchange="N/E", co_code=7, kind=["S", "C"])
    assert server.arrived[0].path == "/api/v1/probe/N%2FE/7/returns?page=1&kind=S&kind=C"


@STYLES
def test_a_reply_without_content(api: Any, server: Server, style: str) -> None:
    server.status, server.content = 204, b""
    assert call(api, server, style, "drop_keys") is None


@STYLES
@pytest.mark.parametrize("status", [302, 400, 500])
def test_another_status_is_raised_and_no_redirect_followed(api: Any, server: Server, style: str, status: int) -> None:
    server.status, server.content = status, b'{"message": "demo-access-token"}'
    server.headers["Location"] = f"{server.url}/elsewhere"
    with pytest.raises(api.UnexpectedStatus) as raised:
        call(api, server, style, "holdings")
    assert (raised.value.status_code, raised.value.content) == (status, server.content)
    assert str(raised.value) == f"the service answered {status}"
    assert len(server.arrived) == 1


@STYLES
@pytest.mark.parametrize("content", [b"<html>", b"", b"[" * 100_000, b'"\xff"', b"7"])
def test_a_reply_that_cannot_be_read(api: Any, server: Server, style: str, content: bytes) -> None:
    server.content = content
    with pytest.raises(ValueError, match=r"^the reply is no (JSON|object)$"):
        call(api, server, style, "holdings")


@STYLES
def test_a_missing_credential_is_named_and_nothing_is_sent(api: Any, server: Server, style: str) -> None:
    with pytest.raises(ValueError, match="placeOrder needs credentials for AccessToken or ClientKey and RequestToken"):
        call(api, server, style, "place_order", credentials={}, security_id="1", quantity="1", side="B")
    with pytest.raises(ValueError, match="there is no security scheme Nobody"):
        call(api, server, style, "holdings", credentials={"Nobody": "demo"})
    assert server.arrived == []


@pytest.mark.parametrize("name", ["StandaloneClient", "AsyncStandaloneClient"])
def test_a_client_shows_no_credentials_and_waits_no_longer_than_it_is_told(api: Any, name: str) -> None:
    client = getattr(api, name)(CREDENTIALS, server="https://host.example", timeout=7)
    assert "demo-" not in repr(client) + repr(vars(client))
    assert client._options == {"timeout": 7, "follow_redirects": False}
    assert "none of the protections" in importlib.import_module(f"{api.__name__}.standalone").StandaloneClient.__doc__


def test_without_a_server_it_is_the_one_of_the_operation(api: Any) -> None:
    module = importlib.import_module(f"{api.__name__}.api.probe.place_order")
    client = api.StandaloneClient(CREDENTIALS)
    arguments = client._arguments(module.request(body={}))
    assert arguments["url"] == "https://orders.example/v2/probe/orders"

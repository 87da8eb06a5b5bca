"""The sandbox over real sockets: what it trades, what it refuses, and whom it answers."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import sys
import threading
import time
from contextlib import closing
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from support.clock import Clock
from support.openapi import check_openapi

import derive
from torus_connect import spec_text
from torus_connect.sandbox import Sandbox
from torus_connect.sandbox.refusals import Refusal, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CANARY = "canary-value-that-must-not-come-back"
JSON = "application/json"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as running:
        yield running


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    # Nothing is encrypted here, and to read the system's roots takes longer than a test.
    with httpx.Client(base_url=sandbox.origin, verify=False) as client:
        yield client


def good_body(**changes: Any) -> bytes:
    content = {"API_KEY": Sandbox.api_key, "API_SECRET": Sandbox.api_secret} | changes
    return json.dumps({name: value for name, value in content.items() if value is not None}).encode()


def generate(
    http: httpx.Client,
    token: str | None,
    body: bytes | Iterator[bytes] | None = None,
    content_type: str | None = JSON,
) -> httpx.Response:
    headers = [("Token", token)] if token is not None else []
    headers += [("Content-Type", content_type)] if content_type is not None else []
    return http.post("/api/v1/session/generate", headers=headers, content=good_body() if body is None else body)


def assert_refused(reply: httpx.Response, refusal: Refusal, more: str = "") -> None:
    assert reply.status_code == refusal.status
    assert reply.headers["Content-Type"] == JSON
    assert reply.json() == {"error": refusal.name.lower(), "details": f"{refusal.sentence} {more}".rstrip()}
    assert CANARY not in reply.text


# The helper calls, which are described in sandbox.yaml


def test_an_access_token_is_good_once_its_session_was_generated(http: httpx.Client, sandbox: Sandbox) -> None:
    def ask(authorization: str | None) -> httpx.Response:
        headers = {} if authorization is None else {"Authorization": authorization}
        return http.get("/_sandbox/whoami", headers=headers)

    request_token = sandbox.issue_request_token()
    access_token = sandbox.access_token_for(request_token)
    before = ask(f"Bearer {access_token}")
    generate(http, request_token)
    for authorization in (f"Bearer {access_token}", f"bearer {access_token}"):
        assert (ask(authorization).status_code, ask(authorization).json()) == (200, {"user": "sandbox-user"})
    refused = [
        None,
        access_token,
        f"Basic {access_token}",
        f"Bearer {request_token}",
        f"Bearer {access_token}0",
        "Bearer",
    ]
    refused.append(f"Bearer {access_token.removeprefix('sandbox-access-token-')}")
    for reply in (before, *map(ask, refused), ask(f"Bearer {CANARY}")):
        assert (reply.status_code, reply.json()["error"]) == (401, "access_token_unknown")
        assert reply.headers["WWW-Authenticate"] == "Bearer"
        assert reply.headers["Cache-Control"] == "no-store"
        assert CANARY not in reply.text


def test_their_document_is_openapi_and_names_what_is_served(http: httpx.Client) -> None:
    from openapi_schema_validator import OAS30ReadValidator

    document = json.loads(derive.as_json(derive.load(ROOT / "openapi" / "sandbox.yaml")))
    check_openapi(document)
    served = {(path, method) for path, operations in document["paths"].items() for method in operations}
    replies = {
        ("/_sandbox/credentials", "get"): "200",
        ("/_sandbox/faults/{operationId}", "put"): "204",
        ("/_sandbox/orders", "get"): "200",
        ("/_sandbox/replies", "delete"): "204",
        ("/_sandbox/replies/{operationId}", "put"): "4XX",
        ("/_sandbox/request-tokens", "post"): "201",
        ("/_sandbox/scenario", "put"): "204",
        ("/_sandbox/totp-codes", "post"): "201",
        ("/_sandbox/whoami", "get"): "4XX",
    }
    assert served == replies.keys()
    for (path, method), status in replies.items():
        described = document["paths"][path][method]["responses"][status]
        described = document["components"]["responses"]["Refused"] if "$ref" in described else described
        reply = http.request(method, path.replace("{operationId}", "holdings"))
        assert str(reply.status_code)[0] == status[0]
        if status == "204":
            assert (reply.content, described.keys()) == (b"", {"description"})
            continue
        OAS30ReadValidator(described["content"]["application/json"]["schema"]).validate(reply.json())


# The trade


@pytest.mark.parametrize(
    "content_type",
    [
        JSON,
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        "application/json;",
        "application/json; x",
    ],
)
def test_a_request_token_is_traded_for_its_access_token(
    http: httpx.Client, sandbox: Sandbox, content_type: str
) -> None:
    token = sandbox.issue_request_token()
    reply = generate(http, token, content_type=content_type)
    assert reply.status_code == 200
    assert reply.json() == {"AccessToken": sandbox.access_token_for(token)}
    assert reply.headers["Cache-Control"] == "no-store"
    assert sandbox.exchanges == 1


def test_a_token_issued_over_http_is_good(http: httpx.Client) -> None:
    reply = http.post("/_sandbox/request-tokens")
    assert reply.status_code == 201
    assert reply.json().keys() == {"request_token"}
    assert generate(http, reply.json()["request_token"]).status_code == 200


def test_a_token_lives_for_300_seconds(http: httpx.Client, sandbox: Sandbox, clock: Clock) -> None:
    first, second = sandbox.issue_request_token(), sandbox.issue_request_token()
    clock.now += 299.9
    assert generate(http, first).status_code == 200
    clock.now += 0.1
    assert_refused(generate(http, second), Refusal.TOKEN_EXPIRED)


def test_the_lifetime_can_be_chosen_over_http(http: httpx.Client, clock: Clock) -> None:
    token = http.post("/_sandbox/request-tokens", json={"expires_in": 7.5}).json()["request_token"]
    clock.now += 7.5
    assert_refused(generate(http, token), Refusal.TOKEN_EXPIRED)


def test_of_many_at_once_one_gets_the_session(sandbox: Sandbox) -> None:
    headers = {"Token": sandbox.issue_request_token(), "Content-Type": JSON}

    async def trade() -> list[int]:
        async with httpx.AsyncClient(base_url=sandbox.base_url) as http:
            posted = (http.post("/session/generate", headers=headers, content=good_body()) for _ in range(20))
            return [reply.status_code for reply in await asyncio.gather(*posted)]

    assert sorted(asyncio.run(trade())) == [200] + [409] * 19
    assert sandbox.exchanges == 1


def test_the_specification_that_it_judges_by_is_sound() -> None:
    from openapi_core import OpenAPI

    OpenAPI.from_dict(json.loads(spec_text("json")))


# Refusals


@pytest.mark.parametrize("token", [None, ""])
def test_a_missing_token_is_refused(http: httpx.Client, token: str | None) -> None:
    assert_refused(generate(http, token), Refusal.TOKEN_MISSING)


def test_two_token_headers_are_refused_and_burn_neither(http: httpx.Client, sandbox: Sandbox) -> None:
    tokens = [sandbox.issue_request_token() for _ in range(2)]
    headers = [("Token", token) for token in tokens] + [("Content-Type", JSON)]
    reply = http.post("/api/v1/session/generate", headers=headers, content=good_body())
    assert_refused(reply, Refusal.TOKEN_MISSING)
    assert [generate(http, token).status_code for token in tokens] == [200, 200]


def test_an_unknown_token_is_refused(http: httpx.Client) -> None:
    assert_refused(generate(http, CANARY), Refusal.TOKEN_UNKNOWN)


@pytest.mark.parametrize(
    "wrong", [{"API_KEY": CANARY}, {"API_SECRET": CANARY}, {"API_SECRET": "\u20b9"}, {"API_KEY": "\ud800"}]
)
def test_a_wrong_pair_is_refused_and_does_not_burn_the_token(
    http: httpx.Client, sandbox: Sandbox, wrong: dict[str, str]
) -> None:
    token = sandbox.issue_request_token()
    assert_refused(generate(http, token, good_body(**wrong)), Refusal.CREDENTIALS_WRONG)
    assert generate(http, token).status_code == 200


def test_a_used_token_is_refused_even_after_it_expired(http: httpx.Client, sandbox: Sandbox, clock: Clock) -> None:
    token = sandbox.issue_request_token()
    assert generate(http, token).status_code == 200
    assert_refused(generate(http, token), Refusal.TOKEN_USED)
    clock.now += 300
    assert_refused(generate(http, token), Refusal.TOKEN_USED)
    assert sandbox.exchanges == 1


def test_an_expired_token_is_refused(http: httpx.Client, sandbox: Sandbox) -> None:
    assert_refused(generate(http, sandbox.issue_request_token(expires_in=0)), Refusal.TOKEN_EXPIRED)


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/x-www-form-urlencoded", "application/problem+json", "json"]
)
def test_a_wrong_content_type_is_refused(http: httpx.Client, sandbox: Sandbox, content_type: str | None) -> None:
    token = sandbox.issue_request_token()
    assert_refused(generate(http, token, content_type=content_type), Refusal.CONTENT_TYPE_WRONG)
    assert generate(http, token).status_code == 200


# Each with what the refusal says besides its sentence: of the document, never of the body.
NO_OBJECT = "It is wrong: type is object."
MALFORMED = {
    "empty": (b"", ""),
    "blank": (b" ", ""),
    "cut short": (b'{"API_KEY": "' + CANARY.encode(), ""),
    "no JSON": (b"API_KEY=" + CANARY.encode(), ""),
    "no text": (b"\xff\xfe\xff", ""),
    "not a number": (b"NaN", NO_OBJECT),
    "an endless number": (b"1" * 5_000, ""),
    "nested to the limit": (b"[" * 65_536, ""),
    # From Python 3.14 on, the room on the stack is the limit, and not a number of levels.
    "nested and closed": (b"[" * 30_000 + b"]" * 30_000, NO_OBJECT if sys.version_info >= (3, 14) else ""),
    "nested a little": (b"[" * 400 + b"]" * 400, NO_OBJECT),
    "null": (b"null", NO_OBJECT),
    "a list": (b"[]", NO_OBJECT),
    "a string": (json.dumps(CANARY).encode(), NO_OBJECT),
    "no key": (good_body(API_KEY=None), "The field API_KEY is missing."),
    "no secret": (good_body(API_SECRET=None), "The field API_SECRET is missing."),
    "empty key": (good_body(API_KEY=""), "The field API_KEY is empty."),
    "empty secret": (good_body(API_SECRET=""), "The field API_SECRET is empty."),
    "a number for a key": (good_body(API_KEY=7), "The field API_KEY is wrong: type is string."),
    "a list for a secret": (good_body(API_SECRET=[CANARY]), "The field API_SECRET is wrong: type is string."),
    "one property too many": (good_body(TOTP=CANARY), "It has a field that is not in the document."),
    "lower case": (
        json.dumps({"api_key": CANARY, "api_secret": CANARY}).encode(),
        "The field API_KEY is missing.",
    ),
}


@pytest.mark.parametrize(("body", "named"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_body_is_refused_and_does_not_burn_the_token(
    http: httpx.Client, sandbox: Sandbox, body: bytes, named: str
) -> None:
    token = sandbox.issue_request_token()
    assert_refused(generate(http, token, body), Refusal.BODY_MALFORMED, named)
    assert generate(http, token).status_code == 200


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
@pytest.mark.parametrize(
    ("size", "refusal"), [(65_536, None), (65_537, Refusal.BODY_TOO_LARGE), (5_000_000, Refusal.BODY_TOO_LARGE)]
)
def test_a_body_over_64_kib_is_refused(
    http: httpx.Client, sandbox: Sandbox, size: int, refusal: Refusal | None, *, chunked: bool
) -> None:
    body = good_body().ljust(size)
    chunks = (body[start : start + 10_000] for start in range(0, size, 10_000))
    token = sandbox.issue_request_token()
    reply = generate(http, token, chunks if chunked else body)
    if refusal is None:
        assert reply.status_code == 200
    else:
        assert_refused(reply, refusal)
        assert generate(http, token).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/v1/session/generate", "/_sandbox/request-tokens"])
def test_a_wrong_method_is_refused(http: httpx.Client, method: str, path: str) -> None:
    reply = http.request(method, path)
    assert reply.headers["Allow"] == "POST"
    if method == "HEAD":
        assert (reply.status_code, reply.content) == (405, b"")
    else:
        assert_refused(reply, Refusal.METHOD_NOT_ALLOWED)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "path",
    ["/api/v1", "/api/v1/", "/api/v1/session/generate/", "/session/generate", "/API/v1/session/generate", f"/{CANARY}"],
)
def test_a_wrong_path_is_refused(http: httpx.Client, method: str, path: str) -> None:
    assert_refused(http.request(method, path), Refusal.NOT_FOUND)


ORDER: list[tuple[Refusal, dict[str, Any]]] = [
    (Refusal.METHOD_NOT_ALLOWED, {"method": "PUT"}),
    (Refusal.CONTENT_TYPE_WRONG, {"content_type": "text/plain"}),
    (Refusal.BODY_TOO_LARGE, {"body": b"[" * 65_537}),
    (Refusal.BODY_MALFORMED, {"body": b"{"}),
    (Refusal.TOKEN_MISSING, {"token": ""}),
    (Refusal.CREDENTIALS_WRONG, {"body": good_body(API_KEY=CANARY)}),
    (Refusal.TOKEN_UNKNOWN, {"token": CANARY}),
]


@pytest.mark.parametrize("first", range(len(ORDER)), ids=[refusal.name for refusal, _ in ORDER])
def test_of_several_faults_the_first_in_order_is_named(http: httpx.Client, first: int) -> None:
    call: dict[str, Any] = {"method": "POST", "content_type": JSON, "body": good_body(), "token": "any"}
    for _, fault in reversed(ORDER[first:]):
        call |= fault
    headers = {"Token": call["token"], "Content-Type": call["content_type"]}
    reply = http.request(call["method"], "/api/v1/session/generate", headers=headers, content=call["body"])
    assert_refused(reply, ORDER[first][0])


# What is refused besides by the session calls, whose refusals can be told apart by their statuses.
OF_OTHER_OPERATIONS = {
    Refusal.ACCESS_TOKEN_UNKNOWN: 401,
    Refusal.CREDENTIAL_MISSING: 401,
    Refusal.PARAMETER_WRONG: 400,
    Refusal.EXAMPLE_MISSING: 501,
    Refusal.ORDER_REFUSED: 400,
    Refusal.SANDBOX_FAULT: 500,
}


def test_every_refusal_of_a_session_call_has_its_own_status_and_every_refusal_fits_the_specification() -> None:
    statuses = [refusal.status for refusal in Refusal if refusal not in OF_OTHER_OPERATIONS]
    assert len(set(statuses)) == len(statuses)
    assert all(400 <= status < 500 for status in statuses)
    assert {refusal: refusal.status for refusal in OF_OTHER_OPERATIONS} == OF_OTHER_OPERATIONS
    from torus_connect.sandbox.contract import Contract

    contract = Contract()
    for operation in contract.operations.values():
        for refusal in Refusal:
            body = json.dumps(Refused(refusal, "And more.").body).encode()
            assert contract.fault_in_reply(operation, refusal.status, body) is None


def test_every_example_of_the_specification_fits() -> None:
    from torus_connect.sandbox.contract import Contract

    contract = Contract()
    contract.check_examples()
    assert [operation.id for operation in contract.operations.values() if operation.example is None] == []


NO_LIFETIME = "expires_in must be a number of seconds from 0 to 86400"
NO_USER = "user must be a name of 1 to 200 printable characters"


@pytest.mark.parametrize(
    ("body", "content_type", "refusal", "named"),
    [
        (b"[]", JSON, Refusal.BODY_MALFORMED, ""),
        (b"{", JSON, Refusal.BODY_MALFORMED, ""),
        (b"[" * 60_000, JSON, Refusal.BODY_MALFORMED, ""),
        (b'{"expires_in": null}', JSON, Refusal.BODY_MALFORMED, ""),
        (b'{"expires_in": "7"}', JSON, Refusal.BODY_MALFORMED, NO_LIFETIME),
        (b'{"expires_in": true}', JSON, Refusal.BODY_MALFORMED, NO_LIFETIME),
        (b'{"expires_in": -1}', JSON, Refusal.BODY_MALFORMED, NO_LIFETIME),
        (b'{"expires_in": 86400.1}', JSON, Refusal.BODY_MALFORMED, NO_LIFETIME),
        (b'{"expires_in": NaN}', JSON, Refusal.BODY_MALFORMED, NO_LIFETIME),
        (b'{"expires_in": 1e999}', JSON, Refusal.BODY_MALFORMED, NO_LIFETIME),
        (b'{"expires_in": 7, "more": 1}', JSON, Refusal.BODY_MALFORMED, ""),
        (b'{"user": ""}', JSON, Refusal.BODY_MALFORMED, NO_USER),
        (b'{"user": 7}', JSON, Refusal.BODY_MALFORMED, NO_USER),
        (b'{"user": "a\\n"}', JSON, Refusal.BODY_MALFORMED, NO_USER),
        (json.dumps({"user": "a" * 201}).encode(), JSON, Refusal.BODY_MALFORMED, NO_USER),
        (b'{"expires_in": 7}', "text/plain", Refusal.CONTENT_TYPE_WRONG, ""),
        (b" " * 65_537, JSON, Refusal.BODY_TOO_LARGE, ""),
    ],
)
def test_a_bad_request_for_a_request_token_is_refused(
    http: httpx.Client, body: bytes, content_type: str, refusal: Refusal, named: str
) -> None:
    reply = http.post("/_sandbox/request-tokens", content=body, headers={"Content-Type": content_type})
    assert_refused(reply, refusal, named)


def test_a_reply_that_breaks_the_specification_is_a_500_and_a_log_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spec = json.loads(spec_text("json"))
    spec["components"]["schemas"]["GenerateSessionResponse"]["required"].append("Missing")
    for call in ("/session/generate", "/session/totp/generate"):
        del spec["paths"][call]["post"]["responses"]["200"]["content"]["application/json"]["examples"]
    path = tmp_path / "torus.json"
    path.write_text(json.dumps(spec), encoding="utf-8")
    with Sandbox(document=path) as sandbox, httpx.Client(base_url=sandbox.origin, verify=False) as http:
        token = sandbox.issue_request_token()
        assert_refused(generate(http, token), Refusal.SANDBOX_FAULT)
    [record] = [record for record in caplog.records if record.name == "torus_connect.sandbox"]
    assert record.levelno == logging.ERROR
    assert record.getMessage().endswith("does not fit the specification: The field Missing is missing.")
    assert Sandbox.access_token_for(token) not in caplog.text


# Browsers


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:3000", True),
        ("https://localhost", True),
        ("http://127.0.0.1:5173", True),
        ("http://[::1]:8080", True),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com:80", False),
        ("http://example.com", False),
        ("http://localhost:80@example.com", False),
        ("null", False),
    ],
)
def test_a_page_of_this_machine_may_call_and_no_other(
    http: httpx.Client, sandbox: Sandbox, origin: str, *, allowed: bool
) -> None:
    preflight = http.options(
        "/api/v1/session/generate",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,token",
        },
    )
    replies = [preflight]
    for token in (sandbox.issue_request_token(), CANARY):
        headers = {"Origin": origin, "Token": token, "Content-Type": JSON}
        replies.append(http.post("/api/v1/session/generate", headers=headers, content=good_body()))
    assert [reply.status_code for reply in replies] == [200 if allowed else 400, 200, 401]
    expected = origin if allowed else None
    assert [reply.headers.get("Access-Control-Allow-Origin") for reply in replies] == [expected] * 3
    assert "Access-Control-Allow-Credentials" not in preflight.headers


@pytest.mark.parametrize(("header", "method"), [("X-Other", "POST"), ("Token", "DELETE")])
def test_a_page_may_not_send_more_than_the_call_needs(http: httpx.Client, header: str, method: str) -> None:
    headers = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": header,
    }
    assert http.options("/api/v1/session/generate", headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("localhost:1", 200), ("evil.example", 400), ("127.0.0.1.evil.example", 400)],
)
def test_a_foreign_host_is_refused(http: httpx.Client, host: str, status: int) -> None:
    assert http.get("/", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("api_key", ["", "wrong", "sandbox-api-key/", "%3Cscript%3E", "%ED%A0%80"])
def test_the_login_of_a_wrong_key_is_not_there(http: httpx.Client, api_key: str) -> None:
    assert_refused(http.get(f"/connect/login/{api_key}"), Refusal.NOT_FOUND)


@pytest.mark.parametrize("query", ["", "?REQUEST_TOKEN=", f"?REQUEST_TOKEN=<script>{CANARY}</script>"])
def test_the_end_page_shows_nothing_that_was_not_issued(http: httpx.Client, query: str) -> None:
    assert_refused(http.get(f"/_sandbox/end{query}"), Refusal.NOT_FOUND)


def test_the_first_page_is_the_reference_under_its_own_policy(http: httpx.Client, repository: Path) -> None:
    reply = http.get("/")
    assert reply.status_code == 200
    assert reply.text == (repository / "generated" / "reference.html").read_text("utf-8")
    assert "This is a local Torus" in reply.text
    policy = reply.headers["Content-Security-Policy"]
    [stated] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', reply.text)
    assert policy == unescape(stated) + "; frame-ancestors 'none'"
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_page_without_a_policy_is_not_served() -> None:
    from torus_connect.sandbox.pages import policy_in

    with pytest.raises(ValueError, match="states no policy"):
        policy_in("<!doctype html>")


def test_what_the_reference_asks_the_sandbox_for(http: httpx.Client, sandbox: Sandbox) -> None:
    reply = http.get("/_sandbox/credentials")
    assert (reply.status_code, reply.json()) == (200, {"API_KEY": sandbox.api_key, "API_SECRET": sandbox.api_secret})
    assert reply.headers["Cache-Control"] == "no-store"
    login = http.get("/_sandbox/login")
    assert (login.status_code, login.headers["Location"]) == (303, urlsplit(sandbox.login_url).path)


# The handle

HALF_A_BODY = (
    b"POST /api/v1/session/generate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: 50\r\n\r\n{"
)


def test_the_date_is_that_of_now_however_late_in_a_second_it_started() -> None:
    time.sleep((1.8 - time.time() % 1) % 1)
    with Sandbox() as sandbox:
        time.sleep((1.5 - time.time() % 1) % 1)
        now = int(time.time())
        date = parsedate_to_datetime(httpx.get(sandbox.origin).headers["Date"])
    assert date.timestamp() >= now


def test_start_and_stop_can_be_repeated() -> None:
    sandbox = Sandbox()
    sandbox.stop()
    assert repr(sandbox) == "<Sandbox, not running>"
    assert sandbox.start() is sandbox
    base_url = sandbox.base_url
    assert base_url in repr(sandbox)
    assert sandbox.start().base_url == base_url
    assert sandbox.credentials == {"api_key": sandbox.api_key, "api_secret": sandbox.api_secret, "base_url": base_url}
    token = sandbox.issue_request_token()
    sandbox.stop()
    sandbox.stop()
    with pytest.raises(RuntimeError, match="not running"):
        _ = sandbox.base_url
    with sandbox, httpx.Client(base_url=sandbox.origin, verify=False) as http:
        assert generate(http, token).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTT",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        HALF_A_BODY,
        b"no HTTP at all\r\n\r\n",
    ],
    ids=["nothing", "half a head", "kept alive", "half a body", "no HTTP"],
)
def test_it_stops_whatever_its_connections_do(sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    threads = threading.enumerate()
    sandbox = Sandbox().start()
    with closing(socket.create_connection(("127.0.0.1", urlsplit(sandbox.origin).port or 0), timeout=10)) as connection:
        connection.sendall(sent)
        # Connections are served in the order in which they came, so this one has been seen once the next is answered.
        assert httpx.get(sandbox.origin).status_code == 200
        sandbox.stop()
        while connection.recv(4096):
            pass
    assert threading.enumerate() == threads
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_port_that_is_taken_is_an_error_and_a_left_one_is_free_again() -> None:
    with Sandbox() as sandbox:
        port = urlsplit(sandbox.origin).port or 0
        with pytest.raises(OSError, match="in use"):
            Sandbox(port=port).start()
        httpx.get(sandbox.origin)
    with Sandbox(port=port) as again:
        assert urlsplit(again.origin).port == port


def test_nothing_of_a_request_is_logged(http: httpx.Client, sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = sandbox.issue_request_token()
    generate(http, token)
    generate(http, CANARY, good_body(API_SECRET=CANARY))
    http.get("/_sandbox/end", params={"REQUEST_TOKEN": token})
    # httpx logs what it asks for; that is the caller's log, not the sandbox's.
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert not [line for line in ours if token in line or CANARY in line or sandbox.api_secret in line]

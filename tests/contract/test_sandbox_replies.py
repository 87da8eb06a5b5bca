"""The replies and faults that a test sets in a sandbox: for a user or for all, in Python and over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]
from support.openapi import check_openapi
from support.operations import document

from torus_connect import (
    APIStatusError,
    MalformedReply,
    RateLimited,
    RedirectRefused,
    ReplyLost,
    ServerError,
    ServiceUnavailable,
    TorusConnect,
)
from torus_connect.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from torus_connect_api.api.account import Account

CANARY = "canary-value-that-must-not-come-back"
ENVELOPE = {"status": "success", "message": "Success"}


@pytest.fixture(scope="module")
def torus(torus_sandbox: Sandbox) -> Iterator[TorusConnect]:
    with TorusConnect(**torus_sandbox.credentials, max_retries=0) as client:
        yield client


@pytest.fixture
def log_in(torus: TorusConnect, torus_sandbox: Sandbox) -> Callable[..., Account]:
    def log_in(user: str = "sandbox-user") -> Account:
        return torus.account(torus.generate_session(torus_sandbox.issue_request_token(user=user)))

    return log_in


@pytest.fixture
def me(log_in: Callable[..., Account]) -> Account:
    return log_in()


@pytest.fixture
def http(torus_sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=torus_sandbox.origin, verify=False) as client:
        yield client


def quantities(account: Account) -> list[Any]:
    return [row.quantity for row in account.holdings()]


# Replies


def test_each_user_has_data_of_their_own(torus_sandbox: Sandbox, log_in: Callable[..., Account]) -> None:
    asha, ravi, default = log_in(user="asha"), log_in(user="ravi"), log_in()
    torus_sandbox.set_reply("holdings", [{"quantity": 1}, {"quantity": 2}], user="asha")
    assert (quantities(asha), quantities(ravi), quantities(default)) == ([1, 2], [20], [20])
    torus_sandbox.set_reply("holdings", [], user="sandbox-user")
    torus_sandbox.set_reply("holdings", [{"quantity": 7}])
    assert (quantities(asha), quantities(ravi), quantities(default)) == ([1, 2], [7], [])
    assert asha.funds() != []  # of another operation


def test_rows_go_into_the_envelope_and_a_whole_body_is_sent_as_it_is(torus_sandbox: Sandbox, me: Account) -> None:
    torus_sandbox.set_reply("holdings", [{"quantity": 1}])
    assert me.holdings().raw == ENVELOPE | {"data": [{"quantity": 1}]}
    whole = {"status": "success", "message": "Nothing there", "data": None}
    torus_sandbox.set_reply("holdings", whole)
    assert me.holdings().raw == whole


def test_a_public_call_and_a_list_that_is_the_whole_body(torus_sandbox: Sandbox, torus: TorusConnect) -> None:
    torus_sandbox.set_reply("searchStocks", [{"nsesymbol": "ITC"}])
    torus_sandbox.set_reply("searchStocks", [], user="asha")
    assert [row.nsesymbol for row in torus.market.search_stocks(query="i")] == ["ITC"]


def test_it_holds_so_many_times_or_until_it_is_reset(torus_sandbox: Sandbox, log_in: Callable[..., Account]) -> None:
    asha, ravi = log_in(user="asha"), log_in(user="ravi")
    torus_sandbox.set_reply("holdings", [{"quantity": 1}])
    torus_sandbox.set_reply("holdings", [{"quantity": 2}], user="asha", times=2)
    assert [quantities(asha) for _ in range(3)] == [[2], [2], [1]]
    torus_sandbox.set_reply("holdings", [], user="ravi")
    torus_sandbox.reset()
    assert (quantities(asha), quantities(ravi)) == ([20], [20])


def test_one_that_was_started_again_still_has_it() -> None:
    sandbox = Sandbox()
    with pytest.raises(RuntimeError, match="not running"):
        sandbox.set_reply("holdings", [])
    with pytest.raises(RuntimeError, match="not running"):
        sandbox.set_fault("holdings")
    sandbox.reset()
    for _ in range(2):
        with sandbox, TorusConnect(**sandbox.credentials) as torus:
            if not sandbox.exchanges:
                sandbox.set_reply("holdings", [])
            session = torus.generate_session(sandbox.issue_request_token())
            assert torus.account(session).holdings() == []


def test_a_session_call_spends_its_token_and_answers_what_was_set(torus_sandbox: Sandbox, torus: TorusConnect) -> None:
    before, token = torus_sandbox.exchanges, torus_sandbox.issue_request_token(user="asha")
    torus_sandbox.set_reply("generateSession", {"AccessToken": 7}, validate=False, user="asha")
    with pytest.raises(MalformedReply):
        torus.generate_session(token)
    assert torus_sandbox.exchanges == before + 1
    torus_sandbox.set_reply("generateSessionWithTotp", {"AccessToken": "demo"}, user="sandbox-user")
    assert torus.generate_session_with_totp(torus_sandbox.totp_code()).access_token == "demo"


def test_what_is_refused_is_refused_all_the_same(torus_sandbox: Sandbox, http: httpx.Client) -> None:
    torus_sandbox.set_reply("holdings", [])
    torus_sandbox.set_fault("order")
    assert http.post("/api/v1/holdings/", json={"source": "N"}).status_code == 401
    token = torus_sandbox.issue_request_token()
    keys = {"API_KEY": torus_sandbox.api_key, "API_SECRET": torus_sandbox.api_secret}
    access = http.post("/api/v1/session/generate", headers={"Token": token}, json=keys).json()["AccessToken"]
    bearer = {"Authorization": f"Bearer {access}"}
    empty = {"source": "N", "data": {"order_no": "1", "segment": ""}}
    reply = http.post("/api/v1/order/details", headers=bearer, json=empty)
    assert (reply.status_code, reply.json()["error"]) == (422, "body_malformed")
    assert reply.json()["details"].endswith("The field data.segment is empty.")


SET_REPLY_WRONGLY: list[tuple[dict[str, Any], str]] = [
    ({"operation_id": "holding"}, "the document has no such operationId; the nearest is holdings"),
    ({"operation_id": "order_book"}, "the nearest is orderBook"),
    ({"operation_id": ""}, "the document has no such operationId; the nearest is "),
    ({"reply": [{"quantity": CANARY}]}, "the reply of holdings does not fit its schema. The field data.quantity is "),
    ({"reply": "text"}, "does not fit its schema. It is wrong: type is object."),
    ({"reply": [7]}, "does not fit its schema. The field data is wrong: type is object."),
    ({"reply": [{"quantity": {1}}]}, "the reply of holdings is no JSON: Object of type set is not JSON serializable"),
    ({"reply": [{"xirr": float("nan")}], "validate": False}, "the reply of holdings is no JSON: "),
    ({"times": 0}, "times must be a whole number from 1 on, or None"),
    ({"times": True}, "times must be"),
    ({"times": "1"}, "times must be"),
    ({"user": ""}, "user must be a name of 1 to 200 printable characters"),
    ({"user": b"asha"}, "user must be"),
]


@pytest.mark.parametrize(("wrong", "why"), SET_REPLY_WRONGLY)
def test_a_reply_that_cannot_be_set(torus_sandbox: Sandbox, me: Account, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        torus_sandbox.set_reply(**{"operation_id": "holdings", "reply": [], **wrong})
    assert why in str(caught.value)
    assert CANARY not in str(caught.value)
    assert quantities(me) == [20]


def test_a_reply_that_is_nested_without_an_end(torus_sandbox: Sandbox) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match=r"the reply of holdings is no JSON: (maximum recursion depth|Stack overflow)"):
        torus_sandbox.set_reply("holdings", {"status": "success", "more": deep})


def test_what_services_send_although_it_does_not_fit(torus_sandbox: Sandbox, me: Account) -> None:
    torus_sandbox.set_reply("holdings", [{"quantity": "20"}, {"quantity": "many"}], validate=False)
    assert quantities(me) == [20, None]


# Faults


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({}, ServerError),
        ({"status": 503, "headers": {"Retry-After": "7"}}, ServiceUnavailable),
        ({"status": 500, "body": {"error": "demo"}}, ServerError),
        ({"status": 429, "headers": {"Retry-After": "7"}}, RateLimited),
        ({"status": 308, "headers": {"Location": "https://host.example/"}}, RedirectRefused),
        ({"status": 200, "body": "<html>"}, MalformedReply),
        ({"status": 200, "body": b"\xff", "headers": {"content-type": "application/json"}}, MalformedReply),
        ({"status": 204, "body": "never sent"}, MalformedReply),
        ({"lost": "before"}, ReplyLost),
        ({"lost": "after"}, ReplyLost),
    ],
)
def test_a_fault_is_the_error_that_it_is(
    torus_sandbox: Sandbox, me: Account, fault: dict[str, Any], error: type[Exception]
) -> None:
    torus_sandbox.set_reply("holdings", [])
    torus_sandbox.set_fault("holdings", **fault, times=1)
    with pytest.raises(error) as caught:
        me.holdings()
    assert getattr(caught.value, "retry_after", None) == (7.0 if "Retry-After" in fault.get("headers", {}) else None)
    assert me.holdings() == []  # the fault came first, and once


def test_a_read_is_sent_again(torus_sandbox: Sandbox) -> None:
    with TorusConnect(**torus_sandbox.credentials) as torus:
        me = torus.account(torus.generate_session(torus_sandbox.issue_request_token()))
        torus_sandbox.set_fault("holdings", lost="after", times=1)
        assert quantities(me) == [20]


def test_a_fault_of_one_user(torus_sandbox: Sandbox, log_in: Callable[..., Account]) -> None:
    asha, ravi = log_in(user="asha"), log_in(user="ravi")
    torus_sandbox.set_fault("holdings", user="asha")
    torus_sandbox.set_fault("holdings", status=429, times=1)
    with pytest.raises(ServerError):
        asha.holdings()
    with pytest.raises(RateLimited):
        ravi.holdings()
    assert quantities(ravi) == [20]


@pytest.mark.parametrize(
    ("fault", "error", "spent"),
    [({"lost": "before"}, ReplyLost, 0), ({"lost": "after"}, ReplyLost, 1), ({"status": 503}, ServerError, 0)],
)
def test_whether_a_session_call_was_served(
    torus_sandbox: Sandbox, torus: TorusConnect, fault: dict[str, Any], error: type[Exception], spent: int
) -> None:
    for operation_id in ("generateSession", "generateSessionWithTotp"):
        torus_sandbox.set_fault(operation_id, **fault, times=1)
    before, token, code = torus_sandbox.exchanges, torus_sandbox.issue_request_token(), torus_sandbox.totp_code()
    for call, secret in ((torus.generate_session, token), (torus.generate_session_with_totp, code)):
        with pytest.raises(error):
            call(secret)
    assert torus_sandbox.exchanges == before + 2 * spent
    for call, secret in ((torus.generate_session, token), (torus.generate_session_with_totp, code)):
        if spent:
            with pytest.raises(APIStatusError):
                call(secret)
        else:
            assert call(secret).access_token


BESIDE_LOST: list[dict[str, Any]] = [{"lost": "never"}, {"status": 503}, {"headers": {}}, {"body": ""}]
SET_FAULT_WRONGLY: list[tuple[dict[str, Any], str]] = [
    ({"operation_id": "x" * 99}, "the document has no such operationId"),
    *[({"status": status}, "status must be a number from 200 to 599") for status in (199, 600, True, "503")],
    *[
        ({"headers": headers}, "headers must have names and values of HTTP")
        for headers in (
            ["a"],
            {"a b": "c"},
            {"a\nb": "c"},
            {"": "a"},
            {"a": "b\r\nc"},
            {"a": "\u0915"},
            {"Connection": "x"},
        )
    ],
    ({"body": {1}}, "the reply of holdings is no JSON"),
    *[
        ({"lost": "after"} | more, "lost must be 'before' or 'after', and goes without status, headers and body")
        for more in BESIDE_LOST
    ],
    ({"times": -1}, "times must be"),
    ({"lost": "before", "user": "\x1b"}, "user must be"),
]


@pytest.mark.parametrize(("wrong", "why"), SET_FAULT_WRONGLY)
def test_a_fault_that_cannot_be_set(torus_sandbox: Sandbox, me: Account, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        torus_sandbox.set_fault(**{"operation_id": "holdings", **wrong})
    assert quantities(me) == [20]


def test_no_log_line_of_a_lost_reply(torus_sandbox: Sandbox, me: Account, caplog: pytest.LogCaptureFixture) -> None:
    torus_sandbox.set_fault("holdings", lost="before")
    with pytest.raises(ReplyLost):
        me.holdings()
    assert [record for record in caplog.records if record.name.startswith(("uvicorn", "asyncio"))] == []


# Over HTTP


def test_the_same_over_http(http: httpx.Client, log_in: Callable[..., Account]) -> None:
    asha = log_in(user="asha")
    issued = http.post("/_sandbox/request-tokens", json={"user": "ravi"}).json()["request_token"]
    many = [{"quantity": 1, "display_name": "a" * 800}] * 100
    assert http.put("/_sandbox/replies/holdings", json={"reply": many, "user": "asha"}).status_code == 204
    assert (quantities(asha), quantities(log_in())) == ([1] * 100, [20])
    assert http.put("/_sandbox/replies/holdings", json={"reply": [{}], "times": 1}).status_code == 204
    keys = {"API_KEY": Sandbox.api_key, "API_SECRET": Sandbox.api_secret}
    access = http.post("/api/v1/session/generate", headers={"Token": issued}, json=keys).json()["AccessToken"]
    bearer = {"Authorization": f"Bearer {access}"}
    assert http.get("/_sandbox/whoami", headers=bearer).json() == {"user": "ravi"}
    reply = http.post("/api/v1/holdings/", headers=bearer, json={"source": "N"})
    assert reply.json() == ENVELOPE | {"data": [{}]}
    fault = {"status": 418, "headers": {"X-Demo": "a"}, "body": {"b": 1}, "user": "ravi"}
    assert http.put("/_sandbox/faults/holdings", json=fault).status_code == 204
    reply = http.post("/api/v1/holdings/", headers=bearer, json={"source": "N"})
    assert (reply.status_code, reply.headers["X-Demo"], reply.json()) == (418, "a", {"b": 1})
    assert quantities(asha) == [1] * 100
    assert http.delete("/_sandbox/replies").status_code == 204
    assert quantities(asha) == [20]
    assert http.put("/_sandbox/faults/holdings").status_code == 204
    with pytest.raises(ServerError):
        asha.holdings()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "why"),
    [
        ("PUT", "replies/holding", {"reply": []}, 404, "the nearest is holdings"),
        ("PUT", "faults/holding", {}, 404, "the nearest is holdings"),
        ("PUT", "replies/holdings", {}, 422, "The field reply is missing."),
        (
            "PUT",
            "replies/holdings",
            {"reply": [{"quantity": CANARY}]},
            422,
            "The field data.quantity is wrong: type is",
        ),
        ("PUT", "replies/holdings", {"reply": [], CANARY: 1}, 422, "specified to take."),
        ("PUT", "replies/holdings", {"reply": [], "times": CANARY}, 422, "times must be a whole number"),
        ("PUT", "faults/holdings", {"lost": CANARY}, 422, "lost must be 'before' or 'after'"),
        ("PUT", "faults/holdings", {"headers": [CANARY]}, 422, "headers must have names"),
        ("POST", "replies/holdings", {"reply": []}, 405, "takes"),
        ("GET", "replies", None, 405, "takes"),
    ],
)
def test_what_is_wrong_is_said_and_not_repeated(
    http: httpx.Client, method: str, path: str, body: object, status: int, why: str
) -> None:
    reply = http.request(method, f"/_sandbox/{path}", json=body)
    assert (reply.status_code, reply.json().keys()) == (status, {"error", "details"})
    assert why in reply.json()["details"]
    assert CANARY not in reply.text


def test_a_reply_of_16_mib_may_be_set_and_no_larger_one(http: httpx.Client) -> None:
    body = json.dumps({"reply": []}).encode()
    for size, status in ((16 * 1024 * 1024, 204), (16 * 1024 * 1024 + 1, 413)):
        headers = {"Content-Type": "application/json"}
        reply = http.put("/_sandbox/replies/holdings", headers=headers, content=body.ljust(size))
        assert reply.status_code == status
    assert (
        http.put("/_sandbox/replies/holdings", headers={"Content-Type": "text/plain"}, content=b"{}").status_code == 415
    )


def test_no_page_of_a_browser_and_no_other_host_may_set_anything(http: httpx.Client, me: Account) -> None:
    for method, path in (("PUT", "replies/holdings"), ("PUT", "faults/holdings"), ("DELETE", "replies")):
        asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": method}
        assert http.options(f"/_sandbox/{path}", headers=asked).status_code == 400
        assert http.request(method, f"/_sandbox/{path}", headers={"Host": "evil.example"}).status_code == 400
    assert quantities(me) == [20]


# The document, and another one


def test_the_document_is_served_with_this_sandbox_as_its_server(http: httpx.Client, torus_sandbox: Sandbox) -> None:
    reply = http.get("/openapi.json")
    served = reply.json()
    check_openapi(served)
    assert served["servers"] == [{"url": torus_sandbox.base_url}]
    assert served["paths"]["/session/totp/generate"]["post"]["servers"] == served["servers"]
    assert served["paths"]["/holdings/"]["post"]["security"] == [{"AccessToken": []}]
    assert reply.headers["Content-Type"] == "application/json"
    as_yaml = http.get("/openapi.yaml", headers={"Host": "localhost:1"})
    assert as_yaml.headers["Content-Type"] == "application/yaml"
    again = yaml.safe_load(as_yaml.text)
    assert again.pop("servers") == [{"url": "http://localhost:1/api/v1"}]
    assert again["info"] == served["info"]


def test_another_document(tmp_path: Path) -> None:
    whole = document()
    del whole["paths"]["/holdings/"]["post"]["responses"]["200"]["content"]["application/json"]["examples"]
    whole["paths"]["/holdings/"]["post"]["x-unwrap"] = "data"
    text = {"text/plain": {"schema": {"type": "string"}, "example": "one"}}
    whole["paths"]["/stocks/search"]["get"]["responses"] = {"200": {"description": "Done.", "content": text}}
    whole["paths"]["/stocks/{code}"]["get"]["responses"] = {"201": {"description": "Done."}}
    path = tmp_path / "torus.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    with Sandbox(document=path) as sandbox, httpx.Client(base_url=sandbox.base_url, verify=False) as http:
        with TorusConnect(**sandbox.credentials) as torus:
            bearer = {"Authorization": torus.generate_session(sandbox.issue_request_token()).authorization}
        assert httpx.get(f"{sandbox.origin}/openapi.json").json()["paths"].keys() == whole["paths"].keys()
        # Rows without an example to put them into, and an operation of which the document has nothing but errors.
        with pytest.raises(ValueError, match=r"The field status is missing\.$"):
            sandbox.set_reply("holdings", [])
        sandbox.set_reply("holdings", [{"quantity": 1}], validate=False)
        body = {"source": "N", "data": {"segment": "E"}}
        assert http.post("holdings/", headers=bearer, json=body).json() == {"data": [{"quantity": 1}]}
        sandbox.set_reply("funds", {"any": "thing"}, validate=False)
        assert http.get("funds/", headers=bearer).json() == {"any": "thing"}
        sandbox.set_reply("stocks", "two")
        assert http.get("stocks/search?q=a").text == "two"
        sandbox.set_reply("stock", {"name": "three"})
        assert http.get("stocks/any").json() == {"name": "three"}
        # An API key that has no user.
        sandbox.set_reply("partnerStatus", {"status": "set"})
        sandbox.set_reply("partnerStatus", {"status": "of a user"}, user="sandbox-user")
        assert http.get("partner/status", headers={"X-Partner-Key": "any"}).json() == {"status": "set"}

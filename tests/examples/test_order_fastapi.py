"""An order from FastAPI: one key is one order, and an error is answered by its outcome."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module

import httpx
import pytest
from examples.conftest import IDEA, SHIVAM, Start
from examples.test_servers import Server

from torus_connect import (
    Account,
    ClientClosed,
    ConnectionFailed,
    LoginNeeded,
    LoginPending,
    MalformedReply,
    ReferenceUsed,
    ReplyLost,
    SessionExpired,
    StoreError,
    TooManyCalls,
    TorusError,
)
from torus_connect.sandbox import Sandbox


@pytest.fixture
def sandbox(torus_sandbox: Sandbox) -> Sandbox:
    """Return one that trades."""
    torus_sandbox.set_price(IDEA, "15.00")
    return torus_sandbox


@pytest.fixture
def browser(me: Account, start: Start, sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Yield the browser of a user who has logged in at the FastAPI back end."""
    server = Server(start("-m", "uvicorn", "order_fastapi:app", "--port", "0", "--no-access-log"))
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30, verify=False) as client:
        client.get("/login")
        client.get("/callback", params={"REQUEST_TOKEN": sandbox.issue_request_token()})
        yield client
    server.stop()


def test_an_order_from_fastapi_is_one_for_one_key(sandbox: Sandbox, browser: httpx.Client) -> None:
    order = {"side": "buy", "security_id": IDEA, "quantity": 3, "price": "15.00"}

    def post(key: str, **changed: object) -> httpx.Response:
        return browser.post("/orders", json=order | changed, headers={"Idempotency-Key": key})

    placed = post("one")
    assert placed.status_code == 202
    seen = browser.get("/orders/one").json()
    assert (seen["order_no"], seen["status"], seen["traded"]) == (placed.json()["order_no"], "Traded", "3")
    repeated = post("one")
    assert (repeated.status_code, repeated.headers["location"]) == (303, "/orders/one")

    sandbox.lose_replies("half_reply", times=1)
    lost = post("two")
    assert lost.status_code == 502
    assert lost.json() == {
        "error": "ReplyLost",
        "outcome": "UNKNOWN",
        "reference": lost.json()["reference"],
        "see": "/orders/two",
    }
    found = browser.get(lost.json()["see"])
    assert (found.status_code, found.json()["reference"]) == (200, lost.json()["reference"])
    assert post("two").status_code == 303
    assert len(sandbox.orders()) == 2

    refused = post("three", price="0")
    assert (refused.status_code, refused.json()["outcome"]) == (422, "NOT_SENT")
    sandbox.set_fault("orderEntry", status=400, times=1)
    refused = post("three")
    assert (refused.status_code, refused.json()["outcome"]) == (422, "REFUSED")
    sandbox.lose_replies("too_many_requests", times=1)
    assert post("three").status_code == 429
    assert browser.get("/orders/three").status_code == 404
    assert post("three").status_code == 202  # none of these had placed it
    assert post("no key at all").status_code == 422
    assert len(sandbox.orders()) == 3


def test_an_error_of_fastapi_is_answered_by_its_outcome_first(sandbox: Sandbox, browser: httpx.Client) -> None:
    order = {"side": "SELL", "security_id": IDEA, "quantity": 3, "price": "15.00"}

    def post(key: str, **changed: object) -> httpx.Response:
        return browser.post("/orders", json=order | changed, headers={"Idempotency-Key": key})

    sandbox.set_holding(IDEA, 9)
    for status, answer in ((403, 403), (404, 422), (429, 429)):
        sandbox.set_fault("orderEntry", status=status, headers={"Retry-After": 7}, times=1)
        refused = post("first")
        assert (refused.status_code, refused.json()["outcome"]) == (answer, "REFUSED")
        assert refused.headers["Retry-After"] == "7"
    assert post("first").status_code == 202
    assert post("first").status_code == 303
    for changed in ({"side": "buy"}, {"security_id": SHIVAM}, {"quantity": 4}, {"price": "15.05"}):
        another = post("first", **changed)
        assert (another.status_code, another.json()["see"]) == (409, "/orders/first")

    def see_unknown(key: str, error: str) -> None:
        lost = post(key)
        assert lost.status_code == 502
        assert lost.json() == {
            "error": error,
            "outcome": "UNKNOWN",
            "reference": lost.json()["reference"],
            "see": f"/orders/{key}",
        }

    sandbox.lose_replies("bad_request_with_order_no", times=1)
    see_unknown("second", "BadRequest")
    sandbox.lose_replies("error_with_order_no", times=1)
    see_unknown("third", "ServiceError")
    sandbox.set_fault("orderEntry", status=303, times=1)
    see_unknown("fourth", "RedirectRefused")

    sandbox.set_fault("orderEntry", status=401, times=1)
    assert post("fifth").status_code == 401
    assert post("fifth").json() == {"error": "LoginNeeded", "outcome": "NOT_SENT"}  # the refused session is removed


def test_fastapi_takes_no_order_for_that_of_a_key_that_may_be_another(
    sandbox: Sandbox, me: Account, browser: httpx.Client
) -> None:
    order = {"side": "BUY", "security_id": IDEA, "quantity": 3, "price": "15.00"}
    sandbox.lose_replies("reset_after", times=1)
    assert browser.post("/orders", json=order, headers={"Idempotency-Key": "one"}).status_code == 502
    book = [{**row.raw, "remarks": ""} for row in me.order_book()]
    sandbox.set_reply("orderBook", json.loads(json.dumps(book, default=float)))
    probable = browser.get("/orders/one")
    assert (probable.status_code, probable.json()["error"]) == (409, "Ambiguous")


STATUSES: dict[int, tuple[type[TorusError], ...]] = {
    401: (LoginNeeded, SessionExpired),
    502: (ReplyLost, ReferenceUsed, MalformedReply),
    503: (ConnectionFailed, TooManyCalls, ClientClosed, StoreError, LoginPending),
}


@pytest.mark.usefixtures("me")
def test_an_error_without_a_reply_has_its_status() -> None:
    order_fastapi = import_module("order_fastapi")  # it reads the environment
    for status, kinds in STATUSES.items():
        assert {order_fastapi.status_of(kind("What happened")) for kind in kinds} == {status}

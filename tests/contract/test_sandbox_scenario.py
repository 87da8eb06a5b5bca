"""A scenario of the sandbox: of a YAML file, of Python, and of a request of another process."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]
from openapi_schema_validator import OAS30ReadValidator
from support.clock import Clock

from torus_connect import TorusConnect, TorusError, Trading
from torus_connect.sandbox import Sandbox
from torus_connect.sandbox.losses import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DAY = ROOT / "examples" / "day.yaml"
DEVICE = Trading(ip="192.0.2.1", uu_id="12345678", app_id="12345678")
CANARY = "canary-value-that-must-not-come-back"
ORDER = {
    "exchange": "NSE", "segment": "E", "product": "I", "security_id": "14366", "price": "14.00", "mkt_type": "NL",
    "txn_type": "B", "quantity": "10", "order_type": "LMT", "validity": "DAY", "remarks": "demo1",
}  # fmt: skip


@pytest.fixture(scope="module")
def torus(torus_sandbox: Sandbox) -> Iterator[TorusConnect]:
    with TorusConnect(**torus_sandbox.credentials, max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def http(torus_sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=torus_sandbox.origin, verify=False) as client:
        yield client


def log_in(sandbox: Sandbox, torus: TorusConnect, user: str = "asha") -> Any:
    return torus.account(torus.generate_session(sandbox.issue_request_token(user=user)), trading=DEVICE)


def test_the_day_of_the_examples() -> None:
    clock = Clock()
    sandbox = Sandbox(scenario=DAY, clock=clock)
    for _ in range(2):  # it is played once
        with sandbox, TorusConnect(**sandbox.credentials, max_retries=0) as torus:
            me = log_in(sandbox, torus)
            assert me.funds()[0].limit_sod == 5000
            held = {row.nse_security_id: (row.quantity, row.cost_price) for row in me.holdings()}
            assert held == {"13756": (20, Decimal("42.5")), "500325": (2, Decimal(0))}
            if not sandbox.orders():
                with pytest.raises(TorusError):
                    me.order_entry(**ORDER)
                assert [len(me.order_book()) for _ in range(2)] == [0, 1]
    with sandbox, TorusConnect(**sandbox.credentials, max_retries=0) as torus:
        me = log_in(sandbox, torus)
        clock.now += 59
        assert [row.status for row in me.order_book()] == ["Pending"]
        clock.now += 1
        me.funds()
        assert [(row["status"], row["avg_traded_price"]) for row in sandbox.orders()] == [("Traded", Decimal("13.9"))]
        clock.now += 240
        assert {row.status for row in me.market_status()} == {"CLOSE"}


def test_what_is_to_happen_is_forgotten_with_the_rest() -> None:
    clock = Clock()
    with Sandbox(clock=clock) as sandbox, TorusConnect(**sandbox.credentials) as torus:
        me = log_in(sandbox, torus)
        sandbox.set_scenario({"then": [{"at": 5, "market": "CLOSE"}, {"at": "1.5s", "market": "PREOPEN"}]})
        clock.now += 1.5
        assert {row.status for row in me.market_status()} == {"PREOPEN"}
        sandbox.reset()
        clock.now += 5
        examples = me.market_status().raw
        with sandbox._state.undone():
            sandbox.set_scenario({"then": [{"at": 0, "funds": {"asha": 1}}]})
            assert me.funds()[0].available_balance == 1
            sandbox.set_scenario({"then": [{"at": 1, "funds": {"asha": 2}}]})
            page = f"{sandbox.origin}/_sandbox/account?user=asha"
            assert "2.00" not in httpx.get(page).text
            clock.now += 1
            assert "2.00" in httpx.get(page).text
            sandbox.set_scenario({"then": [{"at": 0, "market": "CLOSE"}]})
        assert me.market_status().raw == examples


def test_all_of_it_over_http(torus_sandbox: Sandbox, torus: TorusConnect, http: httpx.Client) -> None:
    me = log_in(torus_sandbox, torus)
    scenario = {
        "prices": {"14366": 14.65},
        "funds": {"asha": "1000.50"},
        "lose_replies": [{"faults": "reset_after", "times": 1}],
        "book_lag": {"seconds": 0.0, "reads": 1},
    }
    reply = http.put("/_sandbox/scenario", json=scenario)
    assert (reply.status_code, reply.content) == (204, b"")
    with pytest.raises(TorusError):
        me.order_entry(**ORDER)
    assert [len(me.order_book()) for _ in range(2)] == [0, 1]
    assert me.funds()[0].available_balance == Decimal("860.5")
    orders = http.get("/_sandbox/orders").json()["orders"]
    assert [(row["user"], row["remarks"], row["status"]) for row in orders] == [("asha", "demo1", "Pending")]
    assert http.delete("/_sandbox/replies").status_code == 204
    assert http.get("/_sandbox/orders").json() == {"orders": []}


def test_the_document_of_the_sandbox_describes_it(http: httpx.Client) -> None:
    document = yaml.safe_load((ROOT / "openapi" / "sandbox.yaml").read_text(encoding="utf-8"))
    content = document["paths"]["/_sandbox/scenario"]["put"]["requestBody"]["content"]["application/json"]
    schema = {"components": document["components"]} | content["schema"]
    validator = OAS30ReadValidator(schema)
    scenarios = [example["value"] for example in content["examples"].values()]
    for scenario in (*scenarios, yaml.safe_load(DAY.read_text(encoding="utf-8"))):
        validator.validate(scenario)
        assert http.put("/_sandbox/scenario", json=scenario).status_code == 204
    schemas = document["components"]["schemas"]
    assert schemas["Fault"]["enum"] == list(FAULTS)
    assert not validator.is_valid({"lose_replies": [{"faults": "reset_afer"}]})
    assert not validator.is_valid({"then": [{"market": "CLOSE"}]})


WRONG: list[tuple[Any, str]] = [
    ({"price": {}}, "price: there is no such name here; the nearest is prices"),
    (
        {"prices": {"14366": {"price": 1, "sed": 7}}},
        "prices.14366.sed: there is no such name here; the nearest is seed",
    ),
    ({"prices": {"14366": {"seed": 7}}}, "prices.14366: price is missing"),
    ({"prices": {"14366": 0}}, "prices.14366: price must be above zero"),
    ({"prices": [1]}, "prices: it must be names with values"),
    ({"funds": {"asha": "much"}}, "funds.asha: An amount must be in rupees"),
    ({"holdings": {"asha": {"14366": -1}}}, "holdings.asha.14366: quantity must be a whole number from 0 on"),
    ({"holdings": {"asha": {"14366": {"cost_price": 1}}}}, "holdings.asha.14366: quantity is missing"),
    ({"holdings": {"asha": {"14366": {"user": "x"}}}}, "holdings.asha.14366.user: there is no such name here"),
    ({"market": "SHUT"}, "market: status must be one of OPEN, CLOSE, PREOPEN, POSTCLOSE"),
    ({"book_lag": {"second": 1}}, "book_lag.second: there is no such name here; the nearest is seconds"),
    ({"lose_replies": {}}, "lose_replies: it must be a list"),
    ({"lose_replies": [{}, {"faults": ["reset_afer"]}]}, "lose_replies.2: there is no such fault; the nearest is "),
    ({"lose_replies": [{"faults": [7]}]}, "lose_replies.1: there is no such fault"),
    ({"lose_replies": [{"faults": 7}]}, "lose_replies.1.faults: it must be a list"),
    ({"lose_replies": [{"operation_id": "order_entry"}]}, "no such operationId; the nearest is orderEntry"),
    ({"lose_replies": [{"operation_id": ["a"]}]}, "lose_replies.1: the document has no such operationId"),
    ({"lose_replies": [{"operation": "orderEntry"}]}, "lose_replies.1.operation: there is no such name here; the nea"),
    ({"then": [{"market": "OPEN"}]}, "then.1: it must have `at`, in seconds such as 5 or 5s, and no `then`"),
    ({"then": [{"at": "soon"}]}, "then.1: it must have `at`"),
    ({"then": [{"at": 1, "then": []}]}, "then.1: it must have `at`"),
    ({"then": [{"at": 1, "funds": {"asha": -1}}]}, "then.1.funds.asha: An amount must be in rupees"),
    ([], "it must be names with values"),
    (None, "it must be names with values"),
]


@pytest.mark.parametrize(("scenario", "why"), WRONG)
def test_what_is_wrong_is_said_and_nothing_is_set(
    torus_sandbox: Sandbox, torus: TorusConnect, http: httpx.Client, tmp_path: Path, scenario: Any, why: str
) -> None:
    me = log_in(torus_sandbox, torus)
    before = me.funds().raw
    if isinstance(scenario, dict):
        scenario = {"book_lag": {}, **scenario}
        with pytest.raises(ValueError, match=re.escape(why)):
            torus_sandbox.set_scenario(scenario)
        reply = http.put("/_sandbox/scenario", json=scenario)
        assert (reply.status_code, reply.json()["error"]) == (422, "body_malformed")
        assert why.rsplit(": ", maxsplit=1)[-1] in reply.json()["details"]
    file = tmp_path / "day.yaml"
    file.write_text(yaml.safe_dump(scenario), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(why)) as caught:
        torus_sandbox.set_scenario(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert me.funds().raw == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("prices: [", "line 1: expected the node content, but found '<stream end>'"),
        ("prices:\n  a: b: c", "line 2: mapping values are not allowed here"),
        ("prices: {a: 1}\nfunds: {}\nprices: {b: 1}", "line 3: this name is here twice"),
        ("prices: {a: .inf}", "it is no YAML"),
        ("a: !!python/object:os.system x", "line 1: could not determine a constructor"),
        ("a: \x07", "it is no YAML"),
        (b"\xff", "it is no YAML"),
        (None, "No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_read(torus_sandbox: Sandbox, tmp_path: Path, text: str | bytes | None, why: str) -> None:
    file = tmp_path / "day.yaml"
    if text is not None:
        file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ValueError, match=re.escape(f"{file}: {why}")):
        torus_sandbox.set_scenario(str(file))
    with pytest.raises(ValueError, match=re.escape(f"{file}: {why}")):
        Sandbox(scenario=file).start()


def test_nothing_of_a_request_is_repeated(http: httpx.Client) -> None:
    wrong: list[Any] = [
        {CANARY: 1},
        {"prices": {CANARY: CANARY}},
        {"funds": {"asha": CANARY}},
        {"lose_replies": [{"faults": CANARY}, {CANARY: CANARY}]},
        {"lose_replies": [{CANARY: CANARY}]},
        {"market": CANARY},
        {"then": CANARY},
        CANARY,
    ]
    for scenario in wrong:
        reply = http.put("/_sandbox/scenario", json=scenario)
        assert reply.status_code == 422
        assert CANARY not in reply.text
        assert json.loads(reply.text).keys() == {"error", "details"}


def test_no_page_of_a_browser_may_play_one(http: httpx.Client) -> None:
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "PUT"}
    assert http.options("/_sandbox/scenario", headers=asked).status_code == 400

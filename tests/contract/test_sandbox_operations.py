"""The sandbox of another document: every operation of it is answered from its examples, under its own rules."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]
from support.clock import Clock
from support.operations import HOLDINGS, ORDER, document

from torus_connect import TorusConnect
from torus_connect.sandbox import Sandbox
from torus_connect.sandbox.refusals import Refusal
from torus_connect.sandbox.state import SESSION_LIFETIME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CANARY = "canary-value-that-must-not-come-back"
HOLDINGS_BODY = HOLDINGS["requestBody"]["content"]["application/json"]["examples"]["demo"]["value"]
ORDER_BODY = ORDER["requestBody"]["content"]["application/json"]["examples"]["demo"]["value"]
REPORT = "/api/v1/company/a%20b/reports/2024"


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Sandbox]:
    path = tmp_path_factory.mktemp("document") / "torus.json"
    path.write_text(json.dumps(document()), encoding="utf-8")
    with Sandbox(document=path, clock=clock) as running:
        yield running


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.origin, verify=False) as client:
        yield client


@pytest.fixture
def bearer(sandbox: Sandbox) -> dict[str, str]:
    with TorusConnect(**sandbox.credentials) as torus:
        session = torus.generate_session(sandbox.issue_request_token())
    return {"Authorization": session.authorization}


def refusal(reply: httpx.Response) -> tuple[Refusal, str]:
    """Return what was refused, and what was said besides its sentence."""
    content = reply.json()
    assert content.keys() == {"error", "details"}
    assert CANARY not in reply.text
    refused = Refusal[content["error"].upper()]
    assert reply.status_code == refused.status
    assert content["details"].startswith(refused.sentence)
    return refused, content["details"].removeprefix(refused.sentence).strip()


def example(operation: dict[str, Any]) -> Any:
    return operation["responses"]["200"]["content"]["application/json"]["examples"]["demo"]["value"]


def test_a_read_by_post_with_a_bearer(http: httpx.Client, bearer: dict[str, str]) -> None:
    for _ in range(2):
        reply = http.post("/api/v1/holdings/", headers=bearer, json=HOLDINGS_BODY)
        assert (reply.status_code, reply.json()) == (200, example(HOLDINGS))
        assert reply.headers["Content-Type"] == "application/json"
        assert reply.headers["Cache-Control"] == "no-store"


def test_a_get_with_path_and_query_parameters(http: httpx.Client, bearer: dict[str, str]) -> None:
    for query in ("page=1", "page=1&full=true&columns=a&columns=b"):
        reply = http.get(f"{REPORT}?{query}", headers=bearer)
        assert (reply.status_code, reply.json()) == (200, [{"value": 1.5}])
    head = http.head(f"{REPORT}?page=1", headers=bearer)
    assert (head.status_code, head.content) == (200, b"")


def test_an_order(http: httpx.Client, bearer: dict[str, str]) -> None:
    reply = http.post("/api/v1/order/entry", headers=bearer, json=ORDER_BODY)
    assert (reply.status_code, reply.json()) == (200, {"order_no": "demo-1"})


@pytest.mark.parametrize("authorization", [None, "Bearer anything", "Basic x"])
def test_a_public_operation_asks_for_nothing(http: httpx.Client, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    assert http.get("/api/v1/stocks/search?q=demo", headers=headers).json() == [{"name": "all stocks"}]
    assert http.get("/api/v1/stocks/demo", headers=headers).json() == {"name": "one stock"}


def test_another_api_key_may_have_any_value_but_must_be_there(http: httpx.Client, bearer: dict[str, str]) -> None:
    path, headers = "/api/v1/partner/status", {"X-Partner-Key": "any"}
    assert http.get(path, headers=headers).json() == {"status": "demo"}
    for wrong in ({}, {"X-Partner-Key": ""}, bearer):
        assert refusal(http.get(path, headers=wrong)) == (Refusal.CREDENTIAL_MISSING, "")


def test_what_has_no_example_says_so(http: httpx.Client, bearer: dict[str, str]) -> None:
    reply = http.get("/api/v1/funds/", headers=bearer)
    assert refusal(reply) == (Refusal.EXAMPLE_MISSING, "")
    assert (reply.status_code, "\n" in reply.json()["details"]) == (501, False)


def test_a_bearer_must_be_one_that_was_issued_here(http: httpx.Client, sandbox: Sandbox) -> None:
    request_token = sandbox.issue_request_token()
    not_yet = sandbox.access_token_for(request_token)
    for value in (
        None,
        "",
        "Bearer",
        "Bearer  x",
        f"Bearer {CANARY}",
        f"Bearer {request_token}",
        f"Bearer {not_yet}",
        CANARY,
    ):
        headers = {} if value is None else {"Authorization": value}
        # Whoever is not let in learns nothing about what was sent.
        for reply in (
            http.post("/api/v1/holdings/", headers=headers, json=HOLDINGS_BODY),
            http.post("/api/v1/holdings/", headers=headers, content=b"{"),
            http.get("/api/v1/funds/", headers=headers),
        ):
            assert refusal(reply) == (Refusal.ACCESS_TOKEN_UNKNOWN, "")
            assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_a_session_ends(http: httpx.Client, clock: Clock, bearer: dict[str, str]) -> None:
    clock.now += SESSION_LIFETIME - 1
    assert http.post("/_sandbox/request-tokens").status_code == 201  # forgets what has ended
    assert http.get(f"{REPORT}?page=1", headers=bearer).status_code == 200
    clock.now += 1
    assert refusal(http.get(f"{REPORT}?page=1", headers=bearer)) == (Refusal.ACCESS_TOKEN_UNKNOWN, "")


def changed(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    data = {name: value for name, value in (body["data"] | changes).items() if value is not None}
    return body | {"data": data}


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("order/entry", changed(ORDER_BODY, quantity=None), "The field data.quantity is missing."),
        ("order/entry", changed(ORDER_BODY, quantity=""), "The field data.quantity is empty."),
        ("order/entry", changed(ORDER_BODY, security_id=""), "The field data.security_id is empty."),
        ("holdings/", changed(HOLDINGS_BODY, limit=""), "The field data.limit is empty."),
        ("order/entry", changed(ORDER_BODY, quantity=7), "The field data.quantity is wrong: type is string."),
        ("order/entry", {"data": CANARY}, "The field data is wrong: type is object."),
        ("order/entry", {}, "The field data is missing."),
        ("order/entry", [CANARY], "It is wrong: type is object."),
        ("holdings/", changed(HOLDINGS_BODY, limit=0), "The field data.limit is wrong: minimum is 1."),
        ("holdings/", changed(HOLDINGS_BODY, limit=CANARY), "The field data.limit is wrong: type is integer."),
        ("holdings/", changed(HOLDINGS_BODY, isins=[CANARY, ""]), "The field data.isins is empty."),
        ("holdings/", changed(HOLDINGS_BODY, with_lots="yes"), "The field data.with_lots is wrong: type is boolean."),
    ],
)
def test_a_malformed_body_is_refused_by_the_name_of_the_field(
    http: httpx.Client, bearer: dict[str, str], path: str, body: Any, named: str
) -> None:
    assert refusal(http.post(f"/api/v1/{path}", headers=bearer, json=body)) == (Refusal.BODY_MALFORMED, named)


def test_no_body_and_another_content_type(http: httpx.Client, bearer: dict[str, str]) -> None:
    path, content = "/api/v1/order/entry", json.dumps(ORDER_BODY)
    json_type = bearer | {"Content-Type": "application/json"}
    assert refusal(http.post(path, headers=json_type)) == (Refusal.BODY_MALFORMED, "")
    assert refusal(http.post(path, headers=json_type, content="{")) == (Refusal.BODY_MALFORMED, "")
    for headers in (bearer, bearer | {"Content-Type": "text/plain"}):
        assert refusal(http.post(path, headers=headers, content=content)) == (Refusal.CONTENT_TYPE_WRONG, "")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        (REPORT, "The query parameter page is missing."),
        (f"{REPORT}?page=", "The query parameter page is empty."),
        (f"{REPORT}?page={CANARY}", "The query parameter page is wrong: type is integer."),
        (f"{REPORT}?page=1&full={CANARY}", "The query parameter full is wrong: type is boolean."),
        ("/api/v1/company/demo/reports/1999?page=1", "The path parameter year is wrong: minimum is 2000."),
        (f"/api/v1/company/demo/reports/{CANARY}?page=1", "The path parameter year is wrong: type is integer."),
        ("/api/v1/stocks/search", "The query parameter q is missing."),
        ("/api/v1/stocks/search?q=", "The query parameter q is empty."),
    ],
)
def test_a_wrong_parameter_is_refused_by_its_name(
    http: httpx.Client, bearer: dict[str, str], path: str, named: str
) -> None:
    assert refusal(http.get(path, headers=bearer)) == (Refusal.PARAMETER_WRONG, named)


def test_a_wrong_path_and_a_wrong_method(http: httpx.Client, bearer: dict[str, str]) -> None:
    for path in ("/api/v1/holdings", "/api/v1/company//reports/2024", "/api/v1/stocks/"):
        assert refusal(http.get(path, headers=bearer)) == (Refusal.NOT_FOUND, "")
    reply = http.get("/api/v1/holdings/", headers=bearer)
    assert (refusal(reply), reply.headers["Allow"]) == ((Refusal.METHOD_NOT_ALLOWED, ""), "POST")


def test_a_page_of_this_machine_may_send_what_the_document_has_and_no_more(http: httpx.Client) -> None:
    def preflight(method: str, *headers: str) -> int:
        return http.options(
            "/api/v1/holdings/",
            headers={
                "Origin": "http://localhost:3000",
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": ",".join(headers),
            },
        ).status_code

    assert preflight("POST", "authorization", "content-type", "token", "x-partner-key", "x-trace") == 200
    assert preflight("POST", "x-other") == 400
    assert preflight("DELETE", "content-type") == 400


# Where the session calls are


def moved(whole: dict[str, Any]) -> None:
    whole["servers"] = [{"url": "https://host.example/v9"}]
    whole["paths"]["/in"] = whole["paths"].pop("/session/generate")
    whole["paths"]["/in/code"] = whole["paths"].pop("/session/totp/generate")


def test_the_session_calls_are_found_by_their_operation_id(tmp_path: Path) -> None:
    whole = document()
    moved(whole)
    path = tmp_path / "torus.yaml"
    path.write_text(yaml.safe_dump(whole), encoding="utf-8")
    with Sandbox(document=path) as sandbox, httpx.Client(base_url=sandbox.origin, verify=False) as http:
        assert sandbox.base_url == f"{sandbox.origin}/v9"
        token = sandbox.issue_request_token()
        body = {"API_KEY": sandbox.api_key, "API_SECRET": sandbox.api_secret}
        reply = http.post("/v9/in", headers={"Token": token}, json=body)
        assert reply.json() == {"AccessToken": sandbox.access_token_for(token)}
        assert refusal(http.post("/v9/in", headers={"Token": token}, json=body)) == (Refusal.TOKEN_USED, "")
        # It has a server of its own.
        with_a_code = {"API_KEY": sandbox.api_key, "TOTP": sandbox.totp_code()}
        assert http.post("/api/v1/in/code", json=with_a_code).status_code == 200
        assert refusal(http.post("/v9/session/generate")) == (Refusal.NOT_FOUND, "")
        assert refusal(http.get("/")) == (Refusal.NOT_FOUND, "")  # there is no page beside the document


def test_the_page_beside_the_document_is_its_reference(tmp_path: Path) -> None:
    path = tmp_path / "torus.json"
    path.write_text(json.dumps(document()), encoding="utf-8")
    page = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    path.with_name("reference.html").write_text(page, encoding="utf-8")
    with Sandbox(document=path) as sandbox:
        assert httpx.get(sandbox.origin).text == page


# Schemes and alternatives


def alternatives(whole: dict[str, Any]) -> None:
    whole["paths"]["/partner/status"]["get"]["security"] = [{"AccessToken": [], "PartnerKey": []}, {"RequestToken": []}]
    whole["components"]["securitySchemes"]["PartnerKey"]["in"] = "query"


def test_one_alternative_must_be_wholly_there(tmp_path: Path) -> None:
    whole = document()
    alternatives(whole)
    path = tmp_path / "torus.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    with Sandbox(document=path) as sandbox, httpx.Client(base_url=f"{sandbox.base_url}/partner", verify=False) as http:
        with TorusConnect(**sandbox.credentials) as torus:
            bearer = {"Authorization": torus.generate_session(sandbox.issue_request_token()).authorization}
        token = sandbox.issue_request_token()
        assert refusal(http.get("status", headers=bearer)) == (Refusal.CREDENTIAL_MISSING, "")
        assert refusal(http.get("status?X-Partner-Key=any")) == (Refusal.ACCESS_TOKEN_UNKNOWN, "")
        assert http.get("status?X-Partner-Key=any", headers=bearer).status_code == 200
        for _ in range(2):  # it is not used up
            assert http.get("status", headers={"Token": token}).status_code == 200
        assert http.get("status", headers={"Token": CANARY}).status_code == 401


def other_replies(whole: dict[str, Any]) -> None:
    paths, components = whole["paths"], whole["components"]
    # An example of its own, behind references, on a server of its own; and one that is no JSON.
    replies = paths["/order/entry"]["post"]["responses"]
    media = replies["200"]["content"]["application/json"]
    components["examples"] = {"Order": media["examples"]["demo"]}
    media["examples"] = {"demo": {"$ref": "#/components/examples/Order"}}
    components["responses"] = {"Order": replies["200"]}
    replies["200"] = {"$ref": "#/components/responses/Order"}
    paths["/order/entry"]["servers"] = [{"url": "https://orders.example/orders/v2/"}]
    text = {"text/plain": {"schema": {"type": "string"}, "example": "name\none stock\n"}}
    paths["/stocks/{code}"]["get"]["responses"] = {"default": {"description": "No."}, "201": {"description": "Done."}}
    paths["/stocks/search"]["get"]["responses"] = {"200": {"description": "Done.", "content": text}}
    paths["/funds/"]["get"]["responses"] = {"default": {"description": "No."}}
    components["securitySchemes"]["PartnerKey"]["in"] = "cookie"


def test_other_replies_and_servers_and_a_cookie(tmp_path: Path) -> None:
    whole = document()
    other_replies(whole)
    path = tmp_path / "torus.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    with Sandbox(document=path) as sandbox, httpx.Client(base_url=sandbox.origin) as http:
        with TorusConnect(**sandbox.credentials) as torus:
            bearer = {"Authorization": torus.generate_session(sandbox.issue_request_token()).authorization}
        ordered = http.post("/orders/v2/order/entry", headers=bearer, json=ORDER_BODY)
        assert (ordered.status_code, ordered.json()) == (200, {"order_no": "demo-1"})
        text = http.get("/api/v1/stocks/search?q=demo")
        assert (text.text, text.headers["Content-Type"].partition(";")[0]) == ("name\none stock\n", "text/plain")
        empty = http.get("/api/v1/stocks/demo")
        assert (empty.status_code, empty.content) == (201, b"")
        assert refusal(http.get("/api/v1/funds/", headers=bearer)) == (Refusal.EXAMPLE_MISSING, "")
        assert http.get("/api/v1/partner/status", headers={"Cookie": "X-Partner-Key=any"}).status_code == 200
        assert refusal(http.get("/api/v1/partner/status")) == (Refusal.CREDENTIAL_MISSING, "")


# Documents that cannot be served


def wrong_example(whole: dict[str, Any]) -> None:
    del example(whole["paths"]["/order/entry"]["post"])["order_no"]


def wrong_row(whole: dict[str, Any]) -> None:
    example(whole["paths"]["/holdings/"]["post"])["data"][0]["quantity"] = "three"


def basic(whole: dict[str, Any]) -> None:
    whole["components"]["securitySchemes"]["PartnerKey"] = {"type": "http", "scheme": "basic"}


def no_responses(whole: dict[str, Any]) -> None:
    whole["paths"]["/funds/"]["get"]["responses"] = 7


def newer(whole: dict[str, Any]) -> None:
    whole["openapi"] = "3.1.1"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (wrong_example, "the example of placeOrder does not fit its schema. The field order_no is missing."),
        (
            wrong_row,
            "the example of holdings does not fit its schema. The field data.quantity is wrong: type is integer.",
        ),
        (basic, "partnerStatus has the security scheme PartnerKey, which is neither an API key nor a bearer token"),
        (no_responses, "it is no OpenAPI 3.0 document: paths > /funds/ > get > responses"),
        (newer, "it is no OpenAPI 3.0 document"),
    ],
)
def test_what_is_wrong_with_a_document_is_said_at_the_start(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], why: str
) -> None:
    whole = document()
    change(whole)
    path = tmp_path / "torus.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    sandbox = Sandbox(document=path)
    with pytest.raises(ValueError, match=f"^the document cannot be served: {re.escape(why)}$"):
        sandbox.start()
    assert repr(sandbox) == "<Sandbox, not running>"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        (b"{", "it is neither JSON nor YAML"),
        (b"\xff", "it is neither JSON nor YAML"),
        (b"[]", "it is no OpenAPI 3.0 document"),
    ],
)
def test_a_file_that_is_no_document(tmp_path: Path, content: bytes | None, why: str) -> None:
    path = tmp_path / "torus.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=f"^the document cannot be served: {why}$"):
        Sandbox(document=path).start()

"""A document with operations of every kind beside the session calls, for what follows from the document alone."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

from torus_connect import spec_text

Node = dict[str, Any]
CONTRIBUTING = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")


def _reply(schema: Node, value: Any = None) -> Node:
    media: Node = {"schema": schema}
    if value is not None:
        media["examples"] = {"demo": {"summary": "Values that are plainly not real", "value": value}}
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "200": {"description": "Done.", "x-evidence": "inferred", "content": {"application/json": media}},
        "default": {"description": "Anything but 200.", "x-evidence": "inferred", "content": error},
    }


def _body(schema: Node, value: Any) -> Node:
    media = {"schema": schema, "examples": {"demo": {"summary": "Plainly not real", "value": value}}}
    return {
        "description": "What is asked for.",
        "required": True,
        "x-evidence": "inferred",
        "content": {"application/json": media},
    }


def _object(properties: Node, *required: str) -> Node:
    return {"type": "object", "properties": properties} | ({"required": list(required)} if required else {})


TEXT = {"type": "string", "minLength": 1}
BEARER: list[Node] = [{"AccessToken": []}]

SCHEMES: Node = {
    "AccessToken": {"type": "http", "scheme": "bearer", "description": "The access token.", "x-evidence": "inferred"},
    "PartnerKey": {"type": "apiKey", "in": "header", "name": "X-Partner-Key", "description": "Of a partner."},
}

HOLDING: Node = _object({
    "isin_code": {"type": "string", "nullable": True, "description": "The ISIN."},
    "quantity": {"type": "integer", "nullable": True},
    "ltp": {"type": "number", "nullable": True},
    "lots": {"type": "array", "items": _object({"lot_size": {"type": "integer"}})},
})  # fmt: skip

# A Bearer read by POST, with a nested envelope in the body and rows in the reply.
HOLDINGS: Node = {
    "operationId": "holdings",
    "tags": ["portfolio"],
    "summary": "See the holdings",
    "description": "What one user holds.",
    "security": BEARER,
    "requestBody": _body(
        _object(
            {
                "source": {"type": "string", "minLength": 1, "default": "N", "description": "Where it comes from."},
                "data": _object({
                    "segment": TEXT,
                    "limit": {"type": "integer", "minimum": 1},
                    "above": {"type": "number"},
                    "with_lots": {"type": "boolean"},
                    "isins": {"type": "array", "items": TEXT},
                }, "segment"),
            },
            "source",
            "data",
        ),
        {"source": "N", "data": {"segment": "E", "limit": 2, "above": 0.5, "with_lots": True, "isins": ["demo"]}},
    ),
    "responses": _reply(
        _object({
            "status": {"type": "string"},
            "message": {"type": "string"},
            "data": {"type": "array", "items": {"$ref": "#/components/schemas/Holding"}},
        }, "status"),
        {
            "status": "success",
            "message": "Success",
            "data": [{"isin_code": "DEMO00000000", "quantity": 3, "ltp": 14.65, "lots": [{"lot_size": 1}]}],
        },
    ),
}  # fmt: skip

# A GET with path and query parameters.
REPORT: Node = {
    "operationId": "report",
    "tags": ["portfolio"],
    "summary": "Read a report",
    "description": "A report of one company.",
    "security": BEARER,
    "parameters": [
        {"name": "company-code", "in": "path", "required": True, "description": "The company.", "schema": TEXT},
        {"name": "year", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 2000}},
        {"name": "page", "in": "query", "required": True, "example": 1, "schema": {"type": "integer"}},
        {"name": "full", "in": "query", "schema": {"type": "boolean", "default": False}},
        {"name": "columns", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
        {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
    ],
    "responses": _reply({"type": "array", "items": _object({"value": {"type": "number"}})}, [{"value": 1.5}]),
}

# A path without parameters that REPORT's siblings would match, too.
STOCK: Node = {
    "operationId": "stock",
    "tags": ["company"],
    "summary": "Read a stock",
    "security": [],
    "parameters": [{"name": "code", "in": "path", "required": True, "schema": TEXT}],
    "responses": _reply(_object({"name": TEXT}), {"name": "one stock"}),
}
STOCKS: Node = {
    "operationId": "stocks",
    "tags": ["company"],
    "summary": "Search the stocks",
    "description": "Open to everybody.",
    "security": [],
    "parameters": [{"name": "q", "in": "query", "required": True, "schema": TEXT}],
    "responses": _reply({"type": "array", "items": _object({"name": TEXT})}, [{"name": "all stocks"}]),
}

# A one-shot POST.
ORDER: Node = {
    "operationId": "placeOrder",
    "tags": ["orders"],
    "summary": "Place an order",
    "description": "One order; never send it again.",
    "x-idempotent": False,
    "security": BEARER,
    "requestBody": _body(
        _object({
            "data": _object({"security_id": TEXT, "quantity": TEXT, "price": TEXT}, "security_id", "quantity"),
        }, "data"),
        {"data": {"security_id": "14366", "quantity": "1", "price": "0.00"}},
    ),
    "responses": _reply(_object({"order_no": TEXT}, "order_no"), {"order_no": "demo-1"}),
}  # fmt: skip

PARTNER: Node = {
    "operationId": "partnerStatus",
    "tags": ["company"],
    "summary": "Ask for the status of a partner",
    "security": [{"PartnerKey": []}],
    "responses": _reply(_object({"status": TEXT}), {"status": "demo"}),
}

FUNDS: Node = {
    "operationId": "funds",
    "tags": ["portfolio"],
    "summary": "See the funds",
    "description": "It has no example.",
    "security": BEARER,
    "responses": _reply(_object({"amount": {"type": "number"}})),
}

PATHS: Node = {
    "/holdings/": {"post": HOLDINGS},
    "/company/{company-code}/reports/{year}": {"get": REPORT},
    "/stocks/{code}": {"get": STOCK},
    "/stocks/search": {"get": STOCKS},
    "/order/entry": {"post": ORDER},
    "/partner/status": {"get": PARTNER},
    "/funds/": {"get": FUNDS},
}


def session_calls() -> Node:
    """Return a copy of the specification that has the session calls alone, with what they refer to."""
    whole: Node = json.loads(spec_text("json"))
    whole["tags"] = [tag for tag in whole["tags"] if tag["name"] == "session"]
    whole["paths"] = {
        path: item for path, item in whole["paths"].items() if all("session" in each["tags"] for each in item.values())
    }
    kept = json.dumps(whole["paths"])
    parts = whole["components"]
    parts["schemas"] = {name: each for name, each in parts["schemas"].items() if f'schemas/{name}"' in kept}
    parts["responses"] = {name: each for name, each in parts["responses"].items() if f'responses/{name}"' in kept}
    calls = [each for item in whole["paths"].values() for each in item.values()]
    used = {name for each in calls for alternative in each["security"] for name in alternative}
    parts["securitySchemes"] = {name: each for name, each in parts["securitySchemes"].items() if name in used}
    return whole


def first_change() -> str:
    """Return the operation that CONTRIBUTING proposes to add, as it stands there: a part of `paths`, in YAML."""
    [operation] = re.findall(r"(?ms)^```text\n(  /hello:.*?\n)```$", CONTRIBUTING)
    return str(operation)


def document() -> Node:
    """Return the session calls with them."""
    whole = session_calls()
    whole["paths"] |= copy.deepcopy(PATHS)
    whole["components"]["schemas"]["Holding"] = copy.deepcopy(HOLDING)
    whole["components"]["securitySchemes"] |= copy.deepcopy(SCHEMES)
    described = {"portfolio": "What a user has.", "orders": "What a user buys and sells.", "company": "Company data."}
    whole["tags"] += [{"name": name, "description": text} for name, text in described.items()]
    return whole

"""Changes of the specification, each with what it is: some break users, the others do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Change = Callable[[Document], object]

CALL = ("paths", "/session/generate", "post")
BODY = (*CALL, "requestBody", "content")
REPLIES = (*CALL, "responses")
SCHEMAS = ("components", "schemas")
REQUEST = (*SCHEMAS, "GenerateSessionRequest")
REPLY = (*SCHEMAS, "GenerateSessionResponse")
KEY = (*REQUEST, "properties", "API_KEY")
ACCESS_TOKEN = (*REPLY, "properties", "AccessToken")
SCHEMES = ("components", "securitySchemes")
TEXT = {"type": "string"}
ELSEWHERE = {"url": "https://elsewhere.example/api/v1"}


def at(document: Document, place: tuple[str, ...]) -> Any:
    """Return what is at the place."""
    found: Any = document
    for key in place:
        found = found[key]
    return found


def put(*place_and_value: Any) -> Change:
    *place, name, value = place_and_value
    return lambda document: at(document, tuple(place)).update({name: value})


def drop(*place: str) -> Change:
    return lambda document: at(document, place[:-1]).pop(place[-1])


def rename(*place: str, to: str) -> Change:
    def change(document: Document) -> None:
        holder = at(document, place[:-1])
        holder[to] = holder.pop(place[-1])

    return change


def both(*changes: Change) -> Change:
    return lambda document: [change(document) for change in changes]


def first_server(url: str) -> Change:
    return lambda document: document["servers"][0].update(url=url)


# What it is, and a word of what must be said of it.
BREAKING: dict[str, tuple[Change, str]] = {
    "another path": (rename("paths", "/session/generate", to="/session/create"), "api-path-removed"),
    "a slash at the end of the path": (rename("paths", "/session/generate", to="/session/generate/"), "api-path-rem"),
    "another method": (rename(*CALL, to="put"), "api-removed"),
    "another header for the token": (put(*SCHEMES, "RequestToken", "name", "X-Token"), "api-key-name-changed"),
    "the token in the query": (put(*SCHEMES, "RequestToken", "in", "query"), "api-key-in-changed"),
    "the token as Bearer": (
        put(*SCHEMES, "RequestToken", {"type": "http", "scheme": "bearer"}),
        "api-security-component-type-changed",
    ),
    "the scheme is gone": (
        both(drop(*SCHEMES), drop("security"), drop(*CALL, "security")),
        "api-security-component-removed",
    ),
    "the call needs no token": (put(*CALL, "security", []), "api-security-anonymous-access-added"),
    "the call may go without a token": (
        put(*CALL, "security", [{"RequestToken": []}, {}]),
        "api-security-anonymous-access-added",
    ),
    "the call needs something else, too": (
        both(put(*SCHEMES, "Other", {"type": "apiKey", "in": "header", "name": "X-Other"}),
             put(*CALL, "security", [{"RequestToken": [], "Other": []}])),
        "api-security-removed",
    ),
    "a new header that is required": (
        put(*CALL, "parameters", [{"name": "X-Id", "in": "header", "required": True, "schema": TEXT}]),
        "new-required-request-parameter",
    ),
    "a new field that the request requires": (
        both(put(*REQUEST, "properties", "TOTP", TEXT), put(*REQUEST, "required", ["API_KEY", "API_SECRET", "TOTP"])),
        "new-required-request-property",
    ),
    "a field of the request is gone": (
        both(drop(*REQUEST, "properties", "API_SECRET"), put(*REQUEST, "required", ["API_KEY"])),
        "request-property-removed",
    ),
    "a field of the request in lower case": (
        both(rename(*KEY, to="api_key"), put(*REQUEST, "required", ["api_key", "API_SECRET"])),
        "request-property-removed",
    ),
    "another type in the request": (put(*KEY, "type", "integer"), "request-property-type-changed"),
    "minLength of the request raised": (put(*KEY, "minLength", 8), "request-property-min-length-increased"),
    "maxLength of the request set": (put(*KEY, "maxLength", 32), "request-property-max-length-set"),
    "a pattern for the request": (put(*KEY, "pattern", "^demo"), "request-property-pattern-added"),
    "an enum for the request": (put(*KEY, "enum", ["demo"]), "request-property-became-enum"),
    "a format for the request": (put(*KEY, "format", "uuid"), "request-property-type-changed"),
    "a form instead of JSON": (rename(*BODY, "application/json", to="text/plain"), "request-body-media-type-removed"),
    "no body": (drop(*CALL, "requestBody"), "request-body-removed"),
    "status 200 is gone": (drop(*REPLIES, "200"), "response-success-status-removed"),
    "201 instead of 200": (rename(*REPLIES, "200", to="201"), "response-success-status-removed"),
    "the default reply is gone": (drop(*REPLIES, "default"), "the reply `default` is gone"),
    "another media type of the reply": (
        rename(*REPLIES, "200", "content", "application/json", to="text/plain"),
        "response-media-type-removed",
    ),
    "the reply has no body": (drop(*REPLIES, "200", "content"), "response-media-type-removed"),
    "a field of the reply is gone": (
        both(drop(*ACCESS_TOKEN), drop(*REPLY, "required")),
        "response-required-property-removed",
    ),
    "an optional field of the reply is gone": (
        drop(*SCHEMAS, "Error", "properties", "error"),
        "response-optional-property-removed",
    ),
    "a field of the reply is optional": (drop(*REPLY, "required"), "response-property-became-optional"),
    "a field of the reply may be null": (put(*ACCESS_TOKEN, "nullable", True), "response-property-became-nullable"),
    "another type in the reply": (put(*ACCESS_TOKEN, "type", "integer"), "response-property-type-changed"),
    "minLength of the reply lowered": (put(*ACCESS_TOKEN, "minLength", 0), "response-property-min-length"),
    "an enum for the reply": (put(*ACCESS_TOKEN, "enum", ["demo"]), "response-property-became-enum"),
    "a format for the reply": (put(*ACCESS_TOKEN, "format", "uuid"), "response-property-type-changed"),
    "the reply has no further fields": (
        put(*REPLY, "additionalProperties", False),
        "200 application/json: additionalProperties was True, is False",
    ),
    "another operationId": (put(*CALL, "operationId", "createSession"), "api-operation-id-removed"),
    "no operationId": (drop(*CALL, "operationId"), "api-operation-id-removed"),
    "another tag": (put(*CALL, "tags", ["sessions"]), "api-tag-removed"),
    "another name of a schema": (
        both(rename(*REPLY, to="Session"),
             put(*REPLIES, "200", "content", "application/json", "schema", "$ref", "#/components/schemas/Session"),
             put("paths", "/session/totp/generate", "post", "responses", "200", "content", "application/json", "schema",
                 "$ref", "#/components/schemas/Session")),
        "api-schema-removed",
    ),
    "another host": (first_server(ELSEWHERE["url"]), "its first server was"),
    "another base path": (first_server("https://connects.torusdigital.com/api/v2"), "its first server was"),
    "no server": (drop("servers"), "its first server was"),
    "another server for the call": (put(*CALL, "servers", [ELSEWHERE]), "its first server was"),
    "another server before the old one": (lambda document: document["servers"].insert(0, ELSEWHERE), "its first ser"),
}  # fmt: skip

HARMLESS: dict[str, Change] = {
    "nothing": lambda document: document,
    "another description": put(*CALL, "description", "Other words."),
    "another example": put(*KEY, "example", "demo-other"),
    "an extension": put(*CALL, "x-other", "demo"),
    "a new optional field of the reply": put(*REPLY, "properties", "UserId", TEXT),
    "a new required field of the reply": both(
        put(*REPLY, "properties", "UserId", TEXT), put(*REPLY, "required", ["AccessToken", "UserId"])
    ),
    "a new optional field of the request": put(*REQUEST, "properties", "NOTE", TEXT),
    "a field of the request is optional": put(*REQUEST, "required", ["API_KEY"]),
    "the request may have further fields": put(*REQUEST, "additionalProperties", True),
    "minLength of the request lowered": put(*KEY, "minLength", 0),
    "minLength of the reply raised": put(*ACCESS_TOKEN, "minLength", 8),
    "a new optional header": put(*CALL, "parameters", [{"name": "X-Id", "in": "header", "schema": TEXT}]),
    "a new operation": put(
        "paths", "/other", {"get": {"operationId": "other", "responses": {"200": {"description": "Fine."}}}}
    ),
    "a new status": put(*REPLIES, "401", {"description": "Refused."}),
    "a new tag": lambda document: document["tags"].append({"name": "other"}),
    "a new tag of the call": put(*CALL, "tags", ["session", "other"]),
    "another server after the old one": lambda document: document["servers"].append(ELSEWHERE),
    "the call is deprecated": put(*CALL, "deprecated", True),
    "security said once": drop("security"),
    "the header for the token in lower case": put(*SCHEMES, "RequestToken", "name", "token"),
}

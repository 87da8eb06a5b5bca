"""The reference page as a file: everything of the document is in it, and nothing that it would have to load."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.operations import PATHS, document, first_change, session_calls

from reference_page import reference_page
from torus_connect import spec_text

GENERATED = Path(__file__).parents[2] / "generated"
SHIPPED = (GENERATED / "reference.html").read_text(encoding="utf-8")

HOSTILE = "</script></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


class Page(HTMLParser):
    """What tests ask of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag in {"script", "style", "pre"}:
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open[-1]][-1] += data

    def values(self, name: str) -> list[str]:
        """Return all that this attribute is set to, in the order in which it stands."""
        return [attributes[name] for _, attributes in self.tags if name in attributes]

    def policy(self) -> dict[str, list[str]]:
        [content] = [a["content"] for _, a in self.tags if a.get("http-equiv") == "Content-Security-Policy"]
        return {name: values for name, *values in (part.split() for part in content.split("; "))}


@pytest.fixture
def spec() -> dict[str, Any]:
    return dict(json.loads(spec_text("json")))


@pytest.fixture
def two() -> dict[str, Any]:
    """A document with a second call: a server of its own, no security, no samples."""
    spec = session_calls()
    del spec["paths"]["/session/totp/generate"]
    spec["paths"]["/session/other/generate"] = {
        "servers": [{"url": "https://other.example/other/v2", "description": "Elsewhere", "x-evidence": "inferred"}],
        "post": {
            "operationId": "otherSession",
            "summary": "Generate another session",
            "security": [],
            "requestBody": {"content": {"application/json": {"schema": {
                "type": "object",
                "required": ["CODE"],
                "properties": {"CODE": {"type": "string", "enum": ["one", "two"], "nullable": True}},
            }}}},
            "responses": {"200": {"description": "Done."}},
        },
    }  # fmt: skip
    return spec


@pytest.fixture
def changed(spec: dict[str, Any]) -> dict[str, Any]:
    """The document after the first change that CONTRIBUTING proposes, whose reply has a schema without a name."""
    spec["paths"] |= YAML(typ="safe", pure=True).load(first_change())
    return spec


def test_what_ships_is_that_of_the_document(spec: dict[str, Any]) -> None:
    bundled = json.loads((GENERATED / "torus.bundled.json").read_text(encoding="utf-8"))
    assert reference_page(bundled) == SHIPPED
    for item in bundled["paths"].values():
        for operation in item.values():
            del operation["x-codeSamples"]
    assert bundled == spec


def test_it_loads_nothing() -> None:
    page = Page(SHIPPED)
    assert not page.values("src")
    assert not page.values("style")
    assert not page.values("action")
    assert [name for _, attributes in page.tags for name in attributes if name.startswith("on")] == []
    for tag, attributes in page.tags:
        if "href" in attributes:
            allowed = {"link": ("data:",), "a": ("#", "/_sandbox/login")}[tag]
            assert attributes["href"].startswith(allowed), attributes
    assert "@import" not in SHIPPED
    assert "url(" not in "".join(page.texts["style"])


def test_its_policy_lets_it_run_what_is_in_it_and_nothing_else() -> None:
    page = Page(SHIPPED)

    def hashes(tag: str) -> list[str]:
        digests = [hashlib.sha256(text.encode()).digest() for text in page.texts[tag]]
        return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]

    assert page.policy() == {
        "default-src": ["'none'"],
        "script-src": hashes("script"),
        "style-src": hashes("style"),
        "connect-src": ["'self'"],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["'none'"],
    }
    first = [tag for tag, _ in page.tags].index
    assert first("meta") < first("style") < first("script")


def fields(schema: dict[str, Any], name: str) -> set[str]:
    """Return the keys of the fields of a schema, and of the objects within them."""
    expected = {f"field {name}.{field}" for field in schema.get("properties", {})}
    for field, inner in schema.get("properties", {}).items():
        expected |= {f"field {name}.{field}.{each}" for each in inner.get("properties", {})}
    return expected


@pytest.mark.parametrize("document", ["spec", "changed"])
def test_everything_is_there(document: str, request: pytest.FixtureRequest) -> None:
    spec: dict[str, Any] = request.getfixturevalue(document)
    page = SHIPPED if document == "spec" else reference_page(spec)
    expected = set()
    for name, schema in spec["components"]["schemas"].items():
        expected |= {f"schema {name}"} | fields(schema, name)
    for item in spec["paths"].values():
        for operation in item.values():
            name = operation["operationId"]
            expected |= {f"call {name}"} | ({f"body {name}"} if "requestBody" in operation else set())
            expected |= {f"{each['in']} {each['name']}" for each in operation.get("parameters", [])}
            for scheme in (part for alternative in operation["security"] for part in alternative):
                node = spec["components"]["securitySchemes"][scheme]
                expected.add(f"header {node.get('name', 'Authorization')}")
            expected |= {f"status {name} {status}" for status in operation["responses"]}
            contents = {f"{name} {status}": reply for status, reply in operation["responses"].items()}
            contents[f"{name} request"] = operation.get("requestBody", {})
            for at, node in contents.items():
                for media in node.get("content", {}).values():
                    expected |= fields(media["schema"], at)
    assert set(Page(page).values("data-key")) == expected


def test_samples_and_examples_are_shown_as_they_are(spec: dict[str, Any]) -> None:
    shown = [text.rstrip("\n") for text in Page(SHIPPED).texts["pre"]]
    with_samples = json.loads((GENERATED / "torus.bundled.json").read_text(encoding="utf-8"))
    for item in with_samples["paths"].values():
        for operation in item.values():
            samples = [sample["source"].rstrip("\n") for sample in operation["x-codeSamples"]]
            at = shown.index(samples[0])
            assert shown[at : at + len(samples)] == samples
            if "requestBody" in operation:
                body = operation["requestBody"]["content"]["application/json"]["examples"]["demo"]["value"]
                assert json.loads(shown[at + len(samples)]) == body


@pytest.fixture
def many() -> dict[str, Any]:
    """A document with operations of every kind."""
    return document()


@pytest.mark.parametrize("name", ["spec", "two", "many"])
def test_every_id_is_there_once_and_what_is_referred_to_is_there(name: str, request: pytest.FixtureRequest) -> None:
    page = Page(reference_page(request.getfixturevalue(name)))
    ids = page.values("id")
    assert len(set(ids)) == len(ids)
    for attribute in ("for", "aria-labelledby", "aria-controls", "data-reveal"):
        assert {each for value in page.values(attribute) for each in value.split()} <= set(ids)
    assert {href[1:] for href in page.values("href") if href.startswith("#")} <= set(ids)


def test_a_second_call_has_its_own_server_and_its_own_console(two: dict[str, Any]) -> None:
    text = reference_page(two)
    page = Page(text)
    assert page.values("data-path") == ["/api/v1/session/generate", "/other/v2/session/other/generate"]
    names = [a["name"] for tag, a in page.tags if tag == "input" and "data-place" in a]
    assert names == ["API_KEY", "API_SECRET", "Token", "CODE"]
    assert text.count("Get a demo request token") == 1
    assert text.count("Fill in demo values") == 1
    assert "<code>https://other.example/other/v2</code> Elsewhere" in text
    assert "string or null" in text
    assert "One of one, two." in text


def poison(node: Any, key: str = "") -> Any:
    """Put hostile text behind every text that a person reads."""
    if isinstance(node, dict):
        return {name: poison(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [poison(value, key) for value in node]
    read = {"title", "description", "summary", "label", "source", "url", "example", "x-evidence-inferred"}
    return node + HOSTILE if key in read and isinstance(node, str) else node


def test_text_that_looks_like_html_stays_text(spec: dict[str, Any]) -> None:
    clean, poisoned = Page(reference_page(spec)), Page(reference_page(poison(copy.deepcopy(spec))))
    assert poisoned.texts["script"] == clean.texts["script"]
    assert poisoned.texts["style"] == clean.texts["style"]
    assert "img" not in {tag for tag, _ in poisoned.tags}
    assert not [name for _, attributes in poisoned.tags for name in attributes if name.startswith("on")]
    assert poisoned.policy() == clean.policy()


def console(page: Page, operation: str) -> dict[str, str]:
    """Return what the console of an operation takes: what it takes by name, and where that is sent."""
    at = next(at for at, (tag, a) in enumerate(page.tags) if tag == "form" and a["data-call"] == operation)
    found = {}
    for tag, attributes in page.tags[at + 1 :]:
        if tag == "form":
            break
        if "data-place" in attributes:
            kind = {"select": "select", "textarea": "textarea"}.get(tag) or attributes["type"]
            found[attributes["name"]] = f"{attributes['data-place']} {attributes['data-type']} {kind}"
    return found


def test_the_console_takes_parameters_typed_fields_and_bearer_tokens() -> None:
    page = Page(reference_page(document()))
    assert console(page, "holdings") == {
        "source": "body string text",
        "data.segment": "body string text",
        "data.limit": "body integer text",
        "data.above": "body number text",
        "data.with_lots": "body boolean select",
        "data.isins": "body array textarea",
        "Authorization": "bearer string password",
    }
    assert console(page, "report") == {
        "company-code": "path string text",
        "year": "path integer text",
        "page": "query integer text",
        "full": "query boolean select",
        "columns": "query array textarea",
        "X-Trace": "header string text",
        "Authorization": "bearer string password",
    }
    assert console(page, "stocks") == {"q": "query string text"}
    assert console(page, "partnerStatus") == {"X-Partner-Key": "header string password"}
    assert console(page, "generateSession") == {
        "API_KEY": "body string password",
        "API_SECRET": "body string password",
        "Token": "header string password",
    }
    forms = {a["data-call"]: a for tag, a in page.tags if tag == "form"}
    assert forms["report"]["data-path"] == "/api/v1/company/{company-code}/reports/{year}"
    assert {name for name, form in forms.items() if "data-media-type" in form} == {
        "generateSession", "generateSessionWithTotp", "holdings", "placeOrder",
    }  # fmt: skip


def test_the_operations_of_several_tags_stand_under_their_tags() -> None:
    text = reference_page(document())
    titles = re.findall(r"<h([23]) id=\"[^\"]*\">(?:<code>)?([\w ]+)", text)
    at = titles.index(("2", "Portfolio"))
    assert [title for level, title in titles if level == "2"][:4] == ["Session", "Portfolio", "Orders", "Company"]
    assert [title.strip() for _, title in titles[at + 1 : at + 4]] == [
        "See the holdings",
        "Read a report",
        "See the funds",
    ]
    assert "What a user has." in text
    assert {"#tag-session", "#tag-portfolio", "#tag-orders", "#tag-company"} <= set(Page(text).values("href"))


def test_operations_of_every_kind_are_there() -> None:
    page = Page(reference_page(document()))
    keys = set(page.values("data-key"))
    assert {f"call {operation['operationId']}" for item in PATHS.values() for operation in item.values()} <= keys
    assert {
        "path company-code",
        "query page",
        "header X-Trace",
        "header Authorization",
        "header X-Partner-Key",
        "field holdings request.data",
        "field holdings request.data.segment",
        "field holdings 200.data",
        "field report 200.value",
        "field Holding.lots.lot_size",
        "schema Holding",
    } <= keys
    text = reference_page(document())
    for kind in ("array of Holding", "integer or null", "array of object", "not sent"):
        assert kind in text


def put_together(whole: dict[str, Any]) -> dict[str, Any]:
    """Describe a body in other ways, which say the same."""
    schemas = whole["components"]["schemas"]
    body = whole["paths"]["/order/entry"]["post"]["requestBody"]["content"]["application/json"]
    schemas["Envelope"] = body["schema"]["properties"]["data"]
    schemas["Source"] = {"type": "object", "properties": {"source": {"type": "string"}}, "required": ["source"]}
    schemas["Tree"] = {"type": "object", "properties": {"tree": {"$ref": "#/components/schemas/Tree"}}}
    properties = {
        "data": {"$ref": "#/components/schemas/Envelope"},
        "tree": {"$ref": "#/components/schemas/Tree"},
        "free": {"type": "object", "additionalProperties": {"type": "integer"}},
    }
    rest = {"type": "object", "properties": properties, "required": ["data"]}
    body["schema"] = {"allOf": [{"$ref": "#/components/schemas/Source"}, rest]}
    return whole


def test_references_and_parts_are_put_together() -> None:
    page = Page(reference_page(put_together(document())))
    assert console(page, "placeOrder") == {
        "source": "body string text",
        "data.security_id": "body string text",
        "data.quantity": "body string text",
        "data.price": "body string text",
        "tree.tree.tree.tree": "body object textarea",  # it has no end
        "free": "body object textarea",
        "Authorization": "bearer string password",
    }
    assert {"field placeOrder request.source", "field placeOrder request.data"} <= set(page.values("data-key"))
    assert "map of integer" in reference_page(put_together(document()))


def test_a_scheme_that_the_console_cannot_send_is_an_error() -> None:
    whole = document()
    whole["components"]["securitySchemes"]["PartnerKey"] = {"type": "http", "scheme": "basic"}
    with pytest.raises(ValueError, match=r"^partnerStatus: the reference shows API keys and bearer tokens"):
        reference_page(whole)

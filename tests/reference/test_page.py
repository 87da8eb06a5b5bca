"""The reference page as a file: everything of the document is in it, and nothing that it would have to load."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from html.parser import HTMLParser
from typing import Any

import pytest

from reference_page import reference_page
from torus_connect.spec import reference_page as shipped_page
from torus_connect.spec import spec_text

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
def two(spec: dict[str, Any]) -> dict[str, Any]:
    """A document with a second call: a server of its own, no security, no samples."""
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


def test_what_ships_is_that_of_the_document(spec: dict[str, Any]) -> None:
    assert shipped_page() == reference_page(spec)


def test_it_loads_nothing() -> None:
    page = Page(shipped_page())
    assert not page.values("src")
    assert not page.values("style")
    assert not page.values("action")
    assert [name for _, attributes in page.tags for name in attributes if name.startswith("on")] == []
    for tag, attributes in page.tags:
        if "href" in attributes:
            allowed = {"link": ("data:",), "a": ("#", "/_sandbox/login")}[tag]
            assert attributes["href"].startswith(allowed), attributes
    assert "@import" not in shipped_page()
    assert "url(" not in "".join(page.texts["style"])


def test_its_policy_lets_it_run_what_is_in_it_and_nothing_else() -> None:
    page = Page(shipped_page())

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


def test_everything_is_there(spec: dict[str, Any]) -> None:
    expected = set()
    for name, schema in spec["components"]["schemas"].items():
        expected |= {f"schema {name}"} | {f"field {name}.{field}" for field in schema["properties"]}
    for item in spec["paths"].values():
        for operation in item.values():
            name = operation["operationId"]
            expected |= {f"call {name}", f"body {name}", "header Token"}
            expected |= {f"status {name} {status}" for status in operation["responses"]}
    assert set(Page(shipped_page()).values("data-key")) == expected


def test_samples_and_examples_are_shown_as_they_are(spec: dict[str, Any]) -> None:
    shown = [text.rstrip("\n") for text in Page(shipped_page()).texts["pre"]]
    for item in spec["paths"].values():
        samples = [sample["source"].rstrip("\n") for sample in item["post"]["x-codeSamples"]]
        at = shown.index(samples[0])
        assert shown[at : at + len(samples)] == samples
        body = item["post"]["requestBody"]["content"]["application/json"]["examples"]["demo"]["value"]
        assert json.loads(shown[at + len(samples)]) == body


@pytest.mark.parametrize("document", ["spec", "two"])
def test_every_id_is_there_once_and_what_is_referred_to_is_there(document: str, request: pytest.FixtureRequest) -> None:
    page = Page(reference_page(request.getfixturevalue(document)))
    ids = page.values("id")
    assert len(set(ids)) == len(ids)
    for name in ("for", "aria-labelledby", "aria-controls", "data-reveal"):
        assert {each for value in page.values(name) for each in value.split()} <= set(ids)
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
    return node + HOSTILE if key in read else node


def test_text_that_looks_like_html_stays_text(spec: dict[str, Any]) -> None:
    clean, poisoned = Page(reference_page(spec)), Page(reference_page(poison(copy.deepcopy(spec))))
    assert poisoned.texts["script"] == clean.texts["script"]
    assert poisoned.texts["style"] == clean.texts["style"]
    assert "img" not in {tag for tag, _ in poisoned.tags}
    assert not [name for _, attributes in poisoned.tags for name in attributes if name.startswith("on")]
    assert poisoned.policy() == clean.policy()


def in_the_query(operation: dict[str, Any]) -> None:
    operation["parameters"] = [{"name": "page", "in": "query", "schema": {"type": "string"}}]


def a_number(operation: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"COUNT": {"type": "integer"}}}
    operation["requestBody"]["content"]["application/json"]["schema"] = schema


def a_bearer(operation: dict[str, Any]) -> None:
    operation["security"] = [{"Bearer": []}]


@pytest.mark.parametrize("change", [in_the_query, a_number, a_bearer])
def test_a_call_that_the_console_cannot_send_is_an_error(spec: dict[str, Any], change: Any) -> None:
    spec["components"]["securitySchemes"]["Bearer"] = {"type": "http", "scheme": "bearer"}
    change(spec["paths"]["/session/generate"]["post"])
    with pytest.raises(ValueError, match=r"^generateSession: the (reference|console)"):
        reference_page(spec)

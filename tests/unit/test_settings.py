from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import API_KEY, API_SECRET, GenerateSession

from torus_connect import (
    AsyncTorusConnect,
    ConfigurationError,
    Outcome,
    TorusConnect,
    spec_text,
)
from torus_connect._config.checks import MAX_TEXT_BYTES
from torus_connect._config.settings import PRODUCTION_URL, TOTP_URL, checked_base_url, checked_totp_base_url
from torus_connect._config.urls import is_loopback
from torus_connect.secret import conceal
from torus_connect.stores import SessionKey

SECRET = "canary"

BAD_TEXT = [
    pytest.param("", "is empty", id="empty"),
    pytest.param(" \t\r\n\xa0", "is empty", id="blank"),
    pytest.param(b"canary", "must be a str, not bytes", id="bytes"),
    pytest.param(7, "must be a str, not int", id="number"),
    pytest.param(["canary"], "must be a str, not list", id="list"),
    pytest.param("canary\r\nX: y", "printable ASCII", id="line-break"),
    pytest.param("canary\x00", "printable ASCII", id="nul"),
    pytest.param("canary\x7f", "printable ASCII", id="delete"),
    pytest.param("canary\u0915", "printable ASCII", id="non-ascii"),
    pytest.param("canary\udcff", "printable ASCII", id="surrogate"),
    pytest.param("canary".ljust(MAX_TEXT_BYTES + 1, "x"), "longer than 8192 bytes", id="too-long"),
]

BAD_URLS = [
    ("", "is empty"),
    ("connects.torusdigital.com", "must start with https://"),
    ("ftp://canary", "must start with https://"),
    ("https://", "no valid host"),
    ("https:///api", "no valid host"),
    ("https://user:canary@host/api", "may not hold credentials"),
    ("https://canary@host", "may not hold credentials"),
    ("https://@host", "may not hold credentials"),
    ("https://host:0", "no valid host and port"),
    ("https://host:canary", "no valid URL"),
    ("https://host:99999", "no valid URL"),
    ("https://[canary", "no valid URL"),
    ("https://ho%73t", "no valid host"),
    ("https://host/api?canary=1", "no query"),
    ("https://host/api?", "no query"),
    ("https://host/#canary", "no query"),
    ("https://host\\@other", "may not hold credentials"),
    ("https://host/a\\b", "no query"),
    ("https://host/a b", "no query"),
    ("https://ho\tst", "printable ASCII"),
    ("https://h\u0f62st", "printable ASCII"),
    ("http://host", "must be https://"),
    ("http://127.0.0.1.host", "must be https://"),
    ("http://10.0.0.1", "must be https://"),
    ("http://[::2]", "must be https://"),
    ("http://0.0.0.0", "must be https://"),
    ("http://127.1", "no valid host"),
    ("https://1.2.3.999", "no valid host"),
    ("https://[::1]x", "no valid"),
    ("https://[v1.abc]", "no valid"),
    ("https://[::1%25eth0]", "no valid"),
    ("https://xn--zzzzzz", "no valid host"),
    ("https://a..b", "no valid host"),
    ("https://-a", "no valid host"),
    ("https://host:", "no valid host"),
    ("https://" + "a" * 64, "no valid host"),
]


def refused(argument: str, rule: str, **options: Any) -> None:
    for client in (TorusConnect, AsyncTorusConnect):
        with pytest.raises(ConfigurationError, match=rule) as caught:
            client(**{"api_key": API_KEY, "api_secret": API_SECRET, **options})
        assert isinstance(caught.value, ValueError)
        assert caught.value.outcome is Outcome.NOT_SENT
        assert str(caught.value).startswith(argument)
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize("name", ["api_key", "api_secret"])
@pytest.mark.parametrize(("value", "rule"), BAD_TEXT)
def test_bad_credentials(name: str, value: Any, rule: str) -> None:
    refused(name, rule, **{name: value})


@pytest.mark.parametrize(("value", "rule"), [*BAD_TEXT, (None, "is missing")])
def test_bad_request_tokens(generate_session: GenerateSession, value: Any, rule: str) -> None:
    with pytest.raises(ConfigurationError, match=rule) as caught:
        # Nobody listens there: a token that got past the check would fail in another way.
        generate_session(value, base_url="http://127.0.0.1:1")
    assert str(caught.value).startswith("request_token ")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(("value", "rule"), BAD_URLS)
def test_bad_base_urls(monkeypatch: pytest.MonkeyPatch, value: str, rule: str) -> None:
    refused("base_url", rule, base_url=value)
    if value and value.isprintable():
        monkeypatch.setenv("TORUS_BASE_URL", value)
        refused("base_url", rule)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://host/api/", "https://host/api"),
        (" https://host \n", "https://host"),
        ("HTTPS://Host:8443/X", "https://host:8443/X"),
        ("https://HOST.example:443/Api//", "https://host.example/Api"),
        ("https://host:4430", "https://host:4430"),
        ("https://host:80", "https://host:80"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://my_host.internal", "https://my_host.internal"),
        ("https://[2001:DB8::1]:443", "https://[2001:db8::1]"),
        ("https://[2001:db8::443]", "https://[2001:db8::443]"),
        ("https://[::1]:8443/", "https://[::1]:8443"),
        ("http://localhost:8787", "http://localhost:8787"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:80/api", "http://[::1]/api"),
        ("http://LocalHost:443", "http://localhost:443"),
        ("HTTPS://CONNECTS.TorusDigital.com:443/api/v1/", PRODUCTION_URL),
        (None, PRODUCTION_URL),
    ],
)
def test_good_base_urls(monkeypatch: pytest.MonkeyPatch, value: str | None, expected: str) -> None:
    shown = f"<TorusConnect {expected} open>"
    assert repr(TorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=value)) == shown
    if value is not None:
        monkeypatch.setenv("TORUS_BASE_URL", value)
        assert repr(TorusConnect(api_key=API_KEY, api_secret=API_SECRET)) == shown


def test_one_place_has_one_spelling() -> None:
    """Two would be two users to a store, and the server of the codes would not follow from production."""
    spellings = ["https://host.example/api/v1", "HTTPS://Host.EXAMPLE:443/api/v1/"]
    keys = {SessionKey(checked_base_url(conceal(each)), API_KEY, "a-user").digest for each in spellings}
    assert len(keys) == 1
    codes = {checked_totp_base_url(conceal(each), PRODUCTION_URL) for each in spellings}
    assert codes == {spellings[0]}
    written = checked_base_url(conceal("https://CONNECTS.torusdigital.com:443/api/v1"))
    assert checked_totp_base_url(None, written) == TOTP_URL


def test_an_empty_base_url_in_the_environment_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORUS_BASE_URL", "")
    assert PRODUCTION_URL in repr(TorusConnect(api_key=API_KEY, api_secret=API_SECRET))


def test_production_is_the_server_of_the_spec() -> None:
    assert json.loads(spec_text("json"))["servers"][0]["url"] == PRODUCTION_URL


@pytest.mark.parametrize("name", ["timeout", "connect_timeout"])
@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (0, "above 0"),
        (-1, "above 0"),
        (float("nan"), "above 0"),
        (float("inf"), "above 0"),
        (10**400, "above 0"),
        (3601, "above 0"),
        (True, "not bool"),
        (None, "not NoneType"),
        ("10", "not str"),
    ],
)
def test_bad_timeouts(name: str, value: Any, rule: str) -> None:
    refused(name, rule, **{name: value})


def test_credentials_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    refused("api_key", "pass it, or set the environment variable TORUS_API_KEY", api_key=None)
    with pytest.raises(ConfigurationError, match=r"^api_secret .* set the environment variable TORUS_API_SECRET"):
        TorusConnect(api_key=API_KEY, base_url="http://127.0.0.1:1").generate_session("demo-request-token")
    monkeypatch.setenv("TORUS_API_KEY", "canary\x01")
    refused("api_key", r"from TORUS_API_KEY\) may hold no line break", api_key=None)
    monkeypatch.setenv("TORUS_API_KEY", "from-the-environment")
    monkeypatch.setenv("TORUS_API_SECRET", " from-the-environment-too ")
    settings = TorusConnect()._settings
    assert settings.api_key == "from-the-environment"
    assert settings.api_secret == "from-the-environment-too"
    assert TorusConnect(api_key="argument")._settings.api_key == "argument"


def test_credentials_are_keyword_only() -> None:
    with pytest.raises(TypeError):
        TorusConnect(API_KEY, API_SECRET)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.255.0.3", True),
        ("::1", True),
        ("128.0.0.1", False),
        ("::", False),
        ("localhost.host", False),
        ("", False),
    ],
)
def test_loopback(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected

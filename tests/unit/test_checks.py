"""The rules for values from outside, at their edges: the last value that passes, and the first that does not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from support.kinds import ORDER, PUBLIC, READ, SESSION

from torus_connect import ConfigurationError, Secret
from torus_connect._config.checks import (
    MAX_TEXT_BYTES,
    checked_count,
    checked_file,
    checked_number,
    checked_text,
    did_you_mean,
    text_fault,
)
from torus_connect._config.settings import PRODUCTION_URL, TOTP_URL, Settings, checked_base_url, checked_totp_base_url
from torus_connect._config.urls import is_loopback, url_fault
from torus_connect.secret import conceal
from torus_connect_api.client import Operation

HOST = "has no valid host and port"
LABEL = "a" * 63
LONGEST = ".".join([LABEL] * 3 + ["a" * 61])


@pytest.mark.parametrize("space", [" ", "\t", "\r\n", "\v", "\f", "\u00a0", "\u200b", "\u2028", "\u2029", "\ufeff"])
def test_white_space_around_a_text_is_dropped(space: str) -> None:
    text = checked_text("name", Secret(f"{space}X a x{space}"))
    assert text == "X a x"
    assert isinstance(text, Secret)


def test_the_longest_text() -> None:
    assert checked_text("name", Secret("x" * MAX_TEXT_BYTES + " ")) == "x" * MAX_TEXT_BYTES
    with pytest.raises(ConfigurationError):
        checked_text("name", Secret("x" * (MAX_TEXT_BYTES + 1)))


def test_the_environment_is_asked_only_where_there_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORUS_TEST", "environment")
    assert checked_text("name", Secret("argument"), env="TORUS_TEST") == "argument"
    from_environment = checked_text("name", None, env="TORUS_TEST")
    assert from_environment == "environment"
    assert isinstance(from_environment, Secret)
    with pytest.raises(ConfigurationError, match=r"^name is missing\n"):
        checked_text("name", None)
    with pytest.raises(ConfigurationError, match=r"^name is empty\n"):
        checked_text("name", Secret(), env="TORUS_TEST")


QUOTES = "must not be in quotes"
CONTROL = "may hold no line break and no other control character"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("''", QUOTES),
        ("'a'", QUOTES),
        ("'", None),
        ("'a", None),
        ("a\nb", CONTROL),
        ("a\x1fb", CONTROL),
        ("a\x7fb", CONTROL),
        ("a\x80b", CONTROL),
        ("a\x9fb", CONTROL),
        ("a\u2028b", CONTROL),
        ("a\u2029b", CONTROL),
        # No control characters, though they are not shown either.
        ("X \u00a0\u200b\ufeff Aa", None),
    ],
)
def test_a_text_from_outside(text: str, expected: str | None) -> None:
    assert text_fault(text) == expected


@pytest.mark.parametrize(("value", "expected"), [(1, 1.0), (0.001, 0.001), (3600, 3600.0), (1e-9, 1e-9)])
def test_seconds(value: object, expected: float) -> None:
    seconds = checked_number("name", value)
    assert seconds == expected
    assert isinstance(seconds, float)


@pytest.mark.parametrize("value", [0, 0.0, -0.001, 3600.001, 3601, float("nan"), True, "1", None])
def test_what_are_no_seconds(value: object) -> None:
    with pytest.raises(ConfigurationError):
        checked_number("name", value)


@pytest.mark.parametrize("value", [0, 1, 9, 10])
def test_a_count(value: int) -> None:
    assert checked_count("name", value) == value


@pytest.mark.parametrize("value", [-1, 11, True, 1.0, "1", None])
def test_what_is_no_count(value: object) -> None:
    with pytest.raises(ConfigurationError):
        checked_count("name", value)


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = checked_file("name", Secret(tmp_path / "file"))
    assert path == str(tmp_path / "file")
    assert type(path) is str


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://host", None),
        ("http://host", "must be https://; http:// is for a loopback address only"),
        ("HTTPS://HOST", None),
        ("ftp://host", "must start with https://"),
        ("https:host", HOST),
        ("//host", "must start with https://"),
        ("https://host:1", None),
        ("https://host:65535", None),
        ("https://host:0", HOST),
        ("https://host:00", HOST),
        ("https://host:080", HOST),
        ("https://host:65536", "is no valid URL: check brackets and port"),
        ("https://user@host", "may not hold credentials (user:password@)"),
        ("https://host/a@b", None),
        ("https://host/?", "may hold no query, fragment, backslash or space"),
        ("https://host/#", "may hold no query, fragment, backslash or space"),
        ("https://host/\\", "may hold no query, fragment, backslash or space"),
        ("https://host/ a", "may hold no query, fragment, backslash or space"),
        ("https://host/XX", None),
        (f"https://{LABEL}", None),
        (f"https://{LABEL}a", HOST),
        (f"https://{LONGEST}", None),
        (f"https://{LONGEST}a", HOST),
        ("https://a", None),
        ("https://a-b.c_d", None),
        ("https://_a_", None),
        ("https://-a", HOST),
        ("https://a-", HOST),
        ("https://a.", HOST),
        ("https://.a", HOST),
        ("https://1.2.3.4", None),
        ("https://1.2.3.256", HOST),
        ("https://1.2.3", HOST),
        ("https://1", HOST),
        ("https://a.1", HOST),
        ("https://1.a", None),
        ("https://1a", None),
        ("https://[::1]", None),
        ("https://[::1]:443", None),
        ("https://[fe80::1%eth0]", HOST),
        ("https://[1.2.3.4]", HOST),
        ("https://[::1", "is no valid URL: check brackets and port"),
        ("https://xn--bcher-kva", None),
        ("https://xn--bcher-kva.example", None),
        ("https://www.xn--zzzzzz", HOST),
    ],
)
def test_a_url(url: str, expected: str | None) -> None:
    fault = url_fault(Secret(url))
    # `urlsplit` of some Pythons refuses an IPv4 address in brackets itself.
    if "[1." in url:
        assert fault is not None
    else:
        assert fault == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://user:password@host:8080", None),
        ("https://user@host", None),
        ("http://us%40er:p%2Fw@host", None),
        ("http://a@b@host", None),
        ("http://user@", HOST),
        ("http://user:host@", HOST),
        ("socks5://user@host", "must start with http:// or https://"),
        ("http://user@host/ a", "may hold no query, fragment, backslash or space"),
    ],
)
def test_a_url_that_may_hold_credentials(url: str, expected: str | None) -> None:
    assert url_fault(Secret(url), credentials=True) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://host/a://b", "https://host/a://b"),
        ("https://host/a..b/.c", "https://host/a..b/.c"),
        ("HTTPS://Host/A://B/", "https://host/A://B"),
        ("https://host///", "https://host"),
        ("https://host/X", "https://host/X"),
        ("https://X", "https://x"),
        ("http://LOCALHOST/", "http://localhost"),
        (None, PRODUCTION_URL),
    ],
)
def test_a_base_url(monkeypatch: pytest.MonkeyPatch, value: str | None, expected: str) -> None:
    assert checked_base_url(conceal(value)) == expected
    monkeypatch.setenv("TORUS_BASE_URL", value or "")
    assert checked_base_url(None) == expected
    monkeypatch.setenv("TORUS_BASE_URL", "http://not-this-one")
    if value is not None:
        assert checked_base_url(conceal(value)) == expected


@pytest.mark.parametrize("path", ["a/b/../c", "..", "a/./d", "a/.."])
def test_dots_in_the_path_of_a_base_url(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"base_url may hold no \. and no \.\. in its path"):
        checked_base_url(Secret(f"https://host/{path}"))


@pytest.mark.parametrize(
    ("host", "expected"), [("LOCALHOST", False), ("127.0.0.1.example", False), ("::ffff:0", False)]
)
def test_what_is_no_loopback_address(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_what_a_client_goes_by() -> None:
    credentials: dict[str, Any] = {"api_key": Secret("key"), "api_secret": Secret("secret")}
    settings = Settings(**credentials)
    assert (settings.timeout, settings.connect_timeout, settings.total_timeout) == (10, 5, 30)
    assert (settings.base_url, settings.max_retries) == (PRODUCTION_URL, 2)
    given = Settings(
        **credentials,
        base_url="http://127.0.0.1",
        timeout=1,
        connect_timeout=2,
        total_timeout=3,
        max_retries=4,
    )
    assert (given.api_key, given.api_secret, given.base_url) == ("key", "secret", "http://127.0.0.1")
    assert (given.timeout, given.connect_timeout, given.total_timeout, given.max_retries) == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("given", "environment", "base_url", "expected"),
    [
        (None, "", PRODUCTION_URL, TOTP_URL),
        (None, "", "https://host/api", "https://host/api"),
        (None, "https://set/", PRODUCTION_URL, "https://set"),
        (None, "https://set", "https://host/api", "https://set"),
        ("https://given/", "https://set", "https://host/api", "https://given"),
        ("http://127.0.0.1:1", "", PRODUCTION_URL, "http://127.0.0.1:1"),
    ],
)
def test_where_codes_go(
    monkeypatch: pytest.MonkeyPatch, given: str | None, environment: str, base_url: str, expected: str
) -> None:
    monkeypatch.setenv("TORUS_TOTP_BASE_URL", environment)
    assert checked_totp_base_url(conceal(given), base_url) == expected
    settings = Settings(api_key=Secret("key"), api_secret=None, base_url=base_url, totp_base_url=expected)
    assert settings.totp_base_url == expected


def test_where_account_calls_go() -> None:
    settings = Settings(api_key=Secret("key"), api_secret=None, account_base_url="https://account")
    assert [settings.base_url_of(operation) for operation in (READ, ORDER)] == ["https://account"] * 2
    assert [settings.base_url_of(operation) for operation in (SESSION, PUBLIC)] == [PRODUCTION_URL] * 2


@pytest.mark.parametrize(
    ("base_url", "expected"), [(PRODUCTION_URL, "https://third"), ("https://host", "https://host")]
)
def test_where_an_operation_with_a_server_of_its_own_is_called(base_url: str, expected: str) -> None:
    operation = Operation("demo", "GET", "/demo", idempotent=True, servers=("https://third",))
    settings = Settings(api_key=Secret("key"), api_secret=None, base_url=base_url)
    assert settings.base_url_of(operation) == expected


def test_no_secret_until_it_is_needed() -> None:
    settings = Settings(api_key=Secret("key"), api_secret=None)
    assert settings.api_secret is None
    assert settings.totp_base_url == TOTP_URL
    with pytest.raises(ConfigurationError, match=r"^api_secret is missing"):
        settings.needed_secret()
    assert Settings(api_key=Secret("key"), api_secret=Secret("secret")).needed_secret() == "secret"


def test_an_empty_secret_of_the_environment_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORUS_API_SECRET", "")
    with pytest.raises(ConfigurationError, match="is empty"):
        Settings(api_key=Secret("key"), api_secret=None)


def test_the_credentials_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "TORUS_API_KEY" not in os.environ
    monkeypatch.setenv("TORUS_API_KEY", "key")
    monkeypatch.setenv("TORUS_API_SECRET", "secret")
    settings = Settings(api_key=None, api_secret=None)
    assert (settings.api_key, settings.api_secret, settings.api_key_source) == ("key", "secret", "TORUS_API_KEY")
    assert Settings(api_key=Secret("key"), api_secret=None).api_key_source == "the argument api_key"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("dellivery", "; did you mean DELIVERY?"),
        ("delivry", "; did you mean DELIVERY?"),  # the nearest one only
        ("order", ""),
    ],
)
def test_the_nearest_name(given: str, expected: str) -> None:
    assert did_you_mean(given, iter(["INTRADAY", "DELIVERIES", "DELIVERY"])) == expected

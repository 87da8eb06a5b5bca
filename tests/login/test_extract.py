"""What a login's redirect carries, read from whatever was pasted."""

from __future__ import annotations

from typing import Any

import pytest

from torus_connect import (
    AsyncTorusConnect,
    ConfigurationError,
    LoginFailed,
    Outcome,
    Secret,
    TorusConnect,
    TorusError,
    extract_request_token,
)

CANARY = "canary-of-the-redirect"
END = "https://merchant.example/end"


@pytest.mark.parametrize(
    ("given", "token"),
    [
        ("abc", "abc"),
        ("  abc\r\n", "abc"),
        ("abc+/=?&#", "abc+/=?&#"),  # whatever a token is made of, it is one as long as it is no redirect
        ("request_token", "request_token"),
        (f"{END}?REQUEST_TOKEN=abc", "abc"),
        (f"{END}?request_token=abc", "abc"),
        (f"{END}?Request_Token=abc&x=y", "abc"),
        (f"{END}?requestToken=abc", "abc"),
        (f"{END}?request-token=abc", "abc"),
        (f"{END}?x=y&REQUEST%5FTOKEN=abc", "abc"),
        (f" {END}?REQUEST_TOKEN=a%2Bb%3D%3D\n", "a+b=="),
        (f"{END}?REQUEST_TOKEN=a+b/c==", "a+b/c=="),
        (f"{END}?REQUEST_TOKEN=a?b", "a?b"),
        (f"{END}?REQUEST_TOKEN=%20abc%0A", "abc"),
        (f"{END}#REQUEST_TOKEN=abc", "abc"),
        (f"{END}#/route?REQUEST_TOKEN=abc", "abc"),
        (f"{END}#x=y?&REQUEST_TOKEN=abc", "abc"),
        (f"{END}?x=y#request_token=abc", "abc"),
        (f"{END}?REQUEST_TOKEN=abc#REQUEST_TOKEN=abc", "abc"),
        (f"{END}?REQUEST_TOKEN=&REQUEST_TOKEN=abc", "abc"),
        (f"{END}?REQUEST_TOKEN=abc&error=&error_code=0&status=success", "abc"),
        (f"{END}?REQUEST_TOKEN=abc&terror=1", "abc"),
        ("127.0.0.1:8788/?REQUEST_TOKEN=abc", "abc"),
        ("?REQUEST_TOKEN=abc", "abc"),
        ("#REQUEST_TOKEN=abc", "abc"),
        ("REQUEST_TOKEN=abc", "abc"),
        ("x=y&request_token=abc", "abc"),
        ("merchant-app://end?REQUEST_TOKEN=abc", "abc"),
        (f"{END}?x=REQUEST_TOKEN=no&REQUEST_TOKEN=abc", "abc"),
    ],
)
def test_the_request_token_is_found(given: str, token: str) -> None:
    found = extract_request_token(given)
    assert isinstance(found, Secret)
    assert str(found) == token


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (f"{END}?error=access_denied&note={CANARY}", "The login failed: the redirect carries an error"),
        (f"{END}?error_description={CANARY}", "The login failed: the redirect carries an error"),
        (f"{END}?errorCode={CANARY}", "The login failed: the redirect carries an error"),
        (f"{END}?ERROR={CANARY}&REQUEST_TOKEN={CANARY}", "The login failed: the redirect carries an error"),
        (f"{END}?REQUEST_TOKEN={CANARY}#error=1", "The login failed: the redirect carries an error"),
        (f"{END}?status=error&message={CANARY}", "The login failed: the redirect carries an error"),
        (f"error={CANARY}", "The login failed: the redirect carries an error"),
        (f"{END}?REQUEST_TOKEN={CANARY}&REQUEST_TOKEN=another", "two different request tokens"),
        (f"{END}?REQUEST_TOKEN={CANARY}#request_token=another", "two different request tokens"),
        (f"{END}?token={CANARY}", "The redirect carries no request token"),
        (f"{END}/REQUEST_TOKEN={CANARY}", "The redirect carries no request token"),
        (f"{END}?x=REQUEST_TOKEN={CANARY}", "The redirect carries no request token"),
        (f"https://{CANARY}", "The redirect carries no request token"),
        (f"{END}?REQUEST_TOKEN=", "The redirect carries no request token"),
        (f"{END}?REQUEST_TOKEN={CANARY}%0Ax", "a request token that no header can carry"),
        (f"{END}?REQUEST_TOKEN={CANARY}%E0%A4%95", "a request token that no header can carry"),
        (f"{END}?REQUEST_TOKEN=Bearer%20{CANARY}", "a request token that no header can carry"),
        (f"{END}?REQUEST_TOKEN=%20", "a request token that no header can carry"),
    ],
)
def test_a_redirect_that_brings_none_is_a_clear_error(given: str, words: str) -> None:
    with pytest.raises(LoginFailed) as caught:
        extract_request_token(given)
    assert caught.value.outcome is Outcome.NOT_SENT
    message = str(caught.value)
    assert words in message
    assert message.endswith("\nNothing was sent: let the user log in again at the login URL.")
    assert CANARY not in message


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "url_or_token is missing"),
        (7, "url_or_token must be a str, not int"),
        (" \t", "url_or_token is empty"),
        (f"{CANARY}\n{CANARY}", "url_or_token may hold printable ASCII"),
        (CANARY * 500, "url_or_token is longer than 8192 bytes"),
        (f"Bearer {CANARY}", "request_token must be bare"),
    ],
)
def test_what_is_no_redirect_at_all(given: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        extract_request_token(given)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("face", [TorusConnect, AsyncTorusConnect])
@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://connects.torusdigital.com/connect/login/demo-key"),
        ({"api_key": "a/b?c#d é".replace(" é", "")}, "https://connects.torusdigital.com/connect/login/a%2Fb%3Fc%23d"),
        ({"api_key": "a b%2F&"}, "https://connects.torusdigital.com/connect/login/a%20b%252F%26"),
        ({"base_url": "http://127.0.0.1:8787/api/v1"}, "http://127.0.0.1:8787/connect/login/demo-key"),
        ({"base_url": "https://[::1]:8787/a/b/"}, "https://[::1]:8787/connect/login/demo-key"),
        ({"base_url": "https://torus.example"}, "https://torus.example/connect/login/demo-key"),
    ],
)
def test_the_login_url(face: type[TorusConnect | AsyncTorusConnect], options: dict[str, str], url: str) -> None:
    client = face(**{"api_key": "demo-key", "api_secret": "demo-api-secret-not-real", **options})  # type: ignore[arg-type]
    assert client.login_url == url
    assert type(client.login_url) is str


def test_a_failed_login_is_an_error_of_this_sdk() -> None:
    assert issubclass(LoginFailed, TorusError)
    assert not issubclass(LoginFailed, ValueError)

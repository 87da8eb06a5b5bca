"""What a login's redirect carries, read from whatever was pasted."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from torus_connect import (
    AsyncTorusConnect,
    ConfigurationError,
    LoginFailed,
    Outcome,
    Secret,
    Session,
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
        ("localhost:8788/?REQUEST_TOKEN=abc", "abc"),
        ("m.example/cb?REQUEST_TOKEN=abc", "abc"),
        ("/cb?REQUEST_TOKEN=abc", "abc"),
        # What is around it does not count, whichever it is.
        *(
            (f"{before}{text}{behind}", "abc")
            for text in (f"{END}?REQUEST_TOKEN=abc", "abc")
            for before, behind in (
                ('"', '"'), ("'", "'"), ("`", "`"), ("<", ">"), ("(", ")"), ("[", "]"), ("\u201c", "\u201d"),
                ("", '",'), ('"', '".'), ("\u200b", "\u200b"), ("\ufeff \xa0", "\u2060\u3000"),
                ("", "\\"), ("", "'"), ("", ")"), ('"', ""),
            )
        ),
        (f"{END}?REQUEST_TOKEN=abc.", "abc"),
        (f"See {END}?REQUEST_TOKEN=abc, and go on", "abc"),
        (f"Is it {END}?REQUEST_TOKEN=abc?", "abc"),
        (f"**{END}?REQUEST_TOKEN=abc**", "abc"),
        (f"[the end]({END}?REQUEST_TOKEN=abc).", "abc"),
        (f"[{END}?REQUEST_TOKEN=abc]({END}?REQUEST_TOKEN=abc)", "abc"),
        (f'<a href="{END}?x=y&amp;REQUEST_TOKEN=abc">here</a>', "abc"),
        (f"curl --location '{END}?REQUEST_TOKEN=abc' --verbose", "abc"),
        ('127.0.0.1 - - "GET /?REQUEST_TOKEN=abc HTTP/1.1" 200', "abc"),
        ('127.0.0.1\t[01/Jul/2026]\t"GET /?x=y&REQUEST_TOKEN=abc HTTP/1.1" 303 "-" "Mozilla/5.0 (X11)"', "abc"),
        ('{"request_token":"abc"}', "abc"),
        ('{ "REQUEST_TOKEN" : "abc", "status": "success" }', "abc"),
        (f"{END}?REQUEST_TOKEN=%22abc%22", "abc"),
        (f"{END}?REQUEST_TOKEN=a%22b", 'a"b'),
        (f"{END}?REQUEST_TOKEN=ab\u200bc", "abc"),
        # Only the token must be ASCII.
        (f"{END}?user=\u0930\u0935\u093f&REQUEST_TOKEN=abc", "abc"),
        (f"{END}?REQUEST_TOKEN=abc&user=\u0930\u0935\u093f#\u0930", "abc"),
        ("https://\u0930\u0935\u093f.example/\xe9?REQUEST_TOKEN=abc", "abc"),
        (f"{END}?user=Ravi O'Brien&REQUEST_TOKEN=abc", "abc"),
        (f"{END}?user=\udce9&REQUEST_TOKEN=abc", "abc"),
        # What a token may be made of.
        ("demo&request=token+not%2Breal;?#", "demo&request=token+not%2Breal;?#"),
        ("demo request  token not real", "demo request  token not real"),
        ("demo.request+token/not_real-0123456789==", "demo.request+token/not_real-0123456789=="),
        ("/9j/4AAQSkZJRg==", "/9j/4AAQSkZJRg=="),
        ("eyJh.eyJz.c2ln/bmF0+dXJl", "eyJh.eyJz.c2ln/bmF0+dXJl"),
        ("a:b", "a:b"),
    ],
)  # fmt: skip
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
        (f"{END}?REQUEST_TOKEN={CANARY}\u0930", "a request token that no header can carry"),
        (f"{END}?REQUEST_TOKEN=https%3A%2F%2Fm.example%2F{CANARY}", "a request token that no header can carry"),
        *(
            (address, "The redirect carries no request token")
            for address in (
                f"127.0.0.1:8788/?status={CANARY}", f"localhost:8788/?status={CANARY}", f"[::1]:8788/?{CANARY}",
                f"m.example/cb?{CANARY}", f"m.example/{CANARY}", f"M.EXAMPLE/cb?code={CANARY}", "m.example:443",
                "127.0.0.1:8788/", "127.0.0.1:8788", "localhost:8788", "localhost/", f"/cb?code={CANARY}",
                f"/cb?{CANARY}", "/callback", f"?status={CANARY}", f"#{CANARY}", f"status={CANARY}", f"code={CANARY}",
                "mailto:/x",
                f"\u0930\u0935\u093f.example/{CANARY}", f'"{END}?status={CANARY}"', f"TORUS_REQUEST_TOKEN={CANARY}",
                f'127.0.0.1 - - "GET /?status={CANARY} HTTP/1.1" 200', '127.0.0.1 - - "GET /favicon.ico HTTP/1.1" 404',
            )
        ),
        (f"error_description={CANARY}", "The login failed: the redirect carries an error"),
        (f'{{"REQUEST_TOKEN":"{CANARY}","request_token":"b"}}', "two different request tokens"),
    ],
)  # fmt: skip
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
        (f"{CANARY}\n{CANARY}", "url_or_token may hold no line break"),
        (CANARY * 500, "url_or_token is longer than 8192 bytes"),
        (f"Bearer {CANARY}", "request_token must be bare"),
        (f"Token: {CANARY}", "request_token must be bare"),
        (f"{CANARY}\u0930", "request_token may hold printable ASCII"),
        (f"{CANARY}\ud800", "request_token may hold printable ASCII"),
        (f"{END}?REQUEST_TOKEN={CANARY[:3]}\n{CANARY[3:]}", "url_or_token may hold no line break"),
        ("'\u200b'", "url_or_token is empty"),
    ],
)
def test_what_is_no_redirect_at_all(given: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        extract_request_token(given)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        *(
            (address, "not the URL that it came in: extract_request_token reads it there")
            for address in (
                f"{END}?REQUEST_TOKEN={CANARY}", f"m.example/cb?REQUEST_TOKEN={CANARY}", f"?REQUEST_TOKEN={CANARY}",
                f"REQUEST_TOKEN={CANARY}", "127.0.0.1:8788/?status=failed", "localhost:8788/", "https://m.example/cb",
                f'"{END}?REQUEST_TOKEN={CANARY}"', f"{{'request_token': '{CANARY}'}}",
                f'127.0.0.1 - - "GET /?REQUEST_TOKEN={CANARY} HTTP/1.1" 200',
            )
        ),
        (f'"{CANARY}"', "without quotes or brackets around it"),
        (f"<{CANARY}>", "without quotes or brackets around it"),
        (f"{CANARY}'", "without quotes or brackets around it"),
        (f"Authorization: Bearer {CANARY}", "without the name of a header"),
    ],
)  # fmt: skip
def test_where_a_bare_token_is_taken_nothing_else_is_sent(
    generate_session: Callable[..., Session], given: str, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        generate_session(given)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("quote", ["'", '"', "(", "\\", "\u200b?", "?a", "a.", "/", "&", "#"])
def test_the_longest_text_is_read_at_once(quote: str) -> None:
    began = time.process_time()
    for text in (quote * 8192, f"{quote * 8000}x"[:8192], f"x{quote * 8191}"):
        with contextlib.suppress(TorusError):
            extract_request_token(text)
    assert time.process_time() - began < 1


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

"""The messages of errors, word for word: people search for them, and read them aloud to each other."""

from __future__ import annotations

import asyncio
import pickle
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from conftest import API_KEY, API_SECRET
from support.kinds import ORDER, READ

import torus_connect
from torus_connect import (
    AsyncTorusConnect,
    ConfigurationError,
    Headers,
    Outcome,
    Reply,
    Secret,
    Session,
    TorusConnect,
    TorusError,
    extract_request_token,
)
from torus_connect._calls.response import result_of
from torus_connect._calls.session_calls import session_request, totp_request
from torus_connect._config.settings import Settings
from torus_connect.reply import MAX_REPLY_BYTES
from torus_connect.secret import conceal
from torus_connect_api.client import Operation, Request

SETTINGS = Settings(api_key=Secret(API_KEY), api_secret=Secret(API_SECRET), base_url="https://host/api/v1")
SESSION, TOTP = session_request(SETTINGS), totp_request(SETTINGS, Secret("123456"))

SETTINGS = Settings(api_key=Secret("demo-key"), api_secret=None)
NOTHING_SENT = "\nNothing was sent: correct the value and call again."
KEY_RULE = "may hold printable ASCII characters only, and no line break"


def what_is_said(**options: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        TorusConnect(**{"api_key": API_KEY, "api_secret": API_SECRET, **options})
    message = str(caught.value)
    assert message.endswith(NOTHING_SENT)
    return message.removesuffix(NOTHING_SENT)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"api_key": None}, "api_key is missing: pass it, or set the environment variable TORUS_API_KEY"),
        ({"totp_base_url": "host"}, "totp_base_url must start with https://"),
        ({"totp_base_url": "http://host"}, "totp_base_url must be https://; http:// is for a loopback address only"),
        ({"api_key": ""}, "api_key is empty"),
        ({"api_secret": b"x"}, "api_secret must be a str, not bytes"),
        ({"api_secret": "a\nb"}, f"api_secret {KEY_RULE}"),
        ({"api_key": "x" * 8193}, "api_key is longer than 8192 bytes"),
        ({"timeout": "1"}, "timeout must be a number of seconds, not str"),
        ({"timeout": 0}, "timeout must be above 0 and at most 3600 seconds"),
        ({"connect_timeout": True}, "connect_timeout must be a number of seconds, not bool"),
        ({"connect_timeout": 3600.5}, "connect_timeout must be above 0 and at most 3600 seconds"),
        ({"total_timeout": None}, "total_timeout must be a number of seconds, not NoneType"),
        ({"total_timeout": -1}, "total_timeout must be above 0 and at most 3600 seconds"),
        ({"max_retries": 1.0}, "max_retries must be a whole number, not float"),
        ({"max_retries": False}, "max_retries must be a whole number, not bool"),
        ({"max_retries": 11}, "max_retries must be 0 to 10"),
        ({"max_retries": -1}, "max_retries must be 0 to 10"),
        ({"base_url": ""}, "base_url is empty"),
        ({"base_url": "host"}, "base_url must start with https://"),
        ({"base_url": "https://[x"}, "base_url is no valid URL: check brackets and port"),
        ({"base_url": "https://user:x@host"}, "base_url may not hold credentials (user:password@)"),
        ({"base_url": "https://"}, "base_url has no valid host and port"),
        ({"base_url": "https://host?x"}, "base_url may hold no query, fragment, backslash or space"),
        ({"base_url": "http://host"}, "base_url must be https://; http:// is for a loopback address only"),
        ({"proxy": "host"}, "proxy must start with http:// or https://"),
        ({"proxy": "http://[x"}, "proxy is no valid URL: check brackets and port"),
        ({"proxy": "http://host:0"}, "proxy has no valid host and port"),
        ({"proxy": "http://host#x"}, "proxy may hold no query, fragment, backslash or space"),
        (
            {"proxy": "http://host", "base_url": "http://127.0.0.1"},
            "proxy does not go with an http:// base URL: it would see the secrets",
        ),
        (
            {"proxy": "http://host", "local_address": "127.0.0.1"},
            "local_address does not go with a proxy: the proxy's address is what counts",
        ),
        ({"local_address": "localhost"}, "local_address must be an IP address of this machine"),
        ({"local_address": 7}, "local_address must be a str, not int"),
        ({"trust_env": None}, "trust_env must be a bool, not NoneType"),
        ({"ssl_context": "x"}, "ssl_context must be an ssl.SSLContext, not str"),
        ({"ca_file": 7}, "ca_file must be a path, not int"),
        ({"ca_file": "/nonexistent"}, "ca_file cannot be read: No such file or directory"),
        ({"ca_file": "a\0b"}, "ca_file cannot be read: it is no path"),
        ({"trust": 7}, "trust must be system or certifi"),
        ({"client_cert": 7}, "client_cert must be a path, not int"),
        ({"client_cert": (None, "key.pem")}, "client_cert must be a path, not None"),
        ({"client_cert": ()}, "client_cert must be a path, or a tuple of certificate, key and password"),
        ({"client_cert": ("a", "b", 7)}, "client_cert must be a path, or a tuple of certificate, key and password"),
    ],
)
def test_what_is_wrong_with_an_argument(options: dict[str, Any], expected: str) -> None:
    assert what_is_said(**options) == expected


@pytest.mark.parametrize(
    ("name", "value", "options", "expected"),
    [
        ("TORUS_API_KEY", "", {"api_key": None}, "api_key (from TORUS_API_KEY) is empty"),
        ("TORUS_API_SECRET", "\u0915", {"api_secret": None}, f"api_secret (from TORUS_API_SECRET) {KEY_RULE}"),
        ("TORUS_API_KEY", "'key'", {"api_key": None}, "api_key (from TORUS_API_KEY) must not be in quotes"),
        ("TORUS_BASE_URL", "'https://host'", {}, "base_url (from TORUS_BASE_URL) must not be in quotes"),
        ("TORUS_CA_FILE", "'file'", {}, "ca_file (from TORUS_CA_FILE) must not be in quotes"),
        ("TORUS_TRUST", "'system'", {}, "trust (from TORUS_TRUST) must not be in quotes"),
        ("TORUS_TRUST", "os", {}, "trust (from TORUS_TRUST) must be system or certifi"),
        ("TORUS_DAY_ENDS", "'03:30'", {}, "day_ends (from TORUS_DAY_ENDS) must not be in quotes"),
        ("TORUS_API_SECRET", "'secret'", {"api_secret": None}, "TORUS_API_SECRET must not be in quotes"),
        ("TORUS_BASE_URL", "host", {}, "base_url (from TORUS_BASE_URL) must start with https://"),
        ("TORUS_TOTP_BASE_URL", "host", {}, "totp_base_url (from TORUS_TOTP_BASE_URL) must start with https://"),
        ("TORUS_CA_FILE", "/nonexistent", {}, "ca_file (from TORUS_CA_FILE) cannot be read: No such file or directory"),
        ("HTTPS_PROXY", "http://host:0", {}, "proxy (from the environment) has no valid host and port"),
    ],
)
def test_what_is_wrong_with_the_environment(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, options: dict[str, Any], expected: str
) -> None:
    monkeypatch.setenv(name, value)
    assert what_is_said(**options) == expected


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (None, "request_token is missing"),
        (7, "request_token must be a str, not int"),
        ("Bearer x", "request_token must be bare, without `Bearer`"),
        ("BEARER x", "request_token must be bare, without `Bearer`"),
    ],
)
def test_what_is_wrong_with_a_request_token(token: Any, expected: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        TorusConnect(api_key=API_KEY, api_secret=API_SECRET).generate_session(token)
    assert str(caught.value) == expected + NOTHING_SENT


def test_a_secret_that_is_missing_is_missed_when_it_is_needed() -> None:
    options: dict[str, Any] = {"api_key": API_KEY, "base_url": "http://127.0.0.1:1"}
    expected = "api_secret is missing: pass it, or set the environment variable TORUS_API_SECRET"
    with pytest.raises(ConfigurationError) as caught:
        TorusConnect(**options).generate_session("demo-request-token")
    assert str(caught.value) == expected + NOTHING_SENT
    with pytest.raises(ConfigurationError) as caught:
        asyncio.run(AsyncTorusConnect(**options).generate_session("demo-request-token"))
    assert str(caught.value) == expected + NOTHING_SENT


@pytest.mark.parametrize(
    ("totp", "expected"),
    [
        (None, "totp is missing"),
        (123456, "totp must be a str, not int"),
        (" ", "totp is empty"),
        ("12345", "totp must be 6 to 8 digits"),
        ("123456789", "totp must be 6 to 8 digits"),
        ("12345a", "totp must be 6 to 8 digits"),
        ("-123456", "totp must be 6 to 8 digits"),
        ("\u0661\u0662\u0663\u0664\u0665\u0666", f"totp {KEY_RULE}"),
    ],
)
def test_what_is_wrong_with_a_code(totp: Any, expected: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        totp_request(SETTINGS, conceal(totp))
    assert str(caught.value) == expected + NOTHING_SENT


@pytest.mark.parametrize("totp", ["123456", "12345678", " 123 456\n"])
def test_a_code(totp: str) -> None:
    body = totp_request(SETTINGS, Secret(totp)).json
    assert isinstance(body, dict)
    assert body["TOTP"] == totp.strip().replace(" ", "")


def test_what_only_looks_like_a_prefix_is_part_of_a_request_token() -> None:
    for token in ("bearer", "Bearer-x", "xBearer x"):
        assert extract_request_token(token) == token


def test_what_is_wrong_with_a_context() -> None:
    context = ssl.create_default_context()
    assert what_is_said(ssl_context=context, ca_file="a") == (
        "ssl_context goes with no ca_file, client_cert or trust: load them into the context"
    )
    assert what_is_said(ssl_context=context, client_cert="a") == (
        "ssl_context goes with no ca_file, client_cert or trust: load them into the context"
    )
    context.check_hostname = False
    assert what_is_said(ssl_context=context) == (
        "ssl_context must verify certificates and host names: it carries secrets"
    )


def test_what_is_wrong_with_the_content_of_a_file(tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense"
    nonsense.write_bytes(b"nonsense")
    certificate = tmp_path / "certificate"
    trustme.CA().cert_pem.write_to_path(certificate)
    unusable = "client_cert holds no matching certificate and key in PEM form, or its password is wrong"
    assert what_is_said(ca_file=nonsense) == "ca_file holds no certificate in PEM form"
    assert what_is_said(client_cert=certificate) == unusable
    assert what_is_said(client_cert=(certificate, nonsense, "password")) == unusable
    # A certificate that is there does not make up for a key that is not.
    assert what_is_said(client_cert=(certificate, tmp_path / "missing")) == (
        "client_cert cannot be read: No such file or directory"
    )


def answered(status: int, *, retry_after: str | None = None, truncated: bool = False, content: bytes = b"") -> Reply:
    headers = Headers([] if retry_after is None else [("Retry-After", retry_after)])
    return Reply(status, headers, content, truncated=truncated)


@pytest.mark.parametrize(
    ("reply", "name", "expected"),
    [
        (answered(199), "MalformedReply", "The service answered 199, where this call knows 200 only"),
        (answered(200), "MalformedReply", "The service answered 200, with a body that cannot be read"),
        (answered(201), "MalformedReply", "The service answered 201, where this call knows 200 only"),
        (answered(299), "MalformedReply", "The service answered 299, where this call knows 200 only"),
        (answered(300), "RedirectRefused", "The service answered 300, a redirect, which was not followed"),
        (answered(399), "RedirectRefused", "The service answered 399, a redirect, which was not followed"),
        (answered(400), "BadRequest", "The service answered 400"),
        (answered(401), "AuthenticationFailed", "The service answered 401"),
        (answered(403), "PermissionDenied", "The service answered 403"),
        (answered(404), "NotFound", "The service answered 404"),
        (answered(422), "BadRequest", "The service answered 422"),
        (answered(429), "RateLimited", "The service answered 429"),
        (answered(499), "APIStatusError", "The service answered 499"),
        (answered(500), "ServerError", "The service answered 500"),
        (answered(502, retry_after="1"), "ServerError", "The service answered 502"),
        (answered(503), "ServerError", "The service answered 503"),
        (answered(503, retry_after="0"), "ServiceUnavailable", "The service answered 503"),
        (answered(999), "ServerError", "The service answered 999"),
        (
            answered(200, truncated=True, content=b'{"AccessToken": "whole"}'),
            "MalformedReply",
            f"The service answered 200, with more than {MAX_REPLY_BYTES} bytes",
        ),
        (
            answered(500, truncated=True),
            "MalformedReply",
            f"The service answered 500, with more than {MAX_REPLY_BYTES} bytes",
        ),
    ],
)
def test_what_the_service_answered(reply: Reply, name: str, expected: str) -> None:
    with pytest.raises(TorusError) as caught:
        result_of(SESSION, reply)
    assert type(caught.value) is getattr(torus_connect, name)
    assert str(caught.value).split("\n")[0] == expected
    assert caught.value.reply is reply


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (b'{"order_no": "demo-1"}', Outcome.UNKNOWN),
        (b'{"Data": {"orders": [{"Order_No" : 1}]}}', Outcome.UNKNOWN),
        (b'[{"order_no": "1", "order_no": "1"}]', Outcome.UNKNOWN),
        (b'{"data": [{"order_no": "1"', Outcome.UNKNOWN),
        (rb'{"data": "{\"order_no\": \"1\"}"}', Outcome.UNKNOWN),
        (b'{"order_no": "", "data": [{"order_no":null}], "Order_No": " "}', Outcome.REFUSED),
        (rb'{"message": "order_no: 1", "exch_order_no": "0", "data": "{\"order_no\": \"\"}"}', Outcome.REFUSED),
    ],
)
def test_an_order_is_placed_where_the_reply_has_a_number(content: bytes, outcome: Outcome) -> None:
    request = Request(ORDER, "/order", parse=str)
    with pytest.raises(torus_connect.BadRequest) as caught:
        result_of(request, answered(400, content=content))
    assert caught.value.outcome is outcome


def test_only_a_200_holds_a_session() -> None:
    content = b'{"AccessToken": "the-access-token"}'
    session = result_of(SESSION, answered(200, content=content))
    assert isinstance(session, Session)
    assert session.access_token == "the-access-token"
    with pytest.raises(torus_connect.MalformedReply):
        result_of(SESSION, answered(201, content=content))


def last_line(name: str, operation: Operation | None, *, retry_after: str | None = None) -> str:
    error = getattr(torus_connect, name)("What happened", reply=answered(429, retry_after=retry_after))
    if operation:
        error.concern(operation)
        assert error.operation == operation.id
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    return str(error).removeprefix("What happened\n")


def test_the_last_line_says_how_long_to_wait() -> None:
    assert last_line("RateLimited", SESSION.operation, retry_after="7") == (
        "The service asked to wait 7 seconds. Wait, then try again with the same request token."
    )
    assert last_line("RateLimited", SESSION.operation) == "Wait, then try again with the same request token."


SPENT = "The request token may be spent. Let the user log in again."
SERVED = "It may have been served: look for its effect before you call again."
HARMLESS = "To make it once more changes nothing, so it can be made again."
USED = "Probably (the service documents no error) the request token is used or old. Let the user log in again."
NEXT_CODE = (
    "Wait for the next code of the authenticator app, and see that the clock of this machine is right, and the "
    "authenticator's secret that of this user."
)
CODE_SPENT = f"The code may be spent. {NEXT_CODE}"
CODE_USED = f"Probably (the service documents no error) the code is used or old. {NEXT_CODE}"
OLD = "Probably (the service documents no error) the access token is old. Log in again."
CHECK = "Otherwise check the credentials."
IN_SPEC = "Check the base URL: in the spec, its path is"
NO_RENEWAL = Operation("demo", "POST", "/demo", idempotent=False, spends="ticket")


@pytest.mark.parametrize(
    ("name", "operation", "expected"),
    [
        ("TorusError", None, SERVED),
        ("NotFound", None, "Check the base URL."),
        ("NotFound", READ, f"{IN_SPEC} /api/v1."),
        ("NotFound", TOTP.operation, f"{IN_SPEC} /api/v1."),
        ("NotFound", Operation("a", "GET", "/a", idempotent=True, servers=("https://b.c/d",)), f"{IN_SPEC} /d."),
        ("ReplyLost", SESSION.operation, SPENT),
        ("ReplyLost", TOTP.operation, CODE_SPENT),
        ("ReplyLost", NO_RENEWAL, "The ticket may be spent. Log in again."),
        ("ReplyLost", ORDER, SERVED),
        ("ReplyLost", READ, HARMLESS),
        ("ServerError", SESSION.operation, SPENT),
        (
            "ConnectionFailed",
            TOTP.operation,
            "Nothing was sent: check network and base URL, then try again with the same code.",
        ),
        (
            "ConnectionFailed",
            ORDER,
            "Nothing was sent: check network and base URL, then try again with the same call.",
        ),
        ("RateLimited", TOTP.operation, "Wait, then try again with the same code."),
        ("BadRequest", SESSION.operation, "Check what was sent, and see what the service said (service_message)."),
        ("AuthenticationFailed", SESSION.operation, f"{USED} {CHECK}"),
        ("AuthenticationFailed", TOTP.operation, f"{CODE_USED} {CHECK}"),
        ("AuthenticationFailed", READ, f"{OLD} {CHECK}"),
        ("APIStatusError", ORDER, "See what the service said; it is kept with this error."),
        (
            "MalformedReply",
            SESSION.operation,
            f"The raw reply is kept with this error; that of a login may hold the access token, a secret. {SPENT}",
        ),
    ],
)
def test_the_last_line_speaks_of_what_was_sent(name: str, operation: Operation | None, expected: str) -> None:
    assert last_line(name, operation) == expected

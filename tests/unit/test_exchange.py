"""The request is the spec's, by way of the generated code, with the token where it belongs."""

from __future__ import annotations

import json

import pytest

from torus_connect import Headers, MalformedReply, Reply, __version__
from torus_connect.exchange import WireRequest, session_from, session_request, totp_request
from torus_connect.secret import Secret
from torus_connect.settings import Settings

BASE_URL = "https://host/api/v1"


def request() -> WireRequest:
    settings = Settings(
        api_key=Secret("the-key"),
        api_secret=Secret("the-secret"),
        base_url=BASE_URL,
    )
    return session_request(settings, Secret("the-token"))


def test_the_request() -> None:
    built = request()
    assert (built.method, built.url) == ("POST", "https://host/api/v1/session/generate")
    assert built.headers == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": f"torus-connect/{__version__}",
        "Content-Length": str(len(built.content)),
    }
    assert built.credentials == {"Token": "the-token"}
    assert json.loads(built.content) == {"API_KEY": "the-key", "API_SECRET": "the-secret"}


def test_the_requests_of_one_client_differ_in_nothing_but_the_token() -> None:
    settings = Settings(api_key=Secret("the-key"), api_secret=Secret("the-secret"))
    one, two = (session_request(settings, Secret(token)) for token in ("one", "two"))
    assert (one.credentials, two.credentials) == ({"Token": "one"}, {"Token": "two"})
    assert (one.method, one.url, one.headers, one.content) == (two.method, two.url, two.headers, two.content)


def test_a_secret_that_comes_from_the_environment_is_read_with_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORUS_API_SECRET", raising=False)
    settings = Settings(api_key=Secret("the-key"), api_secret=None)
    for secret in ("the-first", "the-second"):
        monkeypatch.setenv("TORUS_API_SECRET", secret)
        assert json.loads(session_request(settings, Secret("the-token")).content)["API_SECRET"] == secret


def test_the_request_with_a_code() -> None:
    settings = Settings(
        api_key=Secret("the-key"),
        api_secret=Secret("the-secret"),
        base_url="https://host/api/v1",
        totp_base_url="https://totp/api/v2",
    )
    built = totp_request(settings, Secret("123456"))
    assert (built.method, built.url) == ("POST", "https://totp/api/v2/session/totp/generate")
    assert built.headers == {**request().headers, "Content-Length": str(len(built.content))}
    assert not built.credentials
    assert json.loads(built.content) == {"API_KEY": "the-key", "TOTP": "123456"}


def test_it_shows_nothing() -> None:
    assert repr(request()) == "<WireRequest POST https://host/api/v1/session/generate>"
    assert not hasattr(request(), "__dict__")
    assert "the-token" not in repr(request().credentials)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"<html>",
        b"{}",
        b'{"accesstoken": "x"}',
        b'{"AccessToken": null}',
        b'{"AccessToken": 7}',
        b'{"AccessToken": true}',
        b'{"AccessToken": ["x"]}',
        b'{"AccessToken": ""}',
        b'{"AccessToken": " padded"}',
        b'{"AccessToken": "padded "}',
        b'{"AccessToken": "line\\nbreak"}',
        b'{"AccessToken": "delete\\u007f"}',
        b'{"AccessToken": "\\u0915"}',
        b'{"AccessToken": "one", "AccessToken": "two"}',
    ],
)
def test_a_200_without_a_usable_access_token(body: bytes) -> None:
    reply = Reply(200, Headers(), body)
    with pytest.raises(MalformedReply) as caught:
        session_from(reply, BASE_URL)
    assert caught.value.reply is reply


def test_an_access_token() -> None:
    session = session_from(Reply(200, Headers(), b'{"AccessToken": "one two~!", "more": {"AccessToken": 1}}'), BASE_URL)
    assert session.access_token == "one two~!"
    assert session.base_url == BASE_URL
    assert isinstance(session.access_token, Secret)

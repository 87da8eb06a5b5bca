"""The two session calls: the request is the spec's, by way of the generated code."""

from __future__ import annotations

import json

import pytest

from torus_connect import Headers, MalformedReply, Reply, Secret, Session, __version__
from torus_connect._calls.call import Call
from torus_connect._calls.request import HTTPRequest
from torus_connect._calls.response import result_of
from torus_connect._calls.session_calls import REQUEST_TOKEN, session_request, totp_request
from torus_connect._config.settings import Settings
from torus_connect._credentials.credentials import NO_CREDENTIALS, Credentials

BASE_URL = "https://host/api/v1"


def settings_for(**options: str) -> Settings:
    given = {"base_url": BASE_URL, **options}
    return Settings(api_key=Secret("the-key"), api_secret=Secret("the-secret"), **given)  # type: ignore[arg-type]


def request(settings: Settings | None = None) -> HTTPRequest:
    settings = settings or settings_for()
    return Call(settings, session_request(settings), Credentials({REQUEST_TOKEN: Secret("the-token")})).http_request


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
    assert built.connection_key is None


def test_a_secret_that_comes_from_the_environment_is_read_with_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORUS_API_SECRET", raising=False)
    settings = Settings(api_key=Secret("the-key"), api_secret=None)
    for secret in ("the-first", "the-second"):
        monkeypatch.setenv("TORUS_API_SECRET", secret)
        assert json.loads(request(settings).content)["API_SECRET"] == secret


def test_the_request_with_a_code() -> None:
    settings = settings_for(totp_base_url="https://totp/api/v2")
    built = Call(settings, totp_request(settings, Secret("123456")), NO_CREDENTIALS).http_request
    assert (built.method, built.url) == ("POST", "https://totp/api/v2/session/totp/generate")
    assert built.headers == {**request().headers, "Content-Length": str(len(built.content))}
    assert not built.credentials
    assert json.loads(built.content) == {"API_KEY": "the-key", "TOTP": "123456"}


def test_it_shows_nothing() -> None:
    assert repr(request()) == "<HTTPRequest POST https://host/api/v1/session/generate>"
    assert not hasattr(request(), "__dict__")
    assert "the-token" not in repr(request().credentials)


def session_from(reply: Reply) -> Session:
    return result_of(session_request(settings_for()), reply)


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
        session_from(reply)
    assert caught.value.reply is reply


def test_an_access_token() -> None:
    session = session_from(Reply(200, Headers(), b'{"AccessToken": "one two~!", "more": {"AccessToken": 1}}'))
    assert session.access_token == "one two~!"
    assert session.base_url == BASE_URL
    assert isinstance(session.access_token, Secret)
    assert session.day_ends == "00:00"


def test_the_day_ends_as_the_client_says() -> None:
    settings = Settings(api_key=Secret("the-key"), api_secret=Secret("the-secret"), day_ends=Secret("03:30"))
    session = result_of(session_request(settings), Reply(200, Headers(), b'{"AccessToken": "demo"}'))
    assert session.day_ends == "03:30"

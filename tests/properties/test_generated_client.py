"""`generated_client` with any argument: refused, or a client that sends exactly this request token."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from properties.texts import anything, assert_unsaid, bare, nasty_texts, numbers, said_by, text_of
from properties.wire import API_KEY, API_SECRET, Listener

from torus_connect import ConfigurationError, generated_client
from torus_connect_api import AuthenticatedClient
from torus_connect_api.api.session import generate_session
from torus_connect_api.models import GenerateSessionRequest

BODY = GenerateSessionRequest(api_key=API_KEY, api_secret=API_SECRET)


def made(listener: Listener, **options: Any) -> AuthenticatedClient | None:
    before = len(listener.requests)
    try:
        return generated_client(**{"request_token": "token", "base_url": listener.base_url, **options})
    except ConfigurationError as error:
        assert len(listener.requests) == before
        assert_unsaid(said_by(error), *options.values())
        return None


@given(token=nasty_texts | anything)
def test_request_token(listener: Listener, token: Any) -> None:
    client = made(listener, request_token=token)
    if client is None:
        return
    text = text_of(token)
    assert text is not None
    before = len(listener.requests)
    with client:
        assert generate_session.sync_detailed(client=client, body=BODY).status_code == 200
    assert len(listener.requests) == before + 1
    line, headers, body = listener.sent(-1)
    assert line == "POST /api/v1/session/generate HTTP/1.1"
    assert headers["token"] == bare(text)
    assert headers.keys() == {
        *("host", "accept", "accept-encoding", "connection", "user-agent", "token", "content-length", "content-type")
    }
    assert body == {"API_KEY": API_KEY, "API_SECRET": API_SECRET}


@given(
    options=st.fixed_dictionaries(
        {}, optional={"request_token": anything, "base_url": anything, "timeout": numbers | anything}
    )
)
def test_anything(listener: Listener, options: dict[str, Any]) -> None:
    made(listener, **options)

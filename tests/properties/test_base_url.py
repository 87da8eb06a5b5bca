"""Base URLs, as arguments and from the environment: nothing goes anywhere but where the URL says."""

from __future__ import annotations

import os
from typing import Any
from unittest import mock
from urllib.parse import unquote

from hypothesis import example, given
from hypothesis import strategies as st
from properties.texts import anything, bare
from properties.urls import LISTENER, path_of, urls
from properties.wire import API_KEY, API_SECRET, Listener, Trade, assert_sent, outcome_of

from torus_connect import Outcome, TorusError

TOKEN = "property-request-token"
CREDENTIALS = {"api_key": API_KEY, "api_secret": API_SECRET}


def check(trade: Trade, listener: Listener, url: Any, **options: Any) -> None:
    before = len(listener.requests)
    result = outcome_of(trade, TOKEN, **CREDENTIALS, max_retries=1, **options)
    if isinstance(result, TorusError):
        assert result.outcome is Outcome.NOT_SENT
        assert len(listener.requests) == before
        return
    assert len(listener.requests) == before + 1
    url = bare(str.__str__(url))
    assert url.lower().startswith(f"http://{listener.authority}") or url.lower().startswith(
        f"http://localhost:{listener.port}"
    )
    authority = url.split("//", 1)[1].split("/", 1)[0].lower()
    target = listener.requests[-1].split(b"\r\n", 1)[0].decode("ascii").removeprefix("POST ").removesuffix(" HTTP/1.1")
    assert target.isprintable()
    assert not set(target) & set(" ?#\\")
    assert unquote(target) == unquote(path_of(url.rstrip("/") + "/session/generate"))
    assert_sent(listener.requests[-1], authority=authority, request_token=TOKEN, target=target)


@given(url=urls)
@example(url=f"http://{LISTENER}/a/../../b/./api//v1/")
@example(url=f"http://{LISTENER}:80/")
def test_text(trade: Trade, listener: Listener, url: str) -> None:
    url = url.replace(LISTENER, listener.authority)
    check(trade, listener, url, base_url=url)


@given(url=anything)
def test_anything(trade: Trade, listener: Listener, url: Any) -> None:
    check(trade, listener, url, base_url=url)


@given(url=urls.map(lambda url: url.encode("utf-8", "surrogatepass")) | st.binary(max_size=24))
def test_environment(trade: Trade, listener: Listener, url: bytes) -> None:
    url = url.replace(b"\0", b"\x01").replace(LISTENER.encode(), listener.authority.encode())
    with mock.patch.dict(os.environ):
        os.environb[b"TORUS_BASE_URL"] = url
        check(trade, listener, os.environ["TORUS_BASE_URL"])

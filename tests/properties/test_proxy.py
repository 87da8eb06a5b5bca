"""Proxies, as arguments and from the environment: what the proxy is told is where to, and who asks; never a secret."""

from __future__ import annotations

import base64
import os
from typing import Any
from unittest import mock
from urllib.parse import unquote, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st
from properties.texts import anything, assert_unsaid, bare, said_by
from properties.urls import LISTENER, https_urls, proxy_urls
from properties.wire import API_KEY, API_SECRET, Listener, Trade, outcome_of
from support.raw_server import reply

from torus_connect import ConfigurationError, Outcome, TorusError

TOKEN = "property-request-token"
CREDENTIALS = {"api_key": API_KEY, "api_secret": API_SECRET}
VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY")


def check(trade: Trade, listener: Listener, **options: Any) -> list[bytes]:
    """Return what the proxy was sent; none of it may be a secret."""
    listener.next_reply, listener.stays = reply(b"", status="403 Forbidden"), False
    before = len(listener.requests)
    error = outcome_of(trade, TOKEN, **CREDENTIALS, max_retries=0, **options)
    assert isinstance(error, TorusError), "the proxy refuses, and there is nothing else to connect to"
    assert error.outcome is Outcome.NOT_SENT
    if isinstance(error, ConfigurationError):
        assert len(listener.requests) == before
        assert_unsaid(said_by(error), *options.values())
    seen = listener.requests[before:]
    for raw in seen:
        assert not any(secret.encode() in raw for secret in (TOKEN, API_KEY, API_SECRET))
    return seen


def assert_connect(raw: bytes, base_url: str, proxy: str) -> None:
    parts, via = urlsplit(bare(base_url)), urlsplit(bare(proxy))
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    where = f"{host}:{parts.port or 443}"
    expected = [f"CONNECT {where} HTTP/1.1", f"Host: {where}", "Accept: */*"]
    if via.username:
        pair = f"{unquote(via.username)}:{unquote(via.password or '')}".encode()
        expected.append(f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}")
    assert sorted(raw.decode("ascii").rstrip("\r\n").lower().split("\r\n")) == sorted(line.lower() for line in expected)


@given(base_url=https_urls, proxy=proxy_urls)
@example(base_url="https://name.invalid", proxy="http://999.999.999.999")
@example(base_url="https://[::1]:8443", proxy=f"http://{LISTENER}")
@example(base_url="https://name.invalid:8443", proxy=f"http://user:p%40ss%0d%0aX-Injected:%201@{LISTENER}")
def test_text(trade: Trade, listener: Listener, base_url: str, proxy: str) -> None:
    proxy = proxy.replace(LISTENER, listener.authority)
    for raw in check(trade, listener, base_url=base_url, proxy=proxy):
        assert_connect(raw, base_url, proxy)


@given(proxy=anything)
def test_anything(trade: Trade, listener: Listener, proxy: Any) -> None:
    check(trade, listener, base_url="https://name.invalid", proxy=proxy)


@given(
    base_url=https_urls,
    proxy=proxy_urls.map(lambda url: url.encode("utf-8", "surrogatepass")) | st.binary(max_size=24),
    variable=st.sampled_from(VARIABLES),
    no_proxy=st.sampled_from([b"", b"*", b"name.invalid", b".invalid,,", b"[::1]", b"\xff", b"%"])
    | st.binary(max_size=9),
    trust_env=st.booleans(),
)
def test_environment(
    trade: Trade, listener: Listener, base_url: str, proxy: bytes, variable: str, no_proxy: bytes, *, trust_env: bool
) -> None:
    proxy = proxy.replace(b"\0", b"\x01").replace(LISTENER.encode(), listener.authority.encode())
    with mock.patch.dict(os.environ):
        os.environb.update({variable.encode(): proxy, b"NO_PROXY": no_proxy.replace(b"\0", b"\x01")})
        seen = check(trade, listener, base_url=base_url, trust_env=trust_env)
    assert trust_env or not seen
    assert variable != "HTTP_PROXY" or not seen

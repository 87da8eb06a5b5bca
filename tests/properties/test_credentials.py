"""API key and secret, as arguments and from the environment: refused and nothing sent, or sent exactly as they are."""

from __future__ import annotations

import os
import string
from collections.abc import Callable
from typing import Any
from unittest import mock

from hypothesis import example, given
from hypothesis import strategies as st
from properties.texts import (
    Member,
    Pretender,
    Raising,
    anything,
    assert_unsaid,
    bare,
    nasty_texts,
    plain_texts,
    said_by,
    text_of,
)
from properties.wire import API_KEY, API_SECRET, Listener, Trade, assert_sent, outcome_of

from torus_connect import ConfigurationError, TorusError

TOKEN = "property-request-token"
MAX_BYTES = 8 * 1024


def acceptable(text: str | None) -> bool:
    """Tell by the rule of the documentation what may be sent, not by the code under test."""
    stripped = (text or "").strip(string.whitespace)
    return 0 < len(stripped) <= MAX_BYTES and all(" " <= character <= "~" for character in stripped)


def acceptable_variable(text: str | None) -> bool:
    """Tell likewise what may be sent of the environment: no blanks within it, and no quotes around it."""
    found = (text or "").strip(string.whitespace)
    return (
        acceptable(text) and " " not in found and not (len(found) > 1 and found[0] == found[-1] and found[0] in "\"'`")
    )


def check(
    trade: Trade, listener: Listener, key: Any, secret: Any, fits: Callable[[str | None], bool], **options: Any
) -> None:
    before = len(listener.requests)
    given_texts = text_of(key), text_of(secret)
    result = outcome_of(trade, TOKEN, base_url=listener.base_url, **options)
    if isinstance(result, TorusError):
        assert isinstance(result, ConfigurationError)
        assert len(listener.requests) == before
        assert not all(map(fits, given_texts))
        assert_unsaid(said_by(result), key, secret)
        return
    assert all(text is not None and fits(bare(text)) for text in given_texts)
    assert len(listener.requests) == before + 1
    assert_sent(
        listener.requests[-1],
        authority=listener.authority,
        request_token=TOKEN,
        api_key=bare(given_texts[0] or ""),
        api_secret=bare(given_texts[1] or ""),
    )


@example(key="key\0", secret=API_SECRET)
@example(key=API_KEY, secret="sec\x01ret")
@example(key=API_KEY, secret="secr\xe9t")
@example(key=API_KEY, secret="s" * 8193)
@given(key=st.just(API_KEY) | nasty_texts, secret=st.just(API_SECRET) | nasty_texts)
def test_texts(trade: Trade, listener: Listener, key: str, secret: str) -> None:
    check(trade, listener, key, secret, acceptable, api_key=key, api_secret=secret)


@given(key=plain_texts, secret=anything)
@example(key=API_KEY, secret=Member.TOKEN)
@example(key=API_KEY, secret=Pretender())
@example(key=API_KEY, secret=Raising(API_SECRET))
def test_anything(trade: Trade, listener: Listener, key: str, secret: Any) -> None:
    check(trade, listener, key, secret, acceptable, api_key=key, api_secret=secret)


@given(
    key=plain_texts.map(str.encode) | st.binary(max_size=24),
    secret=plain_texts.map(str.encode) | st.binary(max_size=24),
)
def test_environment(trade: Trade, listener: Listener, key: bytes, secret: bytes) -> None:
    key, secret = key.replace(b"\0", b"\x01"), secret.replace(b"\0", b"\x01")  # the system ends a variable there
    with mock.patch.dict(os.environ):
        os.environb.update({b"TORUS_API_KEY": key, b"TORUS_API_SECRET": secret})
        check(trade, listener, os.environ["TORUS_API_KEY"], os.environ["TORUS_API_SECRET"], acceptable_variable)

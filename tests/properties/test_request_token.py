"""`generate_session(request_token)` with any value: refused and nothing sent, or sent exactly as it is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from properties.texts import (
    Lying,
    Member,
    Pretender,
    Raising,
    anything,
    assert_unsaid,
    bare,
    is_address,
    nasty_texts,
    said_by,
    text_of,
    unquoted,
)
from properties.wire import ACCESS_TOKEN, Listener, assert_sent, outcome_of

from torus_connect import AsyncTorusConnect, ConfigurationError, Outcome, Session, TorusConnect, TorusError

Generate = Callable[[Any], Session]


@pytest.fixture(scope="module", params=["sync", "async"])
def generate(request: pytest.FixtureRequest, listener: Listener, runner: asyncio.Runner) -> Iterator[Generate]:
    """One client for all cases, as in production."""
    if request.param == "sync":
        with TorusConnect(**listener.credentials, max_retries=0) as torus:
            yield torus.generate_session
    else:
        client = AsyncTorusConnect(**listener.credentials, max_retries=0)
        yield lambda token: runner.run(client.generate_session(token))
        runner.run(client.aclose())


def check(generate: Generate, listener: Listener, value: object) -> None:
    before = len(listener.requests)
    session = outcome_of(generate, value)
    if isinstance(session, TorusError):
        assert isinstance(session, ConfigurationError)
        assert session.outcome is Outcome.NOT_SENT
        assert len(listener.requests) == before
        assert_unsaid(said_by(session), value)
        return
    token = text_of(value)
    assert token is not None
    assert session.access_token == ACCESS_TOKEN
    assert len(listener.requests) == before + 1
    assert_sent(listener.requests[-1], authority=listener.authority, request_token=bare(token))


@given(value=nasty_texts)
@example(value="token\r\nX-Injected: 1")
@example(value="token\nX-Injected: 1")
@example(value="to\0ken")
@example(value="to\x01ken")
@example(value="to\x7fken")
@example(value="t\xf6ken")
@example(value="t" * 8193)
def test_text(generate: Generate, listener: Listener, value: str) -> None:
    check(generate, listener, value)


@given(value=anything)
@example(value=Raising("request-token"))
@example(value=Lying("request-token"))
@example(value=Member.TOKEN)
@example(value=Pretender())
def test_anything(generate: Generate, listener: Listener, value: object) -> None:
    check(generate, listener, value)


@given(value=st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1).filter(str.strip))
@example(value="bearer")
@example(value="demo&request=token+not%2Breal;?#")
@example(value="demo request  token not real")
@example(value="CanaryOfRequestToken5W9x\"'\\/+=<&%")
def test_visible_ascii_is_accepted(generate: Generate, listener: Listener, value: str) -> None:
    assume(not re.match(r"(?i)\s*(bearer\s|(token|authorization)\s*:)", value))  # what the header must not begin with
    assume(unquoted(value) == bare(value) and not is_address(value))
    before = len(listener.requests)
    generate(value)
    assert len(listener.requests) == before + 1
    assert_sent(listener.requests[-1], authority=listener.authority, request_token=bare(value))

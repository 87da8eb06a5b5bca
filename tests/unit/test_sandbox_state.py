"""The state of the sandbox: each request token is exchanged once, by the right pair, in time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.clock import Clock

from torus_connect.sandbox import state as module
from torus_connect.sandbox.refusals import Refusal, Refused
from torus_connect.sandbox.replies import DEFAULT_USER
from torus_connect.sandbox.state import API_KEY, API_SECRET, SandboxState, access_token_for


@pytest.fixture
def clock() -> Clock:
    return Clock(0.0)


@pytest.fixture
def state(clock: Clock) -> SandboxState:
    return SandboxState(clock=clock)


def redeem(state: SandboxState, token: str, *, api_key: str = API_KEY, api_secret: str = API_SECRET) -> str | Refusal:
    try:
        return state.redeem(token, api_key=api_key, api_secret=api_secret)
    except Refused as error:
        return error.refusal


def test_tokens_are_plainly_fake_and_unique(state: SandboxState) -> None:
    tokens = {state.issue() for _ in range(100)}
    assert len(tokens) == 100
    assert all(token.startswith("sandbox-request-token-") for token in tokens)


def test_the_access_token_tells_whose_it_is(state: SandboxState) -> None:
    token = state.issue()
    access_token = redeem(state, token)
    assert access_token == access_token_for(token)
    assert str(access_token).startswith("sandbox-access-token-")
    assert str(access_token).rpartition("-")[2] == token.rpartition("-")[2]


@pytest.mark.parametrize(
    ("api_key", "api_secret"), [(API_KEY, "x"), ("x", API_SECRET), ("x", "x"), ("", ""), (API_SECRET, API_KEY)]
)
def test_a_wrong_pair_does_not_burn_the_token(state: SandboxState, api_key: str, api_secret: str) -> None:
    token = state.issue()
    assert redeem(state, token, api_key=api_key, api_secret=api_secret) is Refusal.CREDENTIALS_WRONG
    assert state.exchanges == 0
    assert redeem(state, token) == access_token_for(token)
    assert state.exchanges == 1


def test_a_wrong_pair_learns_nothing_of_the_token(state: SandboxState) -> None:
    assert redeem(state, "unknown", api_secret="x") is Refusal.CREDENTIALS_WRONG


def test_of_many_threads_one_gets_the_session(state: SandboxState) -> None:
    token = state.issue()
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: redeem(state, token), range(500)))
    assert results.count(access_token_for(token)) == 1
    assert results.count(Refusal.TOKEN_USED) == 499
    assert state.exchanges == 1


@pytest.mark.parametrize(
    ("expires_in", "passed", "refusal"),
    [
        (None, 299.0, None),
        (None, 300.0, Refusal.TOKEN_EXPIRED),
        (0, 0.0, Refusal.TOKEN_EXPIRED),
        (0.5, 0.4, None),
        (0.5, 0.5, Refusal.TOKEN_EXPIRED),
        (86_400, 86_399.0, None),
        (1, 3_600.0, Refusal.TOKEN_EXPIRED),
        (1, 3_601.0, Refusal.TOKEN_UNKNOWN),
    ],
)
def test_a_token_expires_and_is_forgotten_an_hour_later(
    state: SandboxState, clock: Clock, expires_in: float | None, passed: float, refusal: Refusal | None
) -> None:
    token = state.issue(expires_in)
    clock.now = passed
    state.issue()  # what has to be forgotten is forgotten when the next token is issued
    assert redeem(state, token) == (refusal or access_token_for(token))
    assert state.user_of_request_token(token) == (None if refusal is Refusal.TOKEN_UNKNOWN else DEFAULT_USER)


@pytest.mark.parametrize("expires_in", [-0.001, 86_400.5, float("nan"), float("inf"), 10**400, True, "7", [7]])
def test_a_bad_lifetime_is_refused(state: SandboxState, expires_in: Any) -> None:
    with pytest.raises(ValueError, match="from 0 to 86400"):
        state.issue(expires_in)


def test_the_oldest_is_forgotten_when_there_are_too_many(state: SandboxState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_TOKENS", 3)
    tokens = [state.issue(user=f"user {number}") for number in range(4)]
    assert [state.user_of_request_token(token) for token in tokens] == [None, "user 1", "user 2", "user 3"]


def test_forgetting_is_done_once_a_minute(state: SandboxState, clock: Clock) -> None:
    token = state.issue(0)  # due to be forgotten after an hour
    clock.now = 3_599.0
    state.issue()  # looks for what is due, and finds nothing yet
    clock.now = 3_658.0
    state.issue()  # less than a minute later: does not look
    assert state.user_of_request_token(token)
    clock.now = 3_659.0
    state.issue()
    assert state.user_of_request_token(token) is None

"""The authenticator of the sandbox: each code is good once, about the time when it is shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from support.clock import Clock

from torus_connect.sandbox import codes as module
from torus_connect.sandbox.codes import TOTP_SECRET, Codes
from torus_connect.sandbox.refusals import Refusal, Refused
from torus_connect.sandbox.replies import DEFAULT_USER
from torus_connect.sandbox.state import API_KEY, SandboxState
from torus_connect.totp import totp_code

START = 1_800_000_000.0


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def codes(clock: Clock) -> Codes:
    return Codes(clock)


def use(codes: Codes, code: str) -> Refusal | None:
    try:
        codes.use(code)
    except Refused as error:
        return error.refusal
    return None


@pytest.mark.parametrize(
    ("ahead", "refusal"),
    [(-31, Refusal.TOTP_WRONG), (-30, None), (0, None), (59, None), (60, Refusal.TOTP_WRONG)],
)
def test_a_step_more_or_less(codes: Codes, ahead: float, refusal: Refusal | None) -> None:
    assert use(codes, totp_code(TOTP_SECRET, at=START + ahead)) is refusal


def test_each_is_good_once(codes: Codes, clock: Clock) -> None:
    code = totp_code(TOTP_SECRET, at=START)
    assert use(codes, code) is None
    assert use(codes, code) is Refusal.TOTP_USED
    clock.now += 59
    assert use(codes, code) is Refusal.TOTP_USED
    clock.now += 1
    assert use(codes, code) is Refusal.TOTP_WRONG


def test_what_it_shows_is_good_without_a_wait_and_never_the_same(codes: Codes) -> None:
    assert use(codes, totp_code(TOTP_SECRET, at=START)) is None
    shown = [codes.show() for _ in range(50)]
    assert len(set(shown)) == 50
    assert totp_code(TOTP_SECRET, at=START) not in shown
    assert [use(codes, code) for code in shown] == [None] * 50
    assert {use(codes, code) for code in shown} == {Refusal.TOTP_USED}


def test_what_it_showed_lapses(codes: Codes, clock: Clock) -> None:
    first, second = codes.show(), codes.show()
    clock.now += 60
    assert use(codes, first) is Refusal.TOTP_WRONG
    assert use(codes, second) is None
    assert codes.show() == totp_code(TOTP_SECRET, at=clock.now)


def test_it_remembers_no_more_than_so_many(codes: Codes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_SHOWN", 5)
    shown = [codes.show() for _ in range(9)]
    assert [use(codes, code) for code in shown[3:]] == [Refusal.TOTP_WRONG] + [None] * 5


def test_of_many_threads_one_uses_it(codes: Codes) -> None:
    code = codes.show()
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: use(codes, code), range(200)))
    assert results.count(None) == 1
    assert results.count(Refusal.TOTP_USED) == 199


def test_a_wrong_key_does_not_burn_the_code(clock: Clock) -> None:
    state = SandboxState(wall_clock=clock)
    code = state.codes.show()
    with pytest.raises(Refused) as caught:
        state.redeem_code(code, api_key="another")
    assert caught.value.refusal is Refusal.CREDENTIALS_WRONG
    assert state.exchanges == 0
    access_token = state.redeem_code(code, api_key=API_KEY)
    assert state.user_of_access_token(access_token) == DEFAULT_USER
    assert state.exchanges == 1

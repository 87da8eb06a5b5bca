"""`torus.session(login=totp(...))`: one code for all who ask, and none that may be spent."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.kept import taken
from support.raw_server import Connection, RawServer, answer, reply

from torus_connect import (
    AsyncTorusConnect,
    ConfigurationError,
    LoginNeeded,
    Outcome,
    Session,
    StoreError,
    TorusConnect,
    TorusError,
)
from torus_connect.sandbox import Sandbox
from torus_connect.stores import SessionKey, SessionStore
from torus_connect.stores._memory import MemoryStore
from torus_connect.totp import TotpLogin, totp

Ask = Callable[..., Session]
PERIOD = 30


class Wall:
    """A clock on the wall, which goes on from where it is set."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    def set_before_next_code(self, seconds: float) -> None:
        self.ahead += PERIOD - self() % PERIOD - seconds


@pytest.fixture
def wall() -> Wall:
    clock = Wall()
    clock.set_before_next_code(PERIOD - 1)
    return clock


@pytest.fixture
def sandbox(wall: Wall) -> Iterator[Sandbox]:
    with Sandbox(wall_clock=wall) as running:
        yield running


@pytest.fixture
def login(wall: Wall) -> TotpLogin:
    return totp(Sandbox.totp_secret, clock=wall)


@pytest.fixture
def ask(face: str) -> Ask:
    """Return what asks for a session, with a client of its own, which has no API secret."""

    async def in_loop(options: dict[str, Any], **asked: Any) -> Session:
        async with AsyncTorusConnect(**options) as torus:
            return await torus.session(**asked)

    def session(store: SessionStore, base_url: str, **asked: Any) -> Session:
        options: dict[str, Any] = {"api_key": Sandbox.api_key, "base_url": base_url, "store": store}
        if face == "async":
            return asyncio.run(in_loop(options, **asked))
        with TorusConnect(**options) as torus:
            return torus.session(**asked)

    return session


def key_of(base_url: str) -> SessionKey:
    return SessionKey(base_url, Sandbox.api_key, "default")


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_the_first_one_logs_in_and_the_next_one_finds_it(
    ask: Ask, sandbox: Sandbox, store: SessionStore, login: TotpLogin
) -> None:
    first = ask(store, sandbox.base_url, login=login)
    assert ask(store, sandbox.base_url, login=login).access_token == first.access_token
    assert ask(store, sandbox.base_url).access_token == first.access_token
    assert sandbox.exchanges == 1


def test_16_threads(sandbox: Sandbox, file_store: SessionStore, login: TotpLogin) -> None:
    options: dict[str, Any] = {"api_key": Sandbox.api_key, "base_url": sandbox.base_url, "store": file_store}
    with TorusConnect(**options) as torus, ThreadPoolExecutor(16) as threads:
        got = [each.result() for each in [threads.submit(torus.session, login=login) for _ in range(16)]]
    assert len({session.access_token for session in got}) == sandbox.exchanges == 1


def test_the_next_code_is_waited_for(
    ask: Ask, sandbox: Sandbox, file_store: SessionStore, wall: Wall, login: TotpLogin
) -> None:
    """The service takes each code once; the session that it gave is not accepted any more."""
    first = ask(file_store, sandbox.base_url, login=login)
    for another in (login, totp(Sandbox.totp_secret, clock=wall)):  # another process would have one of its own
        wall.set_before_next_code(0.1)
        old = ask(file_store, sandbox.base_url)
        assert ask(file_store, sandbox.base_url, login=another, instead_of=old).access_token != old.access_token
    assert sandbox.exchanges == 3
    assert first.access_token


def test_one_that_was_cut_off_may_have_sent_its_code(
    ask: Ask, sandbox: Sandbox, file_store: SessionStore, wall: Wall, caplog: pytest.LogCaptureFixture
) -> None:
    lease = taken(file_store, key_of(sandbox.base_url))
    lease.begin()
    lease.release()
    with TorusConnect(api_key=Sandbox.api_key, base_url=sandbox.base_url) as torus:
        torus.generate_session_with_totp(totp(Sandbox.totp_secret, clock=wall)())
    wall.set_before_next_code(0.1)
    assert ask(file_store, sandbox.base_url, login=totp(Sandbox.totp_secret, clock=wall))
    assert warnings_in(caplog) == [
        "an earlier login of the user 'default' came to no session: its request token or code may be spent"
    ]
    lease = taken(file_store, key_of(sandbox.base_url))
    assert not lease.unfinished
    lease.release()


def test_a_code_is_not_sent_again_where_its_session_was_refused_and_removed(
    ask: Ask, sandbox: Sandbox, store: SessionStore, wall: Wall
) -> None:
    """By a worker that cannot log in, and the next one has a `totp` of its own."""
    old = ask(store, sandbox.base_url, login=totp(Sandbox.totp_secret, clock=wall))
    with pytest.raises(LoginNeeded):
        ask(store, sandbox.base_url, instead_of=old)
    wall.set_before_next_code(0.5)
    new = ask(store, sandbox.base_url, login=totp(Sandbox.totp_secret, margin=0, clock=wall))
    assert new.access_token != old.access_token
    assert sandbox.exchanges == 2


@pytest.mark.parametrize("outcome", list(Outcome))
def test_whoever_is_next_learns_of_a_failure(
    ask: Ask, file_store: SessionStore, login: TotpLogin, outcome: Outcome
) -> None:
    def hang_up(connection: Connection) -> None:
        connection.read_request()

    busy = reply(b"{}", status="429 Too Many Requests", headers=("Retry-After: 3600",))
    with RawServer(answer(busy) if outcome is Outcome.REFUSED else hang_up) as server:
        given = login if outcome is not Outcome.NOT_SENT else TotpLogin(lambda: "no code")
        with pytest.raises(TorusError) as caught:
            ask(file_store, server.base_url, login=given)
    assert caught.value.outcome is outcome
    lease = taken(file_store, key_of(server.base_url))
    assert lease.unfinished is (outcome is not Outcome.NOT_SENT)
    lease.release()


def test_those_who_wait_share_a_refusal(sandbox: Sandbox, wall: Wall) -> None:
    """With a wrong secret, 8 codes in a row might lock the user out."""
    wrong = totp("DEMODEMODEMODEMO", clock=wall)
    options: dict[str, Any] = {"api_key": Sandbox.api_key, "base_url": sandbox.base_url, "store": MemoryStore()}

    async def ask_all() -> list[Any]:
        async with AsyncTorusConnect(**options) as torus:
            return await asyncio.gather(*(torus.session(login=wrong) for _ in range(8)), return_exceptions=True)

    failures = asyncio.run(ask_all())
    assert len({id(each) for each in failures}) == 1
    assert isinstance(failures[0], TorusError)


def test_the_account_is_renewed_with_another_code(face: str, sandbox: Sandbox, wall: Wall, login: TotpLogin) -> None:
    options: dict[str, Any] = {"api_key": Sandbox.api_key, "base_url": sandbox.base_url, "store": "memory:"}

    async def in_loop() -> tuple[Session, Session]:
        async with AsyncTorusConnect(**options) as torus:
            me = await torus.account("a-user", login=login)
            first = me.session
            await me.holdings()
            sandbox.set_fault("holdings", status=401, times=1)
            wall.set_before_next_code(0.1)
            await me.holdings()
            return first, me.session

    def in_thread() -> tuple[Session, Session]:
        with TorusConnect(**options) as torus:
            me = torus.account("a-user", login=login)
            first = me.session
            me.holdings()
            sandbox.set_fault("holdings", status=401, times=1)
            wall.set_before_next_code(0.1)
            me.holdings()
            return first, me.session

    first, second = asyncio.run(in_loop()) if face == "async" else in_thread()
    assert first.access_token != second.access_token
    assert sandbox.exchanges == 2


def test_a_session_of_the_server_for_codes_is_that_of_the_api(
    ask: Ask, sandbox: Sandbox, file_store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From production, codes go to another server; the session is stored and found under the base URL all the same."""
    monkeypatch.setenv("TORUS_TOTP_BASE_URL", sandbox.base_url)
    made = ask(file_store, "https://api.example", login=TotpLogin(sandbox.totp_code))
    assert made.base_url == sandbox.base_url
    assert ask(file_store, "https://api.example").access_token == made.access_token
    monkeypatch.delenv("TORUS_TOTP_BASE_URL")
    with pytest.raises(StoreError, match="was made at another base URL"):
        ask(file_store, "https://api.example")


@pytest.mark.parametrize("code", [None, 123456, "12345"])
def test_what_is_no_code(ask: Ask, sandbox: Sandbox, code: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"login must return a code, not|totp must be 6 to 8 digits") as caught:
        ask(MemoryStore(), sandbox.base_url, login=TotpLogin(lambda: code))
    assert "1234" not in str(caught.value)
    assert sandbox.exchanges == 0


def test_the_secret_is_not_shown(login: TotpLogin) -> None:
    assert repr(login) == "<TotpLogin>"
    with pytest.raises(ConfigurationError, match="margin must be"):
        totp(Sandbox.totp_secret, margin=30)

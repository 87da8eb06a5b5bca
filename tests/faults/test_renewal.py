"""A 401 to an account call: a read has its session renewed once, an order never."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from conftest import API_KEY
from faults.behaviours import said
from faults.kinds import BODY
from support.kinds import ORDER, PUBLIC, READ
from support.raw_server import Connection, RawServer, answer, reply

from torus_connect import (
    AccessToken,
    AsyncTorusConnect,
    AuthenticationFailed,
    ConfigurationError,
    Session,
    SessionExpired,
    TorusConnect,
    TorusError,
    WrongOrigin,
)
from torus_connect_api.client import Operation, Request

OK, NO = reply(b'{"done": 1}'), said("401")
LONG_AGO = datetime(2024, 6, 11, tzinfo=UTC)
Hook = Callable[[Session], Any]


def request_of(operation: Operation) -> Request[object]:
    return Request(operation, operation.path, json=BODY, parse=lambda data: data)


def send(face: str, token: AccessToken, operation: Operation, base_url: str, **options: Any) -> object:
    options = {"api_key": API_KEY, "base_url": base_url, **options}

    async def in_loop() -> object:
        async with AsyncTorusConnect(**options) as torus:
            return await torus.with_credentials(AccessToken=token).send(request_of(operation))

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(**options) as torus:
        return torus.with_credentials(AccessToken=token).send(request_of(operation))


class Renewing:
    """A hook that yields a new session each time, and the token that has it."""

    def __init__(self, server: RawServer, *, issued_at: datetime | None = None, then: Hook | None = None) -> None:
        self.asked: list[str] = []
        self._base_url = server.base_url
        self._then = then
        self.token = AccessToken(Session("token-0", base_url=server.base_url, issued_at=issued_at), self)

    def __call__(self, session: Session) -> Any:
        self.asked.append(session.access_token)
        if self._then:
            return self._then(session)
        return Session(f"token-{len(self.asked)}", base_url=self._base_url)


def tokens_seen(server: RawServer) -> list[str]:
    return [server.sent(index)[1]["authorization"] for index in range(len(server.requests))]


def test_a_read_is_sent_again_with_the_new_session(face: str) -> None:
    with RawServer(answer(NO, OK)) as server:
        renewing = Renewing(server)
        assert send(face, renewing.token, READ, server.base_url) == {"done": 1}
        assert tokens_seen(server) == ["Bearer token-0", "Bearer token-1"]
    assert renewing.asked == ["token-0"]
    assert server.connections == 2, "another session has a connection of its own"


def test_a_read_is_renewed_once(face: str) -> None:
    with RawServer(answer(NO)) as server:
        renewing = Renewing(server)
        with pytest.raises(AuthenticationFailed) as caught:
            send(face, renewing.token, READ, server.base_url)
    assert caught.value.operation == READ.id
    assert tokens_seen(server) == ["Bearer token-0", "Bearer token-1"]
    assert renewing.asked == ["token-0"]


@pytest.mark.parametrize("operation", [ORDER, PUBLIC], ids=lambda operation: operation.id)
def test_nothing_else_is(face: str, operation: Operation) -> None:
    with RawServer(answer(NO, OK)) as server:
        renewing = Renewing(server)
        with pytest.raises(AuthenticationFailed):
            send(face, renewing.token, operation, server.base_url)
    assert len(server.requests) == 1
    assert renewing.asked == []


def test_a_hook_that_yields_nothing(face: str) -> None:
    with RawServer(answer(NO, OK)) as server:
        renewing = Renewing(server, then=lambda _: None)
        with pytest.raises(AuthenticationFailed):
            send(face, renewing.token, READ, server.base_url)
    assert len(server.requests) == len(renewing.asked) == 1


def test_after_the_last_retry_there_is_still_a_renewal(face: str) -> None:
    with RawServer(answer(said("500"), said("500"), NO, OK)) as server:
        renewing = Renewing(server)
        assert send(face, renewing.token, READ, server.base_url) == {"done": 1}
    assert len(server.requests) == 4


@pytest.mark.parametrize("issued_at", [None, LONG_AGO], ids=["refused", "expired"])
def test_a_login_may_take_longer_than_the_call(face: str, issued_at: datetime | None) -> None:
    """A person logs in meanwhile: the budget is for the attempts, and the waits between them."""
    with RawServer(answer(OK) if issued_at else answer(NO, OK)) as server:

        def slowly(_: Session) -> Session:
            server.over.wait(0.3)
            return Session("token-1", base_url=server.base_url)

        renewing = Renewing(server, issued_at=issued_at, then=slowly)
        assert send(face, renewing.token, READ, server.base_url, total_timeout=0.25) == {"done": 1}


@pytest.mark.parametrize("operation", [READ, ORDER], ids=lambda operation: operation.id)
def test_a_session_that_is_over_is_renewed_before_anything_is_sent(face: str, operation: Operation) -> None:
    with RawServer(answer(OK)) as server:
        renewing = Renewing(server, issued_at=LONG_AGO)
        assert send(face, renewing.token, operation, server.base_url) == {"done": 1}
        assert tokens_seen(server) == ["Bearer token-1"]


@pytest.mark.parametrize(
    ("then", "error"),
    [
        (lambda _: "a-bare-token", ConfigurationError),
        (lambda _: Session("t", base_url="https://elsewhere.example"), ConfigurationError),
        (lambda _: None, SessionExpired),
    ],
)
def test_what_stops_a_call_before_it_is_sent(face: str, then: Hook, error: type[TorusError]) -> None:
    """The error says which call it was, as any other."""
    with RawServer(answer(OK)) as server:
        renewing = Renewing(server, issued_at=LONG_AGO, then=then)
        with pytest.raises(error) as caught:
            send(face, renewing.token, READ, server.base_url)
    assert server.begun == 0
    assert caught.value.operation == READ.id


def test_a_token_for_elsewhere(face: str) -> None:
    with RawServer(answer(OK)) as server, pytest.raises(WrongOrigin) as caught:
        send(face, AccessToken(Session("t", base_url="https://elsewhere.example")), READ, server.base_url)
    assert server.begun == 0
    assert caught.value.operation == READ.id


def test_one_that_comes_late_takes_what_was_renewed_meanwhile() -> None:
    """Two calls are refused, one after the other: the second finds the new session, and asks for no other."""
    both, renewed = threading.Barrier(2), threading.Event()

    def behave(connection: Connection) -> None:
        while request := connection.read_request():
            if b"Bearer token-0" not in request:
                connection.send(OK)
                continue
            if both.wait(10):  # one of the two
                assert renewed.wait(10)
            connection.send(NO)

    with RawServer(behave) as server, TorusConnect(api_key=API_KEY, base_url=server.base_url) as torus:
        renewing = Renewing(server)
        me = torus.with_credentials(AccessToken=renewing.token)

        def call(_: int) -> object:
            got = me.send(request_of(READ))
            renewed.set()
            return got

        with ThreadPoolExecutor(2) as threads:
            assert list(threads.map(call, range(2))) == [{"done": 1}] * 2
    assert renewing.asked == ["token-0"]
    assert sorted(tokens_seen(server)) == ["Bearer token-0"] * 2 + ["Bearer token-1"] * 2


def test_the_same_with_tasks() -> None:
    both, renewed = threading.Barrier(2), threading.Event()

    def behave(connection: Connection) -> None:
        while request := connection.read_request():
            if b"Bearer token-0" not in request:
                connection.send(OK)
                continue
            if both.wait(10):
                assert renewed.wait(10)
            connection.send(NO)

    async def main(server: RawServer) -> Renewing:
        renewing = Renewing(server)
        async with AsyncTorusConnect(api_key=API_KEY, base_url=server.base_url) as torus:
            me = torus.with_credentials(AccessToken=renewing.token)

            async def call() -> object:
                got = await me.send(request_of(READ))
                renewed.set()
                return got

            assert list(await asyncio.gather(call(), call())) == [{"done": 1}] * 2
        return renewing

    with RawServer(behave) as server:
        assert asyncio.run(main(server)).asked == ["token-0"]


def test_without_the_credential_nothing_is_sent(face: str) -> None:
    async def in_loop(base_url: str) -> None:
        async with AsyncTorusConnect(api_key=API_KEY, base_url=base_url) as torus:
            await torus.send(request_of(READ))

    def call(base_url: str) -> None:
        if face == "async":
            asyncio.run(in_loop(base_url))
        with TorusConnect(api_key=API_KEY, base_url=base_url) as torus:
            torus.send(request_of(READ))

    with RawServer(answer(OK)) as server:
        with pytest.raises(ConfigurationError, match="aRead needs the credential AccessToken") as caught:
            call(server.base_url)
        assert server.begun == 0
    assert caught.value.operation == READ.id

"""What a user has is one line each: the account of a session, or of the name of a user, and the public calls."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import API_KEY, API_SECRET
from faults.behaviours import said
from support.raw_server import Connection, RawServer, answer, reply

from torus_connect import (
    AccessToken,
    AsyncTorusConnect,
    AuthenticationFailed,
    ConfigurationError,
    LoginNeeded,
    MalformedReply,
    Outcome,
    ReplyLost,
    Session,
    SessionExpired,
    TorusConnect,
    Trading,
)
from torus_connect.sandbox import Sandbox
from torus_connect.stores import StoreError
from torus_connect.stores._sync_get_or_create import stored_instead
from torus_connect_api.api.account import Account, AsyncAccount

ROWS = reply(b'{"status": "success", "message": "demo", "data": [{"quantity": 2}, "no object"]}')
Use = Callable[[Any], Any]


def use(face: str, options: dict[str, Any], make: Use, call: Use | None = None) -> Any:
    """Make the account of a client, and call it."""

    async def in_loop() -> Any:
        async with AsyncTorusConnect(**options) as torus:
            made = make(torus)
            made = await made if inspect.isawaitable(made) else made
            done = call(made) if call else made
            return await done if inspect.isawaitable(done) else done

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(**options) as torus:
        return call(make(torus)) if call else make(torus)


@pytest.fixture
def options(torus_sandbox: Sandbox, tmp_path: Path) -> dict[str, Any]:
    return {**torus_sandbox.credentials, "store": f"file:{tmp_path / 'sessions'}"}


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(answer(ROWS)) as running:
        yield running


def at(server: RawServer, **more: Any) -> dict[str, Any]:
    return {"api_key": API_KEY, "base_url": server.base_url, **more}


def test_the_rows_of_a_session(face: str, options: dict[str, Any], torus_sandbox: Sandbox) -> None:
    with TorusConnect(**options) as torus:
        session = torus.generate_session(torus_sandbox.issue_request_token())
    rows = use(face, options, lambda torus: torus.account(session), lambda me: me.holdings())
    assert [(row.isin_code, row.quantity, row.cost_price) for row in rows] == [("INE637H01024", 20, Decimal("42.5"))]
    assert rows.message == "Success"
    assert rows.raw["data"][0]["nse_symbol"] == rows[0].nse_symbol == "SHIVAMAUTO"
    assert rows[0].to_dict(decimals=float)["cost_price"] == 42.5


def test_a_user_by_name_logs_in_once(face: str, options: dict[str, Any], torus_sandbox: Sandbox) -> None:
    before = torus_sandbox.exchanges
    for _ in range(2):
        make = lambda torus: torus.account("a-user", login=torus_sandbox.issue_request_token)  # noqa: E731
        assert use(face, options, make, lambda me: me.funds())[0].available_balance == Decimal("1070511.46")
    assert torus_sandbox.exchanges == before + 1
    assert use(face, options, lambda torus: torus.account("a-user"), lambda me: me.funds())
    with pytest.raises(LoginNeeded):
        use(face, options, lambda torus: torus.account("another-user"))


def test_a_session_that_is_not_accepted_is_followed_by_a_login(face: str) -> None:
    """Once, for a call that only reads."""
    first, second = (reply(b'{"AccessToken": "demo-%d"}' % number) for number in (1, 2))
    with RawServer(answer(first, said("401"), second, ROWS)) as server:
        rows = use(
            face,
            at(server, api_secret=API_SECRET, store="memory:"),
            lambda torus: torus.account("a-user", login=lambda: "demo-request-token"),
            lambda me: me.holdings(),
        )
        seen = [server.sent(index)[1].get("authorization") for index in range(len(server.requests))]
    assert rows[0].quantity == 2
    assert seen == [None, "Bearer demo-1", None, "Bearer demo-2"]


def test_without_a_login_nothing_is_renewed(face: str, server: RawServer) -> None:
    over = Session("demo", base_url=server.base_url, issued_at=datetime.now(UTC) - timedelta(days=2))
    with pytest.raises(SessionExpired):
        use(face, at(server), lambda torus: torus.account(over), lambda me: me.holdings())
    assert not server.requests
    with RawServer(answer(said("401"))) as refusing:
        good = Session("demo", base_url=refusing.base_url)
        with pytest.raises(AuthenticationFailed):
            use(face, at(refusing), lambda torus: torus.account(good), lambda me: me.holdings())
        assert len(refusing.requests) == 1


ORDER = {
    "side": "BUY",
    "exchange": "NSE",
    "security_id": "14366",
    "quantity": 1,
    "product": "CNC",
    "order_type": "MARKET",
}
TRADING = Trading(ip="192.0.2.1", uu_id="demo", app_id="demo")


def place(me: Any) -> Any:
    return me.place_order(**ORDER)


def tokens(server: RawServer) -> list[str | None]:
    return [server.sent(index)[1].get("authorization") for index in range(len(server.requests))]


def generated(number: int) -> bytes:
    return reply(b'{"AccessToken": "demo-%d"}' % number)


@pytest.mark.parametrize("store", ["memory:", "file:"])
def test_an_order_that_is_refused_is_not_sent_again_but_the_next_call_has_another_session(
    face: str, store: str, tmp_path: Path
) -> None:
    where = f"file:{tmp_path / 'sessions'}" if store == "file:" else store

    async def twice_async(me: Any) -> None:
        with pytest.raises(AuthenticationFailed):
            await place(me)
        await place(me)

    def twice(me: Any) -> Any:
        if face == "async":
            return twice_async(me)
        with pytest.raises(AuthenticationFailed):
            place(me)
        return place(me)

    placed = reply(b'{"status": "success", "data": [{"order_no": "7"}]}')
    with RawServer(answer(generated(1), said("401"), generated(2), placed)) as server:
        options = at(server, api_secret=API_SECRET, store=where)
        login = lambda: "demo-request-token"  # noqa: E731
        use(face, options, lambda torus: torus.account("a-user", login=login, trading=TRADING), twice)
        seen = tokens(server)
    assert seen == [None, "Bearer demo-1", None, "Bearer demo-2"]


def test_a_stored_session_that_is_refused_is_not_found_again(face: str, tmp_path: Path) -> None:
    """By whoever comes next: a job that places one order and ends, and a login that would have nothing to do."""
    with RawServer(answer(generated(1), said("401"), generated(2), said("401"), generated(3))) as server:
        options = at(server, api_secret=API_SECRET, store=f"file:{tmp_path / 'sessions'}")
        login = lambda: "demo-request-token"  # noqa: E731
        calls: list[Use] = [lambda me: me.holdings(), place]
        for call in calls:
            use(face, options, lambda torus: torus.session("a-user", login=login))
            with pytest.raises(AuthenticationFailed):
                use(face, options, lambda torus: torus.account("a-user", trading=TRADING), call)
            with pytest.raises(LoginNeeded):
                use(face, options, lambda torus: torus.session("a-user"))
        use(face, options, lambda torus: torus.session("a-user", login=login))
        assert tokens(server) == [None, "Bearer demo-1", None, "Bearer demo-2", None]


def test_another_session_that_was_stored_meanwhile_is_used(face: str, tmp_path: Path) -> None:
    with RawServer(answer(generated(1), generated(2), said("401"), ROWS, said("401"), ROWS)) as server:
        options = at(server, api_secret=API_SECRET, store=f"file:{tmp_path / 'sessions'}")
        login = lambda: "demo-request-token"  # noqa: E731
        with TorusConnect(**options) as torus:
            first = torus.session("a-user", login=login)
            second = torus.session("a-user", login=login, instead_of=first)
            stored = partial(stored_instead, partial(torus.session, "a-user"))
            token = AccessToken(first, stored, on_refused=stored)
            assert use(face, options, lambda torus: torus.account(token), lambda me: me.holdings())
            token = AccessToken(first, stored, on_refused=stored)
            with pytest.raises(AuthenticationFailed):
                use(face, options, lambda torus: torus.account(token, trading=TRADING), place)
            assert token.session.access_token == second.access_token
            assert use(face, options, lambda torus: torus.account(token), lambda me: me.holdings())
        assert tokens(server)[2:] == [f"Bearer demo-{number}" for number in (1, 2, 1, 2)]


def test_what_on_refused_raises_counts_for_nothing(face: str) -> None:
    def raises(_: Session) -> Session:
        raise StoreError("canary")

    with RawServer(answer(said("401"))) as server:
        session = Session("demo", base_url=server.base_url)
        token = AccessToken(session, lambda _: None, on_refused=raises)
        with pytest.raises(AuthenticationFailed):
            use(
                face,
                at(server),
                lambda torus: torus.account(token, trading=TRADING),
                place,
            )
        with pytest.raises(SessionExpired, match="The service refused the session before"):
            use(face, at(server), lambda torus: torus.account(token), lambda me: me.holdings())
        assert len(server.requests) == 1
    with pytest.raises(ConfigurationError, match="on_refused must be callable, not str"):
        AccessToken(session, on_refused="demo")  # type: ignore[arg-type]


def test_on_refused_alone_is_called_and_asked_once_for_a_session_that_was_followed_already(face: str) -> None:
    """By calls that were on their way with the old one."""
    with RawServer(answer(said("401"), said("401"), ROWS)) as server:
        old, new = (Session(f"demo-{number}", base_url=server.base_url) for number in (1, 2))
        asked: list[Session] = []

        def newer(session: Session) -> Session:
            asked.append(session)
            return new

        token = AccessToken(old, on_refused=newer)
        with pytest.raises(AuthenticationFailed):
            use(face, at(server), lambda torus: torus.account(token, trading=TRADING), place)
        assert token.session is new
        for refused, good in ((old, True), (new, False), (old, False)):
            token.refuse(refused)
            asyncio.run(token.refuse_async(refused))
            if good:
                assert token.good() is new
            else:
                with pytest.raises(SessionExpired):
                    token.good()
        assert asked == [old, new, new]


def test_an_on_refused_that_is_slow_brings_no_older_session_back(face: str) -> None:
    with RawServer(answer(said("401"))) as server:
        first, second, third = (Session(f"demo-{number}", base_url=server.base_url) for number in (1, 2, 3))
        logins = iter([second, third])

        def slow(_: Session) -> Session:
            stored = token.renewed(first)
            assert stored is second
            assert token.renewed(second) is third
            return stored

        token = AccessToken(first, lambda _: next(logins), on_refused=slow)
        with pytest.raises(AuthenticationFailed):
            use(face, at(server), lambda torus: torus.account(token, trading=TRADING), place)
        assert token.session is third


@pytest.mark.parametrize("method", ["holdings", "positions", "funds", "order_book", "trades"])
@pytest.mark.parametrize(
    "said",
    [
        b"{}", b"[1, 2]", b"[null]", b'{"data": "demo"}', b'{"data": {}}', b'{"data": null}', b'{"data": [null]}',
        b'{"error": "demo"}', b'{"errors": ["demo"]}', b'{"message": "demo"}',
        b'{"data": {"holdings": [{"quantity": 2}]}}',
        b'{"status": "failure", "data": null}', b'{"status": "fail", "data": []}',
        b'{"status": "success", "data": "demo"}',
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_no_empty_account(face: str, method: str, said: bytes) -> None:
    with RawServer(answer(reply(said))) as server:
        token = AccessToken(Session("demo", base_url=server.base_url))
        with pytest.raises(MalformedReply) as caught:
            use(face, at(server), lambda torus: torus.account(token), lambda me: getattr(me, method)())
        assert caught.value.outcome is Outcome.UNKNOWN
        assert caught.value.reply is not None
        assert caught.value.reply.content == said


@pytest.mark.parametrize(
    "said",
    [b'{"data": []}', b'{"status": "success"}', b'{"status": "S", "data": null}', b'{"status": "SUCCESS", "data": []}'],
)
def test_an_account_that_is_empty(face: str, said: bytes) -> None:
    with RawServer(answer(reply(said))) as server:
        token = AccessToken(Session("demo", base_url=server.base_url))
        assert use(face, at(server), lambda torus: torus.account(token), lambda me: me.holdings()) == []


def test_a_row_that_is_none_is_counted(face: str, server: RawServer) -> None:
    token = AccessToken(Session("demo", base_url=server.base_url))
    rows = use(face, at(server), lambda torus: torus.account(token), lambda me: me.holdings())
    assert ([row.quantity for row in rows], rows.unreadable, rows.message) == ([2], 1, "demo")


@pytest.mark.parametrize(
    ("user", "login", "why"),
    [
        (Session("demo", base_url="https://host.example"), str, "login goes with the name of a user"),
        (Session("demo", base_url="https://host.example").access_token, None, "not Secret"),
        (7, None, "user must be the name of a user, a Session or an AccessToken, not int"),
        (None, None, "not NoneType"),
    ],
)
def test_who_is_no_user(face: str, server: RawServer, user: Any, login: Any, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        use(face, at(server), lambda torus: torus.account(user, login=login))


def test_public_calls_need_no_session(face: str, options: dict[str, Any]) -> None:
    market = use(face, options, lambda torus: torus.market, lambda market: market.search_stocks(query="TCS"))
    assert market[0].nsesymbol == "TCS"


class TestRequest:
    """A call that the spec does not have."""

    def test_it_is_sent_as_the_others_are(self, face: str, server: RawServer) -> None:
        session = Session("demo", base_url=server.base_url)
        got = use(
            face,
            at(server),
            lambda torus: torus.account(session),
            lambda me: me.request("POST", "/funds/details", json={"source": "N"}, params={"page": 1}),
        )
        assert got["message"] == "demo"
        line, headers, body = server.sent(0)
        assert line == "POST /api/v1/funds/details?page=1 HTTP/1.1"
        assert headers["authorization"] == "Bearer demo"
        assert body == {"source": "N"}

    @pytest.mark.parametrize("idempotent", [True, False])
    def test_it_is_one_shot_unless_the_caller_says_otherwise(self, face: str, *, idempotent: bool) -> None:
        def lose(connection: Connection) -> None:
            connection.read_request()

        with RawServer(lose) as server:
            account = Session("demo", base_url=server.base_url)
            make = lambda torus: torus.account(account)  # noqa: E731
            with pytest.raises(ReplyLost) as caught:
                use(face, at(server), make, lambda me: me.request("GET", "/some/path", idempotent=idempotent))
        assert caught.value.outcome is Outcome.UNKNOWN
        assert len(server.requests) == (3 if idempotent else 1)

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("TRACE", "/funds/"),
            ("post", "/funds/"),
            *[("POST", path) for path in ("", "funds", "https://host.example/funds", "//host.example/funds")],
            *[
                ("POST", path)
                for path in ("/../funds", "/a/..", "/a?b=c", "/a#b", "/a\n", "/a b", "/%2e%2e/a", "/", "/a//b")
            ],
            ("POST", None),
        ],
    )
    def test_what_is_no_relative_path(self, face: str, server: RawServer, method: str, path: Any) -> None:
        session = Session("demo", base_url=server.base_url)
        with pytest.raises(ConfigurationError, match=r"method must be|path must be") as caught:
            use(face, at(server), lambda torus: torus.account(session), lambda me: me.request(method, path))
        assert caught.value.outcome is Outcome.NOT_SENT
        assert not server.requests


def test_an_account_shows_nothing(server: RawServer) -> None:
    with TorusConnect(**at(server)) as torus:
        me = torus.account(Session("demo-secret-token", base_url=server.base_url))
        assert "demo-secret-token" not in repr(me)
        assert repr(me).startswith("<Account of <Session issued_at=")
        assert isinstance(me, Account)
        with pytest.raises(AttributeError):
            me.positons  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("generated", [Account, AsyncAccount])
def test_no_operation_has_the_name_of_what_is_ours(generated: type) -> None:
    assert not {"request", "session"} & set(vars(generated))

"""Experimental: the calls that act on the user's money are for whoever opts in, and no order is sent twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from account.test_account import at, use
from faults.behaviours import reset_after_reading, reset_at_once, said
from support.kinds import an_order
from support.raw_server import Behaviour, RawServer, answer, reply

from torus_connect import AccessToken, ConfigurationError, Outcome, Session, TorusConnect, TorusError, Trading
from torus_connect_api import Api

TRADING = Trading(ip="192.0.2.1", uu_id="demo-installation", app_id="demo-app")
DEVICE = {"ip": "192.0.2.1", "uu_id": "demo-installation", "app_id": "demo-app"}
ACK = {"status": "success", "message": "demo", "data": [{"order_no": 1121240611100}]}
ORDER = an_order("order_entry")
CALLS = ("order_entry", "order_modify", "order_cancel", "convert_position")


def account_of(server: RawServer, trading: Trading | None = TRADING) -> tuple[dict[str, Any], Callable[[Any], Any]]:
    """Return the options of a client, and what makes an account of it."""
    session = Session("demo", base_url=server.base_url)
    return at(server), lambda torus: torus.account(session, trading=trading)


@pytest.mark.parametrize("name", CALLS)
def test_nothing_is_sent_for_whoever_has_not_opted_in(face: str, name: str) -> None:
    with RawServer(answer(reply(b"{}"))) as server:
        with pytest.raises(ConfigurationError, match=r"is experimental: .+known.+ trading=Trading") as caught:
            use(face, *account_of(server, None), lambda me: getattr(me, name)(**an_order(name)))
        assert server.connections == 0
    assert caught.value.outcome is Outcome.NOT_SENT
    assert str(caught.value).startswith(f"{caught.value.operation} is experimental")
    assert "account(..., trading=Trading(ip=..., uu_id=..., app_id=...))\n" in str(caught.value)


@pytest.mark.parametrize("name", CALLS)
def test_what_is_the_same_for_each_order_goes_along(face: str, name: str) -> None:
    with RawServer(answer(reply(json.dumps(ACK).encode()))) as server:
        done = use(face, *account_of(server), lambda me: getattr(me, name)(**an_order(name)))
        line, headers, body = server.sent()
    assert line.startswith("POST /api/v1/order/")
    assert headers["authorization"] == "Bearer demo"
    expected = DEVICE if name in {"order_modify", "order_cancel"} else {}
    assert {key: value for key, value in body["data"].items() if key in DEVICE} == expected
    assert body["data"] == an_order(name) | expected
    assert (done.data[0].order_no, done.message, done.error_code) == ("1121240611100", "demo", None)


def test_what_is_given_is_not_replaced_and_a_request_serves_for_several_accounts() -> None:
    sent: list[Any] = []

    class Recorder:
        def send(self, request: Any) -> None:
            sent.append(request)

    Api(Recorder()).account.order_cancel(**an_order("order_cancel"), ip="192.0.2.7")  # type: ignore[arg-type]
    with RawServer(answer(*[reply(json.dumps(ACK).encode())] * 2)) as server, TorusConnect(**at(server)) as torus:
        for app_id in ("one", "two"):
            trading, session = (
                Trading(ip="2001:db8::1", uu_id="1", app_id=app_id),
                Session("a", base_url=server.base_url),
            )
            torus.with_credentials(trading=trading, AccessToken=session).send(sent[0])
        bodies = [server.sent(index)[2]["data"] for index in range(2)]
    assert [(body["ip"], body["app_id"]) for body in bodies] == [("192.0.2.7", "one"), ("192.0.2.7", "two")]


@pytest.mark.parametrize("body", [{"source": "N"}, {"data": None}, {"data": [1]}])
def test_a_body_of_another_shape_is_sent_as_it_is(body: dict[str, Any]) -> None:
    from torus_connect_api.api.account import order_cancel

    assert TRADING.filled(order_cancel.request(body=body)).json == body


ROW = b'[{"order_no": "1871240924100", "oms_error_code": "O3052"}]'
AGAIN = ("Retry-After: 0",)
CAME_BACK: dict[str, tuple[Behaviour, str, Outcome]] = {
    "429": (answer(said("429", b"{}", AGAIN)), "RateLimited", Outcome.REFUSED),
    "503": (answer(said("503", b"{}", AGAIN)), "ServiceUnavailable", Outcome.UNKNOWN),
    "502": (answer(said("502", b"{}", AGAIN)), "ServerError", Outcome.UNKNOWN),
    "401": (answer(said("401", b"{}")), "AuthenticationFailed", Outcome.REFUSED),
    "400": (answer(said("400", b'{"status": "error"}')), "BadRequest", Outcome.REFUSED),
    "400 with a number": (answer(said("400", b'{"data": %s}' % ROW)), "BadRequest", Outcome.UNKNOWN),
    "401 with a number": (answer(said("401", b'{"data": %s}' % ROW)), "AuthenticationFailed", Outcome.UNKNOWN),
    "429 with a number": (answer(said("429", b'{"data": %s}' % ROW, AGAIN)), "RateLimited", Outcome.UNKNOWN),
    "500": (answer(said("500")), "ServerError", Outcome.UNKNOWN),
    "302": (answer(said("302", headers=("Location: /api/v1/order/entry",))), "RedirectRefused", Outcome.UNKNOWN),
    "cut": (reset_after_reading, "ReplyLost", Outcome.UNKNOWN),
    "cut within": (reset_at_once, "ReplyLost", Outcome.UNKNOWN),
    "error": (answer(reply(b'{"status": "error", "data": %s}' % ROW)), "ServiceError", Outcome.UNKNOWN),
    "another word": (answer(reply(b'{"status": "pending", "data": []}')), "ServiceError", Outcome.UNKNOWN),
    "a number": (answer(reply(b'{"status": 400}')), "ServiceError", Outcome.UNKNOWN),
    "no word": (answer(reply(b"{}")), "ServiceError", Outcome.UNKNOWN),
    "nothing": (answer(reply(b"")), "MalformedReply", Outcome.UNKNOWN),
    "a list": (answer(reply(b"[]")), "MalformedReply", Outcome.UNKNOWN),
    "no JSON": (answer(reply(b"<html>")), "MalformedReply", Outcome.UNKNOWN),
}


@pytest.mark.parametrize("case", CAME_BACK)
def test_an_order_is_sent_once_whatever_comes_back(face: str, case: str) -> None:
    behave, error, outcome = CAME_BACK[case]
    renewed: list[Session] = []

    def renew(session: Session) -> Session:
        renewed.append(session)
        return Session("another", base_url=session.base_url)

    with RawServer(behave) as server:
        token = AccessToken(Session("demo", base_url=server.base_url), renew)
        with pytest.raises(TorusError) as caught:
            use(
                face,
                at(server),
                lambda torus: torus.account(token, trading=TRADING),
                lambda me: me.order_entry(**ORDER),
            )
        assert len(server.requests) + (case == "cut within") == 1
        assert server.connections == 1
    assert (type(caught.value).__name__, caught.value.outcome) == (error, outcome)
    assert not renewed


def test_no_frame_of_an_error_shows_what_was_given() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Trading(ip="not-an-address", uu_id="the-installation", app_id="the-app", journal="redis://:the-password@host")
    shown = [repr(entry.frame.f_locals) for entry in caught.traceback[1:]]
    assert shown
    assert not any(given in text for given in ("not-an-", "the-") for text in shown)


@pytest.mark.parametrize("journal", ["orders.db", "fle:/x", "keyring:", "", 7])
def test_a_journal_that_there_is_not_is_refused_at_once(journal: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Trading(ip="192.0.2.1", uu_id="demo", app_id="demo", journal=journal)
    said = "journal must be a str, not int" if journal == 7 else "journal is none of memory:, file:[PATH], redis:"
    assert caught.value.args[0].startswith(said)
    assert caught.value.args[0].endswith("did you mean file:?") is (journal == "fle:/x")


def test_reads_need_nothing_of_it(face: str) -> None:
    for trading in (None, TRADING):
        with RawServer(answer(reply(b'{"status": "success", "data": []}'))) as server:
            assert use(face, *account_of(server, trading), lambda me: me.order_book()) == []
            assert server.sent()[2] == {"source": "N"}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"ip": "192.0.2"}, "ip must be an IP address"),
        ({"ip": ""}, "ip is empty"),
        ({"uu_id": " "}, "uu_id is empty"),
        ({"app_id": None}, "app_id is missing"),
        ({"app_id": 7}, "app_id must be a str, not int"),
        ({"uu_id": "a\nb"}, "uu_id may hold"),
    ],
)
def test_what_cannot_be_meant(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        Trading(**(DEVICE | changed))
    assert caught.value.__context__ is None
    assert "192.0.2" not in str(caught.value)


def test_it_shows_nothing() -> None:
    assert not [value for value in DEVICE.values() if value in repr(TRADING)]

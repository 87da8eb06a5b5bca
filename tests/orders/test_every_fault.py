"""The fault matrix, met by `place_order` and `cancel_order`: one request, and what error and journal say of it."""

from __future__ import annotations

import inspect
import json
import socket
from dataclasses import replace
from typing import Any

import pytest
from faults import places
from faults.behaviours import ORDER_NO
from faults.drive import drive
from faults.kinds import ORDER, Kind, of_an_order, parametrize
from faults.planted import ACCESS_TOKEN
from faults.row import UNKNOWN, Row
from faults.table import LOST, REDIRECTS, RETRIED, ROWS, STATUSES, UNUSABLE, USABLE
from faults.verdict import came_of_it, server_saw
from orders.test_orders import DEVICE, LIMIT, ROW, book
from support.raw_server import Behaviour, Connection, RawServer

from torus_connect import MalformedReply, Outcome, ServiceError, Session, TorusError, Trading
from torus_connect._orders.journal import journal_of

BOOK = "POST /api/v1/order/book HTTP/1.1"


def of_its_reply(row: Row) -> Row:
    """An order is good by the word in its reply; the rows are written for replies of an access token."""
    row = of_an_order(row)
    if row.name == "a token in JSON escapes":
        return replace(row, raises=ServiceError, outcome=UNKNOWN, status=200)
    if row.raises is not MalformedReply or row.status != 200 or row.truncated:
        return row
    try:
        said = json.loads((row.content or b"").decode(), parse_int=str)
    except (ValueError, RecursionError):
        return row
    if not isinstance(said, dict):
        return row
    return (
        replace(row, raises=ServiceError)
        if said.get("status") != "success"
        else replace(row, raises=None, outcome=None)
    )


def calling(kind: Kind, trading: Trading) -> Kind:
    """Return a kind of calls of accounts that have opted in."""

    def call(torus: Any, access_token: str) -> Any:
        account = torus.account(Session(access_token, base_url=torus._settings.base_url), trading=trading)
        if not inspect.isawaitable(account):
            return kind.call(account, "")

        async def in_loop() -> Any:
            return await kind.call(await account, "")

        return in_loop()

    return replace(kind, call=call)


def saw(path: str) -> Any:
    def saw(line: str, headers: dict[str, str], body: Any) -> None:
        assert line == f"POST /api/v1{path} HTTP/1.1"
        assert headers["authorization"] in (f"Bearer {ACCESS_TOKEN}", "Bearer secret-of-user-1")
        assert body["data"]["security_id"] == LIMIT["security_id"]

    return saw


PLACE = replace(
    ORDER,
    name="place_order",
    operation="orderEntry",
    call=lambda me, _: me.place_order(**LIMIT),
    saw=saw("/order/entry"),
    good=lambda ack: ack.order_no == ORDER_NO,
    expects=of_its_reply,
)
CANCEL = replace(
    PLACE,
    name="cancel_order",
    operation="orderCancel",
    call=lambda me, _: me.cancel_order("1"),
    saw=saw("/order/cancel"),
)
# What a request meets that came after a read over the same connection.
IN_A_CONNECTION = [
    row
    for row in (*LOST, *UNUSABLE, *USABLE, *REDIRECTS, *STATUSES, *RETRIED)
    if not any(word in row.name for word in ("TLS", "port", "addresses", "downgrade", "bomb"))
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.function is test_place_order:
        parametrize(metafunc, ROWS, first="async", kinds=(PLACE,))
    elif metafunc.function is test_cancel_order:
        parametrize(metafunc, IN_A_CONNECTION, first="sync", kinds=(CANCEL,))


def test_place_order(row: Row, kind: Kind, face: str) -> None:
    trading = Trading(**DEVICE)
    result = drive(row, calling(kind, trading), face=face)
    came_of_it(row, kind, result)
    server_saw(row, kind, result)
    assert result.attempts == row.attempts
    assert not result.left_open
    *_, entry = journal_of(trading).entries(None).values()
    if isinstance(result.error, TorusError):
        assert result.error.reference == entry.reference
        assert entry.outcome == result.error.outcome.value
        assert (f"find_order('{entry.reference}')" in str(result.error)) is (row.outcome is UNKNOWN)
        assert entry.order_no == (ORDER_NO if row.acted else entry.order_no)
    else:
        assert result.value.reference == entry.reference
        assert (entry.outcome, entry.order_no) == ("acknowledged", ORDER_NO)
    server = result.place.server
    if server and server.requests:
        assert server.sent(-1)[2]["data"]["remarks"] == entry.reference
        assert (row.outcome is not Outcome.NOT_SENT) is (entry.outcome != "not_sent")


class WithBook(RawServer):
    """A server that answers what reads the order book where a connection begins, and treats the rest as it is told."""

    def __init__(self, behave: Behaviour, **options: Any) -> None:
        def behave_after_reads(connection: Connection) -> None:
            while connection.sock.recv(len(BOOK), socket.MSG_PEEK | socket.MSG_WAITALL) == BOOK.encode():
                connection.server.requests.remove(connection.read_request())
                connection.send(book(ROW))
            behave(connection)

        super().__init__(behave_after_reads, **options)


def test_cancel_order(row: Row, kind: Kind, face: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "RawServer", WithBook)
    trading = Trading(**DEVICE)
    result = drive(row, calling(kind, trading), face=face)
    came_of_it(row, kind, result)
    assert not result.left_open
    assert isinstance(result.place.server, WithBook)
    sent = [result.place.server.sent(index) for index in range(len(result.place.server.requests))]
    others = [each for each in sent if each[0] != BOOK]
    assert len(others) == (1 if row.whole is None else row.whole)
    for each in others:
        kind.saw(*each)
    outcome = result.error if isinstance(result.error, TorusError) else result.value
    assert outcome.reference == ROW["remarks"]
    assert journal_of(trading).entries(None) == {}

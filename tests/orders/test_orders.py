"""Place an order, lose the answer, find it, wait for it, modify and cancel it: over real sockets, sync and async."""

from __future__ import annotations

import gzip
import inspect
import json
import logging
import pickle
import time
import warnings
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from account.test_account import at, use
from conftest import API_SECRET
from faults.behaviours import reset_after_reading, said
from support.raw_server import Behaviour, Connection, RawServer, answer, reply

from torus_connect import (
    AccessToken,
    Ambiguous,
    AuthenticationFailed,
    BadRequest,
    ConfigurationError,
    ConnectionFailed,
    Found,
    MalformedReply,
    NotSeen,
    OrderAck,
    OrderNotChanged,
    OrderStatus,
    Outcome,
    ReferenceUsed,
    ReplyLost,
    ServerError,
    ServiceError,
    Session,
    StoreError,
    TorusConnect,
    TorusError,
    Trading,
)
from torus_connect._dates import INDIA
from torus_connect._orders import async_find, sync_find
from torus_connect._orders.journal import FileJournal, MemoryJournal
from torus_connect.sandbox import Sandbox

DEVICE = {"ip": "192.0.2.1", "uu_id": "demo-installation", "app_id": "demo-app"}
IDEA = "14366"
LIMIT: dict[str, Any] = {
    "side": "buy", "exchange": "NSE", "security_id": IDEA, "quantity": 3, "product": "MIS", "order_type": "LIMIT",
    "price": "14.00",
}  # fmt: skip
ACK = {"status": "success", "message": "demo", "data": [{"order_no": 1121240611100}]}
ROW = {
    "txn_type": "B", "exchange": "NSE", "segment": "E", "product": "I", "security_id": IDEA, "quantity": 3,
    "validity": "DAY", "order_type": "LMT", "mkt_type": "NL", "order_no": "1", "serial_no": 1, "group_id": 1,
    "price": 14, "trigger_price": 0, "off_mkt_flag": "0", "status": "Pending", "remarks": "ref1",
}  # fmt: skip


def body(value: object) -> bytes:
    return reply(json.dumps(value).encode())


def book(*rows: dict[str, Any]) -> bytes:
    return body({"status": "success", "data": rows})


class Orders:
    """What a test does with the account of one user, in one of the two styles."""

    def __init__(self, face: str, options: dict[str, Any], session: Session, trading: Trading | None) -> None:
        self._face, self._options = face, options
        self.session: Session | AccessToken = session
        self.trading = trading

    def __call__(self, call: Callable[[Any], Any]) -> Any:
        return use(self._face, self._options, lambda torus: torus.account(self.session, trading=self.trading), call)


@pytest.fixture
def at_server(face: str) -> Callable[..., Orders]:
    """Return what makes an account at a server that says what a test tells it to."""

    def at_server(server: RawServer, trading: Trading | None = None, **options: Any) -> Orders:
        session = Session("demo", base_url=server.base_url)
        return Orders(face, at(server, **options), session, trading or Trading(**DEVICE))

    return at_server


@pytest.fixture
def me(face: str, torus_sandbox: Sandbox) -> Orders:
    """Return an account at a sandbox that trades."""
    torus_sandbox.set_price(IDEA, "14.65")
    torus_sandbox.set_funds("100000")
    with TorusConnect(**torus_sandbox.credentials) as torus:
        session = torus.generate_session(torus_sandbox.issue_request_token())
    return Orders(face, {**torus_sandbox.credentials}, session, Trading(**DEVICE))


def failure(me: Orders, call: Callable[[Any], Any], kind: type[TorusError] = TorusError) -> Any:
    with pytest.raises(kind) as caught:
        me(call)
    return caught.value


def test_the_life_of_an_order(me: Orders, torus_sandbox: Sandbox) -> None:
    placed = me(lambda me: me.place_order(**LIMIT))
    assert isinstance(placed, OrderAck)
    assert placed.raw["data"] == [{"order_no": placed.order_no}]
    assert placed.raw["message"] == placed.message
    found = me(lambda me: me.find_order(placed.reference))
    assert isinstance(found, Found)
    assert (found.order.order_no, found.order.remarks) == (placed.order_no, placed.reference)
    changed = me(lambda me: me.modify_order(placed.order_no, quantity=5, price=Decimal("14.10")))
    assert (changed.order_no, changed.reference) == (placed.order_no, placed.reference)
    (row,) = me(lambda me: me.order_book())
    assert (row.quantity, row.price, row.remarks, row.serial_no) == (5, Decimal("14.10"), placed.reference, "2")
    assert me(lambda me: me.wait_for_order(placed.order_no, timeout=0.05)).is_open
    assert me(lambda me: me.cancel_order(placed.order_no, serial_no=2)).order_no == placed.order_no
    status = me(lambda me: me.wait_for_order(placed.order_no))
    assert (status.status, status.is_final, status.traded) == ("Cancelled", True, 0)
    assert failure(me, lambda me: me.cancel_order(placed.order_no), OrderNotChanged).outcome is Outcome.NOT_SENT
    failed = failure(me, lambda me: me.modify_order("1", quantity=1), OrderNotChanged)
    assert "does not show this order" in str(failed)


def test_partial_fills_are_shown(me: Orders, torus_sandbox: Sandbox) -> None:
    torus_sandbox.set_price(IDEA, "14.65", quantity=2)
    placed = me(lambda me: me.place_order(**LIMIT | {"order_type": "market", "price": None}))
    seen: list[OrderStatus] = []

    def note(status: OrderStatus) -> None:
        seen.append(status)
        torus_sandbox.set_price(IDEA, "14.65")

    assert me(lambda me: me.wait_for_order(placed.order_no, on_change=note)).is_final
    assert [(each.status, each.traded) for each in seen] == [("Part-Traded", 2), ("Traded", 3)]


def test_a_rejection_after_all(me: Orders, torus_sandbox: Sandbox) -> None:
    torus_sandbox.set_market_status("CLOSE")
    error = failure(me, lambda me: me.place_order(**LIMIT), ServiceError)
    assert error.outcome is Outcome.UNKNOWN
    found = me(lambda me: me.find_order(error.reference))
    assert (found.order.status, found.order.reason_description) == ("Rejected", "Market Is Closed now.")


ARGUMENTS: dict[str, tuple[Any, str, str]] = {
    "side": ("sell", "txn_type", "S"),
    "exchange": ("BSE", "exchange", "BSE"),
    "security_id": ("500325", "security_id", "500325"),
    "quantity": ("7", "quantity", "7"),
    "product": ("CNC", "product", "C"),
    "order_type": ("SL", "order_type", "SL"),
    "price": (Decimal("14.05"), "price", "14.05"),
    "trigger_price": (14.05, "trigger_price", "14.05"),
    "validity": ("IOC", "validity", "IOC"),
    "after_market": (True, "off_mkt_flag", "true"),
    "reference": ("Mine1", "remarks", "Mine1"),
    "segment": ("D", "segment", "D"),
    "settlor": ("X", "settlor", "X"),
}


def test_every_argument_has_its_field(at_server: Callable[..., Orders]) -> None:
    from torus_connect import Account, AsyncAccount

    for account in (Account, AsyncAccount):
        assert set(inspect.signature(account.place_order).parameters) == {"self", *ARGUMENTS}
    with RawServer(answer(*[body(ACK)] * (len(ARGUMENTS) + 1))) as server:
        me = at_server(server)
        placed = me(lambda me: me.place_order(**LIMIT))
        usual = server.sent()[2]["data"]
        for name, (value, _field, _sent) in ARGUMENTS.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a stop order without a trigger, and a trigger without a stop order
                me(lambda me: me.place_order(**LIMIT | {name: value}))  # noqa: B023 - called at once
        sent = [server.sent(index)[2]["data"] for index in range(1, len(ARGUMENTS) + 1)]
    assert usual == {
        "txn_type": "B", "exchange": "NSE", "segment": "E", "product": "I", "security_id": IDEA, "quantity": "3",
        "price": "14.00", "validity": "DAY", "order_type": "LMT", "trigger_price": "0.00", "off_mkt_flag": "false",
        "remarks": placed.reference, "mkt_type": "NL",
    }  # fmt: skip
    for (_value, field, value), fields in zip(ARGUMENTS.values(), sent, strict=True):
        assert fields == usual | {"remarks": fields["remarks"], field: value}


LOST: dict[str, tuple[Behaviour, type[TorusError], Outcome, str, str | None]] = {
    "a reset": (reset_after_reading, ReplyLost, Outcome.UNKNOWN, "unknown", None),
    "no number": (answer(body({"status": "success", "data": []})), MalformedReply, Outcome.UNKNOWN, "unknown", None),
    "no number but 0": (
        answer(body({"status": "success", "data": [{"order_no": "0"}]})),
        MalformedReply, Outcome.UNKNOWN, "unknown", None,
    ),
    "no body": (answer(reply(b"")), MalformedReply, Outcome.UNKNOWN, "unknown", None),
    "an error with a number": (
        answer(said("400", b'{"status": "error", "data": [{"order_no": 7}]}')),
        BadRequest, Outcome.UNKNOWN, "unknown", "7",
    ),
    "an error with a number, without an array": (
        answer(body({"status": "error", "data": {"order_no": " 7 "}})), ServiceError, Outcome.UNKNOWN, "unknown", "7",
    ),
    "a refusal": (answer(said("400", b'{"status": "error"}')), BadRequest, Outcome.REFUSED, "refused", None),
}  # fmt: skip

NUMBERED, PLAIN = b'{"status": "error", "data": [{"order_no": 7}]}', b'{"status": "error"}'
# What brotli makes of NUMBERED: a short text is stored as it is, behind bytes that are no UTF-8.
BROTLI = b"\x8b\x16\x80" + NUMBERED + b"\x03"
UNREADABLE = {
    "brotli": (BROTLI, "br"),
    "an encoding that gives text": (NUMBERED[::-1], "backwards"),
    "two encodings": (gzip.compress(gzip.compress(NUMBERED)), "gzip, gzip"),
    "gzip that is cut": (gzip.compress(NUMBERED)[:-12], "gzip"),
    "gzip of which nothing is left": (gzip.compress(NUMBERED)[:10], "gzip"),
    "gzip that is broken": (gzip.compress(NUMBERED)[:14] + b"\xff" * 20, "gzip"),
    "gzip of two parts": (gzip.compress(PLAIN) + gzip.compress(NUMBERED), "gzip"),
    "deflate without a header": (zlib.compress(NUMBERED, wbits=-15), "deflate"),
    "UTF-16": (NUMBERED.decode().encode("utf-16"), ""),
    "UTF-16 without a mark": (NUMBERED.decode().encode("utf-16-le"), ""),
    "UTF-16 in gzip": (gzip.compress(NUMBERED.decode().encode("utf-16-be")), "gzip"),
    "no text": (b"\xff\xfe", "identity"),
}
IN_WORDS = {
    "in JSON in JSON": json.dumps({"message": NUMBERED.decode()}),
    "in JSON in JSON in JSON": json.dumps({"message": json.dumps({"message": NUMBERED.decode()})}),
    "as Python writes it": json.dumps({"message": str({"order_no": "7"})}),
}
CUT = {
    "of which the number is cut off": NUMBERED[:-6].decode(),
    "of which its name is cut off": NUMBERED[:-10].decode(),
    "of which all is cut off but a brace": "\ufeff\n{",
    "that is an array, and cut": '[{"status": "error"',
}
NOT_IN_WORDS = {
    "of a page": "<html>{</html>",
    "of which order_no is spoken": json.dumps({"message": "order_no is missing"}),
    "with none, in JSON in JSON in JSON": json.dumps({"message": json.dumps({"message": '{"order_no": ""}'})}),
    "with none, as Python writes it": json.dumps({"message": str({"order_no": None, "ORDER_NO": ""})}),
}
LOST |= {
    f"a number {name}": (answer(said("400", text.encode())), BadRequest, Outcome.UNKNOWN, "unknown", None)
    for name, text in (IN_WORDS | CUT).items()
} | {
    f"a refusal {name}": (answer(said("400", text.encode())), BadRequest, Outcome.REFUSED, "refused", None)
    for name, text in NOT_IN_WORDS.items()
}
LOST |= {
    name: (answer(said("400", content, (f"Content-Encoding: {encoding}",) if encoding else ())),
           BadRequest, Outcome.UNKNOWN, "unknown", None)
    for name, (content, encoding) in UNREADABLE.items()
} | {
    f"a refusal, {name}": (answer(said("400", content, (f"Content-Encoding: {encoding}",))),
                           BadRequest, Outcome.REFUSED, "refused", None)
    for name, content, encoding in (
        ("gzip", gzip.compress(PLAIN), "gzip"), ("deflate", zlib.compress(PLAIN), "deflate"),
        ("gzip that is none", PLAIN, "gzip"), ("brotli of nothing", b"", "br"), ("as it is", PLAIN, "identity"),
    )
} | {
    "a number in gzip": (answer(said("400", gzip.compress(NUMBERED), ("Content-Encoding: gzip",))),
                         BadRequest, Outcome.UNKNOWN, "unknown", "7"),
    "a number in gzip that is none": (answer(said("400", NUMBERED, ("Content-Encoding: gzip",))),
                                      BadRequest, Outcome.UNKNOWN, "unknown", "7"),
}  # fmt: skip


@pytest.mark.parametrize("case", LOST)
def test_what_the_error_and_the_journal_say(at_server: Callable[..., Orders], tmp_path: Path, case: str) -> None:
    behave, kind, outcome, recorded, order_no = LOST[case]
    journal = FileJournal(tmp_path)
    on_record: list[str] = []

    def recording(connection: Connection) -> None:
        on_record.extend(entry.outcome for entry in journal.entries(None).values())
        behave(connection)

    with RawServer(recording) as server:
        me = at_server(server, Trading(**DEVICE, journal=f"file:{tmp_path}"))
        error = failure(me, lambda me: me.place_order(**LIMIT, reference="ref1"), kind)
        assert len(server.requests) == 1
    assert on_record == ["sent"]
    assert (error.outcome, error.reference) == (outcome, "ref1")
    assert ("find_order('ref1')" in str(error)) == (outcome is Outcome.UNKNOWN)
    (entry,) = journal.entries(None).values()
    assert (entry.outcome, entry.order_no, entry.fields["quantity"]) == (recorded, order_no, "3")


def test_the_number_of_an_order_without_an_array(at_server: Callable[..., Orders]) -> None:
    with RawServer(answer(body({"status": "success", "data": {"order_no": 7}}))) as server:
        assert at_server(server)(lambda me: me.place_order(**LIMIT)).order_no == "7"


def lose_the_login() -> None:
    with RawServer(reset_after_reading) as server, TorusConnect(**at(server, api_secret=API_SECRET)) as torus:
        torus.generate_session("demo")


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("fail", [lose_the_login, interrupt])
def test_an_order_that_waits_for_a_login_is_not_sent(
    at_server: Callable[..., Orders], fail: Callable[[], None]
) -> None:
    with RawServer(answer(body(ACK))) as server:
        me = at_server(server)
        yesterday = Session("demo", base_url=server.base_url, issued_at=datetime.now(UTC) - timedelta(days=1))
        me.session = AccessToken(yesterday, lambda _: fail())
        for call in (lambda me: me.place_order(**LIMIT), lambda me: me.cancel_order("1")):
            with pytest.raises((ReplyLost, KeyboardInterrupt)) as caught:
                me(call)
            assert not hasattr(caught.value, "__notes__")
            # What is unknown is whether the request token is spent.
            assert fail is interrupt or "The request token may be spent" in str(caught.value)
        assert server.connections == 0
        assert me(lambda me: me.find_orders()) == {}


def test_what_did_not_leave_is_recorded_so(at_server: Callable[..., Orders], tmp_path: Path) -> None:
    with RawServer(answer(body(ACK))) as server:
        me = at_server(server, Trading(**DEVICE, journal=f"file:{tmp_path}"), max_retries=0)
    error = failure(me, lambda me: me.place_order(**LIMIT, reference="ref1"), ConnectionFailed)
    assert (error.outcome, error.reference) == (Outcome.NOT_SENT, "ref1")
    assert FileJournal(tmp_path).entries(None)["ref1"].outcome == "not_sent"


def test_a_reference_is_sent_once(at_server: Callable[..., Orders]) -> None:
    with RawServer(answer(body(ACK), body(ACK))) as server:
        me = at_server(server)
        me(lambda me: me.place_order(**LIMIT, reference="ref1"))
        error = failure(me, lambda me: me.place_order(**LIMIT, reference="ref1"), ReferenceUsed)
        assert (error.outcome, error.reference, len(server.requests)) == (Outcome.UNKNOWN, "ref1", 1)
        assert str(error).endswith("see what find_order('ref1') returns before you do anything else.")


def test_a_reference_that_was_sent_is_found_in_any_case(at_server: Callable[..., Orders]) -> None:
    silent = book(ROW | {"order_no": "1121240611100", "remarks": "NR"})
    with RawServer(answer(body(ACK), silent)) as server:
        me = at_server(server)
        me(lambda me: me.place_order(**LIMIT, reference="ref1"))
        error = failure(me, lambda me: me.place_order(**LIMIT, reference="REF1"), ReferenceUsed)
        assert isinstance(me(lambda me: me.find_order(error.reference, settle=0)), Found)


def test_nothing_is_sent_where_the_journal_cannot_be_written(at_server: Callable[..., Orders], tmp_path: Path) -> None:
    (tmp_path / "orders").touch()
    with RawServer(answer(body(ACK))) as server:
        me = at_server(server, Trading(**DEVICE, journal=f"file:{tmp_path}"))
        error = failure(me, lambda me: me.place_order(**LIMIT, reference="ref1"), StoreError)
        assert (error.reference, server.connections) == ("ref1", 0)


def test_an_acknowledgement_is_not_lost_with_the_journal(
    at_server: Callable[..., Orders], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def taking_it_away(connection: Connection) -> None:
        (tmp_path / "orders").rename(tmp_path / "gone")
        (tmp_path / "orders").touch()
        answer(body(ACK))(connection)

    with RawServer(taking_it_away) as server, caplog.at_level(logging.WARNING, "torus_connect"):
        me = at_server(server, Trading(**DEVICE, journal=f"file:{tmp_path}"))
        assert me(lambda me: me.place_order(**LIMIT, reference="ref1")).order_no == "1121240611100"
    assert "the journal could not record that the order ref1 is acknowledged" in caplog.text
    (file,) = (tmp_path / "gone").glob("*/ref1.json")
    assert b'"outcome": "sent"' in file.read_bytes()  # so its reference is not free


def test_neither_an_acknowledgement_nor_an_error_is_lost_with_whatever_the_journal_raises(
    at_server: Callable[..., Orders], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    with RawServer(answer(body(ACK), said("400"))) as server:
        me = at_server(server)
        monkeypatch.setattr(MemoryJournal, "settle", broken)
        monkeypatch.setattr(MemoryJournal, "begin", lambda *_: None)
        assert me(lambda me: me.place_order(**LIMIT)).order_no == "1121240611100"
        assert failure(me, lambda me: me.place_order(**LIMIT), BadRequest).reference


def test_whoever_has_not_opted_in_sends_nothing(at_server: Callable[..., Orders]) -> None:
    with RawServer(answer(body(ACK))) as server:
        me = at_server(server)
        me.trading = None
        error = failure(me, lambda me: me.place_order(**LIMIT), ConfigurationError)
        assert "is experimental" in str(error)
        yesterday = Session("demo", base_url=server.base_url, issued_at=datetime.now(UTC) - timedelta(days=1))
        me.session = AccessToken(yesterday, lambda _: pytest.fail("nobody need log in for that"))
        failure(me, lambda me: me.place_order(**LIMIT), ConfigurationError)
        assert server.connections == 0
        failure(me, lambda me: me.place_order(**LIMIT | {"quantity": 0}), ConfigurationError)


def test_find_orders_reads_one_book_for_all_and_waits_for_what_is_not_seen(at_server: Callable[..., Orders]) -> None:
    books = (book(), book(ROW), book(ROW, ROW | {"order_no": "2", "remarks": "ref2"}))
    with RawServer(answer(*books)) as server:
        me = at_server(server)
        found = me(lambda me: me.find_orders(["ref1", "ref2"]))
        assert len(server.requests) == 3
    assert {name: each.order.order_no for name, each in found.items()} == {"ref1": "1", "ref2": "2"}


def test_an_order_is_looked_for_to_the_end(me: Orders, torus_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (async_find, sync_find):
        monkeypatch.setattr(module, "_FIRST_PAUSE", 1)
    torus_sandbox.set_book_lag(seconds=0.1, reads=1)
    torus_sandbox.lose_replies("reset_after", times=1)
    error = failure(me, lambda me: me.place_order(**LIMIT), ReplyLost)
    assert isinstance(me(lambda me: me.find_order(error.reference, settle=0.15)), Found)


def test_a_slow_read_is_not_the_last_one(at_server: Callable[..., Orders]) -> None:
    def slow(connection: Connection) -> None:
        connection.read_request()
        time.sleep(0.05)
        connection.send(book())
        answer(book(ROW))(connection)

    with RawServer(slow) as server:
        assert isinstance(at_server(server)(lambda me: me.find_order("ref1", settle=0.01)), Found)


def test_what_find_orders_says(at_server: Callable[..., Orders]) -> None:
    with RawServer(answer(*[book(ROW, ROW | {"order_no": "2"})] * 3)) as server:
        me = at_server(server)
        found = me(lambda me: me.find_orders(iter(["ref1", "ref9"]), settle=0))
        assert isinstance(found["ref1"], Ambiguous)
        assert isinstance(found["ref9"], NotSeen)
        assert isinstance(me(lambda me: me.find_orders("ref9", settle=0))["ref9"], NotSeen)
        assert me(lambda me: me.find_orders([])) == me(lambda me: me.find_orders()) == {}
        failure(me, lambda me: me.find_orders(["no reference"]), ConfigurationError)
        failure(me, lambda me: me.find_order(None), ConfigurationError)  # of an error that has none
        assert len(server.requests) == 2


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1, True, "10", None, 86401])
def test_what_is_no_number_of_seconds_to_wait(at_server: Callable[..., Orders], seconds: Any) -> None:
    with RawServer(answer(book())) as server:
        me = at_server(server)
        for call in (
            lambda me: me.find_order("ref1", settle=seconds),
            lambda me: me.find_orders([], settle=seconds),
            lambda me: me.wait_for_order("1", timeout=seconds),
        ):
            error = failure(me, call, ConfigurationError)
            assert str(error).startswith(("settle must be", "timeout must be"))
        assert server.connections == 0
        assert me(lambda me: me.wait_for_order("1", timeout=0)).order is None


NO_BOOKS: list[dict[str, Any]] = [
    {"error": "demo"}, {"status": 400, "message": "demo"}, {"status": "failed", "data": None},
    {"status": "success", "data": "demo"}, {"status": "success", "data": [{}]},
    {"status": "success", "data": {"message": "demo"}}, {"status": "failed", "data": [{"oms_error_code": "demo"}]},
]  # fmt: skip


def test_what_is_no_book_does_not_say_that_an_order_is_not_there(at_server: Callable[..., Orders]) -> None:
    empty = {"status": "success", "data": None}
    with RawServer(answer(*[body(each) for each in NO_BOOKS], body(empty), body(NO_BOOKS[0]))) as server:
        me = at_server(server)
        for _ in NO_BOOKS:
            error = failure(me, lambda me: me.find_order("ref1", settle=0), MalformedReply)
            assert error.operation == "orderBook"
        assert isinstance(me(lambda me: me.find_order("ref1", settle=0)), NotSeen)
        failure(me, lambda me: me.wait_for_order("1"), MalformedReply)


def test_after_a_restart_the_journal_knows_what_to_look_for(at_server: Callable[..., Orders], tmp_path: Path) -> None:
    url = f"file:{tmp_path}"
    with RawServer(reset_after_reading) as server:
        failure(at_server(server, Trading(**DEVICE, journal=url)), lambda me: me.place_order(**LIMIT, reference="ref1"))
    with RawServer(answer(book(ROW))) as server:
        me = at_server(server, Trading(**DEVICE, journal=url))
        found = me(lambda me: me.find_orders())
        assert found["ref1"].order.order_no == "1"
        assert me(lambda me: me.find_orders()) == {}  # it is settled
    assert FileJournal(tmp_path).entries(None)["ref1"].order_no == "1"


def test_one_damaged_file_of_the_journal(
    at_server: Callable[..., Orders], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trading = Trading(**DEVICE, journal=f"file:{tmp_path}")
    for reference in ("ref1", "Ref2"):
        with RawServer(reset_after_reading) as server:
            failure(at_server(server, trading), lambda me: me.place_order(**LIMIT, reference=reference))  # noqa: B023
    (file,) = tmp_path.glob("orders/*/ref2.json")
    file.write_bytes(file.read_bytes()[:40])
    now = f"{datetime.now(INDIA):%Y-%m-%d %H:%M:%S}"
    bare = [ROW | {"order_no": number, "remarks": "NR", "order_date_time": now} for number in ("1", "2")]
    books = (book(), book(bare[0]), book(*bare), book(ROW), book(ROW | {"order_no": "2", "remarks": "ref2"}))
    with RawServer(answer(*books)) as server:
        me = at_server(server, trading)
        caplog.clear()
        error = failure(me, lambda me: me.place_order(**LIMIT, reference="ref2"), StoreError)
        assert str(error).startswith(f"{file} holds what is no entry of an order")
        assert str(error).endswith("see what find_order('ref2') returns before you do anything else.")
        assert (error.outcome, server.requests) == (Outcome.UNKNOWN, [])
        caplog.clear()
        found = me(lambda me: me.find_orders(settle=0))
        assert found == {"ref1": NotSeen(reference="ref1"), "ref2": NotSeen(reference="ref2")}
        assert f"{file} holds what is no entry of an order" in caplog.text
        for orders in (1, 2):  # no remarks: whose they are cannot be said
            found = me(lambda me: me.find_orders(settle=0))
            assert all(isinstance(each, Ambiguous) and len(each.orders) == orders for each in found.values())
        found = me(lambda me: me.find_orders(settle=0))
        assert isinstance(found["ref1"], Found)
        assert isinstance(found["ref2"], NotSeen)
        assert isinstance(me(lambda me: me.find_orders(settle=0))["ref2"], Found)
        caplog.clear()
        assert me(lambda me: me.find_orders()) == {}  # what was found is on record again
        assert caplog.text == ""
        failure(me, lambda me: me.place_order(**LIMIT, reference="Ref2"), ReferenceUsed)


def test_by_its_terms_where_the_book_has_no_remarks(at_server: Callable[..., Orders]) -> None:
    with RawServer(answer(body(ACK))) as server:
        me = at_server(server)
        me(lambda me: me.place_order(**LIMIT, reference="known1"))
    with RawServer(reset_after_reading) as server:
        lost = at_server(server, me.trading)
        failure(lost, lambda me: me.place_order(**LIMIT, reference="ref1"), ReplyLost)
    now = f"{datetime.now(INDIA):%Y-%m-%d %H:%M:%S}"
    bare = {name: value for name, value in ROW.items() if name != "remarks"} | {"order_date_time": now}
    with RawServer(answer(book(bare | {"order_no": "1121240611100"}, bare | {"order_no": "9"}))) as server:
        found = at_server(server, me.trading)(lambda me: me.find_order("ref1"))
    assert (found.order.order_no, found.probable) == ("9", True)


def test_the_whole_order_is_stated_again(at_server: Callable[..., Orders]) -> None:
    row = ROW | {
        "disc_quantity": 2, "off_mkt_flag": "1", "trigger_price": 13.5, "order_type": "SL", "remarks": "NR",
        "remarks1": "ref1", "validity": "GTD", "good_till_days_date": "2026-12-04", "txn_type": "S", "price": 13,
    }  # fmt: skip
    replies = (book(row), body(ACK), book(row), body({"status": "success"}), book(row), body(ACK))
    with RawServer(answer(*replies)) as server, warnings.catch_warnings():
        warnings.simplefilter("error")
        me = at_server(server)
        me(lambda me: me.modify_order("1", quantity=4, trigger_price="13.4"))
        assert me(lambda me: me.cancel_order("1")).order_no == "1"
        me(lambda me: me.modify_order("1", quantity=3, validity="DAY"))
        modified, cancelled, of_today = (server.sent(index)[2]["data"] for index in (1, 3, 5))
    again = {
        "txn_type": "S", "exchange": "NSE", "segment": "E", "product": "I", "security_id": IDEA, "quantity": "3",
        "price": "13.00", "validity": "GTD", "order_type": "SL", "disc_quantity": "2", "trigger_price": "13.50",
        "off_mkt_flag": "true", "remarks": "ref1", "mkt_type": "NL", "good_till_days_date": "2026-12-04",
        "order_no": "1", "serial_no": "1", "group_id": "1",
    } | DEVICE  # fmt: skip
    assert cancelled == again
    assert modified == again | {"quantity": "4", "trigger_price": "13.40"}
    del again["good_till_days_date"]  # of an order that is not GTD any more
    assert of_today == again | {"validity": "DAY"}


@pytest.mark.parametrize(("price", "sent"), [("14.123456789", "14.123456789"), (-1, "-1.00"), ("1e3", "1000.00")])
def test_a_price_is_stated_again_as_the_book_has_it(at_server: Callable[..., Orders], price: Any, sent: str) -> None:
    with RawServer(answer(book(ROW | {"price": price}), body(ACK))) as server:
        at_server(server)(lambda me: me.cancel_order("1"))
        assert server.sent(1)[2]["data"]["price"] == sent


def test_an_order_of_another_type_has_no_price_of_its_former_one(at_server: Callable[..., Orders]) -> None:
    row = ROW | {"order_type": "SL", "trigger_price": 13.5, "off_mkt_flag": False}
    with RawServer(answer(*[book(row), body(ACK)] * 3)) as server, warnings.catch_warnings():
        warnings.simplefilter("error")
        me = at_server(server)
        me(lambda me: me.modify_order("1", quantity=3, order_type="MARKET"))
        me(lambda me: me.modify_order("1", quantity=3, order_type="LIMIT"))
        me(lambda me: me.modify_order("1", quantity=3, order_type="LIMIT", price=15))
        sent = [server.sent(index)[2]["data"] for index in (1, 3, 5)]
    prices = [(each["order_type"], each["price"], each["trigger_price"]) for each in sent]
    assert prices == [("MKT", "0.00", "0.00"), ("LMT", "14.00", "0.00"), ("LMT", "15.00", "0.00")]


@pytest.mark.parametrize(
    ("row", "options", "why"),
    [
        (ROW | {"status": "TRADED"}, {}, "the order book says TRADED"),
        (ROW, {"serial_no": "2"}, "was changed: its serial_no is 1 now"),
        (ROW | {"group_id": None, "product": None}, {}, "what must be stated again: product, group_id"),
        (ROW | {"off_mkt_flag": "Y", "price": None}, {}, "what must be stated again: off_mkt_flag, price"),
        (
            ROW | {"order_type": "SL", "off_mkt_flag": None},
            {},
            "what must be stated again: off_mkt_flag, trigger_price",
        ),
        (ROW | {"order_no": "2"}, {}, "does not show this order"),
    ],
)
def test_what_is_not_changed(
    at_server: Callable[..., Orders], row: dict[str, Any], options: dict[str, Any], why: str
) -> None:
    with RawServer(answer(*[book(row)] * 2)) as server:
        me = at_server(server)
        assert why in str(failure(me, lambda me: me.cancel_order("1", **options), OrderNotChanged))
        assert why in str(failure(me, lambda me: me.modify_order("1", quantity=1, **options), OrderNotChanged))
        assert len(server.requests) == 2


@pytest.mark.parametrize("name", ["order_type", "validity"])
def test_an_empty_word_is_no_change(at_server: Callable[..., Orders], name: str) -> None:
    with RawServer(answer(book(ROW), body(ACK))) as server:
        error = failure(
            at_server(server), lambda me: me.modify_order("1", quantity=1, **{name: ""}), ConfigurationError
        )
        assert str(error).startswith(f"{name} must be one of")
        assert server.requests == []


def test_no_change_was_sent_where_the_book_could_not_be_read(at_server: Callable[..., Orders]) -> None:
    with RawServer(reset_after_reading) as server:
        me = at_server(server, max_retries=0)
        assert failure(me, lambda me: me.cancel_order("1"), ReplyLost).outcome is Outcome.NOT_SENT
    with RawServer(answer(said("400", b"{}"))) as server:
        me = at_server(server)
        assert failure(me, lambda me: me.modify_order("1", quantity=1), BadRequest).outcome is Outcome.REFUSED


def test_an_error_says_that_the_order_changed_meanwhile(at_server: Callable[..., Orders]) -> None:
    later = ROW | {"serial_no": 2}
    refused = said("400", b'{"status": "error", "message": "stale"}')
    with RawServer(answer(book(ROW), refused, book(later), book(ROW), refused, book(ROW))) as server:
        me = at_server(server)
        error = failure(me, lambda me: me.cancel_order("1"), BadRequest)
        assert error.__notes__ == ["Its serial_no was 1, and is 2 now."]
        assert pickle.loads(pickle.dumps(error)).__notes__ == error.__notes__
        assert error.reference == "ref1"
        assert not hasattr(failure(me, lambda me: me.cancel_order("1"), BadRequest), "__notes__")
        assert len(server.requests) == 6


def test_what_a_hook_raises_does_not_hide_that_a_change_may_have_been_made(at_server: Callable[..., Orders]) -> None:
    def nobody_is_here(_: Session) -> Session:
        raise LookupError

    with RawServer(answer(book(ROW), said("500"), said("401"))) as server:
        me = at_server(server)
        me.session = AccessToken(Session("demo", base_url=server.base_url), nobody_is_here)
        error = failure(me, lambda me: me.cancel_order("1"), ServerError)
        assert (error.outcome, error.reference) == (Outcome.UNKNOWN, "ref1")
        assert len(server.requests) == 3


def test_the_error_of_a_change_waits_for_no_login(at_server: Callable[..., Orders]) -> None:
    with RawServer(answer(book(ROW), said("401"))) as server:
        me = at_server(server)
        me.session = AccessToken(
            Session("demo", base_url=server.base_url), lambda _: pytest.fail("nobody need log in for that")
        )
        assert failure(me, lambda me: me.cancel_order("1"), AuthenticationFailed).reference == "ref1"
        assert len(server.requests) == 2


@pytest.mark.parametrize("case", ["reset", "401", "429", "503"])
def test_a_change_is_sent_once(at_server: Callable[..., Orders], case: str) -> None:
    sent: list[str] = []

    def behave(connection: Connection) -> None:
        while request := connection.read_request():
            sent.append(request.split(b" ", 2)[1].decode().rpartition("/")[2])
            if sent[-1] == "book":
                connection.send(book(ROW))
            elif case == "reset":
                return connection.reset()
            else:
                connection.send(said(case, headers=("Retry-After: 0",)))
        return None

    with RawServer(behave) as server:
        me = at_server(server)
        failure(me, lambda me: me.cancel_order("1"))
    assert sent == ["book", "cancel", "book"][: 2 if case == "401" else 3]


def test_an_interrupt_says_how_the_order_is_found(at_server: Callable[..., Orders]) -> None:
    class Interrupted(BaseException):
        pass

    def interrupt(_: Session) -> None:
        raise Interrupted

    with RawServer(answer(said("401"))) as server:
        me = at_server(server)
        assert isinstance(me.session, Session)
        me.session = AccessToken(me.session, on_refused=interrupt)
        with pytest.raises(Interrupted) as caught:
            me(lambda account: account.place_order(**LIMIT, reference="ref1"))
    assert caught.value.__notes__ == ["The order may be placed: find_order('ref1') tells."]


class Refused(MemoryJournal):
    """A journal that is slow: meanwhile, another order of the user is answered 401."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens = happens

    def begin(self, entry: Any) -> None:
        super().begin(entry)
        self._happens()


def test_how_a_login_ends_is_no_outcome_of_an_order(at_server: Callable[..., Orders]) -> None:
    """The callers that wait for one share its error: an order that comes into it would put its reference there."""
    shared = ReplyLost("the login was cut off")

    def no_login(_: Session) -> Session:
        raise shared

    with RawServer(answer(reply(b'{"error": "demo"}', status="401 Unauthorized"))) as server:
        me = at_server(server, trading := Trading(**DEVICE))
        session = me.session
        assert isinstance(session, Session)
        me.session = token = AccessToken(session, no_login)
        trading.opened.append(Refused(lambda: token.refuse(session)))
        error = failure(me, lambda account: account.place_order(**LIMIT, reference="ref1"))
        assert (type(error), error.outcome, error.reference) == (AuthenticationFailed, Outcome.REFUSED, "ref1")
        assert shared.reference is None
        assert len(server.requests) == 1
        assert failure(me, lambda account: account.place_order(**LIMIT, reference="ref2")) is shared
        assert (shared.reference, len(server.requests)) == (None, 1)


def test_an_order_that_is_refused_is_heard_of_by_the_token_of_all(at_server: Callable[..., Orders]) -> None:
    with RawServer(answer(said("401"), body(ACK))) as server:
        me = at_server(server)
        old = me.session
        assert isinstance(old, Session)
        new = Session("demo-new", base_url=server.base_url)
        me.session = AccessToken(old, on_refused=lambda refused: new if refused is old else None)
        failure(me, lambda account: account.place_order(**LIMIT), AuthenticationFailed)
        assert me(lambda account: account.place_order(**LIMIT)).order_no
        assert [server.sent(number)[1]["authorization"] for number in (0, 1)] == ["Bearer demo", "Bearer demo-new"]

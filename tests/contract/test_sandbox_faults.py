"""The sandbox loses replies on demand: what it does of the request, and what comes over the wire."""

from __future__ import annotations

import json
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import httpx
import pytest
from support.clock import Clock

from torus_connect import Outcome, TorusConnect, TorusError, Trading
from torus_connect.sandbox import Sandbox
from torus_connect.sandbox.losses import FAULTS, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torus_connect.sandbox.contract import Contract

IDEA = "14366"
DEVICE = {"ip": "192.0.2.1", "uu_id": "12345678", "app_id": "12345678"}
PATHS = {"orderEntry": "entry", "orderModify": "modify", "orderCancel": "cancel", "convertPosition": "convert/delivery"}
WITH_ORDER_NO = ("error_with_order_no", "bad_request_with_order_no")


class Reply(NamedTuple):
    """What came over the wire; `end` says how it ended."""

    status: int
    body: bytes
    end: str


class Me:
    """A user of the sandbox, over raw sockets."""

    def __init__(self, sandbox: Sandbox, torus: TorusConnect, user: str) -> None:
        self.user, self._sandbox = user, sandbox
        self._authorization = torus.generate_session(sandbox.issue_request_token(user=user)).authorization

    @contextmanager
    def sending(self, path: str, data: dict[str, Any] | None = None) -> Iterator[socket.socket]:
        body = json.dumps({"source": "M"} | ({"data": data} if data else {})).encode()
        where = httpx.URL(self._sandbox.base_url)
        head = (
            f"POST {where.path}/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {self._authorization}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", where.port or 0), timeout=10) as connection:
            connection.sendall(head.encode() + body)
            yield connection

    def send(self, path: str, data: dict[str, Any] | None = None) -> Reply:
        received, end = b"", "closed"
        with self.sending(path, data) as connection:
            try:
                while chunk := connection.recv(65536):
                    received += chunk
            except ConnectionResetError:
                end = "reset"
        if not received:
            return Reply(0, b"", end)
        headers, _, body = received.partition(b"\r\n\r\n")
        length = int(headers.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        assert len(body) in (length, length // 2)
        return Reply(int(headers.split()[1]), body, end if len(body) == length else "half")

    def place(self, reference: str = "demo1", **more: str) -> Reply:
        return self.send("order/entry", order(remarks=reference, **more))

    def book(self, path: str = "order/book") -> list[tuple[str, str, str]]:
        rows = json.loads(self.send(path).body)["data"]
        return [(row["remarks"], row["status"], str(row["serial_no"])) for row in rows]


def order(**more: str) -> dict[str, str]:
    fields = {"exchange": "NSE", "segment": "E", "product": "I", "security_id": IDEA, "mkt_type": "NL"}
    given = {"txn_type": "B", "quantity": "10", "order_type": "LMT", "price": "14.00", "validity": "DAY"}
    return fields | given | more


@pytest.fixture(scope="module")
def torus(torus_sandbox: Sandbox) -> Iterator[TorusConnect]:
    with TorusConnect(**torus_sandbox.credentials, max_retries=0) as client:
        yield client


@pytest.fixture
def log_in(torus_sandbox: Sandbox, torus: TorusConnect) -> Callable[[str], Me]:
    return lambda user: Me(torus_sandbox, torus, user)


@pytest.fixture
def me(log_in: Callable[[str], Me], torus_sandbox: Sandbox) -> Me:
    torus_sandbox.set_price(IDEA, 15)
    return log_in("asha")


@pytest.fixture(scope="module")
def http(torus_sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=torus_sandbox.origin, verify=False) as client:
        yield client


# What is done, and what comes back

ACTED = {
    "reset_before": False, "reset_after": True, "half_reply": True, "empty_body": True, "late_reply": True,
    "error_with_order_no": False, "bad_request_with_order_no": False, "server_error_before": False,
    "server_error_after": True, "too_many_requests": False,
}  # fmt: skip
BACK = {
    "reset_before": (0, "reset"), "reset_after": (0, "reset"), "half_reply": (200, "half"),
    "empty_body": (200, "closed"), "late_reply": (200, "closed"), "error_with_order_no": (200, "closed"),
    "bad_request_with_order_no": (400, "closed"), "server_error_before": (503, "closed"),
    "server_error_after": (503, "closed"), "too_many_requests": (429, "closed"),
}  # fmt: skip


@cache
def contract() -> Contract:
    from torus_connect.sandbox.contract import Contract  # loads more than all other tests while they are collected

    return Contract()


def came_back(fault: str, reply: Reply, operation_id: str) -> None:
    assert (reply.status, reply.end) == BACK[fault]
    if fault in ("empty_body", "reset_before", "reset_after"):
        assert reply.body == b""
    elif fault == "half_reply":
        assert reply.body.startswith(b'{"status":"success",')
    else:  # a reply that is sent whole is one by the document
        operation = contract().operations[operation_id]
        assert contract().fault_in_reply(operation, reply.status, reply.body) is None


def test_every_fault_is_here() -> None:
    assert set(get_args(Fault)) == FAULTS.keys() == ACTED.keys() == BACK.keys()


@pytest.mark.parametrize("fault", ACTED)
def test_an_order_is_placed_or_not_whatever_comes_back(torus_sandbox: Sandbox, me: Me, fault: Fault) -> None:
    torus_sandbox.lose_replies(fault, times=1, delay=0.05)
    reply = me.place()
    came_back(fault, reply, "orderEntry")
    rejected = [("demo1", "Rejected", "1")] if fault in WITH_ORDER_NO else []
    assert me.book() == ([("demo1", "Pending", "1")] if ACTED[fault] else rejected)
    if fault in WITH_ORDER_NO:
        said = json.loads(reply.body)
        assert (said["status"], said["data"][0]["oms_error_code"]) == ("error", "O3052")
        assert said["data"][0]["order_no"] == torus_sandbox.orders()[0]["order_no"]
    assert me.place("demo2").status == 200  # once is over
    assert me.book()[-1][0] == "demo2"


@pytest.mark.parametrize("fault", ACTED)
def test_a_change_is_made_or_not_whatever_comes_back(torus_sandbox: Sandbox, me: Me, fault: Fault) -> None:
    number = json.loads(me.place().body)["data"][0]["order_no"]
    for operation_id in ("orderModify", "orderCancel"):
        torus_sandbox.lose_replies(fault, operation_id=operation_id, delay=0.05)
        (before,) = me.book()
        sent = order(price="14.10", order_no=number, serial_no=before[2], group_id="1", off_mkt_flag="false")
        reply = me.send(f"order/{PATHS[operation_id]}", sent | DEVICE | {"remarks": "demo1"})
        came_back(fault, reply, operation_id)
        if fault in WITH_ORDER_NO:
            assert json.loads(reply.body)["data"][0]["order_no"] == number
        after = (
            "demo1",
            {"orderModify": "Modified", "orderCancel": "Cancelled"}[operation_id],
            f"{int(before[2]) + 1}",
        )
        assert me.book() == [after if ACTED[fault] else before]


@pytest.mark.parametrize("fault", [fault for fault in ACTED if fault not in WITH_ORDER_NO])
def test_a_position_is_converted_or_not_whatever_comes_back(torus_sandbox: Sandbox, me: Me, fault: Fault) -> None:
    me.place(price="15.00")
    torus_sandbox.lose_replies(fault, operation_id="convertPosition", delay=0.05)
    sent = {"exchange": "NSE", "segment": "E", "security_id": IDEA, "mkt_type": "NL", "user_type": "C", "quantity": 10}
    reply = me.send("order/convert/delivery", sent | {"txn_type": "B", "product_from": "I", "product_to": "C"})
    came_back(fault, reply, "convertPosition")
    rows = json.loads(me.send("holdings/netposition", {"interop_flag": "IP"}).body)["data"]
    assert {row["product"]: row["net_qty"] for row in rows} == ({"I": 0, "C": 10} if ACTED[fault] else {"I": 10})


def test_a_read_gets_lost_too(torus_sandbox: Sandbox, me: Me) -> None:
    me.place()
    torus_sandbox.lose_replies("half_reply", operation_id="orderBook", times=1)
    assert me.send("order/book").end == "half"
    assert len(me.book()) == 1


@pytest.mark.parametrize("fault", WITH_ORDER_NO)
def test_an_example_gets_lost_too(torus_sandbox: Sandbox, log_in: Callable[[str], Me], fault: Fault) -> None:
    me = log_in("asha")
    torus_sandbox.lose_replies(fault)
    reply = me.place()
    came_back(fault, reply, "orderEntry")
    assert json.loads(reply.body)["data"][0]["order_no"] == "1121240611100"
    assert torus_sandbox.orders() == []


def test_a_late_reply_is_not_kept_for_whoever_has_gone(torus_sandbox: Sandbox, me: Me) -> None:
    torus_sandbox.lose_replies("late_reply", delay=600)
    with me.sending("order/entry", order(remarks="demo1")) as connection:
        deadline = time.monotonic() + 10
        while not torus_sandbox.orders() and time.monotonic() < deadline:
            time.sleep(0.001)
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1)
    assert me.book() == [("demo1", "Pending", "1")]


def test_what_is_no_order_is_refused_as_ever(torus_sandbox: Sandbox, me: Me) -> None:
    faults: list[Fault] = ["reset_after", "error_with_order_no", "bad_request_with_order_no"]
    for fault in faults:
        torus_sandbox.lose_replies(fault, operation_id="orderCancel")
        fields = {"order_no": "1", "serial_no": "1", "group_id": "1", "off_mkt_flag": "false"}
        reply = me.send("order/cancel", order(**fields) | DEVICE)
        assert (reply.status, json.loads(reply.body)["error"]) == (400, "order_refused")


@pytest.mark.parametrize("fault", ACTED)
def test_the_sdk_takes_none_of_them_for_a_success_or_a_refusal(
    torus_sandbox: Sandbox, torus: TorusConnect, fault: Fault
) -> None:
    torus_sandbox.set_price(IDEA, 15)
    session = torus.generate_session(torus_sandbox.issue_request_token(user="asha"))
    me = torus.account(session, trading=Trading(**DEVICE))
    torus_sandbox.lose_replies(fault, delay=0)
    if fault == "late_reply":
        assert me.order_entry(**order()).data
        return
    with pytest.raises(TorusError) as caught:
        me.order_entry(**order())
    assert getattr(caught.value, "outcome", None) is (
        Outcome.REFUSED if fault == "too_many_requests" else Outcome.UNKNOWN
    )
    placed = ACTED[fault] or fault in WITH_ORDER_NO
    assert [row.status for row in me.order_book()] == (["Pending" if ACTED[fault] else "Rejected"] if placed else [])


# At random


def run(me: Me, count: int) -> list[tuple[int, str, int]]:
    return [(reply.status, reply.end, len(reply.body)) for reply in (me.place(f"{me.user}{n}") for n in range(count))]


def test_the_same_seed_loses_the_same_replies_of_each_user(torus_sandbox: Sandbox, log_in: Callable[[str], Me]) -> None:
    users = [log_in(name) for name in ("asha", "ravi", "meena")]
    torus_sandbox.set_price(IDEA, 15)
    seen = []
    for _ in range(2):
        torus_sandbox.lose_replies(chance=0.5, seed=7, delay=0)
        with ThreadPoolExecutor(3) as pool:
            seen.append(list(pool.map(lambda me: run(me, 30), users)))
    torus_sandbox.lose_replies(chance=0.5, seed=8, delay=0)
    assert seen[0] == seen[1]
    assert seen[0][0] not in (seen[0][1], run(users[0], 30))
    whole = Counter((status, end) for each in seen[0] for status, end, _ in each)
    assert whole.keys() == set(BACK.values())  # every fault of the ten
    assert 15 <= whole.total() - whole[200, "closed"] <= 60


def test_faults_of_a_user_come_before_those_of_all(torus_sandbox: Sandbox, me: Me, log_in: Callable[[str], Me]) -> None:
    torus_sandbox.lose_replies("server_error_before", user="asha", chance=0)
    torus_sandbox.lose_replies("too_many_requests", times=2)
    assert (me.place().status, log_in("ravi").place().status, me.place().status) == (429, 429, 200)
    torus_sandbox.lose_replies("server_error_before")
    torus_sandbox.set_fault("orderEntry", status=418)  # replaces it
    assert me.place().status == 418


# The book that lags


def test_a_book_that_lags_by_reads(
    torus_sandbox: Sandbox, me: Me, log_in: Callable[[str], Me], http: httpx.Client
) -> None:
    torus_sandbox.set_book_lag(reads=2)
    number = json.loads(me.place().body)["data"][0]["order_no"]
    for _ in range(3):  # the page shows what the book will, and is no read of it
        assert "demo1" in http.get("/_sandbox/account", params={"user": "asha"}).text
    assert [me.book() for _ in range(3)] == [[], [], [("demo1", "Pending", "1")]]
    torus_sandbox.set_price(IDEA, "13.90")
    pending, traded = [("demo1", "Pending", "1")], [("demo1", "Traded", "2")]
    assert log_in("ravi").book() == []
    assert [me.book() for _ in range(3)] == [pending, pending, traded]
    me.place("demo2")
    assert len(me.book()) == 1
    torus_sandbox.set_book_lag()
    assert len(me.book()) == 2
    details = json.loads(me.send("order/details", {"order_no": number, "segment": "E"}).body)["data"]
    assert details[0]["status"] == "Traded"


def test_a_book_that_lags_by_seconds() -> None:
    clock = Clock(1_718_089_543.0)
    with Sandbox(wall_clock=clock) as sandbox, TorusConnect(**sandbox.credentials) as torus:
        me = Me(sandbox, torus, "asha")
        sandbox.set_price(IDEA, 15)
        sandbox.set_book_lag(seconds=2.5)
        me.place()
        clock.now += 2
        sandbox.set_price(IDEA, "13.90")
        assert me.book() == []
        clock.now += 0.5
        assert me.book() == [("demo1", "Pending", "1")]
        clock.now += 2
        assert me.book() == [("demo1", "Traded", "2")]
        assert [(row["user"], row["status"]) for row in sandbox.orders()] == [("asha", "Traded")]


# What counts for a proof


def test_each_order_that_was_taken_in_is_counted(
    torus_sandbox: Sandbox, me: Me, log_in: Callable[[str], Me], http: httpx.Client
) -> None:
    torus_sandbox.set_book_lag(reads=9)
    torus_sandbox.lose_replies(*ACTED, chance=1, seed=1, delay=0)  # type: ignore[arg-type]
    for n in range(20):
        me.place(f"demo{n}")
    torus_sandbox.lose_replies("reset_after")
    for _ in range(2):
        log_in("ravi").place("twice")
    counts = Counter(row["remarks"] for row in torus_sandbox.orders())
    assert (counts["twice"], {counts[each] for each in counts if each != "twice"}) == (2, {1})
    assert [row["remarks"] for row in torus_sandbox.orders("ravi")] == ["twice", "twice"]
    assert torus_sandbox.orders("nobody") == []
    over_http = http.get("/_sandbox/orders", params={"user": "ravi"}).json()["orders"]
    assert [(row["user"], row["remarks"], row["price"]) for row in over_http] == [("ravi", "twice", 14.0)] * 2
    assert len(http.get("/_sandbox/orders").json()["orders"]) == counts.total()


# What cannot be set

WRONG: list[tuple[tuple[str, ...], dict[str, Any], str]] = [
    (("reset_afer",), {}, "there is no such fault; the nearest is reset_after"),
    (("reset_after", "x"), {}, "there is no such fault; the nearest is "),
    (("reset_after",), {"operation_id": "order_entry"}, "no such operationId; the nearest is orderEntry"),
    (("error_with_order_no",), {"operation_id": "orderBook"}, "is of orderEntry, orderModify, orderCancel only"),
    ((), {"times": 0}, "times must be a whole number from 1 on, or None"),
    ((), {"user": ""}, "user must be a name"),
    *[((), {"chance": chance}, "chance must be a number from 0 to 1") for chance in (-0.1, 1.1, True, "1")],
    *[((), {"delay": delay}, "delay must be a number of seconds from 0 to 3600") for delay in (-1, 3601, True, "1")],
    ((), {"seed": "7"}, "seed must be a whole number"),
]


@pytest.mark.parametrize(("faults", "arguments", "why"), WRONG)
def test_what_cannot_be_lost(
    torus_sandbox: Sandbox, me: Me, faults: tuple[Any, ...], arguments: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        torus_sandbox.lose_replies(*faults, **arguments)
    assert me.place().status == 200


def test_what_is_no_lag(torus_sandbox: Sandbox) -> None:
    for seconds in (-1, 86_401, True, "1"):
        with pytest.raises(ValueError, match="seconds must be a number from 0 to 86400"):
            torus_sandbox.set_book_lag(seconds=seconds)  # type: ignore[arg-type]
    for reads in (-1, 1.0, True):
        with pytest.raises(ValueError, match="reads must be a whole number from 0 on"):
            torus_sandbox.set_book_lag(reads=reads)  # type: ignore[arg-type]

"""The kinds of calls. What a fault does to a call depends on its kind, and on nothing else of its operation.

An operation that behaves as another one needs no rows of its own: a test that it is of that kind, and of its request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from faults.planted import ACCESS_TOKEN, API_KEY, API_SECRET, REQUEST_TOKEN
from faults.row import REFUSED, UNKNOWN, Row
from support import kinds as operations

import torus_connect
from torus_connect import AsyncTorusConnect, Session, TorusConnect, Trading
from torus_connect._config.checks import is_sendable
from torus_connect_api.api.account import order_entry
from torus_connect_api.api.session import generate_session
from torus_connect_api.client import Operation, Request
from torus_connect_api.types import UNSET

FACES = ("sync", "async")

Client = TorusConnect | AsyncTorusConnect


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of call.

    Attributes:
        name: what the field calls it.
        operation: its name in the document.
        secret: what the request carries that says whose call it is.
        header: with which the request carries that, in lower case, and the whole of what stands there.
        call: makes the call with a client and such a secret; with an asynchronous client, what is to be awaited.
        saw: fails unless the start line, the headers and the body that a server read are those of the call.
        good: whether a call returned what `GOOD_REPLY` says.
        shown: what of that callers hand on.
        expects: what comes of a row, which is written for the kind `SESSION`.
        rows: the names of those rows that `make test` takes, a choice that covers what is different; all by default.
    """

    name: str
    operation: str
    secret: str
    header: tuple[str, str] | None
    call: Callable[[Any, str], Any]
    saw: Callable[[str, Mapping[str, str], Any], None]
    good: Callable[[Any], bool]
    shown: Callable[[Any], Mapping[str, object]]
    expects: Callable[[Row], Row] = lambda row: row
    rows: frozenset[str] | None = None


def _saw_session(line: str, headers: Mapping[str, str], body: Any) -> None:
    assert line == "POST /api/v1/session/generate HTTP/1.1"
    assert headers["token"]
    assert body == {"API_KEY": API_KEY, "API_SECRET": API_SECRET}


def _shown_of_session(session: Session) -> Mapping[str, object]:
    return {"session": session, "access token": session.access_token, "authorization": session.authorization}


SESSION = Kind(
    name="session",
    operation="generateSession",
    secret=REQUEST_TOKEN,
    header=("token", REQUEST_TOKEN),
    call=lambda torus, request_token: torus.generate_session(request_token),
    saw=_saw_session,
    good=lambda session: session.access_token == ACCESS_TOKEN,
    shown=_shown_of_session,
)


def _read(data: object) -> str:
    """Read what the reader of sessions reads, so that a row's replies are good and bad for every kind."""
    token = generate_session.read_access_token(data)
    if not is_sendable(token):
        raise ValueError("no header can carry it")
    return token


BODY = {"exchange": "NSE"}
QUERY = [("symbols", "A&B C")]
TRADING = Trading(ip="192.0.2.1", uu_id="demo-installation", app_id="demo-app")
# As it is, but for the words of a reply, which the rows do not have.
ENTRY = operations.copied(order_entry.OPERATION, status_field=None)


def _account_call(operation: Operation) -> Callable[[Any, str], Any]:
    def call(torus: Any, access_token: str) -> Any:
        session = Session(access_token, base_url=torus._settings.base_url)
        request = Request(operation, operation.path, json=BODY, parse=_read)
        return torus.with_credentials(trading=TRADING, AccessToken=session).send(request)

    return call


def _saw_account_call(operation: Operation) -> Callable[[str, Mapping[str, str], Any], None]:
    def saw(line: str, headers: Mapping[str, str], body: Any) -> None:
        assert line == f"POST /api/v1{operation.path} HTTP/1.1"
        assert headers["authorization"] in (f"Bearer {ACCESS_TOKEN}", "Bearer secret-of-user-1")
        assert "token" not in headers
        assert body == BODY

    return saw


def _public_call(torus: Any, _secret: str) -> Any:
    return torus.send(Request(operations.PUBLIC, operations.PUBLIC.path, params=QUERY, json=UNSET, parse=_read))


def _saw_public_call(line: str, headers: Mapping[str, str], body: Any) -> None:
    assert line == "GET /api/v1/public?symbols=A%26B+C HTTP/1.1"
    assert not headers.keys() & {"authorization", "token", "content-type", "content-length"}
    assert body is None


TRIES = 3
"""With the default retries."""


def _of_a_read(row: Row) -> Row:
    """A read is sent again where the reply is lost or the service failed, over the same connection where it is good."""
    if row.raises in (torus_connect.ReplyLost, torus_connect.ServerError) and "total_timeout" not in row.options:
        unsent = row.attempts - row.requests
        connects = TRIES if row.connects else 0
        row = replace(row, attempts=TRIES, requests=TRIES - unsent, connects=connects, written=row.written * TRIES)
        row = replace(row, connections=TRIES if row.raises is torus_connect.ReplyLost else 1)
    if row.status in (429, 503) or row.name.endswith(", then 200"):
        row = replace(row, connections=1)
    return row


def _of_a_public_read(row: Row) -> Row:
    """A public call is nobody's: one connection is as good as another."""
    row = _of_a_read(row)
    return replace(row, connections=1, connects=min(row.connects, 1)) if row.name in OF_TWO_USERS else row


OF_TWO_USERS = ("a connection each", "a connection each, TLS", "a connection each, TLS within TLS")


def of_an_order(row: Row) -> Row:
    """An order is sent once; what may have had an effect is unknown."""
    row = replace(row, **row.if_final)
    if row.acted or row.status in (300, 301, 302, 303):
        assert row.outcome is REFUSED
        row = replace(row, outcome=UNKNOWN)
    return replace(row, outcome=UNKNOWN) if row.status == 503 else row


COVERING = frozenset(
    {
        *("200", "200 over TLS", "port closed", "TLS handshake is cut, then completes", "reset after"),
        *("body shorter than Content-Length", "TLS handshake is cut, then silence", "200 with a null token"),
        *("400 with an order number", "401", "500", "429 twice, then 200", "429, then silence", "503 twice, then 200"),
        *("429 with Retry-After, seconds beyond the budget", "303, other host", "307, other host"),
        *("a connection each", "idle connection closed by the server"),
    }
)

READ = Kind(
    name="read",
    operation=operations.READ.id,
    secret=ACCESS_TOKEN,
    header=("authorization", f"Bearer {ACCESS_TOKEN}"),
    call=_account_call(operations.READ),
    saw=_saw_account_call(operations.READ),
    good=lambda got: got == ACCESS_TOKEN,
    shown=lambda got: {"result": got},
    expects=_of_a_read,
    rows=COVERING,
)
ORDER = replace(
    READ,
    name="order",
    operation=ENTRY.id,
    call=_account_call(ENTRY),
    saw=_saw_account_call(ENTRY),
    expects=of_an_order,
)
PUBLIC = replace(
    READ,
    name="public",
    operation=operations.PUBLIC.id,
    header=None,
    call=_public_call,
    saw=_saw_public_call,
    expects=_of_a_public_read,
)

KINDS = (SESSION, READ, ORDER, PUBLIC)


def parametrize(metafunc: pytest.Metafunc, rows: Sequence[Row], *, first: str, kinds: Sequence[Kind] = KINDS) -> None:
    """Run a test with each row and kind, alternately sync and async; for `make soak`, with the other face, too.

    Args:
        metafunc: of a test that has the arguments `row`, `kind` and `face`; another one is left alone.
        rows: the rows.
        first: the face of the first row. What two suites take each in another face, they take in both together.
        kinds: the kinds.
    """
    if "row" not in metafunc.fixturenames:
        return
    cases = [
        (pytest.param(kind.expects(row), kind, face, id=f"{row.name}-{kind.name}-{face}", marks=marks), marks)
        for kind in kinds
        for number, (row, chosen) in enumerate(_chosen_first(rows, kind))
        for face, marks in (alternately(number, first) if chosen else ((face, (pytest.mark.soak,)) for face in FACES))
    ]
    # Thousands that would be deselected: to collect them takes longer than to start the tests.
    left_out = "not soak" in metafunc.config.getoption("markexpr")
    metafunc.parametrize(("row", "kind", "face"), [case for case, marks in cases if not (marks and left_out)])


def _chosen_first(rows: Sequence[Row], kind: Kind) -> list[tuple[Row, bool]]:
    chosen = [(row, kind.rows is None or row.name in kind.rows) for row in rows]
    return sorted(chosen, key=lambda each: not each[1])


def alternately(number: int, first: str = FACES[0]) -> Iterator[tuple[str, tuple[pytest.MarkDecorator, ...]]]:
    """Yield the faces for the case of this number: one for `make test`, and for `make soak` the other one."""
    for turn, face in enumerate(FACES):
        yield face, (() if (number + turn + FACES.index(first)) % len(FACES) == 0 else (pytest.mark.soak,))

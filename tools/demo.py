"""`make demo`: exchange a request token for an access token with a local Torus; lose, find and cancel an order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from torus_connect import Account, APIStatusError, Found, ReplyLost, TorusConnect, Trading

COMMAND = str(Path(sys.executable).with_name("torus-connect"))
SHARE = "14366"


def main() -> int:
    """Start the sandbox as a program of its own and use it as a stranger would."""
    sandbox = subprocess.Popen([COMMAND, "sandbox", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True)
    try:
        assert sandbox.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
        show_all(json.loads(sandbox.stdout.readline()))
    finally:
        sandbox.terminate()
        code = sandbox.wait()
    step(f"The sandbox was told to end, and ended with exit code {code}.")
    return code


def show_all(place: dict[str, str]) -> None:
    """Exchange one request token in Python and one by the command line; try one twice."""
    step(f"A local Torus is up at {place['base_url']}; nothing in it is real.")

    request_token = issue_request_token(place)
    step(f"A user logged in, and the redirect brought a request token: {request_token}")
    with TorusConnect(api_key=place["api_key"], api_secret=place["api_secret"], base_url=place["base_url"]) as torus:
        session = torus.generate_session(request_token)
        step(f"TorusConnect exchanged it for an access token: {session.access_token}")
        step(f"Printed by accident, it shows nothing: {session.access_token!r} in {session!r}")

        step("With it, the holdings of the user:")
        columns = "{!s:<14}{!s:>10}{!s:>12}{!s:>12}"
        print("   ", columns.format("symbol", "quantity", "cost price", "last price"))
        for row in torus.account(session).holdings():
            print("   ", columns.format(row.nse_symbol, row.quantity, row.cost_price, row.last_traded_price))

        try:
            torus.generate_session(request_token)
        except APIStatusError as error:
            step(f"The same request token again is {error.outcome.name}: {type(error).__name__}: {error}")
            step(f"The service's own words: {error.service_message}")
        else:
            raise SystemExit("the same request token was exchanged twice")

        set_up = {
            "prices": {SHARE: "14.65"},
            "funds": {"sandbox-user": "10000"},
            "lose_replies": [{"faults": ["reset_after"], "times": 1}],
        }
        ask(place, "PUT", "/_sandbox/scenario", set_up)
        trading = Trading(ip="192.0.2.1", uu_id="12345678", app_id="12345678")
        lose_an_order(torus.account(session, trading=trading))

    result = subprocess.run(
        [COMMAND, "session", "generate"],
        env={
            **os.environ,
            "TORUS_API_KEY": place["api_key"],
            "TORUS_API_SECRET": place["api_secret"],
            "TORUS_BASE_URL": place["base_url"],
            "TORUS_REQUEST_TOKEN": issue_request_token(place),
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    access_token = result.stdout.strip()
    if not access_token or access_token == session.access_token:
        raise SystemExit("the command line did not print an access token of its own")
    step(f"`torus-connect session generate` did the same: {access_token}")


def lose_an_order(me: Account) -> None:
    """Place an order whose reply is lost; find and cancel it."""
    step("Now the local Torus trades: a share costs 14.65, the user has 10,000 rupees, and the next reply gets lost.")
    try:
        me.place_order(
            side="BUY", exchange="NSE", security_id=SHARE, quantity=10, product="MIS", order_type="LIMIT", price="14.50"
        )
    except ReplyLost as error:
        step(f"An order to buy 10 at 14.50 is {error.outcome.name}: it may be placed, or not. {error}")
        found = me.find_order(error.reference or "")
    else:
        raise SystemExit("the reply was not lost")
    if not isinstance(found, Found) or not found.order.order_no:
        raise SystemExit("the order was not found")
    order_no = found.order.order_no
    step(f"find_order found it in the order book: it is there, {found.order.status}, as {order_no}.")
    me.cancel_order(order_no)
    status = me.wait_for_order(order_no)
    step(f"cancel_order cancelled it. The book's final word: {status.status}, {status.traded} of 10 traded.")
    if status.status != "Cancelled" or len(me.order_book()) != 1:
        raise SystemExit("the book has something else than one order that was cancelled")


def issue_request_token(place: dict[str, str]) -> str:
    """Let the sandbox log a user in."""
    return str(json.loads(ask(place, "POST", "/_sandbox/request-tokens"))["request_token"])


def ask(place: dict[str, str], method: str, path: str, value: object = None) -> bytes:
    """Ask something of the sandbox itself; return its reply."""
    connection = HTTPConnection(urlsplit(place["base_url"]).netloc)
    body = None if value is None else json.dumps(value)
    connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    if reply.status >= HTTPStatus.BAD_REQUEST:
        raise SystemExit(f"the sandbox refused {method} {path}: {content.decode()}")
    return content


def step(text: str) -> None:
    """Print one step."""
    print("*", text.replace("\n", "\n  "), flush=True)


if __name__ == "__main__":
    raise SystemExit(main())

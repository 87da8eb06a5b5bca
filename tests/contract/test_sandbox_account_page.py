"""The page of the sandbox that shows an account, over HTTP; tests/login/account.test.mjs looks at it in a browser."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from torus_connect import TorusConnect, Trading
from torus_connect.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATH = "/_sandbox/account"
IDEA = "14366"
FIELDS = {"exchange": "NSE", "segment": "E", "product": "I", "security_id": IDEA, "price": "0.00", "mkt_type": "NL"}
FIELDS |= {"txn_type": "B", "quantity": "10", "order_type": "MKT", "validity": "DAY"}


class Page(HTMLParser):
    """What a page says: the text of each element that has an id, and the rows of each table by their titles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: dict[str, str] = {}
        self.tables: dict[str, list[dict[str, str]]] = {}
        self._id = self._title = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self._id = named.get("id", self._id)
        if tag == "table":
            self.tables[self._id] = []
        if tag == "tr":
            self.tables[self._id].append({})
        if tag == "td":
            self._title = named.get("data-label", "")
            self.tables[self._id][-1][self._title] = ""

    def handle_endtag(self, tag: str) -> None:
        self._title = "" if tag == "td" else self._title

    def handle_data(self, data: str) -> None:
        self.texts[self._id] = self.texts.get(self._id, "") + data
        if self._title:
            self.tables[self._id][-1][self._title] += data

    def rows(self, table: str) -> list[dict[str, str]]:
        """Return the rows below the head."""
        return self.tables[table][1:]


@pytest.fixture(scope="module")
def http(torus_sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=torus_sandbox.origin, verify=False) as client:
        yield client


@pytest.fixture
def look(http: httpx.Client) -> Callable[..., Page]:
    def look(user: str | None = None) -> Page:
        reply = http.get(PATH, params={"user": user} if user else {})
        assert reply.status_code == 200
        return Page(reply.text)

    return look


@pytest.fixture(scope="module")
def asha(torus_sandbox: Sandbox) -> Iterator[Any]:
    with TorusConnect(**torus_sandbox.credentials) as torus:
        session = torus.generate_session(torus_sandbox.issue_request_token(user="asha"))
        yield torus.account(session, trading=Trading(ip="192.0.2.1", uu_id="12345678", app_id="12345678"))


def test_without_trading_it_says_how_to_turn_it_on(look: Callable[..., Page]) -> None:
    page = look()
    assert "does not trade yet" in page.texts["off"]
    assert 'set_price("14366", "14.65")' in page.texts["off"]
    assert list(page.tables) == ["funds", "orderBook", "positions", "holdings", "trades"]
    assert [page.rows(name) for name in page.tables] == [[{"": ""}]] * 5
    assert "market" not in page.texts["news"]


def test_it_shows_what_the_calls_of_the_account_answer(
    torus_sandbox: Sandbox, asha: Any, look: Callable[..., Page]
) -> None:
    torus_sandbox.set_price(IDEA, "14.65", quantity=4)
    torus_sandbox.set_funds("5000000.1234", user="asha")
    torus_sandbox.set_holding("500325", 1000, cost_price="2411.5", user="asha")
    number = asha.order_entry(**FIELDS, remarks="dip1").data[0].order_no
    asha.order_entry(**FIELDS | {"order_type": "SL", "price": "15.00", "trigger_price": "14.90"})
    page = look("asha")
    stop, order = page.rows("orderBook")
    (placed, _) = asha.order_book()
    assert order == {
        "Time": placed.raw["order_date_time"][11:], "Security": "IDEA (14366)", "Side": "Buy", "Quantity": "10",
        "Traded": "4 of 10", "Price": "market", "Average": "14.65", "Product": "I", "Status": "Part-Traded",
        "Reference": "dip1", "Reason": "", "Order": number,
    }  # fmt: skip
    assert (stop["Price"], stop["Traded"], stop["Average"]) == ("15.00 (trigger 14.90)", "0 of 10", "")
    (funds,) = page.rows("funds")
    assert (funds["Start of the day"], funds["Available"]) == ("5,000,000.1234", "4,999,703.6234")
    assert (funds["Realised profit"], funds["Open profit"]) == ("0.00", "0.00")
    (position,) = page.rows("positions")
    assert (position["Net"], position["Bought at"], position["Last price"]) == ("4", "14.65", "14.65")
    assert (position["Realised profit"], position["Open profit"]) == ("0.00", "0.00")
    (holding,) = page.rows("holdings")
    assert (holding["Security"], holding["Quantity"], holding["Cost"]) == ("RELIANCE (500325)", "1,000", "2,411.50")
    (trade,) = page.rows("trades")
    assert (trade["Quantity"], trade["Value"], trade["Order"]) == ("4", "58.60", number)
    assert page.texts["off"].strip() == ""
    assert page.texts["news"].startswith("The market is OPEN. Last change, ")
    # Others have nothing of it, but may be chosen.
    other = look()
    assert [other.rows(name)[0] for name in ("orderBook", "positions", "holdings", "trades")] == [{"": ""}] * 4
    assert other.texts["user"].split() == ["ashasandbox-user", "Show"]


def test_a_rejection_is_plain_and_whatever_was_sent_is_text(
    torus_sandbox: Sandbox, asha: Any, look: Callable[..., Page]
) -> None:
    odd = "<script>&\"'"
    torus_sandbox.set_price(odd, "0.05")
    asha.order_entry(**FIELDS | {"txn_type": "S", "product": "C", "security_id": odd}, remarks=odd)
    page = look("asha")
    (order,) = page.rows("orderBook")
    assert (order["Security"], order["Reference"], order["Side"]) == (odd, odd, "Sell")
    assert (order["Status"], order["Reason"]) == ("Rejected", "Holdings Insufficient.")
    said = f"Sell 10 {odd} ({odd}): 0 of 10 traded, Rejected. Holdings Insufficient."
    assert page.texts["news"].strip().endswith(said)
    assert page.tags.count("script") == 1
    page = look("<b>asha")
    assert page.tags.count("b") == 0
    assert page.texts["user"].split() == ["<b>ashaashasandbox-user", "Show"]


def test_to_look_changes_nothing(torus_sandbox: Sandbox, asha: Any, look: Callable[..., Page]) -> None:
    seen = []
    for looks in (0, 3):
        torus_sandbox.reset()
        torus_sandbox.set_price(IDEA, 100, seed=7)
        torus_sandbox.set_holding(IDEA, 1, user="asha")
        torus_sandbox.set_holding("13756", 1, user="asha")  # whose price begins as it is asked for
        for _ in range(looks):
            assert look("asha").rows("holdings")[1]["Last price"] == "100.00"
            look("ravi")
        seen.append([[row.last_traded_price for row in asha.holdings()] for _ in range(3)])
    assert seen[0] == seen[1]
    with torus_sandbox._state.trading.exchange() as exchange:
        assert list(exchange.accounts) == ["asha"]


def test_of_many_orders_the_newest_are_shown(
    torus_sandbox: Sandbox, look: Callable[..., Page], http: httpx.Client
) -> None:
    torus_sandbox.set_price(IDEA, 1)
    with torus_sandbox._state.trading.exchange() as exchange:
        for number in range(1001):
            exchange.place("asha", "N", FIELDS | {"remarks": f"r{number}"})
        for number in range(101):
            exchange.place(f"user{number}", "N", FIELDS)
    page = look("asha")
    assert [order["Reference"] for order in page.rows("orderBook")] == [f"r{number}" for number in range(1000, 900, -1)]
    assert "The newest 100 of 1,001." in page.texts["orderBook"]
    assert len(page.rows("trades")) == 100
    assert page.rows("trades")[0]["Order"] == page.rows("orderBook")[0]["Order"]
    assert page.tags.count("option") == 102


def test_it_is_kept_to_itself(torus_sandbox: Sandbox, http: httpx.Client) -> None:
    token = torus_sandbox.issue_request_token(user="asha")
    reply = http.get(PATH)
    policy = reply.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy)
    assert not [part for part in policy if "unsafe" in part or "http" in part]
    assert (reply.headers["Cache-Control"], reply.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    secrets = (token, torus_sandbox.access_token_for(token), torus_sandbox.api_secret, torus_sandbox.totp_secret)
    assert not [secret for secret in secrets if secret in reply.text]
    assert http.get(PATH, headers={"Host": "evil.example"}).status_code == 400
    assert http.post(PATH).status_code == 405
    assert http.get(PATH, params={"user": "a\n"}).json()["error"] == "parameter_wrong"


def test_the_end_of_a_login_leads_to_it(torus_sandbox: Sandbox, http: httpx.Client) -> None:
    token = torus_sandbox.issue_request_token(user='a&b"<c>')
    text = http.get("/_sandbox/end", params={"REQUEST_TOKEN": token}).text
    assert f'<a href="{PATH}?user=a%26b%22%3Cc%3E">The account of a&amp;b&quot;&lt;c&gt;</a>' in text

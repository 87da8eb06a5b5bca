"""A page that shows the account of a user as it changes: funds, orders, positions, holdings and trades.

It shows what the calls of the account would answer, and changes nothing: no price moves by it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from html import escape
from itertools import islice
from typing import TYPE_CHECKING

from starlette.routing import Route

from .accounts import Account
from .layout import page
from .refusals import Refusal, Refused
from .replies import DEFAULT_USER, check_user
from .rows import READS, in_book

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from .exchange import Exchange
    from .rows import Row
    from .trading import Trading

    Columns = dict[str, str | Callable[[Row], str]]  # by title: a field of the row, or what is made of several

ACCOUNT_PATH = "/_sandbox/account"

_MOST = 100  # of the newest orders and trades, and of users to choose from: the page is asked for each second
_OFF = """\
<p>This sandbox does not trade yet: each call is answered with its example, and no order is kept. It trades once a
program sets a price, funds, a holding or the market, by <code>set_price("14366", "14.65")</code> of its
<code>Sandbox</code>, or of the fixture <code>torus_sandbox</code>, or it is started with a scenario:
<code>torus-connect sandbox --scenario FILE</code>.</p>"""
_CONTENT = """\
<form method="get"><label for="user">User</label>
<select id="user" name="user" data-live>{users}</select> <button>Show</button></form>
<p id="connection" role="status">Reload this page to see what has changed.</p>
<p id="news" role="status" data-live>{news}</p>
<div id="off" data-live>{off}</div>
{tables}
<p>All times are those of India, all amounts are rupees. How the sandbox trades is assumed.</p>"""
# Each part that has changed is replaced by what the same page has by now.
_SCRIPT = """\
const connection = document.querySelector("#connection");
const say = (text) => { if (connection.textContent !== text) connection.textContent = text; };
async function update() {
  const reply = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(5000) });
  if (!reply.ok) throw new Error(reply.status);
  const now = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = now.getElementById(part.id);
    const changed = part.innerHTML !== other.innerHTML && part !== document.activeElement;
    if (changed) part.replaceChildren(...other.childNodes);
  }
}
async function watch() {
  if (!document.hidden) {
    await update().then(() => say("Live: changes appear within a second."),
      () => say("The sandbox does not answer. This is what it showed last."));
  }
  setTimeout(watch, 1000);
}
watch();"""


class AccountPage:
    """The page over one exchange."""

    def __init__(self, trading: Trading) -> None:
        self._trading = trading
        self.route: Route = Route(ACCOUNT_PATH, self.show)

    async def show(self, request: Request) -> Response:
        """Show the account of `?user=`, or of the default user."""
        user = request.query_params.get("user") or DEFAULT_USER
        try:
            check_user(user)
        except ValueError as error:
            raise Refused(Refusal.PARAMETER_WRONG, str(error)) from None
        with self._trading.view() as exchange:
            content = _content(exchange, user)
        return page(f"Account of {user}", content, script=_SCRIPT)


def _content(exchange: Exchange | None, user: str) -> str:
    accounts = exchange.accounts if exchange else {}
    account = accounts.get(user) or Account()
    names = sorted({DEFAULT_USER, user, *islice(reversed(accounts), _MOST)})
    users = [f"<option{' selected' if name == user else ''}>{escape(name)}</option>" for name in names]
    tables = [f'<div id="{name}" data-live>{table}</div>' for name, table in _tables(exchange, account)]
    off, news = "" if exchange else _OFF, escape(_news(exchange, account))
    return _CONTENT.format(users="".join(users), off=off, news=news, tables="\n".join(tables))


def _news(exchange: Exchange | None, account: Account) -> str:
    """Return what a screen reader says when it changes: the market, and the order that has changed last."""
    if not exchange:
        return ""
    market = f"The market is {exchange.market_status}."
    if not account.orders:
        return market
    last = max(reversed(account.orders.values()), key=lambda order: order.changed_at)
    row = in_book(last)
    reference = f" ({_reference(row)})" if _reference(row) else ""
    order = f"{_side(row)} {row['quantity']:,} {_security(row)}{reference}"
    change = f"{_traded(row)} traded, {row['status']}. {row['reason_description']}"
    return f"{market} Last change, {_time(row, 'last_updated_time')}: {order}: {change}".rstrip()


def _tables(exchange: Exchange | None, account: Account) -> Iterator[tuple[str, str]]:
    """Yield the id and the HTML of each table, with the newest row first."""
    newest = dict(islice(reversed(account.orders.items()), _MOST))
    shown = replace(account, trades=account.trades[: -_MOST - 1 : -1])
    counts = {"orderBook": len(account.orders), "trades": len(account.trades)}
    for name, (heading, columns) in _TABLES.items():
        # The book as it is: one that lags would count this as a read of it.
        orders = [in_book(order) for order in newest.values()] if name == "orderBook" else None
        rows = (READS[name](exchange, shown, {}) if orders is None else orders) if exchange else []
        count = counts.get(name, len(rows))
        more = f"The newest {len(rows)} of {count:,}." if count > len(rows) else ""
        head = "".join(f'<th scope="col" class="{title.lower()}">{title}</th>' for title in columns)
        body = (
            "".join(_row(columns, row) for row in rows) or f'<tr><td class="none" colspan="{len(columns)}">None.</td>'
        )
        caption = f"<caption><h2>{heading}</h2>{more}</caption>"
        yield name, f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(columns: Columns, row: Row) -> str:
    cells = [
        f'<td class="{title.lower()}" data-label="{title}">{escape(_text(row, what))}</td>'
        for title, what in columns.items()
    ]
    return f'<tr class="{row.get("status", "").lower()}">{"".join(cells)}</tr>'


def _text(row: Row, what: str | Callable[[Row], str]) -> str:
    value = row[what] if isinstance(what, str) else what(row)
    return _amount(value) if isinstance(value, Decimal) else f"{value:,}" if isinstance(value, int) else value


def _amount(value: Decimal) -> str:
    """Return rupees with two decimals, or up to four where there are as many."""
    rupees, _, rest = f"{round(value, 4) + 0:,.4f}".partition(".")  # never -0.00
    return f"{rupees}.{rest[:2]}{rest[2:].rstrip('0')}"


def _time(row: Row, name: str = "order_date_time") -> str:
    return str(row[name])[11:]


def _security(row: Row) -> str:
    symbol = row.get("symbol") or row["nse_symbol"]
    security_id = row.get("security_id") or row["nse_security_id"]
    return symbol if symbol == security_id else f"{symbol} ({security_id})"


def _side(row: Row) -> str:
    return "Buy" if row["txn_type"] == "B" else "Sell"


def _traded(row: Row) -> str:
    return f"{row['traded_qty']:,} of {row['quantity']:,}"


def _price(row: Row) -> str:
    price = _amount(row["price"]) if row["price"] else "market"
    return f"{price} (trigger {_amount(row['trigger_price'])})" if row["trigger_price"] else price


def _average(row: Row) -> str:
    return _amount(row["avg_traded_price"]) if row["traded_qty"] else ""


def _reference(row: Row) -> str:
    return "" if row["remarks"] == "NR" else str(row["remarks"])


_TABLES: dict[str, tuple[str, Columns]] = {
    "funds": ("Funds", {
        "Available": "available_balance", "Used": "amount_utilized", "Total": "total_balance",
        "Start of the day": "limit_sod", "Realised profit": "realised_profits", "Open profit": "mtm_combined",
    }),
    "orderBook": ("Orders", {
        "Time": _time, "Security": _security, "Side": _side, "Quantity": "quantity", "Traded": _traded,
        "Price": _price, "Average": _average, "Product": "product", "Status": "status", "Reference": _reference,
        "Reason": "reason_description", "Order": "order_no",
    }),
    "positions": ("Positions", {
        "Security": _security, "Product": "product", "Net": "net_qty", "Bought": "tot_buy_qty", "Bought at": "buy_avg",
        "Sold": "tot_sell_qty", "Sold at": "sell_avg", "Last price": "last_traded_price",
        "Realised profit": "realised_profit", "Open profit": "mtm",
    }),
    "holdings": ("Holdings", {
        "Security": _security, "Quantity": "quantity", "Sold": "utilized_quantity", "Left": "remaining_quantity",
        "Cost": "cost_price", "Last price": "last_traded_price",
    }),
    "trades": ("Trades", {
        "Time": partial(_time, name="exch_trade_time"), "Security": _security, "Side": _side, "Quantity": "quantity",
        "Price": "traded_price", "Value": "trade_value", "Order": "order_no",
    }),
}  # fmt: skip

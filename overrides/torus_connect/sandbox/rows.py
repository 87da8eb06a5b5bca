"""The rows of the calls that read an account, made of the state of the exchange.

They have the fields of the documentation's samples. What the exchange knows nothing of is as in the sample, or zero.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from torus_connect._dates import INDIA

from .accounts import AFTER_MARKET

if TYPE_CHECKING:
    from collections.abc import Callable

    from .accounts import Account, Key, Order, Position
    from .exchange import Exchange

Row = dict[str, Any]

# Those that the documentation shows: symbol, name and ISIN.
_SECURITIES = {
    "14366": ("IDEA", "VODAFONE IDEA LIMITED", "INE669E01016"),
    "500325": ("RELIANCE", "Reliance Industries", "INE002A01018"),
    "13756": ("SHIVAMAUTO", "SHIVAM AUTO.LTD", "INE637H01024"),
}
_PRODUCTS = {"C": "CNC", "I": "INTRADAY"}
_NO_TIME = "0001-01-01 00:00:00"


def _book(exchange: Exchange, account: Account, _asked: Row) -> list[Row]:
    return [in_book(order) for order in exchange.read_book(account)]


def in_book(order: Order) -> Row:
    """Return an order as the order book shows it."""
    sent, value = order.terms.sent, sum((fill.quantity * fill.price for fill in order.fills), Decimal())
    return _order(order) | {
        "traded_qty": order.traded, "rem_qty_tot_qty": f"{order.remaining}/{order.terms.quantity}",
        "avg_traded_price": value / (order.traded or 1), "traded_price": order.fills[-1].price if order.fills else 0,
        "remarks": sent.get("remarks") or "NR", "off_mkt_flag": "1" if sent.get("off_mkt_flag") == "true" else "0",
        "group_id": 1, "leg_no": 1,
    }  # fmt: skip


def _details(_exchange: Exchange, account: Account, asked: Row) -> list[Row]:
    order = account.orders.get(asked["order_no"])
    return [_order(order) | {"traded_quantity": order.traded}] if order else []


def _order(order: Order) -> Row:
    terms = order.terms
    return _ordered(order) | {
        "quantity": terms.quantity, "remaining_quantity": order.remaining, "validity": terms.sent["validity"],
        "price": terms.price, "trigger_price": terms.trigger_price, "source": order.source,
        "status": order.status, "serial_no": order.serial_no, "reason_description": order.reason,
        "good_till_days_date": terms.sent.get("good_till_days_date") or _stamp(order.placed_at)[:10],
        "last_updated_time": _stamp(order.changed_at),
    }  # fmt: skip


def _ordered(order: Order) -> Row:
    """Return what the rows of orders and of trades have in common."""
    terms, at_exchange = order.terms, order.status not in AFTER_MARKET | {"Rejected"}
    named = ("exchange", "segment", "security_id", "txn_type", "product", "order_type", "mkt_type")
    return {name: terms.sent[name] for name in named} | _security(terms.key[1]) | {
        "order_no": order.order_no, "order_date_time": _stamp(order.placed_at), "lot_size": 1,
        "exch_order_no": f"14{int(order.order_no[10:]):014}" if at_exchange else "0",
        "exch_order_time": _stamp(order.placed_at) if at_exchange else _NO_TIME,
        "product_name": _PRODUCTS.get(terms.key[2], terms.key[2]),
    }  # fmt: skip


def _trades(_exchange: Exchange, account: Account, _asked: Row) -> list[Row]:
    return [
        _ordered(trade.order) | {
            "trade_no": str(trade.trade_no), "exch_trade_time": _stamp(trade.at), "last_updated_time": _stamp(trade.at),
            "quantity": trade.quantity, "traded_price": trade.price, "trade_value": trade.price * trade.quantity,
        }
        for trade in account.trades
    ]  # fmt: skip


def _order_trades(exchange: Exchange, account: Account, asked: Row) -> list[Row]:
    rows = [row for row in _trades(exchange, account, asked) if row["order_no"] == asked["order_no"]]
    return [row | {"order_no": int(row["order_no"]), "trade_no": int(row["trade_no"])} for row in rows]


def _positions(exchange: Exchange, account: Account, _asked: Row) -> list[Row]:
    return [_position(exchange, *each) for each in account.positions.items()]


def _position(exchange: Exchange, key: Key, position: Position) -> Row:
    price, net = exchange.price(key[1]).value, position.net
    average = position.buy_average if net > 0 else position.sell_average
    value = position.sell_value - position.buy_value  # as in the sample, where a sale has a positive one
    bought, sold = position.buy_quantity, position.sell_quantity
    return _security(key[1]) | {
        "exchange": key[0], "security_id": key[1], "product": key[2], "lot_size": 1, "comm_multiplier": 1,
        "tot_buy_qty": bought, "tot_buy_qty_day": bought, "tot_sell_qty": sold, "tot_sell_qty_day": sold,
        "tot_buy_val": position.buy_value, "tot_buy_val_day": position.buy_value, "buy_avg": position.buy_average,
        "tot_sell_val": position.sell_value, "tot_sell_val_day": position.sell_value, "sell_avg": position.sell_average,
        "net_qty": net, "net_val": value, "net_avg": value / net if net else 0, "cost_price": average if net else 0,
        "gross_qty": bought + sold, "gross_val": position.buy_value + position.sell_value, "rbi_reference_rate": 1,
        "realised_profit": position.realised, "mtm": net * (price - average), "last_traded_price": price,
    }  # fmt: skip


def _holdings(exchange: Exchange, account: Account, _asked: Row) -> list[Row]:
    return [_holding(exchange, account, security_id) for security_id in account.holdings]


def _holding(exchange: Exchange, account: Account, security_id: str) -> Row:
    (quantity, cost_price), sold = account.holdings[security_id], account.sold_of(security_id)
    known = _security(security_id)
    return {
        "isin_code": known["isin"], "nse_symbol": known["symbol"], "display_name": known["display_name"],
        "nse_security_id": security_id, "bse_symbol": "NA", "bse_security_id": "NA", "cost_price": cost_price,
        "quantity": quantity, "total_quantity": quantity, "utilized_quantity": sold,
        "remaining_quantity": quantity - sold, "last_traded_price": exchange.price(security_id).value,
    }  # fmt: skip


def _funds(exchange: Exchange, account: Account, _asked: Row) -> list[Row]:
    realised = sum((position.realised for position in account.positions.values()), Decimal())
    available, total = account.available, account.funds + realised
    return [{
        "limit_sod": account.funds, "available_balance": available, "withdrawal_balance": available,
        "amount_utilized": total - available, "total_balance": total, "realised_profits": realised,
        "mtm_combined": sum((_position(exchange, *each)["mtm"] for each in account.positions.items()), Decimal()),
    }]  # fmt: skip


def _market_status(exchange: Exchange, _account: Account, _asked: Row) -> list[Row]:
    market = {"EMM_EXCH_SEG": "E", "MARKET_TYPE": "NL", "EMM_MKT_TYPE_NO": "1", "EMM_MKT_DESCRIPTION": "NORMAL"}
    return [market | {"EMM_EXM_EXCH_ID": name, "EMM_STATUS": exchange.market_status} for name in ("NSE", "BSE")]


def _security(security_id: str) -> Row:
    symbol, name, isin = _SECURITIES.get(security_id, (security_id, security_id, "NA"))
    return {"symbol": symbol, "display_name": name, "isin": isin}


def _stamp(at: float) -> str:
    return f"{datetime.fromtimestamp(at, INDIA):%Y-%m-%d %H:%M:%S}"


READS: dict[str, Callable[[Exchange, Account, Row], list[Row]]] = {
    "orderBook": _book, "order": _details, "trades": _trades, "orderTrades": _order_trades,
    "positions": _positions, "holdings": _holdings, "funds": _funds, "marketStatus": _market_status,
}  # fmt: skip
"""What makes the rows of a call, by its `operationId`."""

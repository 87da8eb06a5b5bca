"""Rebalance once: sell what is above its weight, then buy what is below it. An example, and no advice.

    python rebalance.py 14366=0.6 13756=0.4    tokens of the NSE, and their parts of what they are worth together

Experimental, as all orders are: see docs/explanation/orders.md. A security gets one order a day at the most. Its
reference is made of the day and the security, so a second run on the same day, or one after a crash, places nothing
twice.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

from torus_connect import Account, Found, NotSeen, Outcome, Product, Side, TorusConnect, TorusError, Trading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INDIA = timezone(timedelta(hours=5, minutes=30))
MARGIN = Decimal("0.01")  # a limit is so much above or below the last price
TICK = Decimal("0.05")  # rupees: look up that of each security of yours


def rebalance(me: Account, weights: Mapping[str, Decimal], *, timeout: float = 60) -> Iterator[str]:
    """Yield what is done with each security, those to be sold first.

    Args:
        me: the account, with `trading=` and a journal that stays.
        weights: by the token of the security; together 1, or less to sell some of all.
        timeout: for how many seconds each order is waited for. One that is open after that stays in the market.

    Raises:
        ValueError: nothing was placed: there is no price of a security, as the account has none of it.
        TorusError: an order was not placed, or it is not known whether it was. Run it again later: what was placed is
            not placed twice.
    """
    today = f"{datetime.now(INDIA):%Y%m%d}"
    references = {security_id: f"rb{today}{security_id}" for security_id in weights}
    earlier = me.find_orders(references.values(), settle=0)
    there = quantities_and_prices(me)
    if missing := weights.keys() - there.keys():
        raise ValueError(f"no price is known of {', '.join(sorted(missing))}")
    value = sum(there[each][0] * there[each][1] for each in weights)
    changes = {each: int(weight * value / there[each][1]) - there[each][0] for each, weight in weights.items()}
    for security_id in sorted(changes, key=changes.__getitem__):  # what is sold may pay for what is bought
        change, reference = changes[security_id], references[security_id]
        limit = limit_of(there[security_id][1], buys=change > 0)
        if change > 0:
            change = min(change, int(sum(row.available_balance or 0 for row in me.funds()) / limit))
        if not isinstance(earlier[reference], NotSeen):
            yield f"{security_id}: had its order today, {reference}"
        elif not change:
            yield f"{security_id}: stays as it is"
        else:
            state = me.wait_for_order(place(me, security_id, change, limit, reference), timeout=timeout)
            yield f"{security_id}: {change:+} at {limit}, {state.status}, {state.traded} traded, {reference}"


def place(me: Account, security_id: str, change: int, limit: Decimal, reference: str) -> str:
    """Return the number of the order, also where the reply is lost and the order book has it."""
    try:
        return me.place_order(
            side=Side.BUY if change > 0 else Side.SELL,
            exchange="NSE",
            security_id=security_id,
            quantity=abs(change),
            product=Product.DELIVERY,
            order_type="LIMIT",
            price=limit,
            reference=reference,
        ).order_no
    except TorusError as error:
        found = me.find_order(reference) if error.outcome is Outcome.UNKNOWN else None
        if isinstance(found, Found) and found.order.order_no:
            return found.order.order_no
        raise


def quantities_and_prices(me: Account) -> dict[str, tuple[int, Decimal]]:
    """Return how many there are of each security, and the last price: the holdings, and what was traded since."""
    there = {
        row.nse_security_id: (int(row.quantity or 0), row.last_traded_price)
        for row in me.holdings()
        if row.nse_security_id and row.last_traded_price
    }
    for row in me.positions():
        if row.security_id and row.last_traded_price and (row.exchange, row.product) == ("NSE", Product.DELIVERY):
            quantity, _ = there.get(row.security_id, (0, None))
            there[row.security_id] = quantity + int(row.net_qty or 0), row.last_traded_price
    return there


def limit_of(price: Decimal, *, buys: bool) -> Decimal:
    """Return the limit of an order, in whole ticks."""
    return round(price * (1 + MARGIN if buys else 1 - MARGIN) / TICK) * TICK


def main() -> int:
    """Return the exit code."""
    weights = {each.partition("=")[0]: Decimal(each.partition("=")[2]) for each in sys.argv[1:]}
    trading = Trading(
        ip=os.environ["TRADING_IP"],
        uu_id=os.environ["TRADING_UU_ID"],
        app_id=os.environ["TRADING_APP_ID"],
        journal=os.environ.get("TRADING_JOURNAL", "file:"),  # in the folder of the stored sessions
    )
    with TorusConnect() as torus:
        try:
            for line in rebalance(torus.account(torus.session(), trading=trading), weights):
                print(line, flush=True)
        except (TorusError, ValueError) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Sell a position once its price is at the stop or below. An example, and no advice.

    python stop_loss.py 14366 13.90    a token of the NSE, and the stop in rupees

Experimental, as all orders are: see docs/explanation/orders.md. It sells once a day: the reference of its order is made
of the day and the security. After a lost reply, and when it is started again, it looks for that order first.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

from torus_connect import (
    ConnectionFailed,
    Found,
    Outcome,
    RateLimited,
    ReplyLost,
    ServerError,
    ServiceUnavailable,
    TorusConnect,
    TorusError,
    Trading,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from torus_connect import Account, OrderStatus
    from torus_connect_api.models.position import Position

INDIA = timezone(timedelta(hours=5, minutes=30))
PASSING = (ConnectionFailed, RateLimited, ReplyLost, ServerError, ServiceUnavailable)


def last_price(position: Position) -> Decimal | None:
    """Return the price that the service has of a position."""
    return position.last_traded_price


def stop_loss(
    me: Account,
    security_id: str,
    stop: Decimal,
    *,
    price_of: Callable[[Position], Decimal | None] = last_price,
    pause: float = 5,
) -> OrderStatus | None:
    """Watch a position, and sell all of it by a market order once its price is at the stop or below.

    Args:
        me: the account, with `trading=` and a journal that stays.
        security_id: the token of the security.
        stop: in rupees.
        price_of: what has the price, in rupees; `None` where it has none just now.
        pause: seconds between two looks.

    Returns:
        What became of the order; `None` where there is no position that could be sold.

    Raises:
        LookupError: an order was sent before this start, and the order book does not show it.
        TorusError: nothing is watched any more: see `error.outcome`.
    """
    reference = f"sl{datetime.now(INDIA):%Y%m%d}{security_id}"
    unsure = me.find_orders()  # what was sent before a crash; this waits for a book that lags
    found = unsure.get(reference) or me.find_order(reference, settle=0)
    order_no = found.order.order_no if isinstance(found, Found) else None
    if reference in unsure and not order_no:
        raise LookupError(f"the order {reference} was sent, and is not in the order book: look for it before you go on")
    while not order_no:
        try:
            position = position_of(me, security_id)
            if position is None:
                return None
            price = price_of(position)
            if price is not None and price <= stop:
                order_no = sell(me, position, reference)
                break
            print(f"{security_id}: {price}", flush=True)
        except PASSING as error:
            if error.reference and error.outcome is Outcome.UNKNOWN:
                raise  # it may be sold
            print(f"{security_id}: {type(error).__name__}, once more in {pause} seconds", flush=True)
        time.sleep(pause)
    return me.wait_for_order(order_no)


def sell(me: Account, position: Position, reference: str) -> str:
    """Return the number of the order, also where the reply is lost and the order book has it."""
    try:
        return me.place_order(
            side="SELL",
            exchange=str(position.exchange),
            security_id=str(position.security_id),
            quantity=position.net_qty or 0,
            product=str(position.product),
            order_type="MARKET",
            reference=reference,
        ).order_no
    except TorusError as error:
        found = me.find_order(reference) if error.outcome is Outcome.UNKNOWN else None
        if isinstance(found, Found) and found.order.order_no:
            return found.order.order_no
        raise


def position_of(me: Account, security_id: str) -> Position | None:
    """Return the position of a security on the NSE, where more was bought than sold."""
    rows = (row for row in me.positions() if (row.exchange, row.security_id) == ("NSE", security_id))
    return next((row for row in rows if row.net_qty and row.net_qty > 0), None)


def main() -> int:
    """Return the exit code: 0 where all was sold, or there was nothing to sell."""
    security_id, stop = sys.argv[1], Decimal(sys.argv[2])
    trading = Trading(
        ip=os.environ["TRADING_IP"],
        uu_id=os.environ["TRADING_UU_ID"],
        app_id=os.environ["TRADING_APP_ID"],
        journal=os.environ.get("TRADING_JOURNAL", "file:"),  # in the folder of the stored sessions
    )
    pause = float(os.environ.get("PAUSE", "5"))
    with TorusConnect() as torus:
        try:
            sold = stop_loss(torus.account(torus.session(), trading=trading), security_id, stop, pause=pause)
        except (TorusError, LookupError) as error:
            print(error, file=sys.stderr)
            return 1
    if sold is None:
        print(f"{security_id}: there is nothing to sell")
        return 0
    print(f"{security_id}: {sold.status}, {sold.traded} sold, order {sold.order_no}")
    return 0 if sold.status == "Traded" else 1


if __name__ == "__main__":
    sys.exit(main())

"""Log in with a code, place an order, find it where the reply is lost, and cancel what does not trade. No advice.

    python unattended.py 14366 14.50 60    a token of the NSE, a limit in rupees, and how many seconds to wait

Experimental, as all orders are: see docs/explanation/orders.md. It buys one share a day at the most: the reference of
its order is made of the day and the security, so a second run goes on with the order of the first.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, timezone

from torus_connect import Account, Found, Outcome, TorusConnect, TorusError, Trading
from torus_connect.totp import totp

INDIA = timezone(timedelta(hours=5, minutes=30))


def placed(me: Account, security_id: str, price: str, reference: str) -> str:
    """Return the number of the order, also where its reply is lost, or where an earlier run sent it."""
    try:
        return me.place_order(
            side="BUY", exchange="NSE", security_id=security_id, quantity=1,
            product="CNC", order_type="LIMIT", price=price, reference=reference,
        ).order_no  # fmt: skip
    except TorusError as error:
        found = me.find_order(reference) if error.outcome is Outcome.UNKNOWN else None
        if isinstance(found, Found) and found.order.order_no and not found.probable:
            return found.order.order_no
        raise


def main() -> int:
    """Return the exit code; cron mails what is on standard error."""
    security_id, price, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    reference = f"one{datetime.now(INDIA):%Y%m%d}{security_id}"
    device = {name: os.environ[f"TRADING_{name.upper()}"] for name in ("ip", "uu_id", "app_id")}
    trading = Trading(**device, journal="file:")  # in the folder of the stored sessions: it outlives this program
    try:
        with TorusConnect() as torus:
            me = torus.account("robot", login=totp(os.environ["TORUS_TOTP_SECRET"]), trading=trading)
            order_no = placed(me, security_id, price, reference)
            state = me.wait_for_order(order_no, timeout=seconds)
            if not state.is_final:
                me.cancel_order(order_no)
                state = me.wait_for_order(order_no)
    except TorusError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{reference}: {state.status}, {state.traded} traded, order {order_no}")
    return 0 if state.is_final else 1


if __name__ == "__main__":
    sys.exit(main())

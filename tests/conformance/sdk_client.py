"""The clients of this SDK as a client under test: the argument is `sync` or `async`."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import sys
from typing import Any

from torus_connect import AsyncTorusConnect, Outcome, Session, TorusConnect, TorusError, Trading

CODES = {Outcome.NOT_SENT: 3, Outcome.REFUSED: 4, Outcome.UNKNOWN: 5}
NAMES = {"txn_type": "side", "remarks": "reference"}


async def use(torus: Any) -> str:
    """Return what is to be printed."""

    async def come(value: Any) -> Any:
        return await value if inspect.isawaitable(value) else value

    if "TORUS_REQUEST_TOKEN" in os.environ:
        session = await come(torus.generate_session(os.environ["TORUS_REQUEST_TOKEN"]))
        return str(session.access_token)
    session = Session(os.environ["TORUS_ACCESS_TOKEN"], base_url=os.environ["TORUS_BASE_URL"])
    trading = Trading(ip="192.0.2.1", uu_id="demo-installation", app_id="demo-app")
    me = await come(torus.account(session, trading=trading))
    if "TORUS_ORDER" in os.environ:
        order = json.loads(os.environ["TORUS_ORDER"])
        del order["mkt_type"]  # it has no other
        placed = await come(me.place_order(**{NAMES.get(name, name): value for name, value in order.items()}))
        return str(placed.order_no)
    return str((await come(me.holdings()))[0].isin_code)


async def main() -> int:
    options: dict[str, Any] = {"timeout": 2, "api_key": os.environ.get("TORUS_API_KEY", "demo")}
    try:
        if sys.argv[1] == "async":
            async with AsyncTorusConnect(**options) as torus:
                printed = await use(torus)
        else:
            with TorusConnect(**options) as blocking:
                printed = await use(blocking)
    except TorusError as exc:
        sys.stderr.write(f"{exc}\n")
        return CODES[exc.outcome]
    sys.stdout.write(printed)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

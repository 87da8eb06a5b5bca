"""Orders from a FastAPI back end: the caller gives each order a key, and for one key there is one order.

    uvicorn order_fastapi:app --no-access-log

Experimental, as all orders are: see docs/explanation/orders.md. Users log in as in `fastapi_app.py`.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

from fastapi import Header, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi_app import User, app
from pydantic import BaseModel

from torus_connect import (
    Ambiguous,
    ConnectionFailed,
    NotSeen,
    Outcome,
    RateLimited,
    ReferenceUsed,
    StoreError,
    TorusError,
    Trading,
)

if TYPE_CHECKING:
    from torus_connect import AsyncAccount, AsyncTorusConnect

Key = Annotated[str, Header(alias="Idempotency-Key", pattern="^[A-Za-z0-9_-]{1,100}$")]
NOT_NOW = (ConnectionFailed, RateLimited, StoreError)
trading = Trading(
    ip=os.environ["TRADING_IP"],
    uu_id=os.environ["TRADING_UU_ID"],
    app_id=os.environ["TRADING_APP_ID"],
    journal=os.environ.get("TRADING_JOURNAL", "file:"),  # in the folder of the stored sessions
)


class LimitOrder(BaseModel):
    """What a caller asks for."""

    side: str
    security_id: str
    quantity: int
    price: str
    """In rupees, such as "14.50": a number in JSON could lose digits."""


async def account(request: Request, user: str) -> AsyncAccount:
    """Return the account of a user who has logged in."""
    torus: AsyncTorusConnect = request.app.state.torus
    return await torus.account(await torus.session(user), trading=trading)


def reference_of(user: str, key: str) -> str:
    """Return the reference of an order: 20 letters and digits, also where two users take the same key."""
    return sha256(f"{user} {key}".encode()).hexdigest()[:20]


@app.post("/orders", status_code=202)
async def place(request: Request, user: User, key: Key, order: LimitOrder) -> Response:
    """Place an order; on one day, a second request with the same key places nothing, and leads to the first order."""
    me, reference = await account(request, user), reference_of(user, key)
    try:
        ack = await me.place_order(
            side=order.side,
            exchange="NSE",
            security_id=order.security_id,
            quantity=order.quantity,
            product="CNC",
            order_type="LIMIT",
            price=order.price,
            reference=reference,
        )
    except TorusError as error:
        if isinstance(error, ReferenceUsed):
            return RedirectResponse(f"/orders/{key}", 303)
        unknown = error.outcome is Outcome.UNKNOWN
        status = 504 if unknown else 503 if isinstance(error, NOT_NOW) else 422
        said = {"error": type(error).__name__, "outcome": error.outcome.name, "reference": reference}
        return JSONResponse({**said, "see": f"/orders/{key}"} if unknown else said, status)
    return JSONResponse({"order_no": ack.order_no, "reference": reference}, 202)


@app.get("/orders/{key}")
async def look(request: Request, user: User, key: str) -> JSONResponse:
    """Say what the order book has of an order. Not to see it is no proof that there is none: ask again."""
    me, reference = await account(request, user), reference_of(user, key)
    found = await me.find_order(reference, settle=0)
    if isinstance(found, NotSeen):
        return JSONResponse({"error": "NotSeen", "reference": reference}, 404)
    if isinstance(found, Ambiguous):
        return JSONResponse({"error": "Ambiguous", "reference": reference}, 409)
    order = found.order
    said = {"order_no": order.order_no, "status": order.status, "traded": str(order.traded_qty)}
    return JSONResponse({**said, "reference": reference, "probable": found.probable})

"""Orders from a FastAPI back end: the caller gives each order a key, and for one key there is one order.

    uvicorn order_fastapi:app --no-access-log

Experimental, as all orders are: see docs/explanation/orders.md. Users log in as in `fastapi_app.py`.
"""

from __future__ import annotations

import math
import os
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

from fastapi import Header, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi_app import User, app
from pydantic import BaseModel

from torus_connect import (
    Ambiguous,
    AuthenticationFailed,
    ConfigurationError,
    LoginNeeded,
    NotSeen,
    Outcome,
    PermissionDenied,
    RateLimited,
    ReferenceUsed,
    ServiceUnavailable,
    SessionExpired,
    TorusError,
    Trading,
)

if TYPE_CHECKING:
    from torus_connect import AsyncAccount, AsyncTorusConnect

Key = Annotated[str, Header(alias="Idempotency-Key", pattern="^[A-Za-z0-9_-]{1,100}$")]
DEVICE = {name: os.environ[f"TRADING_{name.upper()}"] for name in ("ip", "uu_id", "app_id")}
JOURNAL = os.environ.get("TRADING_JOURNAL", "file:orders/{user}")  # a folder for each user


class LimitOrder(BaseModel):
    """What a caller asks for."""

    side: str
    security_id: str
    quantity: int
    price: str
    """In rupees, such as "14.50": a number in JSON could lose digits."""


sent: dict[str, LimitOrder] = {}
"""What this process sent, by reference. In a back end of yours, that is a table, for all processes."""


@cache
def trading(journal: str) -> Trading:
    """Return what opts in to orders: one for each journal."""
    return Trading(**DEVICE, journal=journal)


async def account(request: Request, user: str) -> AsyncAccount:
    """Return the account of a user who has logged in, without a wait for a login."""
    torus: AsyncTorusConnect = request.app.state.torus
    journal = JOURNAL.replace("{user}", sha256(user.encode()).hexdigest()[:20])  # the cookie itself is a secret
    return await torus.account(user, timeout=0, trading=trading(journal))


def reference_of(user: str, key: str) -> str:
    """Return the reference of an order: 20 letters and digits, also where two users take the same key."""
    return sha256(f"{user} {key}".encode()).hexdigest()[:20]


@app.post("/orders", status_code=202)
async def place(request: Request, user: User, key: Key, order: LimitOrder) -> Response:
    """Place an order; on one day, a second request with the same key places nothing, and leads to the first order."""
    me, reference = await account(request, user), reference_of(user, key)
    if sent.get(reference, order) != order:
        return JSONResponse({"error": "KeyUsed", "reference": reference, "see": f"/orders/{key}"}, 409)
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
    except ReferenceUsed:
        return RedirectResponse(f"/orders/{key}", 303)
    except TorusError as error:
        if error.outcome is Outcome.UNKNOWN:
            sent[reference] = order
        raise
    sent[reference] = order
    return JSONResponse({"order_no": ack.order_no, "reference": reference}, 202)


@app.get("/orders/{key}")
async def look(request: Request, user: User, key: str) -> JSONResponse:
    """Say what the order book has of an order. Not to see it is no proof that there is none: ask again."""
    me, reference = await account(request, user), reference_of(user, key)
    found = await me.find_order(reference, settle=0)
    if isinstance(found, NotSeen):
        return JSONResponse({"error": "NotSeen", "reference": reference}, 404)
    if isinstance(found, Ambiguous) or found.probable:  # it may be another order
        return JSONResponse({"error": "Ambiguous", "reference": reference}, 409)
    order = found.order
    said = {"order_no": order.order_no, "status": order.status, "traded": str(order.traded_qty)}
    return JSONResponse({**said, "reference": reference})


def status_of(error: TorusError) -> int:
    """Return how to answer an error: by its outcome first, as errors of one class can have another one."""
    match error:
        case TorusError(outcome=Outcome.UNKNOWN):
            return 502
        case AuthenticationFailed() | LoginNeeded() | SessionExpired():
            return 401
        case PermissionDenied():
            return 403
        case RateLimited():
            return 429
        case ConfigurationError():  # a term of the order is wrong
            return 422
        case ServiceUnavailable() | TorusError(outcome=Outcome.NOT_SENT):
            return 503
    return 422


@app.exception_handler(TorusError)  # in the place of that of `fastapi_app`
async def answered(request: Request, error: TorusError) -> JSONResponse:
    """Tell what became of a call; where that is not known, also where to look for its order."""
    said = {"error": type(error).__name__, "outcome": error.outcome.name}
    if error.reference:
        said["reference"] = error.reference
    if error.outcome is Outcome.UNKNOWN and (key := request.headers.get("Idempotency-Key")):
        said["see"] = f"/orders/{key}"
    wait = {} if error.retry_after is None else {"Retry-After": str(math.ceil(error.retry_after))}
    return JSONResponse(said, status_of(error), wait)

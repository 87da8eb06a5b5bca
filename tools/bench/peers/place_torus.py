"""This SDK: place an order; the journal is in memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from torus_connect import TorusConnect, Trading

if TYPE_CHECKING:
    from torus_connect.account import Account


def connect(journal: str | None = None) -> Account:
    """Return the account of a user who has logged in, and opted in to orders."""
    client = TorusConnect()
    trading = Trading(ip="192.0.2.1", uu_id="12345678", app_id="12345678", journal=journal)
    return client.account(client.generate_session(os.environ["TORUS_REQUEST_TOKEN"]), trading=trading)


def call(account: Account, _: str) -> str:
    """Return the number of the order."""
    return account.place_order(
        side="BUY",
        exchange="NSE",
        security_id="14366",
        quantity=10,
        product="MIS",
        order_type="LIMIT",
        price="14.50",
    ).order_no

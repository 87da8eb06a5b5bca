"""This SDK: log in, then 1,000 holdings, each field read once."""

from __future__ import annotations

import os
from operator import attrgetter
from typing import TYPE_CHECKING

from data import HOLDING_FIELDS

from torus_connect import TorusConnect

if TYPE_CHECKING:
    from torus_connect.account import Account

fields = attrgetter(*HOLDING_FIELDS)


def connect(client: TorusConnect | None = None) -> Account:
    """Return the account of a user who has logged in."""
    client = client or TorusConnect()
    return client.account(client.generate_session(os.environ["TORUS_REQUEST_TOKEN"]))


def call(account: Account, _: str) -> int:
    """Return how many rows were read."""
    return len([fields(row) for row in account.holdings()])


if __name__ == "__main__":
    with TorusConnect() as torus:
        print(call(connect(torus), ""))

"""kiteconnect: log in, then its own `holdings`, with the same rows in the reply; each field read once."""

from __future__ import annotations

import os
from operator import itemgetter
from typing import TYPE_CHECKING

import kiteconnect_ as kite
from data import HOLDING_FIELDS

if TYPE_CHECKING:
    from kiteconnect import KiteConnect

fields = itemgetter(*HOLDING_FIELDS)


def connect() -> KiteConnect:
    """Return a client whose user has logged in."""
    client = kite.connect()
    kite.login(client, os.environ["TORUS_REQUEST_TOKEN"])
    return client


def call(client: KiteConnect, _: str) -> int:
    """Return how many rows were read."""
    return len([fields(row) for row in client.holdings()])


if __name__ == "__main__":
    print(call(connect(), ""))

"""This SDK: ten orders by their references, in a book of 5,000."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data import references
from place_torus import connect

from torus_connect import Found

if TYPE_CHECKING:
    from torus_connect.account import Account

__all__ = ["call", "connect"]


def call(account: Account, user: str) -> int:
    """Return how many were found."""
    found = account.find_orders(references(user), settle=0)
    assert all(isinstance(each, Found) for each in found.values())  # noqa: S101 - and they are
    return len(found)

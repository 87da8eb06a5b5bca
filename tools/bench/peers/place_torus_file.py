"""This SDK: place an order; the journal is in files."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import place_torus
from place_torus import call

if TYPE_CHECKING:
    from torus_connect.account import Account

__all__ = ["call", "connect"]
FOLDER = TemporaryDirectory(prefix="torus-bench-")  # as long as this process


def connect() -> Account:
    """Return the account."""
    account: Account = place_torus.connect(f"file:{FOLDER.name}")
    return account

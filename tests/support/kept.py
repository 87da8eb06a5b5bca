"""What the tests of the stores keep there, and for whom; plainly fake."""

from __future__ import annotations

from torus_connect import Session
from torus_connect.stores import Lease, SessionKey, SessionStore

BASE_URL = "https://host.example/api/v1"
TOKEN = "demo-access-token-not-real"
PASSWORD = "demo-password-not-real"
"""Of a Redis."""


def a_key() -> SessionKey:
    return SessionKey(BASE_URL, "demo-api-key", "a-user")


def a_session() -> Session:
    return Session(TOKEN, base_url=BASE_URL)


def taken(store: SessionStore, key: SessionKey) -> Lease:
    """Return the right to log this user in, which nobody else has."""
    lease = store.lease(key)
    assert lease.acquire()
    return lease

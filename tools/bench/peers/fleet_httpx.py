"""By hand, with httpx, redis-py and Fernet: the session of a user in a Redis, or a login under a lock."""

from __future__ import annotations

import os
import secrets

import httpx
import redis
from cryptography.fernet import Fernet
from httpx_ import login

Client = tuple[httpx.Client, "redis.Redis", Fernet]


def connect() -> Client:
    """Return what a worker has."""
    kept = redis.Redis.from_url(os.environ["TORUS_SESSION_STORE"], socket_timeout=5)
    return httpx.Client(timeout=10), kept, Fernet(os.environ["TORUS_STORE_KEY"])


def call(client: Client, user: str) -> str:
    """Return the access token."""
    http, kept, box = client
    name, owner = f"by-hand:{user}", secrets.token_hex()
    found = kept.get(name)
    if found:
        return box.decrypt(found).decode()
    if not kept.set(f"{name}:lock", owner, nx=True, ex=30):
        raise SystemExit("somebody else is logging the user in")
    try:
        token = str(login(http, user))
        kept.set(name, box.encrypt(token.encode()), ex=86_400)
    finally:
        if kept.get(f"{name}:lock") == owner.encode():
            kept.delete(f"{name}:lock")
    return token

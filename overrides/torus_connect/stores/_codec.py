"""A session as the bytes that a store holds: JSON, with a version, and whose it is."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from typing import Any

from torus_connect._config.checks import is_sendable
from torus_connect._credentials.session import Session
from torus_connect.errors import ConfigurationError
from torus_connect.reply import parsed_object

from ._errors import StoreError
from ._protocol import SessionKey

VERSION = 1
_FIELDS = {"access_token": str, "issued_at": str, "base_url": str | None, "origins": list, "day_ends": str}
_LOG_IN = "clear it (`torus-connect session clear`), and log in again"


def encode(key: SessionKey, session: Session) -> bytes:
    """Return the session of a key as bytes, which are good for this key only.

    They hold the access token: no frame of an error may hold them in the open.
    """
    fields = {name: getattr(session, name) for name in _FIELDS}
    return json.dumps({"version": VERSION, "key": key.digest, **fields}, default=datetime.isoformat).encode()


def decode(key: SessionKey, data: bytes) -> Session:
    """Return the session that `encode` made these bytes of.

    Raises:
        StoreError: they are something else, of another version, or were made for another key.
    """
    stored = parsed_object(data) or {}
    del data
    version, owner = stored.pop("version", None), stored.pop("key", None)
    session = _session_of(stored)
    del stored
    if isinstance(version, int) and version > VERSION:
        raise StoreError("The stored session is of a later version of torus-connect: update this one")
    if version != VERSION or session is None or not isinstance(owner, str):
        raise StoreError(f"The stored session cannot be read: {_LOG_IN}")
    if owner != key.digest:
        raise StoreError(f"The stored session is of another user, API key or base URL, and was put here: {_LOG_IN}")
    return session


def _session_of(stored: dict[str, Any]) -> Session | None:
    if not all(isinstance(stored.get(name), kind) for name, kind in _FIELDS.items()):
        return None
    fields = {name: stored[name] for name in _FIELDS}
    with suppress(ValueError, OverflowError, ConfigurationError):
        session = Session(**fields | {"issued_at": datetime.fromisoformat(fields["issued_at"])})
        session.is_expired()  # a moment at the end of time has no day after it
        return session if is_sendable(session.access_token) else None
    return None

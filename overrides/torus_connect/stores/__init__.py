"""Where sessions are kept: chosen by a URL, `memory:`, `file:[PATH]`, `keyring:[SERVICE]` or `redis://HOST`.

    from torus_connect.stores import open_store

    with TorusConnect(store="file:/var/lib/merchant/sessions") as torus:
        session = torus.session(user="a-user", login=...)

Importing this package loads no back end; `open_store` loads the one that its URL names.
"""

from .codec import decode, encode
from .errors import LockLost, LoginNeeded, LoginPending, SessionNotKept, StoreError
from .opening import open_async_store, open_store
from .protocol import AsyncLease, AsyncSessionStore, Lease, SessionKey, SessionStore

__all__ = [
    "AsyncLease",
    "AsyncSessionStore",
    "Lease",
    "LockLost",
    "LoginNeeded",
    "LoginPending",
    "SessionKey",
    "SessionNotKept",
    "SessionStore",
    "StoreError",
    "decode",
    "encode",
    "open_async_store",
    "open_store",
]

"""Where sessions are stored: chosen by a URL, `memory:`, `file:[PATH]`, `keyring:[SERVICE]` or `redis://HOST`.

    from torus_connect.stores import open_store

    with TorusConnect(store="file:/var/lib/merchant/sessions") as torus:
        session = torus.session(user="a-user", login=...)

Importing this package loads nothing: a name is loaded when it is first used (PEP 562). `open_store` loads the back end
that its URL names.
"""

TYPE_CHECKING: bool = False  # as type checkers know it

if TYPE_CHECKING:
    from ._codec import decode, encode
    from ._errors import LockLost, LoginNeeded, LoginPending, SessionNotKept, StoreError
    from ._open import open_async_store, open_store
    from ._protocol import AsyncLease, AsyncSessionStore, Lease, SessionKey, SessionStore

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

_MODULES = {
    **dict.fromkeys(("AsyncLease", "AsyncSessionStore", "Lease", "SessionKey", "SessionStore"), "_protocol"),
    **dict.fromkeys(("LockLost", "LoginNeeded", "LoginPending", "SessionNotKept", "StoreError"), "_errors"),
    **dict.fromkeys(("decode", "encode"), "_codec"),
    **dict.fromkeys(("open_async_store", "open_store"), "_open"),
}


if not TYPE_CHECKING:  # they know every name, and that there is no other

    def __getattr__(name: str) -> object:
        if name not in __all__:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        value: object = getattr(__import__(f"{__name__}.{_MODULES[name]}", fromlist=(name,)), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__

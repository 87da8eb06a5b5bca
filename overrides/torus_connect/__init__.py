"""SDK for the Torus Digital Open API.

    from torus_connect import TorusConnect

    with TorusConnect(api_key="...", api_secret="...") as torus:
        session = torus.generate_session(request_token)
        for row in torus.account(session).holdings():
            print(row.nse_symbol, row.quantity)

Importing this package loads nothing else: a name is loaded when it is first used (PEP 562).
"""

from ._version import __version__

TYPE_CHECKING: bool = False  # as type checkers know it; importing `typing` would take longer than all the rest

if TYPE_CHECKING:
    from ._calls.async_authorized import AsyncAuthorizedClient
    from ._calls.sync_authorized import AuthorizedClient
    from ._credentials.access_token import AccessToken
    from ._credentials.expiry import ExpiryBasis
    from ._credentials.session import Session
    from ._limiter import TooManyCalls
    from ._login.listener import async_wait_for_request_token, wait_for_request_token
    from ._login.redirect import extract_request_token
    from ._orders.book import OrderNotChanged
    from ._orders.journal import ReferenceUsed
    from ._orders.results import Ambiguous, Found, NotSeen, OrderAck, OrderStatus
    from ._orders.terms import Exchange, OrderType, Product, Side, Validity
    from ._spec.documents import spec_text
    from ._trading import Trading
    from .account import Account
    from .async_account import AsyncAccount
    from .async_client import AsyncTorusConnect
    from .client import TorusConnect
    from .errors import (
        APIStatusError,
        AuthenticationFailed,
        BadRequest,
        ClientClosed,
        ConfigurationError,
        ConnectionFailed,
        LoginFailed,
        LoginTimeout,
        MalformedReply,
        NotFound,
        Outcome,
        PermissionDenied,
        RateLimited,
        RedirectedElsewhere,
        RedirectRefused,
        ReplyLost,
        ServerError,
        ServiceError,
        ServiceUnavailable,
        SessionExpired,
        TorusError,
        WrongOrigin,
    )
    from .reply import Headers, Reply
    from .secret import Secret
    from .stores._errors import LockLost, LoginNeeded, LoginPending, SessionNotKept, StoreError

__all__ = [
    "APIStatusError",
    "AccessToken",
    "Account",
    "Ambiguous",
    "AsyncAccount",
    "AsyncAuthorizedClient",
    "AsyncTorusConnect",
    "AuthenticationFailed",
    "AuthorizedClient",
    "BadRequest",
    "ClientClosed",
    "ConfigurationError",
    "ConnectionFailed",
    "Exchange",
    "ExpiryBasis",
    "Found",
    "Headers",
    "LockLost",
    "LoginFailed",
    "LoginNeeded",
    "LoginPending",
    "LoginTimeout",
    "MalformedReply",
    "NotFound",
    "NotSeen",
    "OrderAck",
    "OrderNotChanged",
    "OrderStatus",
    "OrderType",
    "Outcome",
    "PermissionDenied",
    "Product",
    "RateLimited",
    "RedirectRefused",
    "RedirectedElsewhere",
    "ReferenceUsed",
    "Reply",
    "ReplyLost",
    "Secret",
    "ServerError",
    "ServiceError",
    "ServiceUnavailable",
    "Session",
    "SessionExpired",
    "SessionNotKept",
    "Side",
    "StoreError",
    "TooManyCalls",
    "TorusConnect",
    "TorusError",
    "Trading",
    "Validity",
    "WrongOrigin",
    "__version__",
    "async_wait_for_request_token",
    "extract_request_token",
    "spec_text",
    "wait_for_request_token",
]

# Where each name is; the others are in `errors`.
_MODULES = {
    "_calls.async_authorized": ("AsyncAuthorizedClient",),
    "_calls.sync_authorized": ("AuthorizedClient",),
    "_credentials.access_token": ("AccessToken",),
    "_credentials.expiry": ("ExpiryBasis",),
    "_credentials.session": ("Session",),
    "_login.listener": ("async_wait_for_request_token", "wait_for_request_token"),
    "_login.redirect": ("extract_request_token",),
    "_limiter": ("TooManyCalls",),
    "_orders.book": ("OrderNotChanged",),
    "_orders.journal": ("ReferenceUsed",),
    "_orders.results": ("Ambiguous", "Found", "NotSeen", "OrderAck", "OrderStatus"),
    "_orders.terms": ("Exchange", "OrderType", "Product", "Side", "Validity"),
    "_spec.documents": ("spec_text",),
    "_trading": ("Trading",),
    "account": ("Account",),
    "async_account": ("AsyncAccount",),
    "async_client": ("AsyncTorusConnect",),
    "client": ("TorusConnect",),
    "reply": ("Headers", "Reply"),
    "secret": ("Secret",),
    "stores._errors": ("LockLost", "LoginNeeded", "LoginPending", "SessionNotKept", "StoreError"),
}


if not TYPE_CHECKING:  # they know every name, and that there is no other

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # As `importlib.import_module` does; to load `importlib` itself takes as long as three of our own files.
        module = next((module for module, names in _MODULES.items() if name in names), "errors")
        globals()[name] = value = getattr(__import__(f"{__name__}.{module}", fromlist=(name,)), name)
        return value


def __dir__() -> list[str]:
    return __all__

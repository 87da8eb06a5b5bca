"""How a generated operation is described, and what a client of them must do: `send`.

`StandaloneClient` is one such client, that of `torus_connect` is another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, NoReturn, Protocol, TypeVar
from urllib.parse import quote

from .document import SCHEMES, SERVERS
from .types import UNSET

T = TypeVar("T")
U = TypeVar("U")


class _Fixed:
    """An object whose attributes are set once."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name} of {type(self).__name__} cannot be set")

    def _set(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)


class SecurityScheme(_Fixed):
    """How one kind of credential is sent: `prefix` and credential, in the header `parameter`."""

    __slots__ = ("name", "parameter", "prefix", "type")

    name: str
    type: str
    parameter: str
    prefix: str

    def __init__(self, name: str, type: str, parameter: str, prefix: str) -> None:
        self._set(name=name, type=type, parameter=parameter, prefix=prefix)

    def __repr__(self) -> str:
        return f"SecurityScheme({self.name!r}, {self.type!r}, {self.parameter!r}, {self.prefix!r})"


class Operation(_Fixed):
    """What the document says of one operation.

    Attributes:
        id: its `operationId`.
        method: of HTTP, in capitals.
        path: the template, below a server.
        servers: where it is; its own servers, else those of the document.
        security: alternatives, each of them the names of the schemes that it needs; none where it is public.
        idempotent: whether it may be sent twice, `x-idempotent`, else by the method.
        max_reply_bytes: how long a reply may be, `x-max-reply-bytes`.
        spends: what a request uses up, `x-spends`: it is good for one request.
        renew: what to do for another one.
        experimental: what is unproven of it, `x-experimental`.
        from_trading: where in the body stands what is the same for each order of one installation, `x-from`.
        unknown_if_present: fields that make it unknown whether a refused request had an effect after all.
        status_field: the field of the reply that says how it went, where there is one.
        error_words: what that field says of an error.
        success_words: what it says of a success.
    """

    __slots__ = (
        "error_words",
        "experimental",
        "from_trading",
        "id",
        "idempotent",
        "max_reply_bytes",
        "method",
        "path",
        "renew",
        "security",
        "servers",
        "spends",
        "status_field",
        "success_words",
        "unknown_if_present",
    )

    id: str
    method: str
    path: str
    servers: tuple[str, ...]
    security: tuple[tuple[str, ...], ...]
    idempotent: bool
    max_reply_bytes: int
    spends: str | None
    renew: str | None
    experimental: str | None
    from_trading: tuple[tuple[str, ...], ...]
    unknown_if_present: tuple[str, ...]
    status_field: str | None
    error_words: tuple[str, ...]
    success_words: tuple[str, ...]

    def __init__(
        self,
        id: str,
        method: str,
        path: str,
        *,
        idempotent: bool,
        security: tuple[tuple[str, ...], ...] = (),
        servers: tuple[str, ...] | None = None,
        max_reply_bytes: int = 1024 * 1024,
        spends: str | None = None,
        renew: str | None = None,
        experimental: str | None = None,
        from_trading: tuple[tuple[str, ...], ...] = (),
        unknown_if_present: tuple[str, ...] = (),
        status_field: str | None = None,
        error_words: tuple[str, ...] = (),
        success_words: tuple[str, ...] = (),
    ) -> None:
        self._set(
            id=id,
            method=method,
            path=path,
            servers=SERVERS if servers is None else servers,
            security=security,
            idempotent=idempotent,
            max_reply_bytes=max_reply_bytes,
            spends=spends,
            renew=renew,
            experimental=experimental,
            from_trading=from_trading,
            unknown_if_present=unknown_if_present,
            status_field=status_field,
            error_words=error_words,
            success_words=success_words,
        )

    def __repr__(self) -> str:
        return f"<Operation {self.id}>"


class Request(Generic[T]):
    """A request of an operation, without credentials, and how its reply is read; `repr` shows the operation only.

    Attributes:
        operation: what is requested.
        path: below a server, percent-encoded.
        params: the query.
        headers: those that the operation has as parameters.
        json: the body, ready for `json.dumps`; `UNSET` where there is none.
        parse: takes the decoded JSON of a 2xx reply, `None` where it was empty, and returns the result. It raises
            `ValueError` where that cannot be read, and nothing else.
    """

    __slots__ = ("headers", "json", "operation", "params", "parse", "path")

    def __init__(
        self,
        operation: Operation,
        path: str,
        *,
        parse: Callable[[object], T],
        params: list[tuple[str, str]] | None = None,
        headers: dict[str, str] | None = None,
        json: object = UNSET,
    ) -> None:
        self.operation: Operation = operation
        self.path: str = path
        self.params: list[tuple[str, str]] = params or []
        self.headers: dict[str, str] = headers or {}
        self.json: object = json
        self.parse: Callable[[object], T] = parse

    def read_by(self, parse: Callable[[object], U]) -> Request[U]:
        """Return the same request, whose reply another function reads."""
        return Request(self.operation, self.path, parse=parse, params=self.params, headers=self.headers, json=self.json)

    def map(self, function: Callable[[T], U]) -> Request[U]:
        """Return the same request, whose result a function makes something of."""
        return self.read_by(lambda data: function(self.parse(data)))

    def __repr__(self) -> str:
        return f"<Request of {self.operation.id}>"


class Client(Protocol):
    """Whatever sends requests."""

    def send(self, request: Request[T]) -> T:
        """Send a request and return its result."""
        ...


class AsyncClient(Protocol):
    """Whatever sends requests, and is awaited for it."""

    async def send(self, request: Request[T]) -> T:
        """Send a request and return its result."""
        ...


class Operations:
    """The operations of a tag, sent by a client."""

    __slots__ = ("_client",)

    def __init__(self, client: Client) -> None:
        self._client = client


class AsyncOperations:
    """The operations of a tag, sent by a client that is awaited."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


def json_ready(value: Any) -> Any:
    """Return a body as `json.dumps` takes it: models and dates as JSON has them, without what is `UNSET`."""
    if isinstance(value, str):  # nearly all of them are
        return value
    if isinstance(value, Mapping):
        return {key: json_ready(each) for key, each in value.items() if each is not UNSET}
    if isinstance(value, list | tuple):
        return [json_ready(each) for each in value]
    if hasattr(value, "to_dict"):
        return json_ready(value.to_dict())
    return value.isoformat() if hasattr(value, "isoformat") else value


def parameter(value: Any) -> str:
    """Return a path, query or header parameter as text."""
    return str(value).lower() if isinstance(value, bool) else str(json_ready(value))


def segment(name: str, value: object) -> str:
    """Return a path parameter, percent-encoded.

    Raises:
        ValueError: it is empty or made of dots, so that the path would be another one.
    """
    text = parameter(value)
    if text in {"", ".", ".."}:
        raise ValueError(f"{name} is no part of a path: it is empty, or made of dots")
    return quote(text, safe="")


def query(parameters: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    """Return query parameters as text, without what is `UNSET` or `None`; a list is several of one name."""
    return [
        (name, parameter(each))
        for name, value in parameters
        for each in (value if isinstance(value, list | tuple) else (value,))
        if each is not UNSET and each is not None
    ]


SECURITY_SCHEMES: dict[str, SecurityScheme] = {name: SecurityScheme(name, *facts) for name, facts in SCHEMES.items()}
"""The kinds of credentials that the document knows."""

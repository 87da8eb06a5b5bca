"""Clients on httpx, for whoever has this package only."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx

from .client import SECURITY_SCHEMES, Operation, Request
from .errors import UnexpectedStatus
from .types import UNSET, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


class _Standalone:
    """What a standalone client knows: credentials, server, timeout."""

    def __init__(
        self,
        credentials: Mapping[str, str] | None = None,
        *,
        server: str | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._credentials = {name: Secret(value) for name, value in (credentials or {}).items()}
        unknown = self._credentials.keys() - SECURITY_SCHEMES.keys()
        if unknown:
            raise ValueError(f"there is no security scheme {', '.join(sorted(unknown))}")
        self._server = server
        self._options: dict[str, Any] = {"timeout": timeout, "follow_redirects": False}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(server={self._server!r}, schemes={sorted(self._credentials)!r})"

    def _arguments(self, request: Request[Any]) -> dict[str, Any]:
        operation = request.operation
        server = self._server or operation.servers[0]
        arguments: dict[str, Any] = {
            "method": operation.method,
            "url": server.rstrip("/") + request.path,
            "headers": {"Accept": "application/json", **request.headers, **self._authorization(operation)},
        }
        if request.params:
            arguments["params"] = request.params
        if request.json is not UNSET:
            arguments["json"] = request.json
        return arguments

    def _authorization(self, operation: Operation) -> dict[str, str]:
        for names in operation.security or ((),):
            if self._credentials.keys() >= set(names):
                schemes = [SECURITY_SCHEMES[name] for name in names]
                return {scheme.parameter: scheme.prefix + self._credentials[scheme.name] for scheme in schemes}
        needed = " or ".join(" and ".join(names) for names in operation.security)
        raise ValueError(f"{operation.id} needs credentials for {needed}")


def _result(request: Request[T], response: httpx.Response) -> T:
    if not response.is_success:
        raise UnexpectedStatus(response.status_code, response.content)
    return request.parse(_decoded(response.content) if response.content else None)


def _decoded(content: bytes) -> object:
    try:
        return json.loads(content, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        pass  # what the parser says repeats some of the reply, and no `Decimal` has an exponent of any size
    raise ValueError("the reply is no JSON")


class StandaloneClient(_Standalone):
    """A client for the generated operations, on httpx, with none of the protections that `torus_connect` has.

    It repeats nothing, limits no reply, watches over no origin, and lets the errors of httpx through, which know the
    request and its credentials. Connections are pooled, whoever they are for: use one client for one user.

    Args:
        credentials: by the name of the security scheme: the token, without a prefix.
        server: where the API is; else the first server of the operation.
        timeout: seconds for connecting, for each write and each read.

    Raises:
        ValueError: a credential that the operation needs is missing, or the reply cannot be read.
        UnexpectedStatus: the status is none of 2xx; redirects are not followed.
        httpx.HTTPError: there was no reply.
    """

    _http: httpx.Client | None = None

    def send(self, request: Request[T]) -> T:
        """Send a request and return its result."""
        if self._http is None:
            self._http = httpx.Client(**self._options)
        return _result(request, self._http.request(**self._arguments(request)))

    def close(self) -> None:
        """Close the connections; the next request opens others."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncStandaloneClient(_Standalone):
    """The same as `StandaloneClient`, for asyncio."""

    _http: httpx.AsyncClient | None = None

    async def send(self, request: Request[T]) -> T:
        """Send a request and return its result."""
        if self._http is None:
            self._http = httpx.AsyncClient(**self._options)
        return _result(request, await self._http.request(**self._arguments(request)))

    async def aclose(self) -> None:
        """Close the connections; the next request opens others."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

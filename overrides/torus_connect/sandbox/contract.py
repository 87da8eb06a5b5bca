"""The specification as the judge of what comes in and what goes out. openapi-core does the judging."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jsonschema_path import SchemaPath
from openapi_core import V30RequestValidator, V30ResponseValidator
from openapi_core.datatypes import RequestParameters
from openapi_core.validation.request import V30RequestBodyValidator
from openapi_core.validation.request.exceptions import SecurityValidationError

from torus_connect.spec import spec_text

from .refusals import Refusal, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPERATION, _TOTP_OPERATION = "/session/generate", "/session/totp/generate"


@dataclass(slots=True)
class _Call:
    """One call of an operation, in the shape that openapi-core asks for."""

    path: str
    content_type: str
    body: bytes | None = None
    parameters: RequestParameters = field(default_factory=RequestParameters)
    host_url: str = "http://127.0.0.1"
    method: str = "post"


@dataclass(frozen=True, slots=True)
class _Answer:
    status_code: int
    data: bytes
    content_type: str = "application/json"
    headers: Mapping[str, Any] = field(default_factory=dict)


class Contract:
    """The operations of the specification, served at this machine instead of at their `servers`.

    Build one and keep it: building parses the specification.

    Args:
        spec: the specification; without it, the one that ships with this package.

    Attributes:
        base_path: the path of the API.
        path: of `generateSession`.
        totp_path: of `generateSessionWithTotp`.
    """

    def __init__(self, spec: dict[str, Any] | None = None) -> None:
        spec = json.loads(spec_text("json")) if spec is None else dict(spec)
        # A server without a host matches any: 127.0.0.1 and localhost, on any port. The path stays the real one.
        self.base_path = urlsplit(spec["servers"][0]["url"]).path
        self.path = self.base_path + _OPERATION
        calls = [item["post"] for item in spec["paths"].values()]
        self._media_types = frozenset(media_type for call in calls for media_type in call["requestBody"]["content"])
        paths = {path: {"post": _served_here(item["post"])} for path, item in spec["paths"].items()}
        self.totp_path = urlsplit(_servers(spec, _TOTP_OPERATION)[0]["url"]).path + _TOTP_OPERATION
        document = SchemaPath.from_dict({**spec, "servers": [{"url": self.base_path}], "paths": paths})
        self._requests = V30RequestValidator(document)
        self._bodies = V30RequestBodyValidator(document)
        self._replies = V30ResponseValidator(document)

    def check_content_type(self, content_type: str) -> str:
        """Return the bare media type of a `Content-Type`, without its parameters (JSON is UTF-8 whatever they say).

        Raises:
            Refused: the specification takes no such body.
        """
        media_type = content_type.partition(";")[0].strip().lower()
        if media_type not in self._media_types:
            raise Refused(Refusal.CONTENT_TYPE_WRONG)
        return media_type

    def check_request(self, path: str, *, headers: Mapping[str, str], media_type: str, body: bytes) -> dict[str, str]:
        """Check a request against the specification.

        Returns:
            What is in the body: `API_KEY`, and `API_SECRET` or `TOTP`.

        Raises:
            Refused: the body is malformed, or the body is good and there is no `Token` header.
        """
        call = _Call(path, media_type, body, RequestParameters(header=headers))
        fault = _first_fault(self._requests, call)
        # openapi-core looks no further once the security is amiss; here a malformed body is reported before that.
        if fault is Refusal.TOKEN_MISSING:
            fault = _first_fault(self._bodies, call) or fault
        if fault:
            raise Refused(fault)
        content: dict[str, str] = json.loads(body)
        return content

    def fault_in_reply(self, status: int, body: bytes) -> str | None:
        """Name what is wrong with a reply of ours by the class of openapi-core's error; `None` when it fits.

        The operations have the same replies.
        """
        call = _Call(self.path, "")
        errors = self._replies.iter_errors(call, _Answer(status, body))
        return next((type(error).__name__ for error in errors), None)


def _servers(spec: dict[str, Any], path: str) -> list[dict[str, str]]:
    servers: list[dict[str, str]] = spec["paths"].get(path, {}).get("post", {}).get("servers", spec["servers"])
    return servers


def _served_here(operation: dict[str, Any]) -> dict[str, Any]:
    servers = [{**server, "url": urlsplit(server["url"]).path} for server in operation.get("servers", [])]
    return {**operation, "servers": servers} if servers else operation


def _first_fault(validator: V30RequestValidator | V30RequestBodyValidator, call: _Call) -> Refusal | None:
    try:
        error = next(validator.iter_errors(call), None)
    except RecursionError:  # JSON nested deeper than the parser goes
        return Refusal.BODY_MALFORMED
    if error is None:
        return None
    return Refusal.TOKEN_MISSING if isinstance(error, SecurityValidationError) else Refusal.BODY_MALFORMED

"""The specification as the judge of what comes in and what goes out. openapi-core does the judging."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from jsonschema_path import SchemaPath
from openapi_core import V30RequestValidator, V30ResponseValidator
from openapi_core.casting.schemas.exceptions import CastError
from openapi_core.datatypes import RequestParameters
from openapi_core.deserializing.styles.exceptions import EmptyQueryParameterValue
from openapi_core.validation.request.exceptions import MissingRequiredParameter, ParameterValidationError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

from .document import base_path, operations, served_here, shipped, unusable
from .refusals import Refusal, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .document import Operation

_PARAMETER = re.compile(r"\{[^}]*\}")
# Rules of which the document is quoted, so that a refusal says what would be right.
_QUOTED = frozenset({
    "type", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "multipleOf",
})  # fmt: skip


@dataclass(slots=True)
class _Call:
    """One call of an operation, in the shape that openapi-core asks for."""

    path: str
    method: str
    content_type: str = ""
    body: bytes | None = None
    parameters: RequestParameters = field(default_factory=RequestParameters)
    host_url: str = "http://127.0.0.1"


@dataclass(frozen=True, slots=True)
class _Answer:
    status_code: int
    data: bytes
    content_type: str
    headers: Mapping[str, Any] = field(default_factory=dict)


class Contract:
    """The operations of a document, served at this machine instead of at their `servers`.

    Build one and keep it: building parses the document. Safe to share between threads.

    Args:
        document: the document; without it, the one that ships with this package.

    Attributes:
        base_path: the path of the API.
        operations: all of them, by `operationId`.
        document: the document, as it was given.

    Raises:
        ValueError: an operation has a security scheme that cannot be judged here.
    """

    def __init__(self, document: dict[str, Any] | None = None) -> None:
        document = shipped() if document is None else document
        self.document: dict[str, Any] = document
        self.base_path: str = base_path(document["servers"])
        self.operations: dict[str, Operation] = {operation.id: operation for operation in operations(document)}
        self._lock = Lock()  # openapi-core does not say what its caches allow
        here = SchemaPath.from_dict(served_here(document))
        self._requests = V30RequestValidator(here)
        self._replies = V30ResponseValidator(here)

    def check_examples(self) -> None:
        """Check that the example of each operation fits its schema.

        Raises:
            ValueError: one does not. The message says which, and where.
        """
        for operation in self.operations.values():
            if not operation.example:
                continue
            fault = self.fault_in_reply(operation, operation.status, operation.example, operation.media_type)
            if fault is not None:
                raise unusable(f"the example of {operation.id} does not fit its schema. {fault}".rstrip())

    def check_content_type(self, operation: Operation, content_type: str) -> str:
        """Return the bare media type of a `Content-Type`, without its parameters (JSON is UTF-8 whatever they say).

        Raises:
            Refused: the operation takes no such body.
        """
        media_type = bare(content_type)
        if media_type not in operation.media_types:
            raise Refused(Refusal.CONTENT_TYPE_WRONG)
        return media_type

    def check_request(
        self, operation: Operation, *, parameters: RequestParameters, media_type: str = "", body: bytes | None = None
    ) -> None:
        """Check the parameters and the body of a request; its security is not looked at.

        Raises:
            Refused: a parameter or the body is malformed. The refusal names the field, and never a value.
        """
        try:
            with self._lock:
                error = next(self._requests.iter_errors(_call(operation, media_type, body, parameters)), None)
        except RecursionError:  # JSON nested deeper than the parser goes
            raise Refused(Refusal.BODY_MALFORMED) from None
        if error is not None:
            in_parameter = isinstance(error, ParameterValidationError)
            raise Refused(Refusal.PARAMETER_WRONG if in_parameter else Refusal.BODY_MALFORMED, _named(error))

    def fault_in_reply(
        self, operation: Operation, status: int, body: bytes, media_type: str = "application/json"
    ) -> str | None:
        """Say in a sentence what is wrong with a reply, and never a value of it; `None` when it fits."""
        with self._lock:
            error = next(self._replies.iter_errors(_call(operation), _Answer(status, body, media_type)), None)
        return None if error is None else _named(error) or f"{type(error).__name__}."


def bare(content_type: str) -> str:
    """Return the media type of a `Content-Type`, without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def _call(
    operation: Operation,
    media_type: str = "",
    body: bytes | None = None,
    parameters: RequestParameters | None = None,
) -> _Call:
    # The values of path parameters are handed over beside it: in the path, one could lead to another operation.
    path = _PARAMETER.sub("_", operation.path)
    return _Call(path, operation.method.lower(), media_type, body, parameters or RequestParameters())


def _named(error: Exception) -> str:
    """Say in a sentence which field or parameter is wrong, in words of the document alone; nothing where none is."""
    cause = error.__cause__
    faults = list(cause.schema_errors) if isinstance(cause, InvalidSchemaValue) else []
    fault: Any = faults[0] if faults else None
    if isinstance(error, ParameterValidationError):
        how = _how(fault) if fault else "is wrong"
        if isinstance(error, MissingRequiredParameter):
            how = "is missing"
        elif isinstance(cause, EmptyQueryParameterValue):
            how = "is empty"
        elif isinstance(cause, CastError):
            how = f"is wrong: type is {cause.type}" if cause.value else "is empty"
        return f"The {error.location} parameter {error.name} {how}."
    if fault is None:
        return ""
    steps = _steps(fault.absolute_schema_path)
    if fault.validator == "required":
        missing = next((name for name in fault.validator_value if fault.message.startswith(repr(name))), "")
        return f"The field {'.'.join([*steps, missing])} is missing."
    where = f"The field {'.'.join(steps)}" if steps else "It"
    if fault.validator == "additionalProperties":
        return f"{where} has a field that is not in the document."
    return f"{where} {_how(fault)}."


def _how(fault: Any) -> str:  # noqa: ANN401 - of jsonschema, which has no types
    if fault.instance == "":
        return "is empty"
    if fault.validator in _QUOTED:
        return f"is wrong: {fault.validator} is {fault.validator_value}"
    return "is wrong"


def _steps(schema_path: Any) -> list[str]:  # noqa: ANN401 - of jsonschema, which has no types
    """Return the names of the properties on a path through a schema: those of the document, never those of a body."""
    path = iter(schema_path)
    return [str(next(path)) for keyword in path if keyword == "properties"]


def header_names(contract: Contract) -> Iterator[str]:
    """Yield the names of the headers that calls send."""
    for operation in contract.operations.values():
        yield from operation.headers
        for alternative in operation.security:
            yield from (scheme.name for scheme in alternative if scheme.place in ("header", "bearer"))
